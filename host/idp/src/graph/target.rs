//! What a path of Graph names.

use super::error::GraphError;

/// A collection, perhaps an object of it, perhaps something to do with it.
#[derive(Debug)]
pub(super) struct Target<'a> {
    pub(super) collection: &'a str,
    pub(super) key: Option<Key<'a>>,
    pub(super) command: Vec<&'a str>,
}

/// How an object is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key<'a> {
    /// By its object id.
    Id(&'a str),
    /// By the client id of its app.
    AppId(&'a str),
}

impl<'a> Target<'a> {
    pub(super) fn parse(path: &'a str) -> Result<Self, GraphError> {
        let mut segments = path.split('/').skip(2);
        let first = segments.next().unwrap_or_default();
        let (collection, key) = match first.split_once('(') {
            Some((collection, inner)) => {
                let app = inner.strip_prefix("appId='").and_then(|rest| rest.strip_suffix("')"));
                (collection, Some(Key::AppId(app.ok_or(GraphError::NoSuchResource)?)))
            }
            None => (first, segments.next().map(Key::Id)),
        };
        Ok(Self { collection, key, command: segments.collect() })
    }

    /// How the object is named.
    pub(super) fn key(&self) -> Result<Key<'a>, GraphError> {
        self.key.ok_or(GraphError::NoSuchResource)
    }
}

impl Key<'_> {
    pub(super) fn not_found(self) -> GraphError {
        let (Self::Id(id) | Self::AppId(id)) = self;
        GraphError::NotFound { id: id.to_owned() }
    }
}

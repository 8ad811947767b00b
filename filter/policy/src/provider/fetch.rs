//! Fetches what a provider says of itself, and its keys: one call after the other, each a value.
//!
//! ```text
//! discovery document -> jwks_uri -> each of extra_jwks_uris -> done
//! ```

use super::{Metadata, MetadataError, Request, Targets, Url, http_date};
use crate::capabilities::Capabilities;
use crate::config::{Discovery, Source, SourceKeys};
use crate::keys::{JwksError, KeySet};
use crate::step::{CallError, CallId, HttpCall, HttpResponse};
use crate::time::UnixTime;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// A fetch that is under way.
#[derive(Debug)]
pub struct Fetch {
    source: Arc<Source>,
    metadata: Option<Arc<Metadata>>,
    /// What is asked for now; never empty.
    places: Vec<Place>,
    got: Vec<(Url, KeySet)>,
    troubles: Vec<Trouble>,
    offset: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Document(Url),
    Keys(Url),
}

/// What came of a fetch.
#[derive(Debug)]
pub struct Fetched {
    /// The document, of this fetch or, where it could not be had, of an earlier one.
    pub metadata: Option<Arc<Metadata>>,
    /// Key sets that could be had, each with at least one usable key, by their place.
    pub keys: Vec<(Url, KeySet)>,
    /// What went wrong, in order.
    pub troubles: Vec<Trouble>,
    /// How far the provider's clock is ahead of ours, seconds, by the first answer that told its time.
    pub offset: Option<i64>,
}

/// Something that went wrong in a fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Where.
    pub place: Url,
    /// What.
    pub what: What,
}

/// What went wrong in a call to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// No answer.
    Call(CallError),
    /// Another status than 200.
    Status(u16),
    /// The discovery document is none.
    Document(MetadataError),
    /// The key set is none.
    Jwks(JwksError),
    /// The key set has no key that can be used; why not, in words.
    NoKey(Box<str>),
}

/// Where a fetch stands after an answer.
#[derive(Debug)]
pub enum Progress {
    /// There is more to ask for.
    More(Box<Fetch>),
    /// Done, for this source.
    Done(Fetched, Arc<Source>),
}

impl Fetch {
    /// A fetch for this source; `known` is the document that an earlier one brought. `None` if its keys are nowhere to
    /// be fetched.
    #[must_use]
    pub fn new(source: &Arc<Source>, known: Option<Arc<Metadata>>) -> Option<Box<Self>> {
        let SourceKeys::Discovered(discovery) = &source.keys else { return None };
        let places = match &discovery.document {
            Some(document) => Vec::from([Place::Document(document.clone())]),
            None => keys_of(discovery, None),
        };
        let fetch = Self {
            source: Arc::clone(source),
            metadata: known,
            places,
            got: Vec::new(),
            troubles: Vec::new(),
            offset: None,
        };
        fetch.places.first()?;
        Some(Box::new(fetch))
    }

    /// The source that it is for.
    #[must_use]
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The request that is to be made now.
    #[must_use]
    pub fn request(&self) -> Option<Request> {
        let headers = self.source.keys.discovery().map(|discovery| &discovery.headers);
        let request = match self.places.first()? {
            Place::Document(url) => Request::get(url.clone(), "application/json"),
            Place::Keys(url) => Request::get(url.clone(), "application/json, application/jwk-set+json"),
        };
        let headers = headers.into_iter().flatten();
        Some(headers.fold(request, |request, (name, value)| request.with(name, value.as_bytes())))
    }

    /// The same as a call of the engine; `None` if the engine cannot call there, or there is nothing to ask for.
    #[must_use]
    pub fn call(&self, targets: &Targets, engine: &Capabilities, id: CallId) -> Option<HttpCall> {
        let timeout_ms = self.source.keys.discovery()?.timeout_ms;
        targets.call(self.request()?, engine.callout_target, id, timeout_ms)
    }

    /// Takes what the request was answered with.
    #[must_use]
    pub fn answer(
        mut self: Box<Self>,
        answer: Result<HttpResponse<'_>, CallError>,
        now: UnixTime,
    ) -> Progress {
        if self.places.is_empty() {
            return self.done();
        }
        if self.offset.is_none() {
            self.offset = answer.as_ref().ok().and_then(|answer| offset(answer, now));
        }
        let place = self.places.remove(0);
        let (url, read) = match place {
            Place::Document(url) => {
                let read = self.document(answer, &url);
                let discovery = self.source.keys.discovery();
                self.places = discovery
                    .map(|discovery| keys_of(discovery, self.metadata.as_deref()))
                    .unwrap_or_default();
                (url, read)
            }
            Place::Keys(url) => {
                let read = keys(answer).map(|keys| self.got.push((url.clone(), keys)));
                (url, read)
            }
        };
        if let Err(what) = read {
            self.troubles.push(Trouble { place: url, what });
        }
        if self.places.is_empty() { self.done() } else { Progress::More(self) }
    }

    /// Where the document cannot be had, the last one says where the keys are.
    fn document(&mut self, answer: Result<HttpResponse<'_>, CallError>, url: &Url) -> Result<(), What> {
        let metadata = Metadata::parse(body(answer)?, url, &self.source.written_issuer());
        self.metadata = Some(Arc::new(metadata.map_err(What::Document)?));
        Ok(())
    }

    fn done(self) -> Progress {
        let Self { source, metadata, got, troubles, offset, .. } = self;
        Progress::Done(Fetched { metadata, keys: got, troubles, offset }, source)
    }
}

/// Where the keys are: at `jwks_uri` of the config or of the document, and at the further places.
fn keys_of(discovery: &Discovery, metadata: Option<&Metadata>) -> Vec<Place> {
    let own = discovery.own_keys(metadata);
    own.into_iter().chain(&discovery.extra_jwks_uris).cloned().map(Place::Keys).collect()
}

fn keys(answer: Result<HttpResponse<'_>, CallError>) -> Result<KeySet, What> {
    let (keys, skipped) = KeySet::from_jwks(body(answer)?).map_err(What::Jwks)?;
    if keys.is_empty() {
        let reasons: Vec<String> = skipped.iter().map(ToString::to_string).collect();
        return Err(What::NoKey(reasons.join("; ").into()));
    }
    Ok(keys)
}

fn body(answer: Result<HttpResponse<'_>, CallError>) -> Result<&[u8], What> {
    match answer {
        Ok(HttpResponse { status: 200, body, .. }) => Ok(body),
        Ok(HttpResponse { status, .. }) => Err(What::Status(status)),
        Err(error) => Err(What::Call(error)),
    }
}

fn offset(answer: &HttpResponse<'_>, now: UnixTime) -> Option<i64> {
    let date = answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(b"date"))?;
    Some(http_date::parse(date.1)?.seconds().saturating_sub(now.seconds()))
}

/// What was asked for where, and what came: in one line.
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(CallError::NotSent) => f.write_str(
                "the engine did not send the request; on Envoy it needs an upstream in origins, a cluster",
            ),
            Self::Call(CallError::Failed) => f.write_str("expected an answer, found none"),
            Self::Status(status) => write!(f, "expected status 200, found {status}"),
            Self::Document(error) => error.fmt(f),
            Self::Jwks(error) => error.fmt(f),
            Self::NoKey(reasons) if reasons.is_empty() => {
                f.write_str("expected at least one key, found none")
            }
            Self::NoKey(reasons) => {
                write!(f, "expected at least one key that can be used, found none: {reasons}")
            }
        }
    }
}

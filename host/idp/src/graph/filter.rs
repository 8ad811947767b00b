//! `$filter`, as far as it picks one thing out: `appId eq '...'` or `displayName eq '...'`.

use super::error::GraphError;
use crate::form::Form;
use bytes::Bytes;
use http::Request;

/// What is picked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Filter {
    /// Everything.
    None,
    /// The app of this client id.
    AppId(String),
    /// Those of this name.
    DisplayName(String),
}

impl Filter {
    pub(super) fn of(request: &Request<Bytes>) -> Result<Self, GraphError> {
        let query = Form::of_query(request).map_err(|_| GraphError::FilterUnknown)?;
        let Some(text) = query.get("$filter") else { return Ok(Self::None) };
        let (property, value) = text.trim().split_once(" eq ").ok_or(GraphError::FilterUnknown)?;
        let value = value.trim().strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
        // A quote in a text is written twice.
        let value = value.ok_or(GraphError::FilterUnknown)?.replace("''", "'");
        match property.trim() {
            "appId" => Ok(Self::AppId(value)),
            "displayName" => Ok(Self::DisplayName(value)),
            _ => Err(GraphError::FilterUnknown),
        }
    }

    pub(super) fn admits(&self, app_id: &str, display_name: &str) -> bool {
        match self {
            Self::None => true,
            Self::AppId(wanted) => wanted == app_id,
            Self::DisplayName(wanted) => wanted == display_name,
        }
    }
}

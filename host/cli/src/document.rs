//! Config files, told apart by what is in them: the gateway's YAML, or a filter's JSON document.
//!
//! A gateway's file may carry filter documents, in `configuration` or by `configuration_file`; those are read
//! along with it. References to secrets are resolved by the same code in all of them.

use claimgate_host::{Config as Gateway, ConfigErrors as GatewayErrors, Secrets};
use claimgate_policy::config::{Config, ConfigErrors};
use serde_json::Value;
use std::path::Path;

/// A config file, read as far as it could be.
#[derive(Debug)]
pub(crate) enum Document {
    /// The gateway's YAML, and the filter documents in it.
    Gateway(Result<Gateway, GatewayErrors>, Vec<FilterDocument>),
    /// A filter's document by itself.
    Filter(FilterDocument),
}

/// A filter's document.
#[derive(Debug)]
pub(crate) struct FilterDocument {
    /// The name of the filter in the gateway's file; `None` for a document by itself.
    pub(crate) filter: Option<String>,
    /// What the document says.
    pub(crate) config: Result<Config, Refusal>,
    /// What must not be shown of it.
    pub(crate) secrets: Secrets,
}

/// Why a document is none.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// References lead nowhere.
    References(GatewayErrors),
    /// The document itself has errors. They may show values.
    Document(ConfigErrors),
}

impl Document {
    /// From the bytes of the file at `path`; files that it names are found from there.
    pub(crate) fn read(path: &Path, bytes: &[u8]) -> Self {
        if is_filter_file(bytes) {
            return Self::Filter(FilterDocument::alone(path, bytes));
        }
        let gateway = Gateway::load(path);
        let filters = gateway.as_ref().map(filter_documents).unwrap_or_default();
        Self::Gateway(gateway, filters)
    }

    /// The filter documents, of either kind of file.
    pub(crate) fn filters(&self) -> &[FilterDocument] {
        match self {
            Self::Gateway(_, filters) => filters,
            Self::Filter(filter) => std::slice::from_ref(filter),
        }
    }
}

impl FilterDocument {
    /// One that no gateway's file carries; files that it refers to are found from `path`.
    fn alone(path: &Path, bytes: &[u8]) -> Self {
        match claimgate_host::resolve(bytes, path.parent().unwrap_or_else(|| Path::new("."))) {
            Ok((document, secrets)) => Self::parse(None, &document, secrets),
            Err(errors) => {
                let config = Err(Refusal::References(errors));
                Self { filter: None, config, secrets: Secrets::default() }
            }
        }
    }

    fn parse(filter: Option<String>, resolved: &[u8], secrets: Secrets) -> Self {
        Self { filter, config: Config::parse(resolved).map_err(Refusal::Document), secrets }
    }

    /// All errors, one a line, as they may be shown.
    pub(crate) fn errors(&self) -> Option<String> {
        match self.config.as_ref().err()? {
            Refusal::References(errors) => Some(errors.to_string()),
            Refusal::Document(errors) => Some(self.secrets.hide(&errors.to_string()).into_owned()),
        }
    }

    /// The document with every default, as it may be shown.
    pub(crate) fn effective(&self) -> Option<String> {
        Some(self.secrets.hide(&self.config.as_ref().ok()?.effective()).into_owned())
    }
}

fn filter_documents(gateway: &Gateway) -> Vec<FilterDocument> {
    let documents = gateway.filters.iter().filter(|filter| is_own_document(&filter.configuration));
    documents
        .map(|filter| {
            let secrets = gateway.secrets().clone();
            FilterDocument::parse(Some(filter.name.clone()), &filter.configuration, secrets)
        })
        .collect()
}

/// Whether a file is a filter's document: JSON with a member that the gateway's file does not have, or JSON that
/// cannot be read. The gateway's file may be JSON too, since YAML contains it.
fn is_filter_file(bytes: &[u8]) -> bool {
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return false;
    }
    match serde_json::from_slice::<Value>(bytes) {
        Ok(value) => MEMBERS.iter().any(|member| value.get(member).is_some()),
        Err(_) => true,
    }
}

/// Whether what a filter is configured with is a document of this project's filter. The gateway runs any filter,
/// so a resemblance is not enough.
fn is_own_document(configuration: &[u8]) -> bool {
    let value: Value = serde_json::from_slice(configuration).unwrap_or_default();
    ["version", "services", "sources"].iter().filter(|member| value.get(member).is_some()).count() > 1
}

const MEMBERS: [&str; 7] = ["applications", "audit", "consumers", "defaults", "realm", "sources", "version"];

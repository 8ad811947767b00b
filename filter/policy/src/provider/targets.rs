//! By which name an engine calls a URL.

use super::{Request, Url};
use crate::capabilities::CalloutTarget;
use crate::step::{CallId, HttpCall};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// The names that the config gives to origins; the first that fits counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Targets(Vec<Target>);

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// `https://host[:port]`; `None`: every origin.
    pub origin: Option<Box<str>>,
    /// A cluster of Envoy's, or an upstream of this project's host.
    pub upstream: Box<str>,
}

impl Targets {
    /// These, in this order.
    #[must_use]
    pub fn new(targets: Vec<Target>) -> Self {
        Self(targets)
    }

    /// In the order of the config.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Target> {
        self.0.iter()
    }

    /// The name by which an engine of this kind calls the URL; `None` if it has none.
    #[must_use]
    pub fn of(&self, url: &Url, kind: CalloutTarget) -> Option<String> {
        let origin = url.origin();
        let named =
            self.0.iter().find(|target| target.origin.as_deref().is_none_or(|known| *known == *origin));
        match (kind, named) {
            (CalloutTarget::HostPort, _) => Some(url.host_port()),
            (CalloutTarget::Cluster | CalloutTarget::Origin, Some(named)) => {
                Some(named.upstream.as_ref().into())
            }
            (CalloutTarget::Origin, None) => Some(origin),
            (CalloutTarget::Cluster, None) => None,
        }
    }

    /// The request as a call of the engine; `None` if it has no name for where it goes.
    #[must_use]
    pub fn call(
        &self,
        request: Request,
        kind: CalloutTarget,
        id: CallId,
        timeout_ms: u32,
    ) -> Option<HttpCall> {
        let target = self.of(&request.url, kind)?;
        let pseudo = [
            (":method", request.method.name()),
            (":scheme", request.url.scheme()),
            (":authority", &request.url.authority()),
            (":path", request.url.target()),
        ]
        .map(|(name, value)| (name.into(), value.as_bytes().into()));
        let headers = pseudo.into_iter().chain(request.headers).collect();
        Some(HttpCall { id, target: target.into(), headers, body: request.body, timeout_ms })
    }
}

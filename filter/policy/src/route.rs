//! Which service and route a request belongs to: Kong's traditional matching.
//!
//! Every attribute that a route has must match. Of the routes that do, one with more attributes wins; then one
//! with hosts before one with headers, paths, methods; then an exact host before a wildcard and a longer wildcard
//! before a shorter; then more headers; then the longer path; then the earlier in the document. The order is
//! fixed when the config is read, so a request takes the first entry that matches. What no route takes goes to the
//! service without routes, if there is one: in a Kong chain, the only one.

use crate::capabilities::Capabilities;
use crate::config::{Config, Route, Rules, Service};
use crate::denial::Denial;
use crate::request::RequestHead;

mod header;
mod host;
mod path;
mod table;

pub use header::HeaderMatch;
pub use host::HostPattern;
pub use path::PathPrefix;
use path::RequestPath;
pub(crate) use table::Table;

/// Where a request belongs.
#[derive(Debug, Clone, Copy)]
pub struct Matched<'a> {
    /// The service.
    pub service: &'a Service,
    /// The route; `None` for the service without routes.
    pub route: Option<&'a Route>,
    /// What applies to the request.
    pub rules: &'a Rules,
}

/// Finds the service and route of a request.
///
/// # Errors
/// [`Denial::RouteUnknown`] if none matches; [`Denial::AmbiguousPath`], [`Denial::AmbiguousHost`] or
/// [`Denial::AmbiguousHeader`] if a rule would decide about a part of the request that the engine's own router, or
/// the upstream, may read otherwise: the request would be judged by one service's rules and served by another.
pub fn find<'a>(
    config: &'a Config,
    head: &RequestHead<'_>,
    engine: &Capabilities,
) -> Result<Matched<'a>, Denial> {
    if let Some((service, route)) = config.routing.find(&config.services, head, engine)? {
        return Ok(Matched::new(service, Some(route), &route.rules));
    }
    let rest =
        config.services.iter().find(|service| service.routes.is_empty()).ok_or(Denial::RouteUnknown)?;
    let rules = rest.rules.as_ref().ok_or(Denial::RouteUnknown)?;
    Ok(Matched::new(rest, None, rules))
}

impl<'a> Matched<'a> {
    /// A request that belongs to this service, and to this route of it if there is one.
    #[must_use]
    pub fn new(service: &'a Service, route: Option<&'a Route>, rules: &'a Rules) -> Self {
        Self { service, route, rules }
    }
}

impl Route {
    /// Whether requests with this method, host and path may be the route's, whatever their headers.
    pub(crate) fn takes(&self, method: &str, host: &str, path: &str) -> bool {
        let read = RequestPath::read(path.as_bytes());
        let below = |prefix: &PathPrefix| read.as_ref().and_then(|path| prefix.matches(path)) == Some(true);
        (self.methods.is_empty() || self.methods.iter().any(|known| **known == *method))
            && (self.hosts.is_empty() || self.hosts.iter().any(|pattern| pattern.fits(host.as_bytes())))
            && (self.paths.is_empty() || self.paths.iter().any(below))
    }
}

#[cfg(test)]
mod tests;

//! Which service gets a request: Kong's rules for hosts, path prefixes and methods.
//!
//! A route matches if each kind of rule that it has matches. Among those that match, the order is:
//! more kinds of rules before fewer; with hosts before with paths before with methods only; an exact
//! host before a wildcard, and a longer wildcard before a shorter; the longer path; the earlier line of
//! the configuration. Paths are compared as the client sent them, byte by byte; one that servers read
//! differently is refused where a rule on paths would decide.

use std::cmp::Reverse;
use std::sync::Arc;

use http::Method;

use crate::config::{HostPattern, Route, Service};

/// All routes, best first.
#[derive(Debug)]
pub(crate) struct Router {
    entries: Vec<Entry>,
}

impl Router {
    pub(crate) fn new(services: &[Service]) -> Self {
        let mut entries: Vec<_> = services
            .iter()
            .enumerate()
            .flat_map(|(at, service)| service.routes.iter().flat_map(move |route| entries(at, route)))
            .collect();
        // A stable sort: equals stay in the order of the configuration.
        entries.sort_by_key(|entry| Reverse(entry.rank()));
        Self { entries }
    }

    /// The best route for a request. `host` may carry a port; `path` is raw and without query, and
    /// `has_one_reading` if every server reads it alike.
    ///
    /// # Errors
    /// [`Ambiguous`] if a rule on paths would decide about a path that servers read differently.
    pub(crate) fn find(
        &self,
        host: &str,
        path: &str,
        has_one_reading: bool,
        method: &Method,
    ) -> Result<Option<Found<'_>>, Ambiguous> {
        for entry in self.entries.iter().filter(|entry| entry.fits_but_for_path(host, method)) {
            if entry.depends_on_path() && !has_one_reading {
                return Err(Ambiguous);
            }
            if entry.path.as_ref().is_none_or(|prefix| path.starts_with(prefix.as_str())) {
                return Ok(Some(entry.found()));
            }
        }
        Ok(None)
    }
}

/// A rule on paths would decide about a path that has more than one reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ambiguous;

/// A route that matched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'a> {
    /// Index of the service.
    pub(crate) service: usize,
    /// The route.
    pub(crate) route: &'a Route,
    /// What to cut off the front of the path.
    pub(crate) prefix: &'a str,
}

/// `prefix` cut off `path`, and `base` put before it; a slash stands between them.
pub(crate) fn upstream_path(base: &str, prefix: &str, path: &str) -> String {
    let rest = path.strip_prefix(prefix).unwrap_or(path);
    match (base, rest) {
        ("", "") => "/".to_owned(),
        (base, "") => base.to_owned(),
        (base, rest) => {
            let (base, rest) = (base.trim_end_matches('/'), rest.strip_prefix('/').unwrap_or(rest));
            [base, "/", rest].concat()
        }
    }
}

/// A route with one of its hosts and one of its paths.
#[derive(Debug)]
struct Entry {
    service: usize,
    host: Option<HostPattern>,
    path: Option<String>,
    route: Arc<Route>,
}

/// The greater is tried first.
type Rank = (usize, [bool; 3], bool, bool, usize, usize);

impl Entry {
    fn rank(&self) -> Rank {
        let kinds = [self.host.is_some(), self.path.is_some(), !self.route.methods.is_empty()];
        let (exact, wildcard) = match &self.host {
            Some(HostPattern::Exact(_)) => (true, 0),
            Some(HostPattern::Suffix(fixed) | HostPattern::Prefix(fixed)) => (false, fixed.len()),
            None => (false, 0),
        };
        let only_exact = self.route.hosts.iter().all(|host| matches!(host, HostPattern::Exact(_)));
        let path = self.path.as_ref().map_or(0, String::len);
        (kinds.iter().filter(|kind| **kind).count(), kinds, exact, only_exact, wildcard, path)
    }

    fn found(&self) -> Found<'_> {
        let prefix = self.path.as_deref().filter(|_| self.route.strip_path).unwrap_or_default();
        Found { service: self.service, route: &self.route, prefix }
    }

    /// Every path begins with a slash, so a rule for `/` is none.
    fn depends_on_path(&self) -> bool {
        self.path.as_ref().is_some_and(|prefix| prefix != "/")
    }

    fn fits_but_for_path(&self, host: &str, method: &Method) -> bool {
        let methods = &self.route.methods;
        (methods.is_empty() || methods.contains(method))
            && self.host.as_ref().is_none_or(|pattern| host_matches(pattern, host))
    }
}

fn entries(service: usize, route: &Route) -> Vec<Entry> {
    let route = Arc::new(route.clone());
    let hosts = options(&route.hosts);
    let with = |host: Option<HostPattern>| {
        let entry = |path| Entry { service, host: host.clone(), path, route: Arc::clone(&route) };
        options(&route.paths).into_iter().map(entry).collect::<Vec<_>>()
    };
    hosts.into_iter().flat_map(with).collect()
}

/// Every item, or none at all for a list without items.
fn options<T: Clone>(items: &[T]) -> Vec<Option<T>> {
    if items.is_empty() { vec![None] } else { items.iter().cloned().map(Some).collect() }
}

/// A pattern without a port takes any port. A name may end with the dot of the root.
fn host_matches(pattern: &HostPattern, host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name);
    let name = name.strip_suffix('.').unwrap_or(name);
    match pattern {
        HostPattern::Exact(exact) => exact.eq_ignore_ascii_case(name) || exact.eq_ignore_ascii_case(host),
        HostPattern::Suffix(end) => ends_with(name, end) || ends_with(host, end),
        HostPattern::Prefix(start) => {
            let (start, name) = (start.as_bytes(), name.as_bytes());
            name.len() > start.len()
                && name.get(..start.len()).is_some_and(|part| part.eq_ignore_ascii_case(start))
        }
    }
}

fn ends_with(name: &str, end: &str) -> bool {
    let from = name.len().checked_sub(end.len()).filter(|from| *from > 0);
    let part = from.and_then(|from| name.as_bytes().get(from..));
    part.is_some_and(|part| part.eq_ignore_ascii_case(end.as_bytes()))
}

#[cfg(test)]
mod tests;

//! Every way to match, the most specific first.

use super::host::HostPattern;
use super::path::{PathPrefix, RequestPath};
use crate::config::{Route, Service};
use crate::denial::Denial;
use crate::request::RequestHead;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// What requests are compared with, in order.
#[derive(Debug, Default)]
pub(crate) struct Table {
    entries: Vec<Entry>,
}

/// One host and one path of a route, each by its place in the route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    service: usize,
    route: usize,
    host: Option<usize>,
    path: Option<usize>,
}

/// How specific an entry is; the greater is tried first.
type Rank = (u32, u8, bool, bool, usize, usize, usize);

impl Table {
    /// The entries of all routes.
    pub(crate) fn new(services: &[Service]) -> Self {
        let mut ranked: Vec<(Rank, Entry)> = Vec::new();
        for (service, of_service) in services.iter().enumerate() {
            for (route, of_route) in of_service.routes.iter().enumerate() {
                for host in places(of_route.hosts.len()) {
                    for path in places(of_route.paths.len()) {
                        let entry = Entry { service, route, host, path };
                        ranked.push((entry.rank(of_route), entry));
                    }
                }
            }
        }
        // Stable, so that of two equal entries the earlier in the document comes first.
        ranked.sort_by_key(|(rank, _)| Reverse(*rank));
        Self { entries: ranked.into_iter().map(|(_, entry)| entry).collect() }
    }

    /// The first match. The path is read only if an entry that fits otherwise has one.
    pub(crate) fn find<'s>(
        &self,
        services: &'s [Service],
        head: &RequestHead<'_>,
    ) -> Result<Option<(&'s Service, &'s Route)>, Denial> {
        let mut read = None;
        for entry in &self.entries {
            let Some((service, route)) = entry.place(services) else { continue };
            if !entry.fits_but_for_path(route, head) {
                continue;
            }
            let Some(prefix) = entry.path(route) else { return Ok(Some((service, route))) };
            let path = read.get_or_insert_with(|| RequestPath::read(head.path()));
            let matches = path.as_ref().and_then(|path| prefix.matches(path));
            if matches.ok_or(Denial::AmbiguousPath)? {
                return Ok(Some((service, route)));
            }
        }
        Ok(None)
    }
}

impl Entry {
    fn place<'s>(&self, services: &'s [Service]) -> Option<(&'s Service, &'s Route)> {
        let service = services.get(self.service)?;
        Some((service, service.routes.get(self.route)?))
    }

    fn host<'r>(&self, route: &'r Route) -> Option<&'r HostPattern> {
        route.hosts.get(self.host?)
    }

    fn path<'r>(&self, route: &'r Route) -> Option<&'r PathPrefix> {
        route.paths.get(self.path?)
    }

    fn fits_but_for_path(&self, route: &Route, head: &RequestHead<'_>) -> bool {
        let method = |method: &str| method.as_bytes() == head.method;
        self.host(route).is_none_or(|host| host.matches(head.host()))
            && (route.methods.is_empty() || route.methods.iter().any(|known| method(known)))
            && route.headers.iter().all(|header| header.matches(head))
    }

    fn rank(&self, route: &Route) -> Rank {
        let host = self.host(route);
        let attributes =
            [host.is_some(), !route.headers.is_empty(), self.path.is_some(), !route.methods.is_empty()];
        // Hosts weigh more than headers, headers more than paths, paths more than methods.
        let weights = attributes.iter().fold(0_u8, |bits, present| bits << 1 | u8::from(*present));
        let exact = matches!(host, Some(HostPattern::Exact(_)));
        let only_exact = route.hosts.iter().all(|host| matches!(host, HostPattern::Exact(_)));
        let wildcard = if exact { 0 } else { host.map_or(0, HostPattern::fixed_len) };
        let path = self.path(route).map_or(0, PathPrefix::len);
        (weights.count_ones(), weights, exact, only_exact, wildcard, route.headers.len(), path)
    }
}

/// Every place in a list, or none at all for a list without items.
fn places(len: usize) -> impl Iterator<Item = Option<usize>> {
    let none = (len == 0).then_some(None);
    none.into_iter().chain((0..len).map(Some))
}

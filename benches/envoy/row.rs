//! What is compared: the rows of the table.

use crate::envoy::tokens::Issuer;

/// One row, for one algorithm.
pub(crate) struct Row<'i> {
    pub(crate) name: String,
    pub(crate) issuer: &'i Issuer,
    pub(crate) contest: Kind,
    pub(crate) tokens: Tokens,
}

/// Who takes turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Envoy with this filter, and Envoy without any.
    Added(Guard),
    /// Envoy with the filter, and Envoy with another build of it.
    Against,
    /// The gateway with this filter, and Envoy with the same.
    Hosts(Guard),
}

/// What stands before the route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guard {
    Nothing,
    /// `jwt_authn`.
    Native,
    /// `jwt_authn` with its cache, and `rbac` by two of the claims.
    NativeCachedWithRbac,
    /// A module that does nothing.
    EmptyModule,
    /// The filter, with this value of `audit`.
    Claimgate {
        audit: &'static str,
    },
}

/// Which tokens the requests of a row have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tokens {
    /// So many, again and again.
    Known(usize),
    /// One that was never sent before, each time.
    New,
}

impl Row<'_> {
    /// With its algorithm, for messages.
    pub(crate) fn title(&self) -> String {
        format!("{}, {}", self.name, self.issuer.algorithm().name())
    }
}

/// All rows with each of these issuers, or those whose names hold `only`.
pub(crate) fn all<'i>(issuers: &'i [Issuer], many: usize, only: Option<&str>) -> Vec<Row<'i>> {
    let with_many = |name: &str| format!("{name}, {many} tokens");
    let rows = [
        (NATIVE.to_owned(), Kind::Added(Guard::Native), Tokens::Known(many)),
        (NATIVE_CACHED.to_owned(), Kind::Added(Guard::NativeCachedWithRbac), Tokens::Known(1)),
        (
            with_many("jwt_authn with cache + rbac"),
            Kind::Added(Guard::NativeCachedWithRbac),
            Tokens::Known(many),
        ),
        ("empty wasm module".to_owned(), Kind::Added(Guard::EmptyModule), Tokens::Known(1)),
        (SEEN.to_owned(), Kind::Added(DENIED), Tokens::Known(1)),
        ("claimgate, 64 tokens".to_owned(), Kind::Added(DENIED), Tokens::Known(64)),
        (with_many("claimgate"), Kind::Added(DENIED), Tokens::Known(many)),
        (NEW.to_owned(), Kind::Added(DENIED), Tokens::New),
        (
            "claimgate, 1 token, audit off".to_owned(),
            Kind::Added(Guard::Claimgate { audit: "off" }),
            Tokens::Known(1),
        ),
        (
            "claimgate, 1 token, audit all".to_owned(),
            Kind::Added(Guard::Claimgate { audit: "all" }),
            Tokens::Known(1),
        ),
        ("no filter".to_owned(), Kind::Hosts(Guard::Nothing), Tokens::Known(1)),
        (HOSTS.to_owned(), Kind::Hosts(DENIED), Tokens::Known(1)),
    ];
    let rows = rows.into_iter().filter(|(name, ..)| only.is_none_or(|only| name.contains(only)));
    rows.flat_map(|(name, contest, tokens)| {
        issuers.iter().map(move |issuer| Row { name: name.clone(), issuer, contest, tokens })
    })
    .collect()
}

/// The rows of two builds of the filter.
pub(crate) fn against(issuers: &[Issuer], many: usize) -> Vec<Row<'_>> {
    let rows = [
        ("1 token".to_owned(), Tokens::Known(1)),
        (format!("{many} tokens"), Tokens::Known(many)),
        ("each token new".to_owned(), Tokens::New),
    ];
    let row = |(name, tokens): (String, Tokens)| {
        issuers.iter().map(move |issuer| Row { name: name.clone(), issuer, contest: Kind::Against, tokens })
    };
    rows.into_iter().flat_map(row).collect()
}

/// The default of `audit`.
pub(crate) const DENIED: Guard = Guard::Claimgate { audit: "denied" };

pub(crate) const NATIVE: &str = "jwt_authn without cache";
pub(crate) const NATIVE_CACHED: &str = "jwt_authn with cache + rbac, 1 token";
pub(crate) const SEEN: &str = "claimgate, 1 token, audit denied";
pub(crate) const NEW: &str = "claimgate, each token new";
pub(crate) const HOSTS: &str = "the filter, 1 token";

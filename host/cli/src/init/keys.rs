//! Where the issuer's keys come from: the file of `--jwks`, or the provider itself, which each engine calls in its own way.

use super::{Starter, Target, Upstream, quoted, template};

/// Parts of the file that are about the keys.
#[derive(Debug)]
pub(super) struct Keys {
    /// Comments for the head of the file.
    pub(super) notes: String,
    /// Members of the source.
    pub(super) source: String,
    /// Envoy only: the document's `origins`.
    pub(super) origins: String,
    /// Envoy only: the cluster that leads to the provider.
    pub(super) cluster: String,
}

impl Keys {
    pub(super) fn of(starter: &Starter, target: Target) -> Self {
        match &starter.jwks {
            Some(jwks) => Self {
                notes: include_str!("keys/given.yaml").to_owned(),
                source: template::fill(
                    include_str!("keys/source-given.yaml"),
                    &[("jwks", &jwks.to_string())],
                ),
                origins: String::new(),
                cluster: String::new(),
            },
            None => Self::fetched(starter, target),
        }
    }

    fn fetched(starter: &Starter, target: Target) -> Self {
        let discovery = starter.provider.discovery(starter.issuer());
        let source = match &discovery {
            Some(url) => {
                template::fill(include_str!("keys/source-elsewhere.yaml"), &[("discovery", &quoted(url))])
            }
            None => include_str!("keys/source-fetched.yaml").to_owned(),
        };
        let called = discovery.as_deref().unwrap_or_else(|| starter.issuer());
        // What is no URL is refused with the document.
        let provider = called.parse::<Upstream>().ok().filter(|_| target == Target::Envoy);
        Self {
            notes: [template::fill(FETCHED, &[("issuer", called)]), target.calls().to_owned()].concat(),
            source,
            origins: provider.as_ref().map(origins).unwrap_or_default(),
            cluster: provider.as_ref().map(cluster).unwrap_or_default(),
        }
    }
}

impl Target {
    /// What calls to a provider need there.
    const fn calls(self) -> &'static str {
        match self {
            Self::Host => include_str!("keys/fetched-host.yaml"),
            Self::Envoy => include_str!("keys/fetched-envoy.yaml"),
            Self::Kong => include_str!("keys/fetched-kong.yaml"),
        }
    }
}

fn origins(provider: &Upstream) -> String {
    template::fill(include_str!("keys/origins.yaml"), &[("origin", &quoted(&provider.origin()))])
}

fn cluster(provider: &Upstream) -> String {
    let values = [
        ("host", &*quoted(provider.bare_host())),
        ("port", &*provider.port.to_string()),
        ("tls", &*provider.envoy_tls()),
    ];
    template::fill(include_str!("target/envoy-idp.yaml"), &values)
}

const FETCHED: &str = include_str!("keys/fetched.yaml");

//! The config as it takes effect, for people: every default filled in, keys by kid and fingerprint.

use super::{AcceptedIssuer, Config, Discovery, Feed, Route, Service, Source, SourceKeys};
use crate::capabilities::EngineChoice;
use crate::keys::Key;
use crate::provider::Url;
use crate::registry::{ConsumerGroup, LookupKind, Record, Registration};
use crate::signature::Algorithm;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

mod rules;

use rules::RulesView;

pub(super) fn text(config: &Config) -> String {
    let view = ConfigView {
        version: 1,
        engine: engine(config.engine),
        realm: &config.realm,
        state: config
            .pushed
            .as_ref()
            .map(|pushed| StateView { feed: pushed.feed.as_ref().map(FeedView::new) }),
        audit: config.audit.name(),
        log_claims: config.log_claims.of.name(),
        log_claims_names: &config.log_claims.names,
        body_tokens: config.body_tokens,
        sources: config.sources.iter().map(|source| SourceView::new(source)).collect(),
        services: config.services.iter().map(ServiceView::new).collect(),
        consumer_groups: config.registry.consumer_groups().iter().map(ConsumerGroupView::new).collect(),
        callers: config.registry.iter().map(|record| CallerView::new(record)).collect(),
    };
    serde_json::to_string_pretty(&view).unwrap_or_default()
}

#[derive(Serialize)]
struct ConfigView<'a> {
    version: u8,
    engine: &'static str,
    realm: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<StateView<'a>>,
    audit: &'static str,
    log_claims: &'static str,
    log_claims_names: &'a [Box<str>],
    body_tokens: bool,
    sources: Vec<SourceView<'a>>,
    services: Vec<ServiceView<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    consumer_groups: Vec<ConsumerGroupView<'a>>,
    callers: Vec<CallerView<'a>>,
}

/// Without the key.
#[derive(Serialize)]
struct StateView<'a> {
    feed: Option<FeedView<'a>>,
}

#[derive(Serialize)]
struct FeedView<'a> {
    upstream: &'a str,
    authority: &'a str,
    path: &'a str,
    first: &'a str,
    poll_seconds: i64,
}

#[derive(Serialize)]
struct SourceView<'a> {
    id: &'a str,
    issuer: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tenants: Vec<&'a str>,
    /// `null`: pushed, or fetched.
    keys: Option<Vec<KeyView<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fetched: Option<DiscoveryView>,
}

/// How a source's keys are fetched; header values may be secrets.
#[derive(Serialize)]
struct DiscoveryView {
    discovery: Option<String>,
    jwks_uri: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    extra_jwks_uris: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    discovery_headers_names: Vec<String>,
    refresh_seconds: i64,
    stale_seconds: i64,
    rediscovery_lifetime: i64,
    timeout: u32,
}

#[derive(Serialize)]
struct KeyView<'a> {
    kid: Option<&'a str>,
    /// For whom alone it may sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    algorithms: Vec<&'static str>,
    fingerprint: String,
}

#[derive(Serialize)]
struct ServiceView<'a> {
    id: &'a str,
    name: &'a str,
    enforcement: &'static str,
    routes: Vec<RouteView<'a>>,
    /// Only where they decide: a service with routes is never asked itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    plugins: Option<RulesView<'a>>,
}

#[derive(Serialize)]
struct RouteView<'a> {
    id: &'a str,
    name: &'a str,
    hosts: Vec<String>,
    paths: Vec<String>,
    methods: Vec<&'a str>,
    headers: BTreeMap<&'a str, Vec<&'a str>>,
    plugins: RulesView<'a>,
}

#[derive(Serialize)]
struct ConsumerGroupView<'a> {
    id: Option<&'a str>,
    name: &'a str,
}

/// A caller, by one of the values that name it.
#[derive(Serialize)]
struct CallerView<'a> {
    source: &'a str,
    by: &'static str,
    value: &'a str,
    consumer: ConsumerView<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<ApplicationView<'a>>,
}

#[derive(Serialize)]
struct ConsumerView<'a> {
    id: Option<&'a str>,
    username: Option<&'a str>,
    custom_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    consumer_groups: Vec<&'a str>,
}

#[derive(Serialize)]
struct ApplicationView<'a> {
    id: &'a str,
    name: &'a str,
    registrations: Vec<RegistrationView<'a>>,
}

#[derive(Serialize)]
struct RegistrationView<'a> {
    service: &'a str,
    status: &'static str,
    suspended: bool,
    expires_at: Option<i64>,
}

impl<'a> FeedView<'a> {
    fn new(feed: &'a Feed) -> Self {
        let Feed { upstream, authority, path, first, poll_seconds } = feed;
        Self { upstream, authority, path, first, poll_seconds: *poll_seconds }
    }
}

impl<'a> SourceView<'a> {
    fn new(source: &'a Source) -> Self {
        let keys = match &source.keys {
            SourceKeys::Given(keys) => Some(keys.iter().map(KeyView::new).collect()),
            SourceKeys::Pushed | SourceKeys::Discovered(_) => None,
        };
        let fetched = source.keys.discovery().map(DiscoveryView::new);
        let tenants = match &source.issuer {
            AcceptedIssuer::Exactly(_) => Vec::new(),
            AcceptedIssuer::OfTenants { tenants, .. } => tenants.iter().collect(),
        };
        Self { id: source.id.as_str(), issuer: source.issuer.to_string(), tenants, keys, fetched }
    }
}

impl DiscoveryView {
    fn new(discovery: &Discovery) -> Self {
        let url = |url: &Option<Url>| url.as_ref().map(ToString::to_string);
        Self {
            discovery: url(&discovery.document),
            jwks_uri: url(&discovery.jwks_uri),
            extra_jwks_uris: discovery.extra_jwks_uris.iter().map(ToString::to_string).collect(),
            discovery_headers_names: discovery.headers.iter().map(|(name, _)| name.as_ref().into()).collect(),
            refresh_seconds: discovery.refresh,
            stale_seconds: discovery.stale,
            rediscovery_lifetime: discovery.rediscovery_lifetime,
            timeout: discovery.timeout_ms,
        }
    }
}

impl<'a> KeyView<'a> {
    fn new(key: &'a Key) -> Self {
        let algorithms = key.algorithms().iter().map(Algorithm::name).collect();
        let issuer = key.issuer().map(ToString::to_string);
        Self { kid: key.kid(), issuer, algorithms, fingerprint: key.fingerprint().to_string() }
    }
}

impl<'a> ServiceView<'a> {
    fn new(service: &'a Service) -> Self {
        let alone = service.rules.as_ref().filter(|_| service.routes.is_empty());
        Self {
            id: &service.id,
            name: &service.name,
            enforcement: service.enforcement.name(),
            routes: service.routes.iter().map(RouteView::new).collect(),
            plugins: alone.map(RulesView::new),
        }
    }
}

impl<'a> RouteView<'a> {
    fn new(route: &'a Route) -> Self {
        let headers = route.headers.iter();
        Self {
            id: &route.id,
            name: &route.name,
            hosts: route.hosts.iter().map(ToString::to_string).collect(),
            paths: route.paths.iter().map(ToString::to_string).collect(),
            methods: route.methods.iter().map(AsRef::as_ref).collect(),
            headers: headers
                .map(|one| (&*one.name, one.values.iter().map(AsRef::as_ref).collect()))
                .collect(),
            plugins: RulesView::new(&route.rules),
        }
    }
}

impl<'a> ConsumerGroupView<'a> {
    fn new(group: &'a ConsumerGroup) -> Self {
        Self { id: group.id.as_deref(), name: &group.name }
    }
}

impl<'a> CallerView<'a> {
    fn new(record: &'a Record) -> Self {
        let consumer = ConsumerView {
            id: record.consumer.id.as_deref(),
            username: record.consumer.username.as_deref(),
            custom_id: record.consumer.custom_id.as_deref(),
            groups: record.consumer.groups.iter().map(AsRef::as_ref).collect(),
            consumer_groups: record.consumer.consumer_groups.iter().map(AsRef::as_ref).collect(),
        };
        let application = record.application.as_ref().map(|application| ApplicationView {
            id: &application.id,
            name: &application.name,
            registrations: record.registrations.iter().map(RegistrationView::new).collect(),
        });
        let by = LookupKind::name(record.key.kind);
        Self { source: record.key.source.as_str(), by, value: &record.key.value, consumer, application }
    }
}

impl<'a> RegistrationView<'a> {
    fn new(registration: &'a Registration) -> Self {
        Self {
            service: &registration.service,
            status: registration.state.name(),
            suspended: registration.suspended,
            expires_at: registration.expires.map(|time| time.seconds()),
        }
    }
}

const fn engine(choice: EngineChoice) -> &'static str {
    match choice {
        EngineChoice::Auto => "auto",
        EngineChoice::Envoy => "envoy",
        EngineChoice::Nginx => "nginx",
        EngineChoice::Claimgate => "claimgate",
    }
}

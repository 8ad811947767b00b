//! Identity providers as README.md's pages and `claimgate init` name them, and the development identity provider in
//! their place: what is to become of each one's tokens and secrets behind any gate.

use crate::support::file::repository;
use crate::support::observed::{Effect, Observed};
use crate::support::person::Person;
use crate::support::proxied::Proxied;
use crate::support::run::Gate;
use crate::support::table::Request;
use crate::support::wire;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use claimgate::init::{Callers, Provider, Starter, Target};
use claimgate_idp::{Config, Handle, serve};
use serde_json::Value;
use std::fs;
use std::net::{SocketAddr, TcpListener};

/// A provider and its realm in `testdata/idp.yaml`.
pub(crate) struct Cloud {
    pub(crate) name: &'static str,
    provider: Provider,
    /// The heading of its page in README.md.
    page: &'static str,
    /// What a config says, with placeholders.
    issuer: &'static str,
    audience: &'static str,
    scope: Option<&'static str>,
    /// The address that it keeps here, because its tokens and keys are bound to it.
    keeps: Option<&'static str>,
    /// Placeholders and addresses of the real provider, and what stands for them here, in this order.
    here: &'static [(&'static str, &'static str)],
    /// Where tokens are given out here.
    token_path: &'static str,
    /// What asks there for a token for the API, and for another API.
    asks: [&'static str; 2],
    caller: &'static str,
    stranger: &'static str,
    /// The id of the caller's secret, and what asks for a token that nobody else can verify.
    traps: Option<(&'static str, &'static str)>,
}

/// The development identity provider in the place of one of them.
pub(crate) struct Idp {
    provider: Handle,
    pub(crate) address: SocketAddr,
}

impl Idp {
    pub(crate) fn start(cloud: &Cloud) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let text = fs::read_to_string(repository().join("testdata/idp.yaml")).unwrap();
        let config = Config::parse(&text.replace("BASE", &format!("http://{address}")));
        let mut config = config.unwrap_or_else(|errors| panic!("{errors}"));
        config.realms.retain(|realm| realm.name == cloud.name);
        config.base_url = cloud.keeps.map(str::to_owned);
        let provider = serve(config, listener).unwrap_or_else(|error| panic!("{error}"));
        Self { provider, address }
    }

    /// The origin by which a gate calls it, whose name must lead to its address.
    pub(crate) fn origin(&self) -> &str {
        self.provider.base_url()
    }

    /// A token for a client, asked for with this form.
    fn token(&self, path: &str, (id, secret): (&str, &str), form: &str) -> String {
        let mut request = Request::get(path, &self.address.to_string());
        "POST".clone_into(&mut request.method);
        request.headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
        request.body = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}&{form}");
        let answer = wire::send(self.address, &request, ("x-marker", "none")).unwrap();
        let members: Value = serde_json::from_str(&answer.body).unwrap();
        let token = members["access_token"].as_str();
        token.unwrap_or_else(|| panic!("{path} {form}: {}", answer.body)).to_owned()
    }
}

impl Cloud {
    /// A text for the real provider as one for the provider here.
    pub(crate) fn here(&self, text: &str, idp: &Idp) -> String {
        self.here.iter().fold(text.to_owned(), |text, (there, here)| {
            text.replace(there, &here.replace("BASE", idp.origin()))
        })
    }

    /// What `claimgate init` prints for it, with keys that are fetched from the provider here.
    pub(crate) fn printed(&self, target: Target, upstream: SocketAddr, callers: Callers) -> String {
        let starter = Starter {
            provider: self.provider,
            issuer: Some(self.issuer.to_owned()),
            audience: Some(self.audience.to_owned()),
            client_id: Some("CALLER-CLIENT-ID".to_owned()),
            jwks: None,
            callers,
            scope: self.scope.filter(|_| callers != Callers::Tokens).map(str::to_owned),
            redirect_uri: None,
            upstream: format!("http://{upstream}/anything").parse().unwrap(),
        };
        starter.print(target).unwrap_or_else(|error| panic!("{error}")).text
    }

    /// The document of its page, for the provider here, with an audit line for every request.
    pub(crate) fn page(&self, idp: &Idp) -> Value {
        let readme = fs::read_to_string(repository().join("README.md")).unwrap();
        let text = document(&readme, self.page);
        let mut document: Value = serde_json::from_str(&self.here(text, idp)).unwrap();
        document["audit"] = "all".into();
        document
    }

    /// The names in the first column of its page's table.
    #[allow(dead_code, reason = "they are the same in every engine")]
    pub(crate) fn reasons(&self) -> Vec<String> {
        let readme = fs::read_to_string(repository().join("README.md")).unwrap();
        let rows = section(&readme, self.page).lines().filter_map(|line| line.strip_prefix("| `"));
        rows.map(|row| row.split('`').next().unwrap_or_default().to_owned()).collect()
    }

    /// Tokens pass or not, and so do ids with their secrets where the gate takes them.
    pub(crate) fn check(&self, idp: &Idp, gate: &mut impl Gate, takes_secrets: bool) {
        let token = |id, secret, form| bearer(&idp.token(self.token_path, (id, secret), form));
        let [ours, others] = self.asks;
        let mut expected = vec![
            ("its token", token(self.caller, CALLERS, ours), "permitted"),
            ("a stranger's token", token(self.stranger, STRANGERS, ours), "ConsumerUnknown"),
            ("a token for another API", token(self.caller, CALLERS, others), "AudienceMismatch"),
        ];
        if let Some((_, graph)) = self.traps {
            expected.push(("a token for Graph", token(self.caller, CALLERS, graph), "GraphToken"));
        }
        let secrets = [
            ("its secret", basic(self.caller, CALLERS), "permitted"),
            ("a wrong secret", basic(self.caller, "c4n4ry-wrong"), "CredentialRejected"),
            ("a stranger's secret", basic(self.stranger, STRANGERS), "ConsumerUnknown"),
        ];
        let trap =
            self.traps.map(|(id, _)| ("the secret's id", basic(self.caller, id), "CredentialRejected"));
        for (what, request, outcome) in secrets.into_iter().chain(trap) {
            expected.push((what, request, if takes_secrets { outcome } else { "CredentialMissing" }));
        }
        for (what, request, outcome) in expected {
            let observed = gate.answer(&request);
            assert_eq!(observed.outcome.as_deref(), Some(outcome), "{}: {what}: {observed:?}", self.name);
            self.assert_told(&observed, what);
        }
    }

    /// A person logs in by the approved application, and out.
    pub(crate) fn check_login(&self, idp: &Idp, gate: &mut Proxied) {
        Person::new(idp, gate).logs_in_and_out(self.caller);
    }

    /// What the approved application sends that has no token.
    pub(crate) fn request_with_secret(&self) -> Request {
        basic(self.caller, CALLERS)
    }

    /// The upstream hears who calls and gets the token; a client that is not believed hears 401.
    fn assert_told(&self, observed: &Observed, what: &str) {
        match (&observed.effect, observed.outcome.as_deref()) {
            (Effect::Forwarded(headers), Some("permitted")) => {
                assert_eq!(headers["x-consumer-custom-id"], [self.caller], "{}: {what}", self.name);
                assert!(headers["authorization"][0].starts_with("Bearer ey"), "{}: {what}", self.name);
            }
            (Effect::Refused(refusal), Some(outcome)) => {
                let unknown = ["CredentialRejected", "CredentialMissing", "GraphToken"].contains(&outcome);
                assert_eq!(refusal.status, if unknown { 401 } else { 403 }, "{}: {what}", self.name);
            }
            (effect, outcome) => panic!("{}: {what}: {outcome:?}, {effect:?}", self.name),
        }
    }
}

/// What stands below a heading.
fn section<'r>(readme: &'r str, heading: &str) -> &'r str {
    let below = readme.split_once(&format!("\n### {heading}\n"));
    let (_, below) = below.unwrap_or_else(|| panic!("README.md has no page {heading}"));
    let end = [below.find("\n### "), below.find("\n## ")].into_iter().flatten().min();
    &below[..end.unwrap_or(below.len())]
}

/// The one document in JSON.
fn document<'r>(readme: &'r str, page: &str) -> &'r str {
    let rest = section(readme, page).split_once("```json\n").map(|(_, rest)| rest);
    let document = rest.and_then(|rest| rest.split_once("```\n"));
    let (document, rest) = document.unwrap_or_else(|| panic!("README.md has no document for {page}"));
    assert!(!rest.contains("```json"), "expected one document for {page}, found two");
    document
}

fn bearer(token: &str) -> Request {
    with_authorization(format!("Bearer {token}"))
}

fn basic(id: &str, secret: &str) -> Request {
    with_authorization(format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))))
}

fn with_authorization(value: String) -> Request {
    let mut request = Request::get("/orders", "gateway.example");
    request.headers.push(("authorization".to_owned(), value));
    request
}

const CALLERS: &str = "c4n4ry-callers";

/// The variables that a printed config refers to, with what they are here.
pub(crate) const VARIABLES: [(&str, &str); 2] = [
    ("CLAIMGATE_CLIENT_SECRET", CALLERS),
    ("CLAIMGATE_SESSION_SECRET", "c4n4ry-session-secret-of-many-bytes"),
];

const STRANGERS: &str = "c4n4ry-strangers";

/// Of both versions of Entra's tokens.
const ENTRA: Cloud = Cloud {
    name: "entra",
    provider: Provider::Entra,
    page: "Microsoft Entra ID",
    issuer: "https://login.microsoftonline.com/TENANT-ID/v2.0",
    audience: "API-CLIENT-ID",
    scope: None,
    keeps: Some("https://login.microsoftonline.com"),
    here: &[
        ("TENANT-ID", "72f988bf-86f1-41af-91ab-2d7cd011db47"),
        ("API-CLIENT-ID", "6e74172b-be56-4843-9ff4-e66a39bb12e3"),
        ("CALLER-CLIENT-ID", "75dbe77f-10a3-4e59-85fd-8c127544f17c"),
    ],
    token_path: "/72f988bf-86f1-41af-91ab-2d7cd011db47/oauth2/v2.0/token",
    asks: [
        "scope=6e74172b-be56-4843-9ff4-e66a39bb12e3/.default",
        "scope=0b6f4a1d-5c1e-4d0f-9a53-7a2f0e8c4b11/.default",
    ],
    caller: "75dbe77f-10a3-4e59-85fd-8c127544f17c",
    stranger: "9d1c7f52-3b8a-4e6d-a0c4-1f2e3d4c5b6a",
    traps: Some(("2f6b1c3a-8d4e-4f70-9b21-5a6c7d8e9f01", "scope=https://graph.microsoft.com/.default")),
};

const ENTRA_V1: Cloud = Cloud {
    name: "entra-v1",
    issuer: "https://sts.windows.net/TENANT-ID/",
    here: &[
        ("TENANT-ID", "11111111-2222-4333-8444-555555555555"),
        ("API-CLIENT-ID", "6e74172b-be56-4843-9ff4-e66a39bb12e3"),
        ("CALLER-CLIENT-ID", "75dbe77f-10a3-4e59-85fd-8c127544f17c"),
    ],
    token_path: "/11111111-2222-4333-8444-555555555555/oauth2/v2.0/token",
    ..ENTRA
};

const OKTA: Cloud = Cloud {
    name: "okta",
    provider: Provider::Okta,
    page: "Okta",
    issuer: "https://DOMAIN.okta.com/oauth2/default",
    audience: "api://default",
    scope: Some("orders"),
    keeps: None,
    here: &[("https://DOMAIN.okta.com", "BASE"), ("CALLER-CLIENT-ID", "caller")],
    token_path: "/oauth2/default/v1/token",
    asks: ["scope=orders", "scope=stock"],
    caller: "caller",
    stranger: "stranger",
    traps: None,
};

const PING: Cloud = Cloud {
    name: "ping",
    provider: Provider::Ping,
    page: "PingOne",
    issuer: "https://auth.pingone.com/ENVIRONMENT-ID/as",
    audience: "https://api.example.com",
    here: &[
        ("ENVIRONMENT-ID", "5cf8b9a1-0d7e-4c2b-8f6a-9b1e2d3c4f50"),
        ("https://auth.pingone.com", "BASE"),
        ("CALLER-CLIENT-ID", "caller"),
    ],
    token_path: "/5cf8b9a1-0d7e-4c2b-8f6a-9b1e2d3c4f50/as/token",
    ..OKTA
};

const KEYCLOAK: Cloud = Cloud {
    name: "keycloak",
    provider: Provider::Keycloak,
    page: "Keycloak",
    issuer: "https://sso.example.com/realms/shop",
    audience: "orders-api",
    scope: None,
    here: &[
        ("https://sso.example.com/realms", "BASE"),
        ("https://sso.example.com", "BASE"),
        ("CALLER-CLIENT-ID", "caller"),
    ],
    token_path: "/shop/token",
    ..OKTA
};

const AUTH0: Cloud = Cloud {
    name: "auth0",
    provider: Provider::Auth0,
    page: "Auth0",
    issuer: "https://TENANT.eu.auth0.com/",
    audience: "https://api.example.com",
    scope: None,
    here: &[
        ("https://TENANT.eu.auth0.com/", "BASE/auth0/"),
        ("https://TENANT.eu.auth0.com", "BASE"),
        ("CALLER-CLIENT-ID", "caller"),
    ],
    token_path: "/auth0/token",
    asks: ["audience=https://api.example.com", "audience=https://stock.example.com"],
    ..OKTA
};

pub(crate) const CLOUDS: [Cloud; 6] = [ENTRA, ENTRA_V1, OKTA, PING, KEYCLOAK, AUTH0];

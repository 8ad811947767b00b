//! The plugins that apply somewhere, under Kong's keys.

use crate::config::rules::{ApplicationRegistration, Authentication, OpenIdConnect, Rules};
use alloc::vec::Vec;
use serde::Serialize;

mod acl;
mod consumer;
mod credential;
mod errors;
mod headers;
mod key_auth;
mod login;
mod provider;
mod requirements;
mod session;
mod token;

use acl::AclView;
use consumer::ConsumerView;
use credential::CredentialView;
use errors::ErrorsView;
use headers::HeadersView;
use key_auth::KeyAuthView;
use login::{LoginView, LogoutView};
use provider::ProviderView;
use requirements::RequirementsView;
use session::SessionView;
use token::TokenView;

#[derive(Serialize)]
pub(super) struct RulesView<'a> {
    #[serde(rename = "openid-connect", skip_serializing_if = "Option::is_none")]
    openid_connect: Option<OneOrMany<OpenIdConnectView<'a>>>,
    #[serde(rename = "key-auth", skip_serializing_if = "Option::is_none")]
    key_auth: Option<KeyAuthView<'a>>,
    #[serde(rename = "application-registration", skip_serializing_if = "Option::is_none")]
    application_registration: Option<ApplicationRegistrationView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acl: Option<AclView<'a>>,
}

/// One strategy as it is, several as a list.
#[derive(Serialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

/// Every key that works, in the order in which a request meets them.
#[derive(Serialize)]
struct OpenIdConnectView<'a> {
    /// Where it was written: `defaults`, `service` or `route`.
    from: &'static str,
    /// The source whose keys are used.
    source: &'a str,
    auth_methods: Vec<&'static str>,
    enable_hs_signatures: bool,
    verify_signature: bool,
    verify_claims: bool,
    #[serde(flatten)]
    credential: CredentialView<'a>,
    #[serde(flatten)]
    session: Option<SessionView<'a>>,
    #[serde(flatten)]
    login: Option<LoginView<'a>>,
    #[serde(flatten)]
    logout: Option<LogoutView<'a>>,
    #[serde(flatten)]
    provider: ProviderView<'a>,
    #[serde(flatten)]
    token: TokenView<'a>,
    #[serde(flatten)]
    requirements: RequirementsView<'a>,
    #[serde(flatten)]
    consumer: ConsumerView<'a>,
    #[serde(flatten)]
    headers: HeadersView<'a>,
    #[serde(flatten)]
    errors: ErrorsView<'a>,
}

#[derive(Serialize)]
struct ApplicationRegistrationView<'a> {
    display_name: &'a str,
    description: Option<&'a str>,
    auto_approve: bool,
    show_issuer: bool,
    enable_proxy_with_consumer_credential: bool,
}

impl<'a> RulesView<'a> {
    pub(super) fn new(rules: &'a Rules) -> Self {
        Self {
            openid_connect: match &rules.authentication {
                Authentication::OpenIdConnect(strategies) => Some(match strategies.only() {
                    Some(only) => OneOrMany::One(OpenIdConnectView::new(only)),
                    None => {
                        OneOrMany::Many(strategies.iter().map(|one| OpenIdConnectView::new(one)).collect())
                    }
                }),
                Authentication::KeyAuth(_) => None,
            },
            key_auth: match &rules.authentication {
                Authentication::KeyAuth(rules) => Some(KeyAuthView::new(rules)),
                Authentication::OpenIdConnect(_) => None,
            },
            application_registration: rules.application_registration.as_deref().map(Into::into),
            acl: rules.acl.as_deref().map(AclView::new),
        }
    }
}

impl<'a> OpenIdConnectView<'a> {
    fn new(rules: &'a OpenIdConnect) -> Self {
        Self {
            from: rules.scope.name(),
            source: rules.source.id.as_str(),
            auth_methods: rules.methods.names().collect(),
            enable_hs_signatures: rules.hmac_key.is_some(),
            verify_signature: true,
            verify_claims: true,
            credential: CredentialView::new(&rules.credential),
            session: rules.session.as_ref().map(SessionView::new),
            login: rules.login.as_ref().map(LoginView::new),
            logout: rules.logout.as_ref().map(LogoutView::new),
            provider: ProviderView::new(rules),
            token: TokenView::new(&rules.token, &rules.source),
            requirements: RequirementsView::new(&rules.requirements),
            consumer: ConsumerView::new(&rules.consumer),
            headers: HeadersView::new(&rules.headers),
            errors: ErrorsView::new(&rules.errors),
        }
    }
}

impl<'a> From<&'a ApplicationRegistration> for ApplicationRegistrationView<'a> {
    fn from(plugin: &'a ApplicationRegistration) -> Self {
        Self {
            display_name: &plugin.display_name,
            description: plugin.description.as_deref(),
            auto_approve: plugin.auto_approve,
            show_issuer: plugin.show_issuer,
            enable_proxy_with_consumer_credential: plugin.enable_proxy_with_consumer_credential,
        }
    }
}

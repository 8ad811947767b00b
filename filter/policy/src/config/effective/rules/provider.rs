//! What an identity provider is asked, under Kong's keys: those of what is on. No secret and no private key.

use crate::config::HeaderName;
use crate::config::rules::{
    ClientRules, IntrospectionEndpoint, OpenIdConnect, OwnClient, Places, TokenEndpoint, UserInfoEndpoint,
};
use crate::provider::{CacheRules, ClientAuth, Extras, Url};
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct ProviderView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    client_credentials_param_type: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_param_type: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token_param_type: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token_param_name: Option<&'a str>,
    #[serde(flatten)]
    clients: Option<ClientsView<'a>>,
    #[serde(flatten)]
    token: Option<TokenEndpointView<'a>>,
    #[serde(flatten)]
    introspection: Option<IntrospectionView<'a>>,
    #[serde(flatten)]
    userinfo: Option<UserInfoView<'a>>,
    #[serde(flatten)]
    cache: Option<CacheView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verify_parameters: Option<bool>,
}

#[derive(Serialize)]
struct ClientsView<'a> {
    client_id: Vec<&'a str>,
    client_auth: Vec<&'static str>,
    /// The algorithm of an assertion, where one is made.
    client_alg: Vec<Option<&'static str>>,
    /// `kid`s.
    client_jwk: Vec<Option<&'a str>>,
    client_secret_expires_at: Vec<Option<i64>>,
    client_arg: &'a str,
}

#[derive(Serialize)]
struct TokenEndpointView<'a> {
    token_endpoint: Option<String>,
    token_endpoint_auth_method: Option<&'static str>,
    scopes: Option<&'a [Box<str>]>,
    token_post_args_names: Vec<&'a str>,
    token_post_args_client: &'a [Box<str>],
    token_headers_names: Vec<&'a str>,
    token_headers_client: Vec<&'a str>,
    cache_tokens: bool,
}

#[derive(Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "Kong's keys, each independent")]
struct IntrospectionView<'a> {
    introspection_endpoint: Option<String>,
    introspection_endpoint_auth_method: Option<&'static str>,
    introspection_hint: &'a str,
    introspection_token_param_name: &'a str,
    introspection_check_active: bool,
    introspect_jwt_tokens: bool,
    introspection_post_args_names: Vec<&'a str>,
    introspection_post_args_client: &'a [Box<str>],
    introspection_post_args_client_headers: &'a [Box<str>],
    introspection_headers_names: Vec<&'a str>,
    introspection_headers_client: Vec<&'a str>,
    cache_introspection: bool,
}

#[derive(Serialize)]
struct UserInfoView<'a> {
    userinfo_endpoint: Option<String>,
    search_user_info: bool,
    userinfo_query_args_names: Vec<&'a str>,
    userinfo_query_args_client: &'a [Box<str>],
    userinfo_headers_names: Vec<&'a str>,
    userinfo_headers_client: Vec<&'a str>,
    cache_user_info: bool,
}

#[derive(Serialize)]
#[allow(clippy::struct_field_names, reason = "Kong's keys")]
struct CacheView {
    cache_ttl: i64,
    cache_ttl_min: Option<i64>,
    cache_ttl_max: Option<i64>,
    cache_ttl_neg: Option<i64>,
}

impl<'a> ProviderView<'a> {
    pub(super) fn new(strategy: &'a OpenIdConnect) -> Self {
        let OpenIdConnect { methods, provider: rules, .. } = strategy;
        let asks = strategy.asks_provider();
        let places = |places: Option<Places>| places.map(|places| places.names().collect());
        let refresh_token = methods.refresh_token.as_ref();
        let clients = Some(&rules.clients).filter(|clients| asks && !clients.clients.is_empty());
        Self {
            client_credentials_param_type: places(methods.client_credentials),
            password_param_type: places(methods.password),
            refresh_token_param_type: places(refresh_token.map(|(places, _)| *places)),
            refresh_token_param_name: refresh_token.map(|(_, name)| &*name.argument),
            clients: clients.map(ClientsView::new),
            token: rules.token.as_ref().map(TokenEndpointView::new),
            introspection: rules.introspection.as_ref().map(IntrospectionView::new),
            userinfo: rules.userinfo.as_ref().map(UserInfoView::new),
            cache: asks.then(|| CacheView::new(&rules.cache)),
            timeout: asks.then_some(rules.timeout_ms),
            verify_parameters: asks.then_some(rules.verifies_parameters),
        }
    }
}

impl<'a> ClientsView<'a> {
    fn new(rules: &'a ClientRules) -> Self {
        let clients = || rules.clients.iter();
        Self {
            client_id: clients().map(|own| &*own.client.id).collect(),
            client_auth: clients().map(|own| own.auth.name()).collect(),
            client_alg: clients().map(algorithm).collect(),
            client_jwk: clients().map(|own| own.client.key.as_ref()?.kid()).collect(),
            client_secret_expires_at: clients().map(|own| Some(own.secret_expires?.seconds())).collect(),
            client_arg: &rules.argument,
        }
    }
}

fn algorithm(own: &OwnClient) -> Option<&'static str> {
    match own.auth {
        ClientAuth::PrivateKeyJwt => own.client.key.as_ref().map(|key| key.algorithm().name()),
        ClientAuth::SecretJwt => Some(own.client.secret_algorithm().name()),
        ClientAuth::Basic | ClientAuth::Post | ClientAuth::None => None,
    }
}

impl<'a> TokenEndpointView<'a> {
    fn new(rules: &'a TokenEndpoint) -> Self {
        Self {
            token_endpoint: written(rules.url.as_ref()),
            token_endpoint_auth_method: rules.auth.map(ClientAuth::name),
            scopes: rules.scopes.as_deref(),
            token_post_args_names: arguments(&rules.extras),
            token_post_args_client: &rules.extras.client_arguments,
            token_headers_names: headers(&rules.extras),
            token_headers_client: client_headers(&rules.extras),
            cache_tokens: rules.keeps,
        }
    }
}

impl<'a> IntrospectionView<'a> {
    fn new(rules: &'a IntrospectionEndpoint) -> Self {
        Self {
            introspection_endpoint: written(rules.url.as_ref()),
            introspection_endpoint_auth_method: rules.auth.map(ClientAuth::name),
            introspection_hint: &rules.hint,
            introspection_token_param_name: &rules.argument,
            introspection_check_active: rules.check_active,
            introspect_jwt_tokens: rules.of_jwts,
            introspection_post_args_names: arguments(&rules.extras),
            introspection_post_args_client: &rules.extras.client_arguments,
            introspection_post_args_client_headers: &rules.extras.client_header_arguments,
            introspection_headers_names: headers(&rules.extras),
            introspection_headers_client: client_headers(&rules.extras),
            cache_introspection: rules.keeps,
        }
    }
}

impl<'a> UserInfoView<'a> {
    fn new(rules: &'a UserInfoEndpoint) -> Self {
        Self {
            userinfo_endpoint: written(rules.url.as_ref()),
            search_user_info: rules.searched,
            userinfo_query_args_names: arguments(&rules.extras),
            userinfo_query_args_client: &rules.extras.client_arguments,
            userinfo_headers_names: headers(&rules.extras),
            userinfo_headers_client: client_headers(&rules.extras),
            cache_user_info: rules.keeps,
        }
    }
}

impl CacheView {
    const fn new(rules: &CacheRules) -> Self {
        let CacheRules { ttl, least, most, refusals } = *rules;
        Self { cache_ttl: ttl, cache_ttl_min: least, cache_ttl_max: most, cache_ttl_neg: refusals }
    }
}

/// Without a query, which may hold a key.
pub(super) fn written(url: Option<&Url>) -> Option<String> {
    let text = url?.to_string();
    Some(text.split('?').next().unwrap_or_default().into())
}

/// Values may be secrets.
pub(super) fn arguments(extras: &Extras) -> Vec<&str> {
    extras.arguments.iter().map(|(name, _)| &**name).collect()
}

fn headers(extras: &Extras) -> Vec<&str> {
    extras.headers.iter().map(|(name, _)| name.as_str()).collect()
}

fn client_headers(extras: &Extras) -> Vec<&str> {
    extras.client_headers.iter().map(HeaderName::as_str).collect()
}

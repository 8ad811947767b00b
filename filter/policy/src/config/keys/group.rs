//! What a key of openid-connect is about, for lists that people read: more keys than anyone reads in one go.

use core::fmt;

/// What some keys of openid-connect are about, in the order in which a request meets them; what is configured but
/// does not meet requests with a token stands at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Whose tokens, and with which keys they are checked.
    Issuer,
    /// How and where a client authenticates.
    Credential,
    /// What every token is checked for.
    Token,
    /// What a service asks of a token.
    Authorization,
    /// Who the caller is.
    Consumer,
    /// What the upstream and the client are told.
    Headers,
    /// Answers to refused requests.
    Errors,
    /// Tokens that are bound to a key of the client.
    Possession,
    /// Who the gateway is at the identity provider.
    Client,
    /// Connections to the identity provider.
    Connection,
    /// The introspection and userinfo endpoints.
    Lookup,
    /// The token endpoint.
    TokenEndpoint,
    /// What is remembered of the identity provider's answers.
    Cache,
    /// The authorization code flow.
    Login,
    /// Sessions in cookies and stores.
    Session,
    /// The end of a session.
    Logout,
}

impl Group {
    /// Every group, in order.
    pub const ALL: [Self; 16] = [
        Self::Issuer,
        Self::Credential,
        Self::Token,
        Self::Authorization,
        Self::Consumer,
        Self::Headers,
        Self::Errors,
        Self::Possession,
        Self::Client,
        Self::Connection,
        Self::Lookup,
        Self::TokenEndpoint,
        Self::Cache,
        Self::Login,
        Self::Session,
        Self::Logout,
    ];

    /// The group of the key of openid-connect with this name. A name that stands in a list goes before one that
    /// only starts as others do.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let named = NAMES.iter().find(|(_, names)| names.contains(&name));
        let found = named.map(|(group, _)| *group);
        found.or_else(|| {
            let started = STARTS.iter().find(|(start, _)| name.starts_with(start));
            started.map(|(_, group)| *group)
        })
    }
}

/// As a heading.
impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Issuer => "Issuer and keys",
            Self::Credential => "Credential",
            Self::Token => "Token checks",
            Self::Authorization => "Authorization",
            Self::Consumer => "Consumer",
            Self::Headers => "Headers",
            Self::Errors => "Errors",
            Self::Possession => "Proof of possession",
            Self::Client => "Client at the identity provider",
            Self::Connection => "Connections to the identity provider",
            Self::Lookup => "Introspection and userinfo",
            Self::TokenEndpoint => "Token endpoint",
            Self::Cache => "Cache",
            Self::Login => "Login",
            Self::Session => "Session",
            Self::Logout => "Logout",
        })
    }
}

/// Keys by name.
#[rustfmt::skip] // one group, few lines
const NAMES: &[(Group, &[&str])] = &[
    (Group::Issuer, &[
        "enable_hs_signatures", "extra_jwks_uris", "issuer", "issuers_allowed", "jwks_endpoint",
        "rediscovery_lifetime", "using_pseudo_issuer",
    ]),
    (Group::Credential, &[
        "auth_methods", "client_arg", "client_credentials_param_type", "hide_credentials", "id_token_param_name",
        "id_token_param_type", "password_param_type", "refresh_token_param_name", "refresh_token_param_type",
        "run_on_preflight",
    ]),
    (Group::Token, &[
        "claims_forbidden", "domains", "ignore_signature", "leeway", "max_age", "maximum_expiration",
    ]),
    (Group::Authorization, &[
        "audience_claim", "audience_required", "groups_claim", "groups_required", "roles_claim", "roles_required",
        "scopes_claim", "scopes_required",
    ]),
    (Group::Consumer, &[
        "anonymous", "authenticated_groups_claim", "by_username_ignore_case", "credential_claim", "principals",
        "resolve_distributed_claims", "search_user_info",
    ]),
    (Group::Errors, &[
        "display_errors", "expose_error_code", "forbidden_error_message", "forbidden_redirect_uri",
        "protected_resource_metadata", "unauthorized_error_message", "unauthorized_redirect_uri",
        "unexpected_redirect_uri",
    ]),
    (Group::Client, &[
        "client_alg", "client_auth", "client_id", "client_jwk", "client_secret", "client_secret_expires_at",
    ]),
    (Group::Connection, &["keepalive", "no_proxy", "ssl_verify", "timeout", "verify_parameters"]),
    (Group::Lookup, &["introspect_jwt_tokens", "mtls_introspection_endpoint"]),
    (Group::TokenEndpoint, &["mtls_token_endpoint", "scopes"]),
    (Group::Cache, &["token_cache_key_include_scope"]),
    (Group::Login, &[
        "audience", "preserve_query_args", "redirect_uri", "require_proof_key_for_code_exchange",
        "require_pushed_authorization_requests", "require_signed_request_object", "verify_nonce",
    ]),
    (Group::Session, &[
        "disable_session", "forbidden_destroy_session", "redis", "refresh_tokens", "reverify",
        "unauthorized_destroy_session",
    ]),
    (Group::Logout, &["end_session_endpoint", "mtls_revocation_endpoint"]),
];

/// Keys by how their names start.
const STARTS: &[(&str, Group)] = &[
    ("authorization_", Group::Login),
    ("bearer_token_", Group::Credential),
    ("cache_", Group::Cache),
    ("cluster_cache_", Group::Cache),
    ("consumer_", Group::Consumer),
    ("discovery_", Group::Issuer),
    ("downstream_", Group::Headers),
    ("dpop_", Group::Possession),
    ("http_", Group::Connection),
    ("https_", Group::Connection),
    ("introspection_", Group::Lookup),
    ("jwt_session_", Group::Token),
    ("login_", Group::Login),
    ("logout_", Group::Logout),
    ("proof_of_possession_", Group::Possession),
    ("pushed_authorization_", Group::Login),
    ("response_", Group::Login),
    ("revocation_", Group::Logout),
    ("session_", Group::Session),
    ("tls_client_auth_", Group::Client),
    ("token_", Group::TokenEndpoint),
    ("upstream_", Group::Headers),
    ("userinfo_", Group::Lookup),
    ("verify_", Group::Token),
];

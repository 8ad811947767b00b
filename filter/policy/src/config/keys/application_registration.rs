//! Keys of Kong's application-registration plugin.

use super::Default::{Flag as Is, Number as Of, Text as Says, Unset};
use super::Kind::{Flag, Number, Text, Texts};
use super::Status::Refused;
use super::{Key, idle, works};

/// Sorted by name. Those that are refused belong to Kong 1.5, where the plugin issued tokens itself.
pub static APPLICATION_REGISTRATION: [Key; 15] = [
    idle("auth_header_name", Text, Says("authorization"), Refused(KONG_1), "header of the token"),
    works("auto_approve", Flag, Is(false), "a new registration starts as approved"),
    works("description", Text, Unset, "the service's text in the portal"),
    works("display_name", Text, Unset, "the service's name in the portal"),
    idle(
        "enable_authorization_code",
        Flag,
        Is(false),
        Refused(KONG_1),
        "issue tokens for the authorization code grant",
    ),
    idle(
        "enable_client_credentials",
        Flag,
        Is(false),
        Refused(KONG_1),
        "issue tokens for the client credentials grant",
    ),
    idle("enable_implicit_grant", Flag, Is(false), Refused(KONG_1), "issue tokens for the implicit grant"),
    idle("enable_password_grant", Flag, Is(false), Refused(KONG_1), "issue tokens for the password grant"),
    works(
        "enable_proxy_with_consumer_credential",
        Flag,
        Is(false),
        "admit consumers that are no applications too",
    ),
    idle("mandatory_scope", Flag, Is(false), Refused(KONG_1), "require a scope"),
    idle("provision_key", Text, Unset, Refused(KONG_1), "key of the token endpoint"),
    idle("refresh_token_ttl", Number, Of(1_209_600), Refused(KONG_1), "lifetime of a refresh token"),
    idle("scopes", Texts, Unset, Refused(KONG_1), "scopes that can be asked for"),
    works("show_issuer", Flag, Is(false), "the portal shows the issuer"),
    idle("token_expiration", Number, Of(7_200), Refused(KONG_1), "lifetime of a token"),
];

const KONG_1: &str =
    "it configures the token endpoint of Kong 1.5's plugin; the identity provider issues tokens now";

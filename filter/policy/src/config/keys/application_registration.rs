//! Keys of Kong's application-registration plugin.

use super::Default::{Flag as Is, Number as Of, Text as Says, Unset};
use super::Kind::{Flag, Number, Text, Texts};
use super::{Key, refused, works};

/// Sorted by name. Those that are refused belong to Kong 1.5, where the plugin issued tokens itself.
pub static APPLICATION_REGISTRATION: [Key; 15] = [
    refused("auth_header_name", Text, Says("authorization"), KONG_1, "header of the token"),
    works("auto_approve", Flag, Is(false), "a new registration starts as approved"),
    works("description", Text, Unset, "the service's text in the portal"),
    works("display_name", Text, Unset, "the service's name in the portal"),
    refused(
        "enable_authorization_code",
        Flag,
        Is(false),
        KONG_1,
        "issue tokens for the authorization code grant",
    ),
    refused(
        "enable_client_credentials",
        Flag,
        Is(false),
        KONG_1,
        "issue tokens for the client credentials grant",
    ),
    refused("enable_implicit_grant", Flag, Is(false), KONG_1, "issue tokens for the implicit grant"),
    refused("enable_password_grant", Flag, Is(false), KONG_1, "issue tokens for the password grant"),
    works(
        "enable_proxy_with_consumer_credential",
        Flag,
        Is(false),
        "admit consumers that are no applications too",
    ),
    refused("mandatory_scope", Flag, Is(false), KONG_1, "require a scope"),
    refused("provision_key", Text, Unset, KONG_1, "key of the token endpoint"),
    refused("refresh_token_ttl", Number, Of(1_209_600), KONG_1, "lifetime of a refresh token"),
    refused("scopes", Texts, Unset, KONG_1, "scopes that can be asked for"),
    works("show_issuer", Flag, Is(false), "the portal shows the issuer"),
    refused("token_expiration", Number, Of(7_200), KONG_1, "lifetime of a token"),
];

const KONG_1: &str =
    "it configures the token endpoint of Kong 1.5's plugin; the identity provider issues tokens now";

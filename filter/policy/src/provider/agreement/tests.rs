use super::{about_people, disagreement};
use crate::config::{Config, OpenIdConnect};
use crate::provider::{Metadata, Url};
use alloc::format;
use alloc::string::ToString as _;
use alloc::sync::Arc;

/// The rules of a config with a client and these members, with a leading comma.
fn rules(more: &str) -> Arc<OpenIdConnect> {
    let document = format!(
        r#"{{"version":1,"services":[{{"name":"orders","plugins":[{{"name":"openid-connect","config":{{
            "issuer":"https://idp.example/","client_id":["gateway"],"client_secret":["a secret of at least 32 bytes, yes"]
            {more}}}}}]}}]}}"#
    );
    let config = Config::parse(document.as_bytes()).unwrap_or_else(|errors| panic!("{more}: {errors}"));
    let service = config.services.first().expect("a service");
    let rules = service.every_rules().next().expect("rules");
    Arc::clone(rules.strategies().next().expect("a strategy"))
}

fn metadata(more: &str) -> Metadata {
    let document =
        format!(r#"{{"issuer":"https://idp.example/","jwks_uri":"https://idp.example/keys"{more}}}"#);
    let place = Url::parse("https://idp.example/.well-known/openid-configuration").expect("url");
    Metadata::parse(document.as_bytes(), &place, "https://idp.example/").expect("document")
}

/// Members of the config, members of the document, and what is said: the key, and a part of the reason.
type Row = (&'static str, &'static str, Option<(&'static str, &'static str)>);

const CC: &str = r#","auth_methods":["client_credentials"]"#;
const PASSWORD: &str = r#","auth_methods":["bearer","password"]"#;
const INTROSPECTION: &str = r#","auth_methods":["introspection"]"#;

fn assert_all(config: &str, rows: &[Row]) {
    for (more, document, expected) in rows {
        let rules = rules(&format!("{config}{more}"));
        let said = metadata(document);
        let found =
            disagreement(&rules.provider, &rules.methods, &said).or_else(|| about_people(&rules, &said));
        match (found, expected) {
            (None, None) => {}
            (Some(found), Some((key, reason))) => {
                assert_eq!(found.key, *key, "{more} {document}");
                assert!(found.to_string().ends_with(reason), "{found}");
            }
            (found, expected) => panic!("{more} {document}: expected {expected:?}, found {found:?}"),
        }
    }
}

#[test]
fn an_endpoint_is_that_of_the_document() {
    let other = r#","token_endpoint":"https://idp.example/token?key=s3cret""#;
    assert_all(
        CC,
        &[
            ("", r#","token_endpoint":"https://idp.example/t""#, None),
            (other, "", None),
            (other, r#","token_endpoint":"https://idp.example/token?key=s3cret""#, None),
            (
                other,
                r#","token_endpoint":"https://idp.example/t""#,
                Some(("token_endpoint", "expected https://idp.example/t, found https://idp.example/token")),
            ),
        ],
    );
    assert_all(
        INTROSPECTION,
        &[(
            r#","introspection_endpoint":"https://a.example/i""#,
            r#","introspection_endpoint":"https://b.example/i""#,
            Some(("introspection_endpoint", "expected https://b.example/i, found https://a.example/i")),
        )],
    );
    assert_all(
        r#","auth_methods":["userinfo"]"#,
        &[(
            r#","userinfo_endpoint":"https://a.example/u""#,
            r#","userinfo_endpoint":"https://b.example/u""#,
            Some(("userinfo_endpoint", "expected https://b.example/u, found https://a.example/u")),
        )],
    );
    assert_all(
        r#","auth_methods":["bearer"],"token_endpoint":"https://a.example/t""#,
        &[("", r#","token_endpoint":"https://b.example/t""#, None)],
    );
}

#[test]
fn grants_and_scopes_are_among_those_of_the_document() {
    assert_all(
        CC,
        &[
            ("", r#","grant_types_supported":["client_credentials"]"#, None),
            (
                "",
                r#","grant_types_supported":["authorization_code","implicit"]"#,
                Some((
                    "auth_methods",
                    "expected one of grant_types_supported: authorization_code, implicit, found client_credentials",
                )),
            ),
            (r#","scopes":["a b"]"#, r#","scopes_supported":["a","b"]"#, None),
            (
                r#","scopes":["a c"]"#,
                r#","scopes_supported":["a","b"]"#,
                Some(("scopes", "expected one of scopes_supported: a, b, found c")),
            ),
        ],
    );
    assert_all(
        PASSWORD,
        &[(
            "",
            r#","grant_types_supported":["refresh_token"]"#,
            Some(("auth_methods", "expected one of grant_types_supported: refresh_token, found password")),
        )],
    );
    let refresh = r#","auth_methods":["bearer","refresh_token"],"refresh_token_param_name":"refresh""#;
    assert_all(
        refresh,
        &[(
            "",
            r#","grant_types_supported":["password"]"#,
            Some(("auth_methods", "expected one of grant_types_supported: password, found refresh_token")),
        )],
    );
}

#[test]
fn clients_say_who_they_are_in_a_way_of_the_document_s() {
    assert_all(
        PASSWORD,
        &[
            ("", r#","token_endpoint_auth_methods_supported":["client_secret_basic"]"#, None),
            (
                r#","client_auth":["client_secret_post"]"#,
                r#","token_endpoint_auth_methods_supported":["client_secret_basic"]"#,
                Some(("client_auth", "client_secret_basic, found client_secret_post")),
            ),
            (
                r#","token_endpoint_auth_method":"client_secret_jwt""#,
                r#","token_endpoint_auth_methods_supported":["client_secret_basic"]"#,
                Some(("token_endpoint_auth_method", "client_secret_basic, found client_secret_jwt")),
            ),
        ],
    );
    assert_all(
        CC,
        &[(
            "",
            r#","token_endpoint_auth_methods_supported":["private_key_jwt"]"#,
            Some(("client_auth", "private_key_jwt, found client_secret_basic")),
        )],
    );
    assert_all(
        INTROSPECTION,
        &[
            ("", r#","token_endpoint_auth_methods_supported":["private_key_jwt"]"#, None),
            (
                "",
                r#","introspection_endpoint_auth_methods_supported":["client_secret_post"]"#,
                Some(("client_auth", "client_secret_post, found client_secret_basic")),
            ),
            (
                r#","introspection_endpoint_auth_method":"client_secret_post""#,
                r#","introspection_endpoint_auth_methods_supported":["client_secret_basic"]"#,
                Some(("introspection_endpoint_auth_method", "client_secret_basic, found client_secret_post")),
            ),
        ],
    );
}

#[test]
fn people_are_sent_where_the_document_says_and_as_it_says() {
    let login = r#","session_secret":"a secret of at least 32 bytes, yes","auth_methods":["session","authorization_code"],
        "logout_uri_suffix":"/logout","logout_revoke":true"#;
    let other = |key: &'static str| {
        (
            Some((key, "expected https://b.example/x, found https://a.example/x")),
            format!(r#","{key}":"https://a.example/x""#),
        )
    };
    for key in ["authorization_endpoint", "end_session_endpoint", "revocation_endpoint"] {
        let (expected, written) = other(key);
        let rules = rules(&format!("{login}{written}"));
        let said = metadata(&format!(r#","{key}":"https://b.example/x""#));
        let found = about_people(&rules, &said).map(|found| (found.key, found.to_string()));
        let found =
            found.as_ref().map(|(key, text)| (*key, text.rsplit_once("document ").expect("a reason").1));
        assert_eq!(found, expected, "{key}");
        assert_eq!(about_people(&rules, &metadata("")), None, "{key}");
    }
    assert_all(
        login,
        &[
            (
                "",
                r#","grant_types_supported":["authorization_code"],"code_challenge_methods_supported":["plain","S256"]"#,
                None,
            ),
            ("", r#","response_modes_supported":["query"]"#, None),
            (
                "",
                r#","grant_types_supported":["implicit"]"#,
                Some((
                    "auth_methods",
                    "expected one of grant_types_supported: implicit, found authorization_code",
                )),
            ),
            (
                "",
                r#","response_modes_supported":["fragment"]"#,
                Some(("response_mode", "expected one of response_modes_supported: fragment, found query")),
            ),
            (
                "",
                r#","code_challenge_methods_supported":["plain"]"#,
                Some((
                    "require_proof_key_for_code_exchange",
                    "expected one of code_challenge_methods_supported: plain, found S256",
                )),
            ),
        ],
    );
    assert_all(r#","auth_methods":["bearer"]"#, &[("", r#","response_modes_supported":["fragment"]"#, None)]);
}

#[test]
fn a_long_list_is_shown_in_part() {
    let scopes: alloc::vec::Vec<_> = (0..40).map(|number| format!("\"s{number}\"")).collect();
    let document = format!(r#","scopes_supported":[{}]"#, scopes.join(","));
    let rules = rules(&format!(r#"{CC},"scopes":["x"]"#));
    let found = disagreement(&rules.provider, &rules.methods, &metadata(&document)).expect("a disagreement");
    assert!(found.expected.ends_with("s14, s15, ..."), "{}", found.expected);
}

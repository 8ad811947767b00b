use super::{Found, Sought, find};
use crate::capabilities::Capabilities;
use crate::config::{CredentialRules, KeyName, Methods, Places};
use crate::denial::Denial;
use crate::headers::HeaderEdit;
use crate::request::RequestHead;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

const HEADER: Places = Places { header: true, query: false, body: false, cookie: false };
const EVERYWHERE: Places = Places { header: true, query: true, body: true, cookie: false };

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");

fn rules(places: Places) -> CredentialRules {
    CredentialRules {
        places,
        header_name: None,
        cookie_name: None,
        hide_credentials: true,
        run_on_preflight: true,
        anonymous: None,
    }
}

fn refresh_token(places: Places) -> Option<(Places, KeyName)> {
    Some((places, KeyName { argument: "refresh_token".into(), header: "refresh-token".into() }))
}

/// All but password, so that Basic is a client's.
fn clients(places: Places) -> Methods {
    Methods {
        bearer: true,
        client_credentials: Some(places),
        refresh_token: refresh_token(places),
        ..Methods::default()
    }
}

fn users(places: Places) -> Methods {
    Methods { password: Some(places), ..clients(places) }
}

fn fields<'a>(pairs: &'a [(&'a str, &'a str)]) -> Vec<(&'a [u8], &'a [u8])> {
    pairs.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect()
}

fn head<'a>(target: &'a str, headers: &'a [(&'a [u8], &'a [u8])]) -> RequestHead<'a> {
    RequestHead {
        method: b"POST",
        target: target.as_bytes(),
        authority: b"",
        headers,
        has_body: true,
        https: false,
    }
}

/// The kind, the place and the values of what is found.
fn found(
    methods: &Methods,
    target: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> Result<String, Denial> {
    let headers = fields(headers);
    let rules = rules(EVERYWHERE);
    Ok(match find(&head(target, &headers), &rules, methods, body.map(str::as_bytes))? {
        Sought::InBody(_) => "body to come".into(),
        Sought::Found(found) => {
            let place = found.place().expect("a place").name();
            match &found {
                Found::Token(token) => {
                    format!("token {place} {}", core::str::from_utf8(token.token()).expect("utf-8"))
                }
                Found::RefreshToken(token) => format!("refresh {place} {}", token.token()),
                Found::Password(pair) => format!("user {place} {} {}", pair.id(), pair.secret()),
                Found::ClientCredentials(pair) => format!("client {place} {} {}", pair.id(), pair.secret()),
                Found::Session(_) => "session".into(),
            }
        }
    })
}

fn basic(pair: &str) -> String {
    format!("Basic {}", STANDARD.encode(pair))
}

#[test]
fn basic_is_base64_as_rfc_7617_2_has_it_or_the_pair_itself() {
    let unpadded = format!("basic {}", STANDARD_NO_PAD.encode("app:s3cret"));
    for (field, expected) in [
        ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "client header Aladdin open sesame"),
        (&unpadded, "client header app s3cret"),
        (&basic("app:a:b:c"), "client header app a:b:c"),
        (&basic("app:\u{e9}"), "client header app \u{e9}"),
        ("BASIC  app:s3cret", "client header app s3cret"),
    ] {
        let found = found(&clients(HEADER), "/", &[("Authorization", field)], None);
        assert_eq!(found.as_deref(), Ok(expected), "{field}");
    }
}

#[test]
fn what_is_no_pair_is_no_credential() {
    let (long, control) = (basic(&["app:", &"s".repeat(1_025)].concat()), basic("app:s\n"));
    let longest = basic(&["app:", &"s".repeat(1_024)].concat());
    for field in
        ["Basic", "Basic !", "Basic YXBw", &basic("app:"), &basic(":s"), &control, &long, "Digest a:b"]
    {
        let found = found(&clients(HEADER), "/", &[("authorization", field)], None);
        assert_eq!(found, Err(Denial::CredentialMissing), "{field}");
    }
    assert!(found(&clients(HEADER), "/", &[("authorization", &longest)], None).is_ok());
    let not_utf_8 = ["Basic ", &STANDARD.encode(b"app:\xff")].concat();
    let missing = found(&clients(HEADER), "/", &[("authorization", &not_utf_8)], None);
    assert_eq!(missing, Err(Denial::CredentialMissing));
    for target in
        ["/?client_id=a", "/?client_secret=s", "/?client_id=a&client_secret=", "/?username=u&password=p"]
    {
        assert_eq!(
            found(&clients(EVERYWHERE), target, &[], None),
            Err(Denial::CredentialMissing),
            "{target}"
        );
    }
}

#[test]
fn each_kind_is_found_in_each_place_that_is_looked_into_and_in_no_other() {
    for (target, headers, body, expected) in [
        ("/?client_id=a&client_secret=s%26", &[][..], None, "client query a s&"),
        ("/", &[FORM], Some("client_secret=s&client_id=a"), "client body a s"),
        ("/", &[JSON], Some(r#"{"client_id":"a","client_secret":"s"}"#), "client body a s"),
        ("/?username=u&password=p+q", &[], None, "user query u p q"),
        ("/", &[FORM], Some("username=u&password=p"), "user body u p"),
        ("/", &[("Authorization", "Basic u:p")], None, "user header u p"),
        ("/", &[("Refresh-Token", " r ")], None, "refresh header r"),
        ("/?refresh_token=r", &[], None, "refresh query r"),
        ("/", &[FORM], Some("refresh_token=r"), "refresh body r"),
        ("/", &[FORM], Some("access_token=t"), "token body t"),
        ("/", &[("Authorization", "Bearer t")], None, "token header t"),
    ] {
        assert_eq!(
            found(&users(EVERYWHERE), target, headers, body).as_deref(),
            Ok(expected),
            "{target} {headers:?}"
        );
        let elsewhere = Places {
            header: !expected.contains("header"),
            query: !expected.contains("query"),
            body: !expected.contains("body"),
            cookie: false,
        };
        if !expected.starts_with("token") {
            let missing = found(&users(elsewhere), target, headers, body.or(Some("")));
            assert_eq!(missing, Err(Denial::CredentialMissing), "{target} {headers:?}");
        }
    }
}

#[test]
fn basic_goes_to_password_where_that_is_on() {
    let field = basic("u:p");
    let headers = [("authorization", field.as_str())];
    assert_eq!(found(&users(HEADER), "/", &headers, None).as_deref(), Ok("user header u p"));
    let in_query = Places { header: false, query: true, ..HEADER };
    let split = Methods { password: Some(in_query), ..clients(HEADER) };
    assert_eq!(found(&split, "/", &headers, None).as_deref(), Ok("client header u p"));
}

#[test]
fn a_method_that_is_off_finds_nothing() {
    let bearer = Methods { bearer: true, ..Methods::default() };
    let pair = basic("a:s");
    for (target, header) in [
        ("/?client_id=a&client_secret=s", ("x", "y")),
        ("/?username=a&password=s", ("x", "y")),
        ("/?refresh_token=r", ("refresh-token", "r")),
        ("/", ("authorization", pair.as_str())),
    ] {
        assert_eq!(found(&bearer, target, &[header], None), Err(Denial::CredentialMissing), "{target}");
        let beside = found(&bearer, target, &[("x-access-token", "t"), header], None);
        assert_eq!(beside.as_deref(), Ok("token header t"), "{target}");
    }
    let no_tokens = Methods { bearer: false, ..clients(HEADER) };
    let missing = found(&no_tokens, "/", &[("authorization", "Bearer t")], None);
    assert_eq!(missing, Err(Denial::CredentialMissing));
}

#[test]
fn two_credentials_are_one_too_many_of_whatever_kinds() {
    let pair = basic("a:s");
    let (bearer, basic) = (("authorization", "Bearer t"), ("Authorization", pair.as_str()));
    let joined = [pair.as_str(), "Bearer t"].join(", ");
    let twice = [pair.as_str(), pair.as_str()].join(",");
    for (target, headers) in [
        ("/", &[bearer, basic][..]),
        ("/", &[basic, basic]),
        ("/", &[("authorization", &joined)]),
        ("/", &[("authorization", &twice)]),
        ("/", &[("authorization", "Basic a:s,t")]),
        ("/?access_token=t", &[basic]),
        ("/?client_id=a&client_secret=s", &[bearer]),
        ("/?client_secret=s", &[bearer]),
        ("/?client_id=a&client_secret=s&client_id=b", &[basic]),
        ("/?client_id=a&client_secret=s", &[basic]),
        ("/?refresh_token=r", &[basic]),
        ("/?refresh_token=r&refresh_token=q", &[]),
        ("/", &[("refresh-token", "r"), bearer]),
        ("/", &[("refresh_token", "r"), bearer]),
    ] {
        let refused = found(&clients(HEADER), target, headers, None);
        let refused_everywhere = found(&clients(EVERYWHERE), target, headers, None);
        assert_eq!(refused_everywhere, Err(Denial::MultipleCredentials), "{target} {headers:?}");
        let nothing_in_head = target.contains("q") && headers.is_empty();
        assert!(nothing_in_head || refused == Err(Denial::MultipleCredentials), "{target} {headers:?}");
    }
    let one = [("authorization", "Bearer t")];
    let named = found(&clients(EVERYWHERE), "/?client_id=a", &one, None);
    assert_eq!(named.as_deref(), Ok("token header t"), "an id alone names something else");
}

#[test]
fn two_of_a_kind_alone_are_no_pair() {
    for target in
        ["/?client_id=a&client_secret=s&client_secret=t", "/?client_id=a&client_id=b&client_secret=s"]
    {
        assert_eq!(
            found(&clients(EVERYWHERE), target, &[], None),
            Err(Denial::CredentialMissing),
            "{target}"
        );
    }
}

#[test]
fn a_body_is_awaited_where_one_of_the_kinds_may_stand_in_it_and_the_head_holds_none() {
    let awaited = Ok("body to come");
    for methods in [clients(EVERYWHERE), Methods { password: Some(EVERYWHERE), ..Methods::default() }] {
        assert_eq!(found(&methods, "/", &[FORM], None).as_deref(), awaited);
        assert_eq!(found(&methods, "/", &[], None), Err(Denial::CredentialMissing));
    }
    let header_only = Methods { client_credentials: Some(HEADER), ..Methods::default() };
    assert_eq!(found(&header_only, "/", &[FORM], None), Err(Denial::CredentialMissing));
    let pair = basic("a:s");
    let in_head = found(&clients(EVERYWHERE), "/", &[FORM, ("authorization", &pair)], None);
    assert_eq!(in_head.as_deref(), Ok("client header a s"));
}

#[test]
fn what_is_hidden_is_gone_with_its_name_and_nothing_else() {
    let pair = basic("a:s");
    let length = ("content-length", "99");
    for (target, headers, body, edits, left) in [
        ("/", &[("authorization", pair.as_str())][..], None, &["-authorization"][..], None),
        ("/p?x=1&client_id=a&client_secret=s", &[], None, &[":path: /p?x=1"], None),
        ("/?refresh_token=r&access=1", &[], None, &[":path: /?access=1"], None),
        ("/", &[("Refresh-Token", "r")], None, &["-refresh-token"], None),
        ("/", &[FORM, length], Some("client_id=a&x=1&client_secret=s"), &["content-length: 3"], Some("x=1")),
        ("/", &[JSON], Some(r#"{"client_secret":"s","x":[1],"client_id":"a"}"#), &[], Some(r#"{"x":[1]}"#)),
        ("/", &[JSON], Some(r#"{"refresh_token":"r"}"#), &[], Some("{}")),
    ] {
        let (headers, rules, methods) = (fields(headers), rules(EVERYWHERE), clients(EVERYWHERE));
        let head = head(target, &headers);
        let body = body.map(str::as_bytes);
        let Ok(Sought::Found(found)) = find(&head, &rules, &methods, body) else { panic!("{target}") };
        let hidden = found.hide(&head, body, &Capabilities::ENVOY).expect("an engine that can");
        let edit = |edit: &HeaderEdit| match edit {
            HeaderEdit::Remove(name) => format!("-{}", name.escape_ascii()),
            HeaderEdit::Set(name, value) => format!("{name}: {}", value.escape_ascii()),
            HeaderEdit::Append(name, value) => format!("+{name}: {}", value.escape_ascii()),
        };
        let found: Vec<String> = hidden.edits.iter().map(edit).collect();
        assert_eq!(found, edits.iter().map(ToString::to_string).collect::<Vec<_>>(), "{target}");
        assert_eq!(hidden.body.as_deref(), left.map(str::as_bytes), "{target}");
    }
    let (rules, methods) = (rules(EVERYWHERE), clients(EVERYWHERE));
    let head = head("/?client_id=a&client_secret=s", &[]);
    let Ok(Sought::Found(found)) = find(&head, &rules, &methods, None) else { panic!("a pair") };
    let refused = found.hide(&head, None, &Capabilities::NGINX);
    assert_eq!(refused, Err(Denial::UnhideableCredential { place: "query" }));
}

#[test]
fn debug_shows_neither_id_nor_secret() {
    let (rules, methods) = (rules(EVERYWHERE), users(EVERYWHERE));
    for target in [
        "/?client_id=s3cret&client_secret=s3cret",
        "/?username=s3cret&password=s3cret",
        "/?refresh_token=s3cret",
    ] {
        let found = find(&head(target, &[]), &rules, &methods, None).expect("a credential");
        assert!(!format!("{found:?}").contains("s3cret"), "{found:?}");
    }
}

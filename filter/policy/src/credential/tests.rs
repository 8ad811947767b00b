use super::{BodyType, Credential, Found, Place, Sought, find};
use crate::capabilities::Capabilities;
use crate::config::{CredentialRules, HeaderName, Methods, Places};
use crate::denial::Denial;
use crate::headers::HeaderEdit;
use crate::request::RequestHead;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

const EVERYWHERE: Places = Places { header: true, query: true, body: true, cookie: true };

fn rules(places: Places) -> CredentialRules {
    CredentialRules {
        places,
        header_name: None,
        cookie_name: Some("token".into()),
        hide_credentials: true,
        run_on_preflight: true,
        anonymous: None,
    }
}

fn header_only() -> CredentialRules {
    CredentialRules { cookie_name: None, ..rules(Places { header: true, ..Places::default() }) }
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

fn fields<'a>(pairs: &'a [(&'a str, &'a str)]) -> Vec<(&'a [u8], &'a [u8])> {
    pairs.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect()
}

/// Tokens, and nothing that gets one.
fn bearer() -> Methods {
    Methods { bearer: true, ..Methods::default() }
}

/// The token that is found, and the name of its place.
fn found(
    rules: &CredentialRules,
    target: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> Result<(String, &'static str), Denial> {
    let headers = fields(headers);
    match find(&head(target, &headers), rules, &bearer(), body.map(str::as_bytes))? {
        Sought::Found(Found::Token(token)) => Ok((text(token.token()), token.place().name())),
        Sought::Found(other) => panic!("expected a token, found {other:?}"),
        Sought::InBody(_) => Ok((String::new(), "body to come")),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("utf-8")
}

fn authorization(lines: &[&str]) -> Result<String, Denial> {
    let headers: Vec<(&str, &str)> = lines.iter().map(|line| ("Authorization", *line)).collect();
    found(&header_only(), "/", &headers, None).map(|(token, _)| token)
}

#[test]
fn the_scheme_is_bearer_in_any_case_with_any_number_of_spaces() {
    for field in ["Bearer t", "bearer t", "BEARER  t", " Bearer t ", "bEaReR\tt"] {
        assert_eq!(authorization(&[field]), Ok("t".into()), "{field:?}");
    }
}

#[test]
fn anything_else_is_no_credential() {
    for field in ["", "Bearer", "Bearer ", "Bearert", "t", "Basic dTpw", "Bearer:t", "Digest a=b, c=d"] {
        assert_eq!(authorization(&[field]), Err(Denial::CredentialMissing), "{field:?}");
    }
    assert_eq!(authorization(&[]), Err(Denial::CredentialMissing));
    assert_eq!(authorization(&["Basic a", "Basic b"]), Err(Denial::CredentialMissing));
}

#[test]
fn a_bearer_token_that_is_not_alone_is_refused_however_the_engine_hands_it_over() {
    let cases: [&[&str]; 7] = [
        &["Bearer a", "Bearer b"],
        &["Bearer a", "Basic b"],
        &["Basic b", "Bearer a"],
        &["Bearer a,Bearer b"],
        &["Bearer a, Basic b"],
        &["Basic b,Bearer a"],
        &["Bearer a,"],
    ];
    for fields in cases {
        assert_eq!(authorization(fields), Err(Denial::MultipleCredentials), "{fields:?}");
    }
}

#[test]
fn a_bearer_token_beside_a_token_in_another_place_is_refused_wherever_one_is_looked_for() {
    let bearer = ("authorization", "Bearer t");
    for rules in [header_only(), rules(EVERYWHERE)] {
        for (target, other) in [
            ("/", ("X-Access-Token", "u")),
            ("/", ("Access_Token", "u")),
            ("/?a=b&access_token=u", ("accept", "u")),
            ("/?%61ccess%5Ftoken", ("accept", "u")),
        ] {
            assert_eq!(
                found(&rules, target, &[bearer, other], None),
                Err(Denial::MultipleCredentials),
                "{target} {other:?}"
            );
        }
        let beside = ("x-access-tokens", "u");
        let target = "/access_token?a=access_token&xaccess_token=1";
        assert_eq!(found(&rules, target, &[bearer, beside], None), Ok(("t".into(), "header")));
    }
}

#[test]
fn a_token_is_found_in_each_place_that_is_looked_into_and_in_no_other() {
    let form = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    let json = ("Content-Type", "Application/JSON");
    for (target, headers, body, place) in [
        ("/", &[("authorization", "Bearer t")][..], None, "header"),
        ("/", &[("Access-Token", "t")], None, "header"),
        ("/", &[("x-access-token", "Bearer t")], None, "header"),
        ("/?a=1&access_token=%74", &[], None, "query"),
        ("/", &[("cookie", "a=1; token=t; b=2")], None, "cookie"),
        ("/", &[("cookie", "a=1"), ("Cookie", "token=\"t\"")], None, "cookie"),
        ("/", &[form], Some("a=1&access_token=t"), "body"),
        ("/", &[json], Some(r#"{"a":[{"access_token":"u"}],"access_token":"t"}"#), "body"),
        ("/", &[json], Some(r#"{"\u0061ccess_token":"\u0074"}"#), "body"),
    ] {
        assert_eq!(found(&rules(EVERYWHERE), target, headers, body), Ok(("t".into(), place)), "{headers:?}");
        let elsewhere = match place {
            "header" => Places { header: false, ..EVERYWHERE },
            "query" => Places { query: false, ..EVERYWHERE },
            "cookie" => Places { cookie: false, ..EVERYWHERE },
            _ => Places { body: false, ..EVERYWHERE },
        };
        let missing = found(&rules(elsewhere), target, headers, body.or(Some("")));
        assert_eq!(missing, Err(Denial::CredentialMissing), "{headers:?}");
    }
}

#[test]
fn a_body_that_holds_no_token_in_one_reading_holds_none() {
    let json = [("content-type", "application/json")];
    for body in [
        "null",
        "[]",
        r#""access_token""#,
        "",
        "{",
        r#"{"access_token":null}"#,
        r#"{"access_token":""}"#,
        r#"{"access_token":7}"#,
        r#"{"access_token":"a","access_token":"b"}"#,
        r#"{"access_token":"a","x":{"y":1,"y":2}}"#,
        "{\"access_token\":\"a\"}\u{feff}",
    ] {
        assert_eq!(
            found(&rules(EVERYWHERE), "/", &json, Some(body)),
            Err(Denial::CredentialMissing),
            "{body}"
        );
    }
    let form = [("content-type", "application/x-www-form-urlencoded")];
    for (body, denial) in [
        ("access_token=", Denial::CredentialMissing),
        ("xaccess_token=t", Denial::CredentialMissing),
        ("access_token=a&access_token=b", Denial::MultipleCredentials),
        ("access_token=a&%61ccess_token=", Denial::MultipleCredentials),
    ] {
        assert_eq!(found(&rules(EVERYWHERE), "/", &form, Some(body)), Err(denial), "{body}");
    }
}

#[test]
fn a_body_is_awaited_only_where_it_can_be_read_and_the_head_holds_no_token() {
    let form = ("content-type", "application/x-www-form-urlencoded");
    let awaited = Ok((String::new(), "body to come"));
    assert_eq!(found(&rules(EVERYWHERE), "/", &[form], None), awaited);
    assert_eq!(found(&rules(EVERYWHERE), "/", &[("content-type", "application/json")], None), awaited);
    for headers in [
        &[("content-type", "text/plain")][..],
        &[("content-type", "application/jsonp")],
        &[form, ("content-encoding", "gzip")],
        &[form, form],
        &[],
    ] {
        let missing = found(&rules(EVERYWHERE), "/", headers, None);
        assert_eq!(missing, Err(Denial::CredentialMissing), "{headers:?}");
    }
    let in_header = found(&rules(EVERYWHERE), "/", &[form, ("authorization", "Bearer t")], None);
    assert_eq!(in_header, Ok(("t".into(), "header")));
    let pairs = [form];
    let headers = fields(&pairs);
    let bodiless = RequestHead { has_body: false, ..head("/", &headers) };
    let (rules, bearer) = (rules(EVERYWHERE), bearer());
    assert_eq!(find(&bodiless, &rules, &bearer, None), Err(Denial::CredentialMissing));
}

#[test]
fn two_places_are_one_too_many() {
    let form = ("content-type", "application/x-www-form-urlencoded");
    for (target, headers, body) in [
        ("/?access_token=a", &[("cookie", "token=b")][..], None),
        ("/?access_token=a", &[("authorization", "Bearer b")], None),
        ("/?access_token=a&access_token=a", &[], None),
        ("/", &[("cookie", "token=a; token=b")], None),
        ("/?access_token=a", &[form], Some("access_token=b")),
    ] {
        let refused = found(&rules(EVERYWHERE), target, headers, body);
        assert_eq!(refused, Err(Denial::MultipleCredentials), "{target} {headers:?}");
    }
}

#[test]
fn a_header_name_of_the_config_s_own_is_the_only_one_that_is_read() {
    let own = CredentialRules { header_name: HeaderName::new("X-Own").ok(), ..header_only() };
    for value in ["t", "Bearer t", " t "] {
        assert_eq!(found(&own, "/", &[("x-own", value)], None), Ok(("t".into(), "header")), "{value:?}");
    }
    for headers in
        [[("authorization", "Bearer t")], [("x-access-token", "t")], [("x_own", "t")], [("x-own", " ")]]
    {
        assert_eq!(found(&own, "/", &headers, None), Err(Denial::CredentialMissing), "{headers:?}");
    }
    for other in [("authorization", "Bearer u"), ("access-token", "u"), ("X_Own", "u")] {
        let refused = found(&own, "/", &[("x-own", "t"), other], None);
        assert_eq!(refused, Err(Denial::MultipleCredentials), "{other:?}");
    }
    let basic = found(&own, "/", &[("x-own", "t"), ("authorization", "Basic dTpw")], None);
    assert_eq!(basic, Ok(("t".into(), "header")));
}

/// The edits that hide the token, each as `name: value` or `-name`, and the body that is left.
fn hidden(
    target: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
    engine: &Capabilities,
) -> Result<(Vec<String>, Option<String>), Denial> {
    let headers = fields(headers);
    let (head, rules, bearer) = (head(target, &headers), rules(EVERYWHERE), bearer());
    let Sought::Found(found) = find(&head, &rules, &bearer, body.map(str::as_bytes))? else {
        panic!("no token")
    };
    let hidden = found.hide(&head, body.map(str::as_bytes), engine)?;
    let edit = |edit: &HeaderEdit| match edit {
        HeaderEdit::Remove(name) => alloc::format!("-{}", text(name)),
        HeaderEdit::Set(name, value) => alloc::format!("{name}: {}", text(value)),
        HeaderEdit::Append(name, value) => alloc::format!("+{name}: {}", text(value)),
    };
    Ok((hidden.edits.iter().map(edit).collect(), hidden.body.map(|body| text(&body))))
}

#[test]
fn a_hidden_credential_is_gone_and_nothing_else() {
    let form = ("content-type", "application/x-www-form-urlencoded");
    let json = ("content-type", "application/json");
    let length = ("content-length", "99");
    for (target, headers, body, edits, left) in [
        ("/a", &[("authorization", "Bearer t")][..], None, &["-authorization"][..], None),
        ("/a", &[("X-Access-Token", "t")], None, &["-x-access-token"], None),
        ("/a?access_token=t", &[], None, &[":path: /a"], None),
        ("/a?x=%20&access_token=t&y", &[], None, &[":path: /a?x=%20&y"], None),
        ("/a", &[("cookie", "token=t")], None, &["-cookie"], None),
        ("/a", &[("cookie", "a=1;token=t; b=2"), ("cookie", "c=3")], None, &["cookie: a=1; b=2; c=3"], None),
        ("/a", &[form, length], Some("x=1&access_token=t&y=2"), &["content-length: 7"], Some("x=1&y=2")),
        ("/a", &[form], Some("access_token=t"), &[], Some("")),
        (
            "/a",
            &[json, length],
            Some(r#" { "n" : 1.50 , "access_token":"t","s":"a,\"{" , "o":{"access_token":["k"]} } "#),
            &["content-length: 56"],
            Some(r#"{ "n" : 1.50 ,"s":"a,\"{" , "o":{"access_token":["k"]} }"#),
        ),
        ("/a", &[json], Some(r#"{"access_\u0074oken":"t"}"#), &[], Some("{}")),
    ] {
        let (found, rest) = hidden(target, headers, body, &Capabilities::ENVOY).expect("an engine that can");
        assert_eq!(
            (found, rest.as_deref()),
            (edits.iter().map(ToString::to_string).collect(), left),
            "{target}"
        );
    }
}

#[test]
fn what_an_engine_cannot_take_out_is_refused() {
    let nginx = &Capabilities::NGINX;
    let form = ("content-type", "application/x-www-form-urlencoded");
    let unhideable = |place| Err(Denial::UnhideableCredential { place });
    assert_eq!(hidden("/?access_token=t", &[], None, nginx), unhideable("query"));
    assert_eq!(hidden("/", &[form], Some("access_token=t"), nginx), unhideable("body"));
    let two_lines = [("cookie", "a=1"), ("cookie", "token=t")];
    assert_eq!(hidden("/", &two_lines, None, nginx), unhideable("cookie"));
    let one_line = hidden("/", &[("cookie", "token=t")], None, nginx).map(|(edits, _)| edits);
    assert_eq!(one_line, Ok(Vec::from(["cookie: ".to_string()])));
    let blanked = hidden("/", &[("authorization", "Bearer t")], None, nginx).map(|(edits, _)| edits);
    assert_eq!(blanked, Ok(Vec::from(["authorization: ".to_string()])));
}

#[test]
fn debug_shows_no_token() {
    let credential = Credential { token: b"s3cret".as_slice().into(), place: Place::Body(BodyType::Json) };
    assert!(!alloc::format!("{credential:?}").contains("s3cret"));
}

use super::Extras;
use crate::credential::Sent;
use crate::provider::Form;
use crate::request::RequestHead;
use alloc::string::String;
use alloc::vec::Vec;

fn form(extras: &Extras, target: &str, headers: &[(&str, &str)], body: Option<&str>) -> String {
    let headers: Vec<(&[u8], &[u8])> =
        headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
    let head = RequestHead {
        method: b"POST",
        target: target.as_bytes(),
        authority: b"",
        headers: &headers,
        has_body: body.is_some(),
        https: false,
    };
    let mut form = Form::new();
    form.set("scope", b"ours");
    extras.add_arguments(&mut form, Sent::new(&head, body.map(str::as_bytes)));
    form.encoded()
}

#[test]
fn a_client_s_argument_is_looked_for_in_its_query_then_its_body_then_its_headers() {
    let extras = Extras { client_arguments: ["login_hint".into()].into(), ..Extras::default() };
    let typed = ("content-type", "application/x-www-form-urlencoded");
    let (in_header, in_body) = (("Login-Hint", "h"), Some("login_hint=b+c"));
    for (target, headers, body, expected) in [
        ("/?login_hint=q%20r", &[typed, in_header][..], in_body, "scope=ours&login_hint=q+r"),
        ("/", &[typed, in_header], in_body, "scope=ours&login_hint=b+c"),
        ("/", &[in_header], in_body, "scope=ours&login_hint=h"),
        ("/?login_hint=", &[in_header], None, "scope=ours&login_hint=h"),
        ("/?loginhint=x", &[], None, "scope=ours"),
    ] {
        assert_eq!(form(&extras, target, headers, body), expected, "{target} {headers:?}");
    }
    let long = ["/?login_hint=", &"a".repeat(1_025)].concat();
    assert_eq!(form(&extras, &long, &[], None), "scope=ours");
}

#[test]
fn a_client_s_own_value_goes_before_the_config_s() {
    let extras = Extras {
        arguments: Vec::from([("audience".into(), "ours".into())]),
        client_arguments: ["scope".into(), "audience".into()].into(),
        client_header_arguments: ["x-tenant".into()].into(),
        ..Extras::default()
    };
    assert_eq!(form(&extras, "/", &[], None), "scope=ours&audience=ours");
    let own = form(&extras, "/?scope=a&audience=b", &[("X-Tenant", "t")], None);
    assert_eq!(own, "scope=a&audience=b&x-tenant=t");
}

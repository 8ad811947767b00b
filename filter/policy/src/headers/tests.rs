use super::{HeaderEdit, LONGEST_VALUE, OwnedHeaders, header_value};
use crate::capabilities::Capabilities;
use crate::denial::Denial;
use crate::fixtures::policy;
use crate::request::RequestHead;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

fn strip(headers: &[(&[u8], &[u8])], engine: &Capabilities) -> Result<Vec<HeaderEdit>, Denial> {
    let head =
        RequestHead { method: b"GET", target: b"/", authority: b"", headers, has_body: false, https: false };
    OwnedHeaders::new(["x-token"].into_iter()).strip(&head, engine)
}

fn remove(name: &str) -> HeaderEdit {
    HeaderEdit::Remove(name.as_bytes().into())
}

fn empty(name: &'static str) -> HeaderEdit {
    HeaderEdit::Set(Cow::Borrowed(name), Box::default())
}

#[test]
fn owns_kong_s_names_and_configured_ones_in_every_spelling() {
    let owned = OwnedHeaders::new(["x-token"].into_iter());
    for name in [
        "x-consumer-id",
        "X-Consumer-ID",
        "x_consumer_id",
        "X_CONSUMER-username",
        "x.consumer.id",
        "x!consumer~id",
        "X-Consumer.Custom_Id",
        "x-token",
        "X_Token",
        "x'token",
    ] {
        assert!(owned.owns(name.as_bytes()), "{name}");
    }
    for name in ["x-consumer", "x-consumer-id2", "xconsumerid", "authorization", "", "x-consumer-i\u{e9}"] {
        assert!(!owned.owns(name.as_bytes()), "{name}");
    }
}

#[test]
fn removes_every_form_where_removal_reaches_the_upstream() {
    let headers: &[(&[u8], &[u8])] =
        &[(b"accept", b"*/*"), (b"x-consumer-id", b"a"), (b"X_Consumer.Id", b"b"), (b"x-token", b"c")];
    let expected = [remove("x-consumer-id"), remove("X_Consumer.Id"), remove("x-token")];
    assert_eq!(strip(headers, &Capabilities::ENVOY), Ok(Vec::from(expected)));
}

#[test]
fn overwrites_a_single_copy_where_removal_does_not_reach_the_upstream() {
    assert_eq!(
        strip(&[(b"X-Consumer-Id", b"a")], &Capabilities::NGINX),
        Ok(Vec::from([empty("x-consumer-id")]))
    );
}

#[test]
fn refuses_what_it_can_neither_remove_nor_overwrite() {
    let cases: [&[(&[u8], &[u8])]; 4] = [
        &[(b"x-consumer-id", b"a"), (b"X-Consumer-Id", b"b")],
        &[(b"x_consumer_id", b"a")],
        &[(b"X.Consumer.Id", b"a")],
        &[(b"x-consumer-id", b"a"), (b"x_consumer_id", b"b")],
    ];
    for headers in cases {
        let refused = strip(headers, &Capabilities::NGINX);
        assert_eq!(refused, Err(Denial::OwnedHeader { name: "x-consumer-id".into() }), "{headers:?}");
    }
}

#[test]
fn header_values_are_visible_ascii_of_bounded_length() {
    for text in ["", "a", "a b", "a=b; c"] {
        assert_eq!(header_value(text).as_deref(), Some(text.as_bytes()), "{text}");
    }
    let longest = "a".repeat(LONGEST_VALUE);
    assert!(header_value(&longest).is_some());
    for text in ["a\r\nb", "a\nb", "a\0", "\u{7f}", "é", " a", "a ", &alloc::format!("{longest}a")] {
        assert_eq!(header_value(text), None, "{text:?}");
    }
}

#[test]
fn a_header_that_may_hold_a_refresh_token_is_no_trailer() {
    let methods = r#","auth_methods":["refresh_token"],"refresh_token_param_name":"my_token","client_id":["a"],
        "client_secret":["s"],"token_endpoint":"https://idp.example/token""#;
    for (openid, removed) in [(methods, true), ("", false)] {
        let edit = policy(openid, "").edit_of_trailer(b"My_Token");
        assert_eq!(edit.is_some(), removed, "{openid}");
    }
}

#[test]
fn what_is_shown_of_an_edit_is_its_name_and_how_long_its_value_is() {
    let edits = [
        remove("Cookie"),
        HeaderEdit::Set(Cow::Borrowed("authorization"), b"s3cret".as_slice().into()),
        HeaderEdit::Append(Cow::Borrowed("set-cookie"), b"a=s3cret".as_slice().into()),
    ];
    let shown = "[Remove(Cookie), Set(authorization, 6 bytes), Append(set-cookie, 8 bytes)]";
    assert_eq!(format!("{edits:?}"), shown);
}

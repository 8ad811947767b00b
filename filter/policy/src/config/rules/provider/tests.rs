use super::{ClientRules, DAY, OwnClient, TokenEndpoint};
use crate::credential::Sent;
use crate::provider::{Client, ClientAuth, Extras};
use crate::request::RequestHead;
use crate::time::UnixTime;
use alloc::boxed::Box;
use alloc::vec::Vec;

fn rules(clients: &[(&str, Option<i64>)]) -> ClientRules {
    let own = |(id, expires): &(&str, Option<i64>)| OwnClient {
        client: Client::with_secret(id, b"s"),
        auth: ClientAuth::Basic,
        secret_expires: expires.map(UnixTime::from_seconds),
    };
    ClientRules { clients: clients.iter().map(own).collect(), argument: "client_id".into() }
}

#[test]
fn a_client_is_chosen_by_its_id_or_its_place() {
    let rules = rules(&[("web", None), ("1", None), ("app", None)]);
    let chosen = |asked: Option<&str>| rules.choose(asked.map(str::as_bytes)).map(|own| &*own.client.id);
    for (asked, expected) in [
        (None, Some("web")),
        (Some("app"), Some("app")),
        (Some("3"), Some("app")),
        (Some("1"), Some("1")),
        (Some("0"), None),
        (Some("4"), None),
        (Some("-1"), None),
        (Some("else"), None),
    ] {
        assert_eq!(chosen(asked), expected, "{asked:?}");
    }
}

#[test]
fn a_client_is_asked_for_in_headers_then_the_query() {
    let rules = rules(&[]);
    for (target, headers, expected) in [
        ("/?client_id=q", &[("X-Client-ID", "x"), ("Client-ID", "c")][..], Some("x")),
        ("/?client_id=q", &[("Client-Id", "c")], Some("c")),
        ("/?client_id=q", &[], Some("q")),
        ("/", &[], None),
    ] {
        let headers: Vec<(&[u8], &[u8])> =
            headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        let head = RequestHead {
            method: b"GET",
            target: target.as_bytes(),
            authority: b"",
            headers: &headers,
            has_body: false,
            https: false,
        };
        let asked = rules.asked_for(Sent::new(&head, None));
        assert_eq!(asked.as_deref(), expected.map(str::as_bytes), "{target} {headers:?}");
    }
}

#[test]
fn the_days_that_a_secret_is_good_for_are_whole_ones() {
    let now = UnixTime::from_seconds(1_000_000);
    let at = |seconds: i64| Some(1_000_000 + seconds);
    let rules = rules(&[
        ("near", at(DAY * 2 - 1)),
        ("now", at(0)),
        ("late", at(-1)),
        ("later", at(-DAY - 1)),
        ("unsaid", None),
    ]);
    let left: Vec<(&str, i64)> = rules.days_left(now).collect();
    assert_eq!(left, [("near", 1), ("now", 0), ("late", -1), ("later", -2)]);
}

#[test]
fn openid_is_asked_for_with_passwords_and_not_with_clients_own_secrets_unless_it_is_written() {
    let endpoint = |scopes: Option<&[&str]>| TokenEndpoint {
        url: None,
        auth: None,
        callers_auth: ClientAuth::Basic,
        scopes: scopes.map(|scopes| scopes.iter().map(|scope| Box::from(*scope)).collect()),
        extras: Extras::default(),
        keeps: true,
    };
    let asked = |endpoint: TokenEndpoint| {
        (endpoint.scopes_of_clients().join(" "), endpoint.scopes_of_users().join(" "))
    };
    assert_eq!(asked(endpoint(None)), ("".into(), "openid".into()));
    assert_eq!(asked(endpoint(Some(&["openid", "a"]))), ("openid a".into(), "openid a".into()));
    assert_eq!(asked(endpoint(Some(&[]))), ("".into(), "".into()));
}

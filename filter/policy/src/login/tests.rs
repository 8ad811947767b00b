use super::{Login, Logins};
use crate::time::UnixTime;
use crate::verified::SourceId;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

const BEGAN: i64 = 1_760_000_000;

fn login(state: &str) -> Login {
    Login {
        state: state.into(),
        nonce: "canary-nonce".into(),
        verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into(),
        source: SourceId::from("idp"),
        client: "web".into(),
        redirect_uri: "https://gw.example/callback".into(),
        place: ("s1".into(), Some("r1".into())),
        target: "https://gw.example/orders?a=\"b\"".into(),
        began: UnixTime::from_seconds(BEGAN),
    }
}

fn logins(states: &[&str]) -> Logins {
    states.iter().fold(Logins::default(), |logins, state| logins.with(login(state)))
}

fn states(logins: &Logins) -> Vec<String> {
    logins.0.iter().map(|login| login.state.to_string()).collect()
}

#[test]
fn what_was_encoded_is_what_it_was() {
    for logins in [logins(&[]), logins(&["a"]), logins(&["a", "b", "c"])] {
        assert_eq!(Logins::decode(&logins.encode()), Some(logins));
    }
    let without_route = Login { place: ("s1".into(), None), ..login("a") };
    let logins = Logins::default().with(without_route);
    assert_eq!(Logins::decode(&logins.encode()), Some(logins));
    for other in [&b""[..], b"{}", b"[{}]", b"[1]", br#"[{"s":"a"}]"#] {
        assert_eq!(Logins::decode(other), None);
    }
}

#[test]
fn a_login_is_found_by_its_whole_state_until_it_is_over() {
    let two = logins(&["a", "b"]);
    assert_eq!(two.find(b"b"), Some(&login("b")));
    for state in [&b""[..], b"ab", b"A", b"c"] {
        assert_eq!(two.find(state), None);
    }
    assert_eq!(states(&two.clone().without(b"a")), ["b"]);
    let at = |seconds: i64| states(&two.clone().at(UnixTime::from_seconds(BEGAN + seconds), 600)).len();
    for (seconds, count) in [(0, 2), (599, 2), (600, 0), (-60, 2), (-61, 0)] {
        assert_eq!(at(seconds), count, "after {seconds} s");
    }
}

#[test]
fn of_too_many_logins_the_oldest_go() {
    let many = logins(&["a", "b", "c", "d", "e", "f"]);
    assert_eq!(states(&many), ["c", "d", "e", "f"]);
    let long = |state: &str| Login { target: "t".repeat(2_000).into(), ..login(state) };
    let long = ["a", "b", "c"].iter().fold(Logins::default(), |logins, state| logins.with(long(state)));
    assert_eq!(states(&long), ["b", "c"], "a cookie has little room");
    let longest = Login { target: "t".repeat(9_000).into(), ..login("z") };
    assert_eq!(states(&long.with(longest)), ["z"]);
}

/// RFC 7636, appendix B.
#[test]
fn the_challenge_is_the_hash_of_the_verifier() {
    assert_eq!(login("a").challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

#[test]
fn what_is_shown_of_it_holds_nothing_that_only_the_browser_may_know() {
    let shown = format!("{:?}", logins(&["canary-state"]));
    assert!(!shown.contains("canary") && !shown.contains("dBjft"), "{shown}");
}

use super::Login;
use crate::time::UnixTime;
use alloc::format;

const BEGAN: i64 = 1_760_000_000;

fn login() -> Login {
    Login {
        seed: *b"canary-seed of thirty-two bytes.",
        client: "web".into(),
        redirect_uri: "https://gw.example/callback".into(),
        target: "https://gw.example/orders?a=\"b\"".into(),
        began: UnixTime::from_seconds(BEGAN),
    }
}

#[test]
fn what_was_encoded_is_what_it_was() {
    assert_eq!(Login::decode(&login().encode()), Some(login()));
    let other_seed = |seed: &str| format!(r#"{{"k":"{seed}","c":"c","u":"u","t":"t","b":1}}"#);
    assert!(Login::decode(other_seed(&"A".repeat(43)).as_bytes()).is_some());
    for other in [
        "",
        "{}",
        "[]",
        r#"{"k":"a"}"#,
        &other_seed(""),
        &other_seed(&"A".repeat(22)),
        &other_seed(&"A".repeat(44)),
        &other_seed(&"=".repeat(43)),
    ] {
        assert_eq!(Login::decode(other.as_bytes()), None, "{other}");
    }
}

#[test]
fn a_login_is_good_for_its_lifetime() {
    for (seconds, over) in [(0, false), (599, false), (600, true), (-60, false), (-61, true)] {
        let now = UnixTime::from_seconds(BEGAN + seconds);
        assert_eq!(login().is_over(600, now), over, "after {seconds} s");
    }
}

#[test]
fn what_is_shown_of_it_holds_nothing_that_only_the_browser_may_know() {
    let shown = format!("{:?}", login());
    assert!(!shown.contains("canary") && !shown.contains("99, 97, 110"), "{shown}");
}

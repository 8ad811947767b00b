use super::{End, Entry};
use crate::host::double::Double;
use crate::host::{HostError, Level};
use claimgate_policy::Denial;
use claimgate_policy::gate::{Facts, Outcome};
use claimgate_policy::permit::Grounds;
use claimgate_policy::request::RequestHead;
use claimgate_policy::time::UnixTime;

fn head<'a>(method: &'a [u8], target: &'a [u8]) -> RequestHead<'a> {
    RequestHead { method, target, authority: b"", headers: &[], has_body: false, https: false }
}

/// The line's members, for a refused request with this head.
fn line(host: &Double, head: Option<&RequestHead<'_>>) -> serde_json::Value {
    let outcome = Outcome::Denied(Denial::RouteUnknown);
    Entry::new(Some(UnixTime::from_seconds(7)), head).write(
        host,
        &Facts::default(),
        &outcome,
        End::Answered(404),
    );
    let lines = host.logged(Level::Info);
    serde_json::from_str(lines[0].strip_prefix("claimgate audit ").unwrap()).unwrap()
}

#[test]
fn what_is_not_known_is_left_out() {
    let expected = serde_json::json!({
        "when": 7,
        "outcome": "denied",
        "reason": "RouteUnknown",
        "detail": "no service of the config matches host, path and method",
        "status": 404,
    });
    assert_eq!(line(&Double::new(), None), expected);
}

#[test]
fn what_is_strange_about_the_caller_is_said_whatever_the_outcome() {
    let mut facts = Facts::default();
    facts.warning = Some("strange");
    for outcome in [Outcome::Permitted(Grounds::Authenticated), Outcome::Denied(Denial::RouteUnknown)] {
        let host = Double::new();
        Entry::new(None, None).write(&host, &facts, &outcome, End::Nowhere);
        let lines = host.logged(Level::Info);
        assert!(lines[0].contains(r#""warning":"strange""#), "{lines:?}");
    }
}

#[test]
fn a_clock_that_is_off_is_said_beside_the_refusal_that_may_come_of_it() {
    let mut facts = Facts::default();
    facts.clock_offset = Some(-90);
    let expired = Outcome::Denied(Denial::Expired { exp: 1, now: 2 });
    for (outcome, said) in [(expired, true), (Outcome::Permitted(Grounds::Authenticated), false)] {
        let host = Double::new();
        Entry::new(None, None).write(&host, &facts, &outcome, End::Nowhere);
        let lines = host.logged(Level::Info);
        assert_eq!(lines[0].contains(r#""clock_offset":-90"#), said, "{lines:?}");
    }
}

#[test]
fn a_client_cannot_break_out_of_its_line() {
    let host = Double::new();
    let head = head(b"GET\n", b"/\"}\r\nclaimgate audit {\"outcome\":\"permitted\"}\xff?token=x");
    let line = line(&host, Some(&head));
    assert_eq!(line["method"], r"GET\n");
    assert_eq!(
        line["path"],
        r#"/\"}\r\nclaimgate audit {\"outcome\":\"permitted\"}"#.to_owned() + "\u{fffd}"
    );
    let raw = &host.logged(Level::Info)[0];
    assert!(!raw.contains(['\n', '\r']), "{raw}");
    assert!(!raw.contains("token=x"), "{raw}");
}

#[test]
fn a_client_cannot_change_how_its_line_is_shown() {
    let target = "/caf\u{e9}/\u{202e}nimda\u{9b}2J";
    let line = line(&Double::new(), Some(&head("G\u{85}".as_bytes(), target.as_bytes())));
    assert_eq!(line["method"], r"G\u{85}");
    assert_eq!(line["path"], "/caf\u{e9}".to_owned() + r"/\u{202e}nimda\u{9b}2J");
}

#[test]
fn a_long_path_is_cut() {
    let target = [b"/", &[b'a'; 5000][..]].concat();
    let path = format!("/{}...", "a".repeat(1023));
    assert_eq!(line(&Double::new(), Some(&head(b"GET", &target)))["path"], path);
}

#[test]
fn the_upstream_s_status_is_read_in_the_form_of_either_engine() {
    let code = |bytes: &[u8]| Ok(bytes.to_vec());
    for (answer, expected) in [
        (code(&503_i64.to_le_bytes()), Some(503)),
        (code(b"200"), Some(200)),
        (code(b"000"), Some(0)),
        (code(&(-1_i64).to_le_bytes()), None),
        (code(b"none"), None),
        (code(b""), None),
        (code(b"\xff"), None),
        (Err(HostError::NotFound), None),
    ] {
        let host = Double::new();
        host.has_property("response.code", answer.clone());
        assert_eq!(super::response_code(&host), expected, "{answer:?}");
    }
}

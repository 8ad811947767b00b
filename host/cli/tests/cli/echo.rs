//! `claimgate echo`.

use crate::http::{get, send};
use crate::process::Serving;
use claimgate::echo::record::CAPACITY;
use serde_json::{Value, json};

fn echo() -> Serving {
    Serving::start(["echo", "--listen", "127.0.0.1:0"])
}

#[test]
fn answers_httpbins_json() {
    let mut echo = echo();
    let address = echo.address();
    let answer =
        get(address, "/anything/a?x=1&y=%41&x=2", &["X-Consumer-Custom-ID: 7", "x-two: a", "X-Two: b"]);
    assert_eq!(answer.status, 200);
    let expected = json!({
        "args": {"x": ["1", "2"], "y": "A"},
        "data": "",
        "files": {},
        "form": {},
        "headers": {
            "Connection": "close",
            "Content-Length": "0",
            "Host": address.to_string(),
            "X-Consumer-Custom-Id": "7",
            "X-Two": "a,b",
        },
        "json": null,
        "method": "GET",
        "origin": "127.0.0.1",
        "url": format!("http://{address}/anything/a?x=1&y=%41&x=2"),
    });
    assert_eq!(answer.json(), expected);
}

#[test]
fn shows_a_body_by_its_kind() {
    let mut echo = echo();
    let address = echo.address();
    let cases: [(&str, &[u8], [Value; 3]); 4] = [
        ("application/json", b"{\"a\":1}", [json!("{\"a\":1}"), json!({}), json!({"a": 1})]),
        (
            "application/x-www-form-urlencoded; charset=utf-8",
            b"a=1&b=x+y",
            [json!(""), json!({"a": "1", "b": "x y"}), json!(null)],
        ),
        ("text/plain", b"hello", [json!("hello"), json!({}), json!(null)]),
        (
            "image/png",
            b"\xff\x00",
            [json!("data:application/octet-stream;base64,/wA="), json!({}), json!(null)],
        ),
    ];
    for (content_type, body, [data, form, parsed]) in cases {
        let header = format!("Content-Type: {content_type}");
        let answer = send(address, "POST", "/anything", &[&header], body).json();
        assert_eq!(
            (&answer["data"], &answer["form"], &answer["json"]),
            (&data, &form, &parsed),
            "{content_type}"
        );
        assert_eq!(answer["method"], "POST");
    }
}

#[test]
fn records_what_reached_it() {
    let mut echo = echo();
    let address = echo.address();
    get(address, "/anything?a=1", &["X-Marker: one", "X-Odd: \u{e9}"]);
    send(address, "DELETE", "/elsewhere", &["X-Marker: two"], b"");
    let all = get(address, "/recorded", &[]).json();
    assert_eq!(all.as_array().unwrap().len(), 2);
    assert_eq!(all[0]["method"], "GET");
    assert_eq!(all[0]["path"], "/anything?a=1");
    // U+00E9 went out as two bytes, and each is one character here.
    assert!(all[0]["headers"].as_array().unwrap().contains(&json!(["x-odd", "\u{c3}\u{a9}"])));
    let marked = get(address, "/recorded?marker=two", &[]).json();
    assert_eq!(marked, json!([all[1]]));
    assert_eq!(get(address, "/recorded?marker=three", &[]).json(), json!([]));
}

#[test]
fn keeps_the_last_thousand_requests() {
    let mut echo = echo();
    let address = echo.address();
    get(address, "/anything/first", &["X-Marker: first"]);
    for _ in 0..CAPACITY {
        get(address, "/other", &[]);
    }
    assert_eq!(get(address, "/recorded?marker=first", &[]).json(), json!([]));
    assert_eq!(get(address, "/recorded", &[]).json().as_array().unwrap().len(), CAPACITY);
}

#[test]
fn other_paths_are_not_found() {
    let mut echo = echo();
    let address = echo.address();
    for path in ["/", "/anythingelse", "/recorded/x"] {
        assert_eq!(get(address, path, &[]).status, 404, "{path}");
    }
}

#[test]
fn a_taken_port_is_named_with_the_option_that_moves_it() {
    let mut first = echo();
    let address = first.address().to_string();
    let mut second = Serving::start(["echo", "--listen", &address]);
    let line = second.line_with("--listen");
    assert!(line.contains(&address), "{line}");
    assert_eq!(second.wait(), Some(1));
}

#[test]
fn ends_on_sigterm() {
    let mut echo = echo();
    echo.address();
    echo.signal("TERM");
    assert_eq!(echo.wait(), Some(0));
}

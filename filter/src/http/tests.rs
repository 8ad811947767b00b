use super::Http;
use crate::fixtures::{bearer, config, envoy, nginx};
use crate::host::double::{Answered, Double};
use crate::host::{HeaderMap, HostError, Level};
use crate::root::Root;
use claimgate_policy::headers::HeaderEdit;
use proxy_wasm::traits::{HttpContext, RootContext};
use proxy_wasm::types::Action;
use std::rc::Rc;

/// A request to a plugin that was configured from the engine's config.
fn request(host: &Rc<Double>) -> Http {
    let mut root = Root::new(Rc::<Double>::clone(host));
    assert!(root.on_configure(0), "{:?}", host.logged(Level::Error));
    root.request(7)
}

/// What the callbacks return up to the end of the request: headers, body, trailers.
fn actions(http: &mut Http) -> [Action; 3] {
    [
        http.on_http_request_headers(0, false),
        http.on_http_request_body(1, true),
        http.on_http_request_trailers(0),
    ]
}

fn approved() -> Rc<Double> {
    envoy(&config(""), &[("authorization", &bearer("app-web")), ("x-consumer-id", "forged")])
}

fn audit_lines(host: &Double) -> Vec<String> {
    host.logged(Level::Info)
        .iter()
        .filter_map(|line| Some(line.strip_prefix("claimgate audit ")?.into()))
        .collect()
}

/// The members of the only audit line.
fn audited(host: &Double) -> serde_json::Value {
    let lines = audit_lines(host);
    assert_eq!(lines.len(), 1, "{lines:?}");
    serde_json::from_str(&lines[0]).unwrap()
}

fn statuses(host: &Double) -> Vec<u16> {
    host.answers().iter().map(|answer| answer.status).collect()
}

#[test]
fn a_permitted_request_goes_on_with_the_permit_s_edits() {
    let host = approved();
    assert_eq!(actions(&mut request(&host)), [Action::Continue; 3]);
    assert!(host.answers().is_empty());
    let edits = host.edits();
    assert_eq!(edits[0], (HeaderMap::Request, HeaderEdit::Remove(b"x-consumer-id".as_slice().into())));
    let id = HeaderEdit::Set("x-consumer-id".into(), b"a1".as_slice().into());
    assert!(edits[1..].contains(&(HeaderMap::Request, id)));
    assert_eq!(
        host.counters(),
        [("claimgate.requests.service.orders.outcome.permitted.reason.none".into(), 1)]
    );
}

#[test]
fn a_refused_request_is_answered_and_held_in_every_phase() {
    let host = envoy(&config(""), &[]);
    assert_eq!(actions(&mut request(&host)), [Action::Pause; 3]);
    let [Answered { status: 401, headers, body }] = &host.answers()[..] else {
        panic!("{:?}", host.answers())
    };
    assert_eq!(body, r#"{"message":"Unauthorized"}"#);
    let challenge = r#"Bearer realm="idp.example", error="invalid_token""#;
    assert!(headers.contains(&("www-authenticate".into(), challenge.into())), "{headers:?}");
    assert!(host.edits().is_empty());
}

#[test]
fn a_request_whose_head_was_not_seen_is_held() {
    let mut http = request(&approved());
    assert_eq!(http.on_http_request_body(1, true), Action::Pause);
    assert_eq!(http.on_http_request_trailers(0), Action::Pause);
}

#[test]
fn an_edit_that_the_engine_does_not_make_ends_in_a_refusal() {
    let host = approved();
    request(&host).on_http_request_headers(0, false);
    let edits = host.edits().len();
    for works in 0..edits {
        let host = approved();
        host.edits_work_until.set(works);
        assert_eq!(actions(&mut request(&host)), [Action::Pause; 3], "after {works} of {edits} edits");
        assert_eq!(statuses(&host), [500]);
    }
}

#[test]
fn an_engine_that_does_not_do_its_part_gets_no_request_forwarded() {
    type Failure = fn(&Double);
    let failures: [(&str, Failure); 3] = [
        ("headers", |host| *host.headers.borrow_mut() = Err(HostError::BadArgument)),
        ("header map", |host| *host.headers.borrow_mut() = Ok(vec![9, 0, 0, 0])),
        ("clock", |host| host.now.set(Err(HostError::InternalFailure))),
    ];
    for (what, fail) in failures {
        let host = approved();
        let mut http = request(&host);
        fail(&host);
        assert_eq!(actions(&mut http), [Action::Pause; 3], "{what}");
        assert_eq!(statuses(&host), [500], "{what}");
        http.on_log();
        assert_eq!(audited(&host)["reason"], "Internal", "{what}");
    }
}

#[test]
fn a_request_whose_answer_the_engine_does_not_take_stays_held() {
    let host = envoy(&config(""), &[]);
    host.takes_answers.set(false);
    assert_eq!(actions(&mut request(&host)), [Action::Pause; 3]);
    assert!(!host.logged(Level::Error).is_empty());
}

#[test]
fn without_a_raw_target_nothing_goes_on() {
    let host = nginx(&config(""), &[("authorization", &bearer("app-web"))]);
    assert_eq!(actions(&mut request(&host)), [Action::Continue; 3]);
    host.has_property("request.path", Err(HostError::NotFound));
    assert_eq!(actions(&mut request(&host)), [Action::Pause; 3]);
    assert_eq!(statuses(&host), [500]);
}

#[test]
fn the_response_of_a_permitted_request_goes_on() {
    let host = approved();
    let mut http = request(&host);
    http.on_http_request_headers(0, true);
    assert_eq!(http.on_http_response_headers(0, true), Action::Continue);
}

#[test]
fn a_refusal_leaves_one_line_that_holds_no_token_and_no_query() {
    let field = bearer("app-other");
    let host = envoy(&config(""), &[("authorization", &field)]);
    let mut http = request(&host);
    host.has_property("source.address", Ok(b"192.0.2.7:4711".to_vec()));
    http.on_http_request_headers(0, true);
    http.on_log();
    http.on_log();
    let expected = serde_json::json!({
        "when": Double::NOW,
        "service": "orders",
        "route": "r1",
        "client": "192.0.2.7:4711",
        "method": "GET",
        "path": "/orders",
        "outcome": "denied",
        "reason": "ConsumerUnknown",
        "detail": "no consumer or application of this issuer has claim sub's value app-other",
        "kid": "k1",
        "token_id": "t-1",
        "status": 403,
    });
    assert_eq!(audited(&host), expected);
    let token = field.strip_prefix("Bearer ").unwrap();
    let line = &audit_lines(&host)[0];
    assert!(token.split('.').chain(["c4n4ry"]).all(|part| !line.contains(part)), "{line}");
}

#[test]
fn a_permitted_request_s_line_names_caller_and_upstream_s_status() {
    for code in [&200_i64.to_le_bytes()[..], b"200"] {
        let host = envoy(&config(r#","audit":"all""#), &[("authorization", &bearer("app-web"))]);
        host.has_property("response.code", Ok(code.to_vec()));
        let mut http = request(&host);
        http.on_http_request_headers(0, true);
        http.on_log();
        let line = audited(&host);
        assert_eq!(line["outcome"], "permitted");
        assert_eq!(line["grounds"], "authenticated");
        assert_eq!(line["consumer"]["custom_id"], "app-web");
        assert_eq!(line["application"], serde_json::json!({"id": "a1", "name": "web"}));
        assert_eq!(line["status"], 200);
        assert_eq!(line["reason"], serde_json::Value::Null);
    }
}

#[test]
fn the_config_says_which_requests_leave_a_line() {
    for (audit, permitted, refused) in [("off", 0, 0), ("denied", 0, 1), ("all", 1, 1)] {
        for (field, expected) in [(bearer("app-web"), permitted), (bearer("app-other"), refused)] {
            let host = envoy(&config(&format!(r#","audit":"{audit}""#)), &[("authorization", &field)]);
            let mut http = request(&host);
            http.on_http_request_headers(0, true);
            http.on_log();
            assert_eq!(audit_lines(&host).len(), expected, "audit: {audit}");
        }
    }
}

#[test]
fn a_permitted_request_costs_one_look_at_the_engine() {
    let host = approved();
    let mut http = request(&host);
    let asked = host.asked().len();
    http.on_http_request_headers(0, true);
    http.on_log();
    assert_eq!(host.asked().len(), asked, "no property is read");
}

#[test]
fn trailers_that_say_who_calls_or_could_be_a_credential_are_removed() {
    let host = approved();
    host.has_trailers(&[
        ("X-Consumer-Id", "forged"),
        ("checksum", "1"),
        ("authorization", "Bearer x"),
        ("X_Access_Token", "x"),
        ("cookie", "a=1"),
    ]);
    let mut http = request(&host);
    assert_eq!(actions(&mut http), [Action::Continue; 3]);
    let edits = host.edits();
    let trailers: Vec<_> = edits.iter().filter(|(map, _)| *map == HeaderMap::RequestTrailers).collect();
    let removed = |name: &str| HeaderEdit::Remove(name.as_bytes().into());
    assert_eq!(
        trailers.iter().map(|(_, edit)| edit.clone()).collect::<Vec<_>>(),
        [removed("X-Consumer-Id"), removed("authorization"), removed("X_Access_Token"), removed("cookie")]
    );
}

#[test]
fn trailers_that_cannot_be_read_or_cleaned_are_held() {
    let unreadable = approved();
    *unreadable.trailers.borrow_mut() = Err(HostError::InternalFailure);
    assert_eq!(actions(&mut request(&unreadable)), [Action::Continue, Action::Continue, Action::Pause]);

    let stubborn = approved();
    stubborn.has_trailers(&[("x-consumer-id", "forged")]);
    let mut http = request(&stubborn);
    assert_eq!(http.on_http_request_headers(0, false), Action::Continue);
    stubborn.edits_work_until.set(0);
    assert_eq!(http.on_http_request_trailers(1), Action::Pause);
}

/// A config whose service takes tokens from bodies too.
fn body_config() -> String {
    config(r#","body_tokens":true,"audit":"all""#).replace(
        r#""consumer_by":["custom_id"]"#,
        r#""consumer_by":["custom_id"],"bearer_token_param_type":["header","body"]"#,
    )
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[test]
fn a_token_in_the_body_is_waited_for_taken_out_and_judged_like_any_other() {
    let field = bearer("app-web");
    let token = field.strip_prefix("Bearer ").unwrap();
    let host = envoy(&body_config(), &[FORM, ("content-length", "9999")]);
    let mut http = request(&host);
    assert_eq!(http.on_http_request_headers(0, false), Action::Pause);
    assert!(host.answers().is_empty() && host.counters().is_empty(), "nothing is decided yet");
    assert_eq!(http.on_http_request_body(10, false), Action::Pause);
    *host.body.borrow_mut() = Ok(format!("a=1&access_token={token}&b=2").into_bytes());
    assert_eq!(http.on_http_request_body(token.len(), true), Action::Continue);
    assert_eq!(*host.body.borrow(), Ok(b"a=1&b=2".to_vec()));
    let edits = host.edits();
    let set = |name: &'static str, value: &str| {
        (HeaderMap::Request, HeaderEdit::Set(name.into(), value.as_bytes().into()))
    };
    assert!(edits.contains(&set("content-length", "7")) && edits.contains(&set("authorization", &field)));
    http.on_log();
    assert_eq!(audited(&host)["path"], "/orders");
}

#[test]
fn a_body_without_a_token_too_long_a_body_and_one_that_the_engine_keeps_are_refused() {
    let longest = vec![b'a'; 64 * 1024];
    let longer = vec![b'a'; 64 * 1024 + 1];
    for (body, ended, status) in [
        (Ok(b"a=1".to_vec()), true, 401),
        (Err(HostError::NotFound), true, 401),
        (Ok(longest), true, 401),
        (Ok(longer), false, 413),
        (Err(HostError::InternalFailure), true, 500),
    ] {
        let host = envoy(&body_config(), &[FORM]);
        let mut http = request(&host);
        assert_eq!(http.on_http_request_headers(0, false), Action::Pause);
        let size = body.as_ref().map_or(0, Vec::len);
        *host.body.borrow_mut() = body;
        assert_eq!(http.on_http_request_body(size, ended), Action::Pause);
        assert_eq!(statuses(&host), [status]);
        assert_eq!(http.on_http_request_body(size, true), Action::Pause, "an answer is the end");
        assert_eq!(statuses(&host), [status]);
    }
}

#[test]
fn trailers_end_a_body_that_is_waited_for() {
    let token = bearer("app-web").strip_prefix("Bearer ").unwrap().to_owned();
    let host = envoy(&body_config(), &[FORM]);
    host.has_trailers(&[("x-consumer-id", "forged")]);
    let mut http = request(&host);
    assert_eq!(http.on_http_request_headers(0, false), Action::Pause);
    *host.body.borrow_mut() = Ok(format!("access_token={token}").into_bytes());
    assert_eq!(http.on_http_request_body(9, false), Action::Pause);
    assert_eq!(http.on_http_request_trailers(1), Action::Continue);
    let removed = (HeaderMap::RequestTrailers, HeaderEdit::Remove(b"x-consumer-id".as_slice().into()));
    assert!(host.edits().contains(&removed));
}

#[test]
fn without_a_body_nothing_is_waited_for() {
    let host = envoy(&body_config(), &[FORM]);
    assert_eq!(request(&host).on_http_request_headers(0, true), Action::Pause);
    assert_eq!(statuses(&host), [401]);
}

#[test]
fn a_body_that_the_engine_does_not_replace_is_not_forwarded() {
    let token = bearer("app-web").strip_prefix("Bearer ").unwrap().to_owned();
    let host = envoy(&body_config(), &[FORM]);
    let mut http = request(&host);
    http.on_http_request_headers(0, false);
    *host.body.borrow_mut() = Ok(format!("access_token={token}").into_bytes());
    host.edits_work_until.set(0);
    assert_eq!(http.on_http_request_body(9, true), Action::Pause);
    assert_eq!(statuses(&host), [500]);
}

#[test]
fn a_line_holds_the_claims_that_the_config_names_and_says_whether_they_are_proven() {
    let log = r#","log_claims":"denied","log_claims_names":["sub","exp","none"]"#;
    let good = bearer("app-other");
    let (head, signature) = good.rsplit_once('.').unwrap();
    let flipped = format!("{head}.{}", signature.chars().rev().collect::<String>());
    for (field, proven) in [(good.clone(), true), (flipped, false)] {
        let host = envoy(&config(log), &[("authorization", &field)]);
        let mut http = request(&host);
        http.on_http_request_headers(0, true);
        http.on_log();
        let line = audited(&host);
        let exp = (Double::NOW + 60).to_string();
        assert_eq!(line["claims"], serde_json::json!({"sub": "app-other", "exp": exp}));
        assert_eq!(line["claims_proven"], proven);
    }
}

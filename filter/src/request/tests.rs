//! Answers with several headers of one name.

use super::Request;
use crate::fixtures::{config, envoy, nginx};
use crate::host::double::Double;
use crate::host::{HeaderMap, Level};
use crate::plugin::Plugin;
use claimgate_policy::capabilities::Probed;
use claimgate_policy::config::Config;
use claimgate_policy::denial::Audience;
use claimgate_policy::headers::HeaderEdit;
use claimgate_policy::step::Response;
use claimgate_policy::{Denial, Step};
use proxy_wasm::types::Action;
use std::rc::Rc;
use std::sync::Arc;

fn set(name: &'static str, value: &str) -> HeaderEdit {
    HeaderEdit::Set(name.into(), value.as_bytes().into())
}

fn append(name: &'static str, value: &str) -> HeaderEdit {
    HeaderEdit::Append(name.into(), value.as_bytes().into())
}

/// A request that was answered with a location and three cookies.
fn answered(host: &Rc<Double>, probed: Probed) -> Request {
    let config = Arc::new(Config::parse(config("").as_bytes()).unwrap());
    let plugin = Plugin::configured(Rc::<Double>::clone(host), config, probed).unwrap();
    let mut request = Request::new(7, Rc::new(plugin));
    let headers = [
        append("set-cookie", "a=1"),
        set("location", "/"),
        append("Set-Cookie", "b=2"),
        append("set-cookie", "c=3"),
    ];
    let refusal = Denial::RouteUnknown.into_response(Audience::default());
    let response = Response { headers: headers.into(), ..refusal };
    request.carry_out(Step::Reply(Box::new(response))).unwrap();
    assert_eq!(request.action(), Action::Pause);
    request
}

fn sent(host: &Double) -> Vec<(String, String)> {
    let [answer] = &host.answers()[..] else { panic!("{:?}", host.answers()) };
    answer.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect()
}

fn text(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

#[test]
fn where_a_reply_keeps_copies_all_go_with_it() {
    let host = envoy(&config(""), &[]);
    let mut request = answered(&host, Probed::Envoy);
    let all = [("set-cookie", "a=1"), ("location", "/"), ("set-cookie", "b=2"), ("set-cookie", "c=3")];
    assert_eq!(sent(&host), text(&all));
    assert_eq!(request.take_response(), Action::Continue);
    assert!(host.edits().is_empty());
}

#[test]
fn where_it_does_not_one_goes_with_it_and_the_others_are_added_when_it_comes_by() {
    let host = nginx(&config(""), &[]);
    let mut request = answered(&host, Probed::Other);
    assert_eq!(sent(&host), text(&[("set-cookie", "a=1"), ("location", "/")]));
    assert!(host.edits().is_empty());
    let added = [append("Set-Cookie", "b=2"), append("set-cookie", "c=3")];
    let added = added.map(|edit| (HeaderMap::Response, edit));
    for _ in 0..2 {
        assert_eq!(request.take_response(), Action::Continue);
        assert_eq!(host.edits(), added, "each is added once");
    }
}

#[test]
fn a_copy_that_the_engine_does_not_add_is_missed_and_the_answer_goes_on() {
    let host = nginx(&config(""), &[]);
    let mut request = answered(&host, Probed::Other);
    host.edits_work_until.set(0);
    assert_eq!(request.take_response(), Action::Continue);
    let lacks = |name| format!("claimgate: an answer lacks Append({name}, 3 bytes): internal failure");
    assert_eq!(host.logged(Level::Error), [lacks("Set-Cookie"), lacks("set-cookie")]);
}

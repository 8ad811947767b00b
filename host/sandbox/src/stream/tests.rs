use super::{Action, Direction, End, LocalResponse, Outcome, Stage, Stream};
use crate::facts::StreamFacts;

use Direction::{Request, Response};
use Stage::{Body, Headers, Trailers};
use bytes::Bytes;

#[test]
fn only_continue_releases() {
    for (number, expected) in
        [(0, Outcome::Released), (1, Outcome::Held), (2, Outcome::Held), (u32::MAX, Outcome::Held)]
    {
        let mut stream = stream();
        stream.begin(Request, Headers, false).unwrap();
        assert_eq!(stream.finish(Request, Action::from_abi(number)), expected, "{number}");
    }
}

#[test]
fn nothing_passes_paused_headers_without_the_flag() {
    for stage in [Body, Trailers] {
        let mut stream = stream();
        pause(&mut stream, Headers);
        assert!(stream.begin(Request, stage, false).is_err());
        assert!(stream.begin(Request, stage, true).is_ok());
    }
}

#[test]
fn more_body_may_come_while_body_is_paused() {
    let mut stream = stream();
    pause(&mut stream, Body);
    assert!(stream.begin(Request, Body, false).is_ok());
}

#[test]
fn a_resume_is_an_effect_only_while_paused_and_only_once() {
    let mut stream = stream();
    assert_eq!(stream.resume(Request), None);
    pause(&mut stream, Headers);
    assert_eq!(stream.resume(Response), None);
    assert_eq!(stream.resume(Request), Some(Bytes::new()));
    assert_eq!(stream.resume(Request), None);
}

#[test]
fn an_answer_or_a_reset_outweighs_a_resume_in_the_same_callback() {
    let mut answered = stream();
    answered.begin(Request, Headers, false).unwrap();
    assert_eq!(answered.resume(Request), None);
    assert_eq!(answered.respond(response()), None);
    assert_eq!(answered.finish(Request, Action::Continue), Outcome::Answered(response()));

    let mut reset = stream();
    reset.begin(Request, Headers, false).unwrap();
    assert_eq!(reset.resume(Request), None);
    assert!(reset.reset());
    assert_eq!(reset.finish(Request, Action::Continue), Outcome::Held);
}

#[test]
fn an_answered_request_is_never_resumed() {
    let mut stream = stream();
    pause(&mut stream, Headers);
    assert_eq!(stream.respond(response()), Some(response()));
    assert_eq!(stream.respond(response()), None);
    assert_eq!(stream.resume(Request), None);
    assert!(stream.begin(Request, Body, true).is_err());
    assert!(stream.begin(Response, Headers, false).is_ok());
}

#[test]
fn a_stream_at_its_end_cannot_be_moved() {
    let mut stream = stream();
    pause(&mut stream, Headers);
    stream.end = End::Closing;
    assert_eq!(stream.resume(Request), None);
    assert_eq!(stream.respond(response()), None);
    assert!(!stream.reset());
}

fn stream() -> Stream {
    Stream::new(StreamFacts::default())
}

fn pause(stream: &mut Stream, stage: Stage) {
    stream.begin(Request, stage, false).unwrap();
    assert_eq!(stream.finish(Request, Action::Pause), Outcome::Held);
}

fn response() -> LocalResponse {
    LocalResponse {
        status: 403,
        details: String::new(),
        headers: Vec::new(),
        body: Bytes::new(),
        grpc_status: None,
    }
}

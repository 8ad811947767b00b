use super::{AT_ONCE, Out, Turn, Twice};
use crate::provider::{
    AnswerCache, AnswerKey, Client, ClientAuth, Draft, Failure, Question, Unavailable, Url,
};
use crate::step::CallError;
use crate::time::UnixTime;
use crate::verified::SourceId;
use alloc::format;

const FAILURE: Failure = Failure::Unavailable(Unavailable::NoAnswer(CallError::Failed));

fn key(client: &str) -> AnswerKey {
    let draft = Draft::new(Url::parse("https://idp.example/token").expect("url"));
    let client = Client::with_secret(client, b"secret");
    let source = SourceId::new("idp");
    let question =
        Question::Form { source: &source, draft: &draft, client: &client, auth: ClientAuth::Basic };
    AnswerCache::new([1; 32], 0).key(&question, None)
}

fn at(seconds: i64) -> UnixTime {
    UnixTime::from_seconds(seconds)
}

#[test]
fn who_asks_the_same_waits_for_the_one_that_is_out() {
    let out = Out::default();
    assert_eq!(out.ask(&key("a"), Twice::Waits, 10, at(0)), Turn::Ask);
    assert_eq!(out.ask(&key("a"), Twice::Waits, 10, at(3)), Turn::Wait(at(10)));
    assert_eq!(out.ask(&key("b"), Twice::Waits, 10, at(3)), Turn::Ask);
    out.settle(&key("a"), None, at(4));
    assert_eq!(
        out.ask(&key("a"), Twice::Waits, 10, at(4)),
        Turn::Ask,
        "an answer is kept elsewhere, or not at all"
    );
}

#[test]
fn a_failure_is_the_answer_for_all_that_waited_and_not_for_long() {
    let out = Out::default();
    assert_eq!(out.ask(&key("a"), Twice::Waits, 10, at(0)), Turn::Ask);
    out.settle(&key("a"), Some(&FAILURE), at(9));
    assert_eq!(out.ask(&key("a"), Twice::Waits, 10, at(9)), Turn::Failed(FAILURE));
    assert_eq!(out.ask(&key("b"), Twice::Waits, 10, at(9)), Turn::Ask);
    assert_eq!(out.ask(&key("a"), Twice::Waits, 10, at(10)), Turn::Ask);
}

#[test]
fn a_question_of_which_nothing_is_heard_is_asked_again() {
    let out = Out::default();
    assert_eq!(out.ask(&key("a"), Twice::Waits, 10, at(0)), Turn::Ask);
    assert_eq!(out.ask(&key("a"), Twice::Waits, 10, at(10)), Turn::Ask);
    out.abandon(&key("a"));
    assert_eq!(out.ask(&key("a"), Twice::Waits, 10, at(10)), Turn::Ask, "and so is one whose asker is gone");
}

#[test]
fn what_must_not_be_asked_twice_is_asked_when_the_answer_is_there() {
    let out = Out::default();
    assert_eq!(out.ask(&key("a"), Twice::ComesAgain, 10, at(0)), Turn::Ask);
    assert_eq!(out.ask(&key("a"), Twice::ComesAgain, 10, at(0)), Turn::Later(1));
    assert_eq!(out.ask(&key("b"), Twice::ComesAgain, 10, at(0)), Turn::Ask);
    out.settle(&key("a"), None, at(1));
    assert_eq!(out.ask(&key("a"), Twice::ComesAgain, 10, at(1)), Turn::Ask);
}

#[test]
fn where_nobody_can_wait_each_asks_up_to_a_bound() {
    let out = Out::default();
    for _ in 0..AT_ONCE {
        assert_eq!(out.ask(&key("a"), Twice::Asks, 10, at(0)), Turn::Ask);
    }
    assert_eq!(out.ask(&key("a"), Twice::Asks, 10, at(0)), Turn::Later(1));
    assert_eq!(out.ask(&key("b"), Twice::Waits, 10, at(0)), Turn::Later(1));
    out.abandon(&key("a"));
    assert_eq!(out.ask(&key("b"), Twice::Waits, 10, at(0)), Turn::Ask);
    assert!(format!("{out:?}").contains("len: 2"));
}

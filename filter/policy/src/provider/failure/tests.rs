use super::{Failure, LONGEST_ANSWER, LONGEST_RETRY, MalformedAnswer, RetryAfter, Unavailable, object};
use crate::step::{CallError, HttpResponse};
use crate::time::UnixTime;
use alloc::string::ToString;

fn response<'a>(status: u16, headers: &'a [(&'a [u8], &'a [u8])], body: &'a [u8]) -> HttpResponse<'a> {
    HttpResponse { status, headers, body }
}

#[test]
fn a_status_that_refuses_nothing_is_unavailable_and_keeps_a_bounded_wait() {
    for (value, expected) in [
        (Some("0"), Some(RetryAfter::Seconds(0))),
        (Some(" 120 "), Some(RetryAfter::Seconds(120))),
        (Some("86400"), Some(RetryAfter::Seconds(LONGEST_RETRY))),
        (Some("99999999999999999999"), Some(RetryAfter::Seconds(LONGEST_RETRY))),
        (Some("-1"), None),
        (Some("1.5"), None),
        (Some(""), None),
        (Some("Thu, 01 Jan 1970 00:02:00 GMT"), Some(RetryAfter::At(UnixTime::from_seconds(120)))),
        (Some("Thursday, 01-Jan-70 00:02:00 GMT"), None),
        (None, None),
    ] {
        let field = value.map(|value| (&b"Retry-After"[..], value.as_bytes()));
        let headers: alloc::vec::Vec<_> = field.into_iter().collect();
        for status in [201, 302, 404, 429, 500, 503] {
            let found = object(Ok(&response(status, &headers, b"{}")), |_| None);
            let unavailable = Unavailable::Status { found: status, retry_after: expected };
            assert_eq!(found, Err(Failure::Unavailable(unavailable)), "{value:?}");
        }
    }
    for error in [CallError::NotSent, CallError::Failed] {
        assert_eq!(object(Err(error), |_| None), Err(Failure::Unavailable(Unavailable::NoAnswer(error))));
    }
}

#[test]
fn a_date_to_wait_for_is_so_many_seconds_from_now() {
    let at = |seconds| RetryAfter::At(UnixTime::from_seconds(seconds));
    let now = UnixTime::from_seconds(1_000);
    for (retry, expected) in [
        (RetryAfter::Seconds(7), 7),
        (at(1_030), 30),
        (at(1_000), 0),
        (at(10), 0),
        (at(1_000_000), LONGEST_RETRY),
        (at(i64::MAX), LONGEST_RETRY),
    ] {
        assert_eq!(retry.seconds(now), expected, "{retry:?}");
    }
}

#[test]
fn an_answer_is_an_object_in_strict_json_and_not_too_long() {
    let long = [br#"{"a":""#, b"a".repeat(LONGEST_ANSWER).as_slice(), br#""}"#].concat();
    for (body, problem) in [
        (&b""[..], MalformedAnswer::Json),
        (b"<html>", MalformedAnswer::Json),
        (b"[]", MalformedAnswer::Json),
        (br#"{"a":1,"a":1}"#, MalformedAnswer::Json),
        (br#"{"a":1} {}"#, MalformedAnswer::Json),
        (&long, MalformedAnswer::TooLong),
    ] {
        let found = object(Ok(&response(200, &[], body)), |_| None);
        assert_eq!(found, Err(Failure::Malformed(problem)), "{}", body.escape_ascii());
    }
    assert_eq!(
        object(Ok(&response(200, &[], b" {} ")), |_| None).map(|object| object.to_string()),
        Ok("{}".into())
    );
}

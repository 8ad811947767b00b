use super::{Ended, Session, Timeouts, Upkeep};
use crate::config::Method;
use crate::time::UnixTime;
use crate::verified::SourceId;
use alloc::format;

const BEGAN: i64 = 1_760_000_000;

/// Kong's.
const TIMEOUTS: Timeouts = Timeouts { absolute: Some(86_400), rolling: Some(3_600), idling: Some(900) };

fn session() -> Session {
    let began = UnixTime::from_seconds(BEGAN);
    Session {
        source: SourceId::from("idp"),
        method: Method::AuthorizationCode,
        subject: Some("ann".into()),
        client: Some("gateway".into()),
        access_token: "canary-access".into(),
        id_token: None,
        refresh_token: Some("canary-refresh".into()),
        expires: Some(began.plus(300)),
        began,
        rolled: began,
        used: began,
    }
}

fn check(session: &Session, timeouts: &Timeouts, after: i64) -> Result<Upkeep, Ended> {
    session.check(timeouts, UnixTime::from_seconds(BEGAN.saturating_add(after)))
}

#[test]
fn it_ends_by_whichever_time_is_over_first() {
    let used = |at: i64, rolled: i64| {
        let at_time = |seconds| UnixTime::from_seconds(BEGAN + seconds);
        Session { used: at_time(at), rolled: at_time(rolled), ..session() }
    };
    for (session, after, expected) in [
        (used(0, 0), 0, Ok(Upkeep::None)),
        (used(0, 0), 59, Ok(Upkeep::None)),
        (used(0, 0), 60, Ok(Upkeep::Touch)),
        (used(0, 0), 899, Ok(Upkeep::Touch)),
        (used(0, 0), 900, Err(Ended::Idling(900))),
        (used(2_000, 0), 2_699, Ok(Upkeep::Touch)),
        (used(2_699, 0), 2_700, Ok(Upkeep::Roll)),
        (used(3_000, 0), 3_599, Ok(Upkeep::Roll)),
        (used(3_599, 0), 3_600, Err(Ended::Rolling(3_600))),
        (used(86_390, 86_390), 86_399, Ok(Upkeep::None)),
        (used(86_390, 86_390), 86_400, Err(Ended::Absolute(86_400))),
        (used(60, 0), 0, Ok(Upkeep::None)),
        (used(61, 0), 0, Err(Ended::Ahead(61))),
    ] {
        assert_eq!(check(&session, &TIMEOUTS, after), expected, "{session:?} after {after}");
    }
}

#[test]
fn a_time_that_is_not_set_ends_nothing() {
    let none = Timeouts { absolute: None, rolling: None, idling: None };
    assert_eq!(check(&session(), &none, i64::MAX - BEGAN), Ok(Upkeep::None));
    let absolute = Timeouts { absolute: Some(10), ..none };
    assert_eq!(check(&session(), &absolute, 10), Err(Ended::Absolute(10)));
    let short = Timeouts { idling: Some(8), ..none };
    assert_eq!(check(&session(), &short, 1), Ok(Upkeep::None));
    assert_eq!(check(&session(), &short, 2), Ok(Upkeep::Touch));
}

#[test]
fn no_renewal_moves_its_beginning() {
    let now = UnixTime::from_seconds(BEGAN + 3_000);
    assert_eq!(session().kept_up(Upkeep::None, now), None);
    let touched = session().kept_up(Upkeep::Touch, now).unwrap();
    assert_eq!((touched.began, touched.rolled, touched.used), (session().began, session().rolled, now));
    let rolled = session().kept_up(Upkeep::Roll, now).unwrap();
    assert_eq!((rolled.began, rolled.rolled, rolled.used), (session().began, now, now));
}

#[test]
fn it_is_read_as_it_was_written_and_in_no_other_form() {
    let whole = Session { id_token: Some("a.b.c".into()), ..session() };
    let least = Session { client: None, refresh_token: None, expires: None, ..session() };
    let odd = Session { source: SourceId::from("a \"b\" \\ ü"), client: Some("\n".into()), ..session() };
    for session in [whole, least, odd] {
        assert_eq!(Session::decode(&session.encode()), Some(session));
    }
    let more = br#"{"s":"idp","a":"t","t":[1,2,3],"x":1}"#;
    for bytes in [&b""[..], b"{}", b"[]", br#"{"s":"idp","a":"t","t":[1,2]}"#, more, b"\xff"] {
        assert_eq!(Session::decode(bytes), None);
    }
}

#[test]
fn what_is_shown_of_it_holds_no_token() {
    assert!(!format!("{:?}", session()).contains("canary"), "{:?}", session());
}

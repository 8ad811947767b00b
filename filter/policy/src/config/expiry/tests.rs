use super::{Config, DAY, Reminders};
use crate::time::UnixTime;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

const NOW: i64 = 1_760_000_000;

fn now(days: i64) -> UnixTime {
    UnixTime::from_seconds(NOW).plus(days.saturating_mul(DAY))
}

/// A config with a service for each list of clients, whose secrets run out in so many days; 0: never.
fn config(services: &[&[(&str, i64)]]) -> Config {
    let service = |(number, clients): (usize, &&[(&str, i64)])| {
        let list =
            |item: &dyn Fn(&(&str, i64)) -> String| clients.iter().map(item).collect::<Vec<_>>().join(",");
        let ids = list(&|(id, _)| format!("\"{id}\""));
        let secrets = list(&|_| "\"s\"".into());
        let times = list(&|(_, days)| match days {
            0 => "0".into(),
            days => now(*days).seconds().to_string(),
        });
        format!(
            r#"{{"name":"s{number}","routes":[{{"name":"r{number}","paths":["/{number}"]}}],"plugins":[{{"name":"openid-connect","config":{{
                "issuer":"https://idp.example/","client_id":[{ids}],"client_secret":[{secrets}],
                "client_secret_expires_at":[{times}]}}}}]}}"#
        )
    };
    let services: Vec<String> = services.iter().enumerate().map(service).collect();
    let document = format!(r#"{{"version":1,"services":[{}]}}"#, services.join(","));
    Config::parse(document.as_bytes()).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn somebody_must_see_to_a_secret_thirty_days_before_it_runs_out() {
    let config = config(&[&[("far", 30), ("near", 29), ("late", -2), ("never", 0)]]);
    let expiring: Vec<(&str, i64)> =
        config.expiring_secrets(now(0)).map(|expiry| (expiry.client, expiry.days)).collect();
    assert_eq!(expiring, [("late", -2), ("near", 29)]);
    assert_eq!(config.secret_expiries(now(0)).len(), 3);
}

#[test]
fn a_client_that_several_services_have_is_named_once() {
    let config = config(&[&[("a", 5)], &[("a", 3), ("b", 4)]]);
    let expiring: Vec<(&str, i64)> =
        config.expiring_secrets(now(0)).map(|expiry| (expiry.client, expiry.days)).collect();
    assert_eq!(expiring, [("a", 3), ("b", 4)]);
}

#[test]
fn it_is_said_once_a_day() {
    let (config, reminders) = (config(&[&[("a", 31)]]), Reminders::default());
    let said = |at: UnixTime| reminders.due(&config, at).len();
    assert_eq!(said(now(0)), 0, "too early");
    assert_eq!(said(now(2)), 1);
    assert_eq!(said(UnixTime::from_seconds(now(3).seconds() - 1)), 0);
    assert_eq!(said(now(3)), 1);
    assert_eq!(said(now(40)), 1);
}

#[test]
fn it_is_said_in_one_line() {
    for (days, expected) in [
        (-1, "has run out,"),
        (0, "runs out within a day,"),
        (1, "runs out in 1 day,"),
        (12, "runs out in 12 days,"),
    ] {
        let config = config(&[&[("billing", 100)]]);
        let line = config.secret_expiries(now(100 - days))[0].to_string();
        let start = format!("the secret of client \"billing\" at source idp.example {expected}");
        assert!(line.starts_with(&start), "{line}");
    }
}

use crate::fixtures::{envoy, fetching_config, metadata, nginx};
use crate::host::Level;
use crate::host::double::Double;
use crate::root::Root;
use proxy_wasm::traits::{Context as _, HttpContext as _, RootContext as _};
use std::rc::Rc;

/// A config with clients whose secrets run out in 12 days, and in 90.
fn config() -> String {
    let at = |days: i64| Double::NOW.saturating_add(days.saturating_mul(DAY));
    let clients = format!(
        r#""client_id":["billing","a.b"],"client_secret":["s1","s2"],"client_secret_expires_at":[{},{}]"#,
        at(12),
        at(90)
    );
    let issuer = r#""issuer":"https://idp.example/""#;
    fetching_config().replacen(issuer, &format!("{issuer},\"auth_methods\":[\"bearer\"],{clients}"), 1)
}

fn at(host: &Double, seconds: i64) {
    let nanoseconds = Double::NOW.saturating_add(seconds).saturating_mul(1_000_000_000);
    host.now.set(Ok(u64::try_from(nanoseconds).unwrap()));
}

fn reminders(host: &Double) -> Vec<String> {
    let warnings = host.logged(Level::Warn);
    warnings.into_iter().filter(|line| line.contains("the secret of client")).collect()
}

#[test]
fn a_secret_that_runs_out_is_said_at_the_start_and_then_once_a_day_and_not_by_requests() {
    let host = envoy(&config(), &[]);
    let mut root = Root::new(Rc::<Double>::clone(&host));
    assert!(root.on_configure(0), "{:?}", host.logged(Level::Error));
    let said = reminders(&host);
    assert!(said.len() == 1 && said[0].contains("\"billing\"") && said[0].contains("in 12 days"), "{said:?}");
    for _ in 0..3 {
        root.on_tick();
        let _refused = root.request(7).on_http_request_headers(0, true);
    }
    at(&host, DAY - 1);
    root.on_tick();
    assert_eq!(reminders(&host).len(), 1);
    at(&host, DAY + 60);
    root.on_tick();
    let said = reminders(&host);
    assert!(said.len() == 2 && said[1].contains("in 10 days"), "{said:?}");
}

#[test]
fn gauges_tell_the_days_and_how_far_the_providers_clock_is_off() {
    let host = envoy(&config(), &[]);
    let mut root = Root::new(Rc::<Double>::clone(&host));
    assert!(root.on_configure(0));
    let days = |billing, other| {
        [
            ("claimgate.client.a_b.secret_days_left", other),
            ("claimgate.client.billing.secret_days_left", billing),
        ]
        .map(|(name, days)| (name.to_owned(), days))
    };
    assert_eq!(host.gauges(), days(12, 90));
    host.answers_calls_at("Thu, 09 Oct 2025 08:54:10 GMT", "200", metadata());
    root.on_tick();
    root.on_http_call_response(1, 3, 0, 0);
    root.on_http_call_response(2, 3, 0, 0);
    at(&host, DAY);
    root.on_tick();
    let clock = "claimgate.provider.idp_example.clock";
    let expected = [(format!("{clock}_ahead_seconds"), 50), (format!("{clock}_behind_seconds"), 0)];
    assert_eq!(host.gauges(), [&days(11, 89)[..], &expected].concat());
}

#[test]
fn there_is_no_gauge_where_an_engine_may_trap_on_one() {
    let host = nginx(&config().replace("\"upstream\":\"idp\"", "\"upstream\":\"idp:443\""), &[]);
    let mut root = Root::new(Rc::<Double>::clone(&host));
    assert!(root.on_configure(0));
    assert_eq!(reminders(&host).len(), 1, "{:?}", host.logged(Level::Error));
    assert_eq!(host.gauges(), []);
}

const DAY: i64 = 86_400;

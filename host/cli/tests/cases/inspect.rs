//! What `claimgate token inspect` says of each case: the gateway's own reason, and what would be needed.

use crate::support::file::{Engine, Place};
use crate::support::judge::Expected;
use crate::support::table::{Case, Material, Request, Table, latin1, real_time};
use claimgate::inspect::{Against, Decision, Elsewhere, Report, Sent, inspect};
use claimgate_policy::capabilities::Capabilities;
use claimgate_policy::config::Config;
use claimgate_policy::denial::Denial;
use claimgate_policy::permit::Grounds;
use claimgate_policy::time::UnixTime;
use claimgate_policy::world::Policy;

fn report(case: &Case) -> Report {
    let policy = Policy::new(Config::parse(case.setting.document.as_bytes()).unwrap());
    let engine = match case.setting.engine {
        Engine::Any => Capabilities::CLAIMGATE,
        Engine::Envoy => Capabilities::ENVOY,
        Engine::Nginx => Capabilities::NGINX,
    };
    let now = UnixTime::from_seconds(case.setting.clock.unwrap_or_else(real_time));
    inspect(
        &sent(&case.request),
        &Against::Config { policy: &policy, elsewhere: Elsewhere::default() },
        engine,
        now,
    )
}

fn sent(request: &Request) -> Sent {
    Sent {
        method: request.method.clone(),
        target: latin1(&request.target),
        authority: request.host.clone(),
        headers: request.headers.iter().map(|(name, value)| (latin1(name), latin1(value))).collect(),
        body: latin1(&request.body),
    }
}

/// As the case table names it: the reason of a refusal, `permitted`, or other grounds.
fn outcome(report: &Report) -> &'static str {
    match &report.decision {
        Decision::Denied(denial) => denial.name(),
        Decision::Permitted(Grounds::Authenticated) => "permitted",
        Decision::Permitted(grounds) | Decision::Overlooked(grounds, _) => grounds.name(),
        Decision::Undecided => "undecided",
    }
}

#[test]
fn inspect_gives_the_reason_that_the_gateway_gives_and_says_what_would_be_needed() {
    let table = Table::load(&Material::load());
    let mut wrong = Vec::new();
    for case in table.groups(Place::Native).into_values().flatten() {
        let report = report(case);
        let expected: &str = match &case.expected {
            Expected::Forwarded { grounds, .. } => grounds,
            Expected::Refused { name, .. } => name,
        };
        if outcome(&report) != expected {
            wrong.push(format!("{}: expected {expected}, found {}", case.id, outcome(&report)));
        }
        let json = report.to_json();
        let denied = report.denial().map(Denial::name);
        assert_eq!(json["reason"].as_str(), denied, "{}", case.id);
        let needed = json["needed"].as_str().is_some_and(|needed| !needed.is_empty());
        assert_eq!(needed, denied.is_some(), "{}: what is needed", case.id);
        let failed: Vec<_> = report.steps.iter().filter(|step| step.outcome.name() == "failed").collect();
        assert_eq!(failed.len(), usize::from(denied.is_some()), "{}: {:?}", case.id, report.steps);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

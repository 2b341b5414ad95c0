//! What is known to be inconclusive before anything runs.

use brunt_reports::power_warnings;
use brunt_scenarios::plan::{
    Arrival, Availability, Claim, During, FaultKind, Latency, Plan, Quantile, Ramp, Recovers,
    Restarts,
};

use crate::fixture::{percent, plan, secs};

/// 200 requests/s for the six seconds of the load.
fn open(claims: Vec<Claim>) -> Plan {
    let mut plan = plan(claims);
    plan.loads[0].arrival =
        Arrival::Open { ramps: vec![Ramp { from: 200.0, to: 200.0, lasts: secs(6) }] };
    plan
}

fn availability(at_least: &str, during: During) -> Claim {
    Claim::Availability(Availability {
        of: "orders".to_owned(),
        at_least: percent(at_least),
        during,
    })
}

#[test]
fn too_few_requests_for_a_check_are_a_warning() {
    let latency = |quantile| {
        Claim::Latency(Latency {
            of: "orders".to_owned(),
            limits: vec![(Quantile(quantile), secs(1))],
            during: During::Run,
        })
    };
    let claims = vec![
        availability("99.9%", During::Run),
        availability("99.9%", During::Faults),
        availability("99.5%", During::Before),
        latency(0.999),
        // These can be shown.
        availability("100%", During::Run),
        availability("99.5%", During::Run),
        availability("99%", During::After),
        latency(0.99),
    ];
    insta::assert_snapshot!(power_warnings(&open(claims.clone())).join("\n"));
    assert!(power_warnings(&plan(claims)).is_empty(), "how much users will do is not known");
}

#[test]
fn a_run_that_ends_before_its_bound_is_a_warning() {
    let recovers = |within| {
        Claim::Recovers(Recovers {
            service: "product".to_owned(),
            after: None,
            within: secs(within),
        })
    };
    assert!(power_warnings(&plan(vec![recovers(2)])).is_empty());
    insta::assert_snapshot!(power_warnings(&plan(vec![recovers(3)])).join("\n"));
    let mut zombie =
        plan(vec![Claim::Restarts(Restarts { service: "product".to_owned(), within: secs(5) })]);
    assert!(power_warnings(&zombie).is_empty(), "a stop is no matter of the probe");
    zombie.faults[0].kind =
        FaultKind::MakeZombie { service: "product".to_owned(), path: "/makeZombie".to_owned() };
    zombie.faults[0].lasts = None;
    assert_eq!(power_warnings(&zombie).len(), 1);
}

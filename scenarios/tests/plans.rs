//! What a scenario means once it is checked.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use brunt_scenarios::plan::{self, Arrival, Claim, FaultKind, Ramp, Restarts};
use brunt_scenarios::system::Autoscaler;
use brunt_scenarios::units::{Cpu, Period};
use brunt_scenarios::{Plan, Scenario, Source, SystemSpec, bounds};

const SYSTEM: &str = "\
version: 1
name: shop
services:
  order:
    command: [./order]
    readinessProbe: {httpGet: {path: /ready}, periodSeconds: 5, timeoutSeconds: 2, initialDelaySeconds: 12, failureThreshold: 10}
    livenessProbe: {httpGet: {path: /live}, periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 5}
    terminationGracePeriod: 30s
    startsWithin: 4s
    guards: {outbox: {env: {OUTBOX: 'off'}}}
";

fn plan(scenario: &str) -> Plan {
    let source = Source::new("system.yaml", SYSTEM);
    let system = plan::System::check(&source.parse::<SystemSpec>().unwrap(), &source).unwrap();
    let source =
        Source::new("test.yaml", format!("version: 1\nname: a test\nsystem: shop\n{scenario}"));
    Plan::check(&source.parse::<Scenario>().unwrap(), &source, system).unwrap()
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const WHOLE: &str = "\
env: {order: {SLOW: 'yes'}}
load:
  - name: ramped
    open: {rate: 0/s, stages: [{to: 100/s, for: 10s}, {to: 100/s, for: 20s}]}
    post: order/orders?x=1
    json: {a: 1}
  - {name: users, closed: {users: 3, think: 1s..2s}, for: 5s, get: order}
faults:
  - {at: 4s, every: 10s, kill: {service: order, pick: all}}
  - {at: 2s, for: 1s, pause: {service: order}}
expect:
  - recovers: {service: order}
  - restarts: {service: order}
proof:
  - {without: {outbox: all, livenessProbe: order}, fails: [restarts]}
";

#[test]
fn loads_get_their_ramps_and_ends() {
    let plan = plan(WHOLE);
    let ramps = vec![
        Ramp { from: 0.0, to: 100.0, lasts: seconds(10) },
        Ramp { from: 100.0, to: 100.0, lasts: seconds(20) },
    ];
    assert_eq!(plan.loads[0].arrival, Arrival::Open { ramps });
    assert_eq!((plan.loads[0].lasts, plan.load_ends()), (seconds(30), seconds(30)));
    assert_eq!(plan.loads[0].requests().next().unwrap().target.path, "/orders?x=1");
    assert_eq!(
        plan.loads[1].arrival,
        Arrival::Closed { users: 3, think: (seconds(1), seconds(2)) }
    );
    assert_eq!(plan.loads[1].requests().next().unwrap().target.path, "/");
}

#[test]
fn repeated_faults_happen_until_the_load_ends_and_come_by_time() {
    let plan = plan(WHOLE);
    assert!(matches!(plan.faults[0].kind, FaultKind::Pause { .. }), "the earlier one comes first");
    assert_eq!(plan.faults[1].at, [seconds(4), seconds(14), seconds(24)]);
    assert_eq!(plan.faults_end(), seconds(24));
}

#[test]
fn bounds_are_computed_from_the_probes() {
    let plan = plan(WHOLE);
    let order = &plan.system.services["order"];
    let slack = Duration::from_millis(500);
    // F · max(P, t) + t, and G, start and slack on top; D + S · P + t.
    assert_eq!(bounds::restarts(order), Some(seconds(5 * 5 + 2 + 30 + 4) + slack));
    assert_eq!(bounds::becomes_ready(order), seconds(12 + 5 + 2));
    assert_eq!(bounds::rolls_out(order), seconds(4 + 19 + 30) + slack);
    let claims: Vec<String> = plan.checks.iter().map(|check| check.claim.to_string()).collect();
    insta::assert_snapshot!(claims.join("\n"));
}

#[test]
fn scaling_out_takes_three_looks_and_one_more_for_each_further_step() {
    let order = &plan(WHOLE).system.services["order"];
    let autoscaler = Autoscaler {
        min_replicas: 1,
        max_replicas: 100,
        average_utilization: 50,
        cpu_request: Cpu::millis(200),
        sync_period: Period(seconds(15)),
        stabilization_window: Period(seconds(300)),
    };
    // 1 → 5 → 10 → 20
    let looks = |reaches| {
        let within = bounds::scales_out(order, &autoscaler, reaches) - bounds::starts(order);
        within.as_secs() / 15
    };
    assert_eq!([2, 5, 6, 10, 11, 20, 21].map(looks), [3, 3, 4, 4, 5, 5, 6]);
}

#[test]
fn restarts_back_off_as_in_kubernetes() {
    let waits: Vec<u64> = (0..9).map(|k| bounds::back_off(k).as_secs()).collect();
    assert_eq!(waits, [0, 0, 10, 20, 40, 80, 160, 300, 300]);
}

#[test]
fn a_plan_without_a_guard_differs_in_that_alone() {
    let plan = plan(WHOLE);
    let without = plan.without(&plan.proofs[0].without);
    let (before, after) = (&plan.system.services["order"], &without.system.services["order"]);
    assert_eq!(before.env.get("OUTBOX"), None);
    assert_eq!(before.env["SLOW"], "yes");
    assert_eq!(after.env["OUTBOX"], "off");
    assert_eq!((before.liveness.is_some(), after.liveness.is_some()), (true, false));
    assert_eq!(before.readiness, after.readiness);
    let within = |plan: &Plan| match plan.checks[1].claim {
        Claim::Restarts(Restarts { within, .. }) => within,
        _ => panic!("the second check is about restarts"),
    };
    assert_eq!(within(&plan), within(&without), "the claim stays the same");
}

fn recovers(stock: &str, fault: &str, recovers: &str) -> plan::Recovers {
    let system =
        format!("{SYSTEM}    calls: {{stock: {{env: STOCK}}}}\n  stock: {{command: [x]{stock}}}\n");
    let source = Source::new("system.yaml", system);
    let system = plan::System::check(&source.parse::<SystemSpec>().unwrap(), &source).unwrap();
    let scenario = format!(
        "version: 1\nname: a test\nsystem: shop\n\
         load: [{{name: a, open: {{rate: 1/s}}, for: 60s, get: order}}]\n\
         faults: [{fault}]\nexpect: [recovers: {recovers}]\n"
    );
    let source = Source::new("test.yaml", scenario);
    let plan = Plan::check(&source.parse::<Scenario>().unwrap(), &source, system).unwrap();
    let Claim::Recovers(recovers) = plan.checks[0].claim.clone() else { panic!("{plan:#?}") };
    recovers
}

#[test]
fn a_service_without_a_probe_recovers_within_its_start() {
    let stop = "{at: 1s, for: 1s, stop: {service: stock}}";
    let found = recovers(", startsWithin: 3s", stop, "{service: stock}");
    assert_eq!((found.after.as_deref(), found.within), (None, Duration::from_millis(3500)));
}

#[test]
fn recovery_after_another_service_adds_the_bound_of_the_other() {
    // Order: detection in 25 + 2 s, grace 30 s, start 4 s and half a second; ready in 12 + 5 + 2 s.
    let own = Duration::from_millis(27_000 + 30_000 + 4_500 + 19_000);
    let stop = "{at: 1s, for: 1s, stop: {service: stock}}";
    let found = recovers(", startsWithin: 3s", stop, "{service: order, after: stock}");
    assert_eq!(found.after.as_deref(), Some("stock"));
    assert_eq!(found.within, own + Duration::from_millis(3500));
    assert_eq!(found.hit(), "stock");
    // A broken connection leaves the other as it is; no probe of the other is asked for.
    let cut = "{at: 1s, for: 1s, cut: {from: order, to: stock}}";
    let found = recovers("", cut, "{service: order, after: stock}");
    assert_eq!(found.within, own);
    assert_eq!(found.to_string(), "order recovers within 80.5s after faults of stock");
}

#[test]
fn a_service_that_recovers_after_itself_recovers() {
    let stop = "{at: 1s, for: 1s, stop: {service: order}}";
    let found = recovers("", stop, "{service: order, after: order, within: 9s}");
    assert_eq!((found.after.as_deref(), found.within), (None, seconds(9)));
}

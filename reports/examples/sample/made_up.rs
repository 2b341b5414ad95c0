//! Runs that show every part of a report.

use std::time::Duration;

use brunt_reports::Report;
use brunt_scenarios::plan::{
    Arrival, Availability, Claim, During, EdgeFault, Fault, FaultKind, Latency, Load, Method, Pick,
    Plan, Quantile, Ramp, Recovers, ReplicaFilter, Restarts, Work,
};
use brunt_scenarios::timeline::{
    EdgeRecord, Ending, Event, EventKind, Failure, FaultRecord, LoadRecord, Moment, RestartReason,
    SparseHistogram, StepRecord, Timeline, Window,
};

use crate::fixture::{
    event, fault, killed, load, origin, percent, plan, report, request, secs, service, timeline,
};

/// Each with the name of its files.
pub fn all() -> Vec<(&'static str, Report)> {
    let plan = busy_plan();
    let mut failed = report(&plan, busy());
    failed.origin.text = include_str!("scenario.yaml").to_owned();
    let mut calm = plan.clone();
    calm.checks.retain(|check| matches!(check.claim, Claim::Recovers(_) | Claim::Restarts(_)));
    let passed = report(&calm, Timeline { steps: vec![], ..busy() });
    let few = report(&plan_of_one(), timeline());
    let mut aborted = busy();
    aborted.ending = Ending::Aborted("more than 50% failed for 10s".to_owned());
    let mut left =
        report(&calm, Timeline { left_behind: vec!["process 4711 of order".to_owned()], ..busy() });
    left.origin = origin();
    vec![
        ("failed", failed),
        ("passed", passed),
        ("inconclusive", few),
        ("aborted", report(&plan, aborted)),
        ("left", left),
    ]
}

fn plan_of_one() -> Plan {
    let of = "orders".to_owned();
    plan(vec![Claim::Availability(Availability {
        of,
        at_least: percent("93%"),
        during: During::Run,
    })])
}

fn busy_plan() -> Plan {
    let of = || "orders".to_owned();
    let ms = Duration::from_millis;
    let mut plan = plan(vec![
        Claim::Availability(Availability {
            of: of(),
            at_least: percent("99.9%"),
            during: During::Before,
        }),
        Claim::Availability(Availability {
            of: of(),
            at_least: percent("95%"),
            during: During::Run,
        }),
        Claim::Availability(Availability {
            of: "reads".to_owned(),
            at_least: percent("100%"),
            during: During::Run,
        }),
        Claim::Latency(Latency {
            of: of(),
            limits: vec![(Quantile(0.5), ms(10)), (Quantile(0.99), ms(300))],
            during: During::Run,
        }),
        Claim::Recovers(Recovers { service: "product".to_owned(), after: None, within: secs(6) }),
        Claim::Recovers(Recovers { service: "order".to_owned(), after: None, within: secs(9) }),
        Claim::Restarts(Restarts { service: "stock".to_owned(), within: secs(9) }),
    ]);
    plan.name = "Orders are taken while product is down, and all complete after".to_owned();
    for (name, replicas) in [("stock", 1), ("customercenter", 1)] {
        plan.system.services.insert(name.to_owned(), service(replicas));
    }
    plan.system.services.get_mut("order").expect("order").replicas = 2;
    for (from, to) in [
        ("gateway", vec!["order", "product", "stock", "customercenter"]),
        ("product", vec!["stock"]),
    ] {
        let calls = to.into_iter().map(|to| (to.to_owned(), std::collections::BTreeMap::new()));
        plan.system.services.get_mut(from).expect("a service").calls = calls.collect();
    }
    plan.loads[0].arrival =
        Arrival::Open { ramps: vec![Ramp { from: 80.0, to: 120.0, lasts: secs(60) }] };
    plan.loads[0].lasts = secs(60);
    plan.loads.push(Load {
        name: "reads".to_owned(),
        work: Work::Request { request: Box::new(request(Method::Get, "/mypage")), key: None },
        ..plan.loads[0].clone()
    });
    plan.faults = struck();
    plan
}

fn struck() -> Vec<Fault> {
    let fault = |kind, at: &[u64], lasts: Option<u64>| {
        let at = at.iter().map(|second| secs(*second)).collect();
        Fault { kind, at, lasts: lasts.map(secs), only: ReplicaFilter::default() }
    };
    let named = str::to_owned;
    let kill = FaultKind::Kill { services: vec![named("order")], pick: Pick::One, grace: secs(0) };
    let zombie = FaultKind::MakeZombie { service: named("stock"), path: named("/zombie") };
    let cut = FaultKind::Edge { from: named("product"), to: named("stock"), fault: EdgeFault::Cut };
    vec![
        fault(FaultKind::Stop { service: named("product"), grace: None }, &[12], Some(8)),
        fault(kill, &[28, 33, 38], None),
        fault(zombie, &[44], None),
        fault(FaultKind::Rollout { service: named("order") }, &[50], None),
        fault(cut, &[56], Some(3)),
    ]
}

/// A minute in which most things happen.
fn busy() -> Timeline {
    let mut random = Random(7);
    let orders: Vec<Window> = (0..60).map(|second| orders(&mut random, second)).collect();
    let reads: Vec<Window> = (0..60).map(|second| reads(&mut random, second)).collect();
    let reads = LoadRecord { name: "reads".to_owned(), ..load(reads) };
    Timeline {
        ended: Moment(64.2),
        loads: vec![load(orders), reads],
        events: events(),
        faults: faults(),
        edges: edges(),
        steps: vec![
            step("GET gateway/orders/1", 14.0, None),
            step(
                "all orders are Completed",
                61.0,
                Some("$[*].status: 3 of 5901 are not \"Completed\", such as \"Requested\""),
            ),
        ],
        ..timeline()
    }
}

fn step(name: &str, at: f64, objection: Option<&str>) -> StepRecord {
    StepRecord {
        name: name.to_owned(),
        start: Moment(at),
        end: Moment(at + 0.031),
        tries: 1,
        status: Some(200),
        objection: objection.map(str::to_owned),
    }
}

fn orders(random: &mut Random, second: u64) -> Window {
    let all = 80 + second * 40 / 60 + random.below(9);
    let down = (12..21).contains(&second);
    let slow = if down { 40 } else { 1 };
    let mut failed = std::collections::BTreeMap::new();
    if down {
        failed.insert(Failure::Status(503), 6 + random.below(9));
        failed.insert(Failure::Timeout, random.below(4));
    }
    if [28, 33, 38].contains(&second) {
        failed.insert(Failure::Reset, 2 + random.below(3));
        failed.insert(Failure::Connect, 1 + random.below(7));
    }
    let bad: u64 = failed.values().sum();
    Window {
        start: second as f64,
        ok: all - bad,
        failed,
        latency: latency(random, all, slow),
        ..Window::default()
    }
}

fn reads(random: &mut Random, second: u64) -> Window {
    let all = 180 + random.below(40);
    Window {
        start: second as f64,
        ok: all,
        failed: [].into(),
        latency: latency(random, all, 1),
        ..Window::default()
    }
}

fn latency(random: &mut Random, all: u64, slow: u64) -> SparseHistogram {
    let mut values: Vec<(u64, u64)> = vec![];
    for rank in 0..all {
        let tail = if rank * 100 > all * 93 { 6 } else { 1 };
        values.push(((1_200 + random.below(2_400) + rank * 12) * slow * tail, 1));
    }
    values.sort_unstable();
    SparseHistogram::from(values)
}

fn faults() -> Vec<FaultRecord> {
    let mut faults = vec![fault("stop product", "product", 12.0, 20.0)];
    faults.extend([28.0, 33.0, 38.0].map(|at| fault("kill -9 one of order", "order", at, at)));
    faults.push(fault("make a zombie of stock", "stock", 44.0, 44.0));
    faults.push(fault("roll out order", "order", 50.0, 50.0));
    faults.push(fault("cut product → stock", "product", 56.0, 59.0));
    faults
}

fn events() -> Vec<Event> {
    let mut events = vec![];
    for (name, replicas) in
        [("gateway", 1), ("order", 2), ("product", 1), ("stock", 1), ("customercenter", 1)]
    {
        for replica in 1..=replicas {
            events.push(event(-1.9, name, replica, EventKind::Started));
            events.push(event(-0.9, name, replica, EventKind::Ready));
        }
    }
    events.push(event(12.02, "product", 1, killed()));
    events.push(event(20.05, "product", 2, EventKind::Started));
    events.push(event(21.4, "product", 2, EventKind::Ready));
    for (place, at) in [28.0, 33.0, 38.0].into_iter().enumerate() {
        let replica = place as u32 % 2 + 1;
        events.push(event(at + 0.01, "order", replica, killed()));
        events.push(event(
            at + 0.05,
            "order",
            replica,
            EventKind::Restarting { reason: RestartReason::Fault },
        ));
        events.push(event(at + 0.06, "order", replica, EventKind::Started));
        events.push(event(at + 1.3, "order", replica, EventKind::Ready));
    }
    events.push(event(45.2, "stock", 1, EventKind::NotReady));
    events.push(event(47.3, "stock", 1, EventKind::Unhealthy));
    events.push(event(47.4, "stock", 1, killed()));
    events.push(event(47.5, "stock", 1, EventKind::Restarting { reason: RestartReason::Liveness }));
    events.push(event(47.6, "stock", 1, EventKind::Started));
    events.push(event(48.7, "stock", 1, EventKind::Ready));
    events.extend(rollout());
    events.push(event(54.0, "customercenter", 1, EventKind::Paused));
    events.push(event(57.0, "customercenter", 1, EventKind::Resumed));
    events
}

fn rollout() -> Vec<Event> {
    let whole = |at, what| Event { replica: None, ..event(at, "order", 0, what) };
    vec![
        whole(50.0, EventKind::RolloutStarted),
        event(50.1, "order", 3, EventKind::Started),
        event(51.2, "order", 3, EventKind::Ready),
        event(51.4, "order", 1, EventKind::NotReady),
        event(51.9, "order", 1, EventKind::Exited { how: "exit 0".to_owned() }),
        event(52.0, "order", 4, EventKind::Started),
        event(53.2, "order", 4, EventKind::Ready),
        event(53.4, "order", 2, EventKind::NotReady),
        event(53.9, "order", 2, EventKind::Exited { how: "exit 0".to_owned() }),
        whole(54.0, EventKind::RolloutDone),
    ]
}

fn edges() -> Vec<EdgeRecord> {
    let edge = |from: Option<&str>, to: &str, requests, reached, faulted| EdgeRecord {
        from: from.map(str::to_owned),
        to: to.to_owned(),
        requests,
        reached,
        faulted,
        ..EdgeRecord::default()
    };
    vec![
        edge(None, "gateway", 17_954, 17_954, 0),
        edge(Some("gateway"), "order", 5_904, 5_871, 0),
        edge(Some("order"), "product", 5_871, 5_102, 0),
        edge(Some("product"), "stock", 5_102, 5_102, 311),
    ]
}

/// Numbers that look random and are always the same.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

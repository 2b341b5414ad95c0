//! A small plan and what came of it, put together by hand.

use std::collections::BTreeMap;
use std::time::Duration;

use brunt_reports::{Fact, Finding, Judgement, Origin, Report, judge};
use brunt_scenarios::plan::{
    Arrival, Body, Check, Claim, ExpectedResponse, Fault, FaultKind, Load, Method, Placement, Plan,
    Probe, ProbeAction, Program, ReplicaFilter, Request, RequestTarget, Rollout, SecretValues,
    Service, ServiceOnKubernetes, StrategyKind, System, Work,
};
use brunt_scenarios::system::{HelperPods, TcpSocket};
use brunt_scenarios::timeline::{
    EdgeRecord, Ending, Event, EventKind, Failure, FaultRecord, LoadRecord, Moment, Schedule,
    SparseHistogram, Timeline, Window,
};
use brunt_scenarios::units::Percent;

/// A duration in seconds.
pub fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A share, as it is written.
pub fn percent(text: &str) -> Percent {
    text.parse().expect("a percentage")
}

fn probe() -> Probe {
    Probe {
        action: ProbeAction::TcpSocket(TcpSocket::default()),
        initial_delay_seconds: 0,
        period_seconds: 1,
        timeout_seconds: 1,
        success_threshold: 1,
        failure_threshold: 3,
    }
}

/// A service with both probes.
pub fn service(replicas: u32) -> Service {
    Service {
        program: Program::Command { program: "brunt".to_owned(), args: vec![], dir: None },
        on_kubernetes: ServiceOnKubernetes::default(),
        port: None,
        ports: [].into(),
        env: BTreeMap::new(),
        altered: BTreeMap::new(),
        protocol: None,
        files: BTreeMap::new(),
        calls: BTreeMap::new(),
        replicas,
        autoscaler: None,
        rollout: Rollout { kind: StrategyKind::RollingUpdate, max_surge: 1, max_unavailable: 0 },
        readiness: Some(probe()),
        startup: None,
        liveness: Some(probe()),
        grace: secs(2),
        depends_on: vec![],
        starts_within: secs(2),
        states_start: true,
        placement: Placement::default(),
        guards: BTreeMap::new(),
    }
}

/// A request to a path of the gateway.
pub fn request(method: Method, path: &str) -> Request {
    Request {
        method,
        target: RequestTarget { service: "gateway".to_owned(), path: path.to_owned() },
        headers: BTreeMap::new(),
        body: Body::Empty,
        expect: ExpectedResponse::default(),
        timeout: secs(5),
        auth: None,
        follow: false,
    }
}

/// One load, one fault, and these claims.
pub fn plan(claims: Vec<Claim>) -> Plan {
    let services = [("gateway", 1), ("order", 1), ("product", 1)];
    Plan {
        name: "Product is down & back".to_owned(),
        about: Some("Orders wait in the log until product is there again.".to_owned()),
        system: System {
            name: "coffee".to_owned(),
            about: None,
            entry: Some("gateway".to_owned()),
            namespace: None,
            helpers: HelperPods::default(),
            services: services
                .map(|(name, replicas)| (name.to_owned(), service(replicas)))
                .into_iter()
                .collect(),
        },
        setup: vec![],
        loads: vec![Load {
            name: "orders".to_owned(),
            arrival: Arrival::Closed { users: 2, think: (secs(0), secs(1)) },
            lasts: secs(6),
            warm_up: secs(0),
            work: Work::Request { request: Box::new(request(Method::Post, "/orders")), key: None },
            feeds: vec![],
            thresholds: vec![],
        }],
        faults: vec![Fault {
            kind: FaultKind::Stop { service: "product".to_owned(), grace: None },
            at: vec![secs(2)],
            lasts: Some(secs(2)),
            only: ReplicaFilter::default(),
        }],
        steps: vec![],
        checks: Check::numbered(claims),
        abort_when: None,
        max_unavailable: Percent::ALL,
        max_duration: secs(600),
        proofs: vec![],
        secrets: SecretValues::default(),
    }
}

/// A window of a second: good ones, failed ones, and latencies in microseconds with how
/// often each occurred.
pub fn window(start: f64, ok: u64, failed: &[(Failure, u64)], latency: &[(u64, u64)]) -> Window {
    Window {
        start,
        ok,
        failed: failed.iter().copied().collect(),
        latency: SparseHistogram::from(latency.to_vec()),
        ..Window::default()
    }
}

/// A load's record with these windows.
pub fn load(windows: Vec<Window>) -> LoadRecord {
    LoadRecord {
        name: "orders".to_owned(),
        windows,
        window: 1.0,
        service_time: SparseHistogram::from(vec![(2_000, 590), (9_000, 10)]),
        lag: SparseHistogram::from(vec![(40, 590), (150, 10)]),
        schedule: Schedule::Kept,
        journeys: vec![],
        accepted: vec![],
        unknown: 0,
    }
}

/// Something that happened to a service's replica.
pub fn event(at: f64, service: &str, replica: u32, what: EventKind) -> Event {
    Event { at: Moment(at), service: service.to_owned(), replica: Some(replica), what }
}

/// A fault that hit one process.
pub fn fault(name: &str, service: &str, start: f64, end: f64) -> FaultRecord {
    FaultRecord {
        name: name.to_owned(),
        services: vec![service.to_owned()],
        start: Moment(start),
        end: Moment(end),
        in_force: None,
        asked: None,
        effect: 1,
        trouble: None,
    }
}

/// A process that is gone by a signal.
pub fn killed() -> EventKind {
    EventKind::Exited { how: "signal 9".to_owned() }
}

/// Six seconds: product is down from 2 s to 4 s and ready again at 4.7 s.
pub fn timeline() -> Timeline {
    let refused = Failure::Status(503);
    let windows = vec![
        window(0.0, 100, &[], &[(2_000, 90), (8_000, 10)]),
        window(1.0, 102, &[], &[(2_100, 100), (9_000, 2)]),
        window(
            2.0,
            60,
            &[(refused, 20), (Failure::Timeout, 2)],
            &[(3_000, 70), (90_000, 10), (5_000_000, 2)],
        ),
        window(3.0, 70, &[(refused, 15)], &[(3_000, 70), (120_000, 15)]),
        window(4.0, 95, &[(Failure::Reset, 1)], &[(2_500, 90), (20_000, 5)]),
        window(5.0, 101, &[], &[(2_000, 101)]),
    ];
    let mut events = vec![];
    for service in ["gateway", "order", "product"] {
        events.push(event(-1.0, service, 1, EventKind::Started));
        events.push(event(-0.4, service, 1, EventKind::Ready));
    }
    events.push(event(2.01, "product", 1, killed()));
    events.push(event(4.05, "product", 2, EventKind::Started));
    events.push(event(4.7, "product", 2, EventKind::Ready));
    Timeline {
        ended: Moment(6.5),
        ending: Ending::Completed,
        loads: vec![load(windows)],
        events,
        faults: vec![fault("stop product", "product", 2.0, 4.0)],
        edges: vec![EdgeRecord {
            from: Some("order".to_owned()),
            to: "product".to_owned(),
            requests: 566,
            reached: 528,
            faulted: 0,
            ..EdgeRecord::default()
        }],
        steps: vec![],
        ledgers: vec![],
        sums: vec![],
        gaps: vec![],
        breakers: vec![],
        scalers: vec![],
        agreements: vec![],
        rates: vec![],
        left_behind: vec![],
    }
}

/// What only a caller knows.
pub fn origin() -> Origin {
    Origin {
        started: "2026-03-01T12:00:00Z".parse().expect("a timestamp"),
        version: "0.1.0".to_owned(),
        command: "brunt run scenarios/coffee/product-down.yaml".to_owned(),
        host: vec![Fact { name: "system".to_owned(), value: "Linux 6.1, 2 cores".to_owned() }],
        file: "scenarios/coffee/product-down.yaml".to_owned(),
        text: "version: 1\nname: Product is down & back\nsystem: coffee\n".to_owned(),
    }
}

/// The report on a plan and what came of it.
pub fn report(plan: &Plan, timeline: Timeline) -> Report {
    let verdict = judge(plan, &timeline);
    Report::new(plan, verdict, timeline, origin())
}

/// The only finding of a name.
pub fn only(plan: &Plan, timeline: &Timeline, name: &str) -> Finding {
    let verdict = judge(plan, timeline);
    let mut found: Vec<Finding> =
        verdict.findings.into_iter().filter(|finding| finding.name == name).collect();
    assert_eq!(found.len(), 1, "findings called {name}: {found:?}");
    found.remove(0)
}

/// The judgement of the only finding of a name.
pub fn judged(plan: &Plan, timeline: &Timeline, name: &str) -> Judgement {
    only(plan, timeline, name).judgement
}

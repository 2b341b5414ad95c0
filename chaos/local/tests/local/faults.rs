//! Faults on real processes.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use brunt_faults::{Effect, FaultError, Limits, TargetError, inject, with_causes};
use brunt_local::ReplicaPhase;
use brunt_scenarios::plan::{
    EdgeFault, FaultKind, Pick, PlatformFault, Program, Service, StrategyKind,
};
use brunt_scenarios::system::Autoscaler;
use brunt_scenarios::timeline::{EventKind, RestartReason};
use brunt_scenarios::units::{Cpu, Percent, Period};

use crate::addresses::calls;
use crate::plans::{behaving, service, system};
use crate::running::{Running, eventually, is_alive, shop, start};

const LIMITS: Limits = Limits { max_unavailable: Percent::ALL };

pub async fn fault(
    running: &Running,
    kind: FaultKind,
) -> Result<brunt_faults::InjectedFault, FaultError> {
    inject(&kind, &running.system, &LIMITS, &mut fastrand::Rng::with_seed(3)).await
}

fn kill(grace: Duration) -> FaultKind {
    FaultKind::Kill { services: vec!["shop".to_owned()], pick: Pick::One, grace }
}

fn scale(replicas: u32) -> FaultKind {
    FaultKind::Scale { service: "shop".to_owned(), replicas }
}

fn hits(hits: u64) -> Effect {
    Effect { hits, services: vec!["shop".to_owned()] }
}

#[tokio::test]
async fn a_killed_replica_is_replaced_at_once_each_time() {
    let mut running = shop(service()).await;
    running.until_event(EventKind::Ready).await;
    for round in 1..=4 {
        let victim = running.pids()[0];
        let killed = fault(&running, kill(Duration::ZERO)).await.unwrap();
        assert_eq!(killed.keep(), hits(1));
        let seen = running.until(|seen| seen.what == EventKind::Ready).await;
        assert!(!is_alive(victim));
        let of = |number| {
            seen.iter().filter(move |seen| seen.replica == Some(number)).map(|seen| &seen.what)
        };
        let gone = EventKind::Exited { how: "signal 9".to_owned() };
        assert_eq!(of(round).collect::<Vec<_>>(), [&EventKind::NotReady, &gone]);
        let replaced = EventKind::Restarting { reason: RestartReason::Fault };
        assert_eq!(
            of(round + 1).collect::<Vec<_>>(),
            [&replaced, &EventKind::Started, &EventKind::Ready]
        );
        running.until_ready(1).await;
    }
    running.stop().await;
}

#[tokio::test]
async fn with_recreate_a_killed_replica_is_gone_before_its_replacement_starts() {
    let mut plan = service();
    plan.rollout.kind = StrategyKind::Recreate;
    let mut running = shop(plan).await;
    running.until_event(EventKind::Ready).await;
    fault(&running, kill(Duration::from_secs(5))).await.unwrap().keep();
    let seen = running.until(|seen| seen.what == EventKind::Ready).await;
    let whats: Vec<_> = seen.into_iter().map(|seen| (seen.replica.unwrap(), seen.what)).collect();
    let wanted = [
        (1, EventKind::NotReady),
        (1, EventKind::Exited { how: "exit 0".to_owned() }),
        (2, EventKind::Restarting { reason: RestartReason::Fault }),
        (2, EventKind::Started),
        (2, EventKind::Ready),
    ];
    assert_eq!(whats, wanted);
    running.stop().await;
}

#[tokio::test]
async fn a_paused_replica_that_its_liveness_probe_has_restarted_is_not_resumed() {
    let mut plan = service();
    plan.grace = Duration::from_millis(100);
    plan.liveness = Some(crate::plans::probe("/health"));
    let mut running = shop(plan).await;
    running.until_event(EventKind::Ready).await;
    let pause = FaultKind::Pause { service: "shop".to_owned(), pick: Pick::All };
    let paused = fault(&running, pause).await.unwrap();
    assert_eq!(running.replicas()[0].state, ReplicaPhase::Paused);
    let seen = running.until(|seen| seen.what == EventKind::Ready).await;
    assert!(
        seen.iter().any(|seen| seen.what == EventKind::Exited { how: "signal 9".to_owned() }),
        "{seen:#?}"
    );
    paused.recover(&running.system).await.unwrap();
    assert_eq!(running.until_ready(1).await[0].restarts, 1);
    assert!(running.observed.try_recv().is_err(), "nothing was resumed");
    running.stop().await;
}

#[tokio::test]
async fn a_kill_with_grace_lets_a_request_in_flight_finish() {
    let running = shop(service()).await;
    let url = running.system.url("shop").unwrap();
    let slow = tokio::spawn(async move { crate::running::get(&url, "/slow").await });
    eventually(|| (running.system.edges()[0].reached == 1).then_some(())).await;
    let victim = running.pids()[0];
    fault(&running, kill(Duration::from_secs(5))).await.unwrap().keep();
    assert_eq!(slow.await.unwrap(), Ok((200, victim.to_string())));
    running.stop().await;
}

#[tokio::test]
async fn a_kill_without_grace_resets_a_request_in_flight() {
    let running = shop(service()).await;
    let url = running.system.url("shop").unwrap();
    let slow = tokio::spawn(async move { crate::running::get(&url, "/slow").await });
    eventually(|| (running.system.edges()[0].reached == 1).then_some(())).await;
    fault(&running, kill(Duration::ZERO)).await.unwrap().keep();
    let error = slow.await.unwrap().unwrap_err();
    assert!(error.contains("ConnectionReset"), "{error}");
    running.stop().await;
}

#[tokio::test]
async fn a_stopped_service_refuses_connections_until_it_is_recovered() {
    let mut running = shop(service()).await;
    running.until_event(EventKind::Ready).await;
    let stopped =
        fault(&running, FaultKind::Stop { service: "shop".to_owned(), grace: None }).await.unwrap();
    assert_eq!(stopped.effect(), &hits(1));
    running.until(|seen| matches!(seen.what, EventKind::Exited { .. })).await;
    eventually(|| running.replicas().is_empty().then_some(())).await;
    assert!(running.get("/").await.unwrap_err().contains("ConnectionRefused"));
    stopped.recover(&running.system).await.unwrap();
    running.until_event(EventKind::Ready).await;
    running.system.ready().await.unwrap();
    assert_eq!(running.get("/").await.unwrap().0, 200);
    running.stop().await;
}

#[tokio::test]
async fn a_stop_is_in_force_once_the_process_has_ended_and_grace_bounds_that() {
    let mut slow = behaving(service(), "deaf");
    slow.grace = Duration::from_secs(600);
    let mut running = shop(slow).await;
    running.until_event(EventKind::Ready).await;
    let grace = Some(Duration::from_millis(200));
    let stop = FaultKind::Stop { service: "shop".to_owned(), grace };
    let stopped = fault(&running, stop).await.unwrap();
    assert_eq!(running.pids().len(), 1, "it does not end at SIGTERM");
    stopped.until_in_force(&running.system).await.unwrap();
    assert!(running.pids().is_empty());
    stopped.recover(&running.system).await.unwrap();
    running.until_event(EventKind::Ready).await;
    drop(running);
}

#[tokio::test]
async fn a_paused_replica_does_not_answer_until_it_is_resumed() {
    let mut plan = service();
    plan.readiness.as_mut().unwrap().failure_threshold = 60;
    let mut running = shop(plan).await;
    let pause = FaultKind::Pause { service: "shop".to_owned(), pick: Pick::All };
    let paused = fault(&running, pause).await.unwrap();
    running.until_event(EventKind::Paused).await;
    let url = running.system.url("shop").unwrap();
    let mut asked = tokio::spawn(async move { crate::running::get(&url, "/").await });
    let answered = tokio::time::timeout(Duration::from_millis(200), &mut asked).await;
    assert!(answered.is_err(), "a frozen process has answered");
    assert_eq!(paused.recover(&running.system).await.unwrap(), hits(1));
    assert_eq!(asked.await.unwrap().unwrap().0, 200);
    running.stop().await;
}

#[tokio::test]
async fn a_paused_system_can_be_stopped_gracefully() {
    let mut running = shop(service()).await;
    let pause = FaultKind::Pause { service: "shop".to_owned(), pick: Pick::All };
    fault(&running, pause).await.unwrap().keep();
    let Running { system, observed, folder } = running;
    assert_eq!(system.stop().await, [""; 0]);
    running = Running { system: shop(service()).await.system, observed, folder };
    let gone = running.until(|seen| matches!(seen.what, EventKind::Exited { .. })).await;
    assert_eq!(gone.last().unwrap().what, EventKind::Exited { how: "exit 0".to_owned() });
    running.stop().await;
}

#[tokio::test]
async fn scaled_replicas_share_the_requests_until_scaling_is_recovered() {
    let running = shop(service()).await;
    let scaled = fault(&running, scale(3)).await.unwrap();
    let pids: HashSet<_> =
        running.until_ready(3).await.iter().map(|replica| replica.pid.unwrap()).collect();
    let mut asked: BTreeMap<u32, u32> = BTreeMap::new();
    for _ in 0..30 {
        let (_, pid) = running.get("/whoami").await.unwrap();
        *asked.entry(pid.parse().unwrap()).or_default() += 1;
    }
    assert_eq!(asked.keys().copied().collect::<HashSet<_>>(), pids);
    assert!(asked.values().all(|count| *count == 10), "{asked:?}");
    assert_eq!(scaled.recover(&running.system).await.unwrap(), hits(2));
    let left = running.until_ready(1).await;
    assert_eq!(left[0].number, 1);
    running.stop().await;
}

#[tokio::test]
async fn make_zombie_turns_one_replica_into_a_zombie_or_says_why_not() {
    let running = shop(service()).await;
    let zombie =
        |path: &str| FaultKind::MakeZombie { service: "shop".to_owned(), path: path.to_owned() };
    fault(&running, zombie("/makeZombie")).await.unwrap().keep();
    assert_eq!(running.get("/health").await.unwrap().0, 500);
    let error = fault(&running, zombie("/health")).await.unwrap_err();
    let message = "replica 1 of shop: GET /health was answered with 500";
    assert_eq!(with_causes(&error), message);
    running.stop().await;
}

#[tokio::test]
async fn an_edge_between_two_services_is_cut_and_recovered() {
    let mut caller = service();
    caller.calls = calls("stock", &[("STOCK_URL", "${url}")]);
    let running = start(system([("shop", caller), ("stock", service())])).await;
    let (_, env) = running.get("/env").await.unwrap();
    let stock =
        env.split("\"STOCK_URL\": \"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let kind =
        FaultKind::Edge { from: "shop".to_owned(), to: "stock".to_owned(), fault: EdgeFault::Cut };
    let cut = fault(&running, kind).await.unwrap();
    assert!(crate::running::get(&stock, "/").await.is_err());
    assert_eq!(cut.recover(&running.system).await.unwrap().hits, 1);
    assert_eq!(crate::running::get(&stock, "/").await.unwrap().0, 200);
    running.stop().await;
}

#[tokio::test]
async fn new_connections_between_two_services_are_refused_and_counted() {
    let mut caller = service();
    caller.calls = calls("stock", &[("STOCK_URL", "${url}")]);
    let running = start(system([("shop", caller), ("stock", service())])).await;
    let (_, env) = running.get("/env").await.unwrap();
    let stock =
        env.split("\"STOCK_URL\": \"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fault_of_edge = EdgeFault::Refuse;
    let kind =
        FaultKind::Edge { from: "shop".to_owned(), to: "stock".to_owned(), fault: fault_of_edge };
    let refused = fault(&running, kind).await.unwrap();
    let error = crate::running::get(&stock, "/").await.unwrap_err();
    assert!(error.contains("ConnectionReset") || error.contains("BrokenPipe"), "{error}");
    assert_eq!(refused.recover(&running.system).await.unwrap().hits, 1);
    assert_eq!(crate::running::get(&stock, "/").await.unwrap().0, 200);
    running.stop().await;
}

#[tokio::test]
async fn a_service_that_brunt_has_not_started_is_not_broken() {
    let mut outside = service();
    outside.program = Program::Running { url: "http://127.0.0.1:9".parse().unwrap() };
    let running = start(system([("shop", service()), ("bank", outside)])).await;
    assert_eq!(running.system.url("bank").as_deref(), Some("http://127.0.0.1:9"));
    let stop = |service: &str| FaultKind::Stop { service: service.to_owned(), grace: None };
    let error = fault(&running, stop("bank")).await.unwrap_err();
    assert!(matches!(error, FaultError::Target(TargetError::NotOurs(_))), "{error}");
    let error = fault(&running, stop("nobody")).await.unwrap_err();
    assert!(matches!(error, FaultError::Target(TargetError::NoService(_))), "{error}");
    running.stop().await;
}

#[tokio::test]
async fn an_edge_to_a_service_that_brunt_has_not_started_can_be_cut() {
    let elsewhere = shop(service()).await;
    let mut bank = service();
    bank.program = Program::Running { url: elsewhere.system.url("shop").unwrap().parse().unwrap() };
    let mut caller = service();
    caller.calls = calls("bank", &[("BANK_URL", "${url}")]);
    let running = start(system([("shop", caller), ("bank", bank)])).await;
    let (_, env) = running.get("/env").await.unwrap();
    let bank = env.split("\"BANK_URL\": \"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let there = elsewhere.pids()[0].to_string();
    assert_eq!(crate::running::get(&bank, "/whoami").await, Ok((200, there)));
    let kind =
        FaultKind::Edge { from: "shop".to_owned(), to: "bank".to_owned(), fault: EdgeFault::Cut };
    let cut = fault(&running, kind).await.unwrap();
    assert!(crate::running::get(&bank, "/whoami").await.is_err());
    assert_eq!(cut.recover(&running.system).await.unwrap().hits, 1);
    running.stop().await;
    elsewhere.stop().await;
}

#[tokio::test]
async fn a_fault_that_exceeds_max_unavailable_touches_nothing() {
    let mut plan = service();
    plan.replicas = 2;
    let running = shop(plan).await;
    let before = running.pids();
    let half = Limits { max_unavailable: "50%".parse().unwrap() };
    let all = FaultKind::Kill {
        services: vec!["shop".to_owned()],
        pick: Pick::All,
        grace: Duration::ZERO,
    };
    let error = inject(&all, &running.system, &half, &mut fastrand::Rng::new()).await.unwrap_err();
    assert!(matches!(error, FaultError::ExceedsLimit { takes: 2, wanted: 2, .. }), "{error}");
    assert_eq!(running.pids(), before);
    inject(&kill(Duration::ZERO), &running.system, &half, &mut fastrand::Rng::new())
        .await
        .unwrap()
        .keep();
    running.stop().await;
}

#[tokio::test]
async fn a_killed_replica_that_ignores_sigterm_is_replaced_before_it_ends() {
    let mut plan = behaving(service(), "deaf");
    plan.grace = Duration::from_millis(200);
    let running = shop(plan).await;
    let victim = running.pids()[0];
    fault(&running, kill(Duration::from_secs(3600))).await.unwrap().keep();
    let both = eventually(|| {
        let all = running.replicas();
        let states: Vec<_> = all.iter().map(|replica| replica.state).collect();
        (states == [ReplicaPhase::Terminating, ReplicaPhase::Ready]).then_some(all)
    })
    .await;
    assert_eq!(both[0].pid, Some(victim));
    // Stopping does not wait an hour for it.
    running.stop().await;
    assert!(!is_alive(victim));
}

#[tokio::test]
async fn an_autoscaler_scales_within_changed_limits_until_they_are_restored() {
    let idle = Autoscaler {
        min_replicas: 2,
        max_replicas: 4,
        average_utilization: 50,
        cpu_request: Cpu::millis(1_000_000),
        sync_period: Period(Duration::from_millis(50)),
        stabilization_window: Period(Duration::ZERO),
    };
    let mut running = shop(Service { autoscaler: Some(idle), ..service() }).await;
    running.until_event(EventKind::Scaled { replicas: 2 }).await;
    running.until_ready(2).await;
    let autoscale = |min, max| FaultKind::Platform {
        service: "shop".to_owned(),
        fault: PlatformFault::Autoscale { min, max, target: None },
    };
    let more = fault(&running, autoscale(Some(3), None)).await.unwrap();
    assert_eq!(*more.effect(), hits(1));
    running.until_event(EventKind::Scaled { replicas: 3 }).await;
    running.until_ready(3).await;
    more.recover(&running.system).await.unwrap();
    running.until_event(EventKind::Scaled { replicas: 2 }).await;
    let fewer = fault(&running, autoscale(Some(1), Some(1))).await.unwrap();
    running.until_event(EventKind::Scaled { replicas: 1 }).await;
    fewer.recover(&running.system).await.unwrap();
    running.until_event(EventKind::Scaled { replicas: 2 }).await;
    running.stop().await;
}

#[tokio::test]
async fn a_fault_that_only_a_cluster_has_is_refused_with_advice() {
    let running = shop(service()).await;
    let of_shop = |fault| FaultKind::Platform { service: "shop".to_owned(), fault };
    let none = PlatformFault::Autoscale { min: Some(1), max: None, target: None };
    let refused = fault(&running, of_shop(none)).await.unwrap_err();
    assert_eq!(refused.to_string(), "shop has no autoscaler");
    let refused = fault(&running, of_shop(PlatformFault::RollBack)).await.unwrap_err();
    assert!(refused.to_string().contains("--on kubernetes"), "{refused}");
    running.stop().await;
}

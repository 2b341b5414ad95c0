//! Start, ready, stop; restarts by crash and by probe.

use brunt_local::ReplicaPhase;
use brunt_scenarios::bounds;
use brunt_scenarios::timeline::{EventKind, RestartReason};
use std::time::{Duration, Instant};

use crate::addresses::calls;
use crate::plans::{behaving, probe, service, system};
use crate::running::{begin, eventually, get, is_alive, shop, start};

#[tokio::test]
async fn a_system_starts_answers_and_leaves_no_process() {
    let mut running = start(system([("shop", service())])).await;
    let status = running.system.status();
    let replica = &status[0].replicas[0];
    let pid = replica.pid.unwrap();
    assert_eq!((replica.number, replica.state, replica.restarts), (1, ReplicaPhase::Ready, 0));
    assert!(replica.rss.unwrap() > 100_000);
    assert_eq!(running.get("/whoami").await, Ok((200, pid.to_string())));
    assert_eq!(running.system.edges()[0].requests, 1);
    let seen = running.until(|seen| seen.what == EventKind::Ready).await;
    let whats: Vec<_> = seen.into_iter().map(|seen| seen.what).collect();
    assert_eq!(whats, [EventKind::Started, EventKind::Ready]);
    let url = running.system.url("shop").unwrap();
    running.stop().await;
    assert!(!is_alive(pid));
    assert!(get(&url, "/").await.unwrap_err().contains("ConnectionRefused"));
}

#[tokio::test]
async fn a_replica_gets_its_port_its_data_folder_and_the_urls_of_its_callees() {
    let mut caller = service();
    caller.calls = calls("stock", &[("STOCK_URL", "${url}")]);
    caller.env.insert("STORE".to_owned(), "${data}/shop-${port}.db".to_owned());
    if let brunt_scenarios::plan::Program::Command { args, .. } = &mut caller.program {
        *args = vec!["--port=${port}".to_owned()];
    }
    let running = start(system([("shop", caller), ("stock", service())])).await;
    let port = running.replicas()[0].port.unwrap();
    let (_, env) = running.get("/env").await.unwrap();
    let store = running.folder.path().join("data").join(format!("shop-{port}.db"));
    for (name, value) in [("PORT", port.to_string()), ("STORE", store.display().to_string())] {
        assert!(env.contains(&format!("{name:?}: {value:?}")), "{name} in {env}");
    }
    assert_eq!(running.get("/args").await.unwrap().1, format!("--port={port}"));
    let stock = env.split("\"STOCK_URL\": \"").nth(1).unwrap().split('"').next().unwrap();
    let callee = running.system.status()[1].replicas[0].pid.unwrap();
    assert_eq!(get(stock, "/whoami").await, Ok((200, callee.to_string())));
    let edges = running.system.edges();
    let edge = edges.iter().find(|edge| edge.from.is_some()).unwrap();
    assert_eq!((edge.from.as_deref(), edge.to.as_str()), (Some("shop"), "stock"));
    assert_eq!((edge.requests, edge.reached, edge.faulted), (1, 1, 0));
    running.stop().await;
}

#[tokio::test]
async fn a_crashed_replica_is_restarted_in_place_and_then_backs_off() {
    let mut running = shop(service()).await;
    running.until_event(EventKind::Ready).await;
    assert!(running.get("/crash").await.is_err());
    let seen = running.until(|seen| seen.what == EventKind::Ready).await;
    let whats: Vec<_> = seen.iter().map(|seen| (seen.replica, seen.what.clone())).collect();
    let exited = EventKind::Exited { how: "exit 7".to_owned() };
    let restarting = EventKind::Restarting { reason: RestartReason::Crash };
    let wanted =
        [EventKind::NotReady, exited.clone(), restarting, EventKind::Started, EventKind::Ready];
    assert_eq!(whats, wanted.map(|what| (Some(1), what)));
    eventually(|| (running.replicas()[0].state == ReplicaPhase::Ready).then_some(())).await;
    assert!(running.get("/crash").await.is_err());
    running.until_event(exited).await;
    eventually(|| (running.replicas()[0].state == ReplicaPhase::BackOff).then_some(())).await;
    assert_eq!(running.replicas()[0].restarts, 1);
    // Told to end while it waits, it ends.
    running.stop().await;
}

#[tokio::test]
async fn a_service_that_ends_until_another_one_is_up_is_started_again() {
    let mut slow = service();
    slow.env.insert("START_MS".to_owned(), "1500".to_owned());
    let api = behaving(service(), "needs");
    let file = tempfile::tempdir().unwrap();
    let up = file.path().join("up").display().to_string();
    let [api, slow] = [api, slow].map(|mut one| {
        one.env.insert("UP_FILE".to_owned(), up.clone());
        one
    });
    let running = begin(system([("api", api), ("slow", slow)])).await;
    running.system.ready().await.unwrap();
    assert!(running.system.status()[0].replicas[0].restarts > 0);
    running.stop().await;
}

#[tokio::test]
async fn a_service_starts_once_those_that_it_depends_on_are_ready() {
    let mut slow = service();
    slow.env.insert("START_MS".to_owned(), "300".to_owned());
    let mut api = service();
    api.depends_on = vec!["slow".to_owned()];
    let mut running = begin(system([("api", api), ("slow", slow)])).await;
    running.system.ready().await.unwrap();
    let seen = running
        .until(|seen| seen.service == "api" && seen.what == EventKind::Ready)
        .await
        .into_iter()
        .map(|seen| (seen.service, seen.what))
        .collect::<Vec<_>>();
    let api_starts = ("api".to_owned(), EventKind::Started);
    let slow_ready = ("slow".to_owned(), EventKind::Ready);
    let place = |wanted| seen.iter().position(|one| *one == wanted).unwrap();
    assert!(place(slow_ready) < place(api_starts), "{seen:?}");
    running.stop().await;
}

#[tokio::test]
async fn the_bound_of_a_service_counts_from_when_those_that_it_depends_on_are_ready() {
    let mut slow = service();
    // Longer than the other one's whole bound.
    slow.env.insert("START_MS".to_owned(), "3500".to_owned());
    slow.starts_within = Duration::from_secs(10);
    let mut api = service();
    api.starts_within = Duration::from_millis(200);
    assert!(bounds::starts(&api) < Duration::from_secs(3));
    api.depends_on = vec!["slow".to_owned()];
    let running = begin(system([("api", api), ("slow", slow)])).await;
    running.system.ready().await.unwrap();
    running.stop().await;
}

#[tokio::test]
async fn a_service_that_ends_is_started_again_while_others_may_become_ready() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("up").display().to_string();
    let mut database = service();
    database.env.insert("UP_FILE".to_owned(), file.clone());
    database.env.insert("START_MS".to_owned(), "3500".to_owned());
    database.starts_within = Duration::from_secs(10);
    let mut api = behaving(service(), "needs");
    api.env.insert("UP_FILE".to_owned(), file);
    api.starts_within = Duration::from_millis(200);
    assert!(bounds::starts(&api) < Duration::from_secs(3));
    let running = begin(system([("api", api), ("database", database)])).await;
    running.system.ready().await.unwrap();
    running.stop().await;
}

#[tokio::test]
async fn a_zombie_is_restarted_by_its_liveness_probe_within_the_bound() {
    let mut service = service();
    service.liveness = Some(probe("/health"));
    let bound = bounds::restarts(&service).unwrap();
    let mut running = shop(service).await;
    running.until_event(EventKind::Ready).await;
    let before = running.pids();
    running.get("/makeZombie").await.unwrap();
    let began = Instant::now();
    let seen = running.until(|seen| seen.what == EventKind::Ready).await;
    assert!(seen.last().unwrap().when - began <= bound);
    let whats: Vec<_> = seen.into_iter().map(|seen| seen.what).collect();
    let wanted = [
        EventKind::Unhealthy,
        EventKind::NotReady,
        EventKind::Exited { how: "exit 0".to_owned() },
        EventKind::Restarting { reason: RestartReason::Liveness },
        EventKind::Started,
        EventKind::Ready,
    ];
    assert_eq!(whats, wanted);
    assert_ne!(running.pids(), before);
    assert_eq!(running.get("/health").await.unwrap().0, 200);
    running.stop().await;
}

#[tokio::test]
async fn a_replica_that_is_not_ready_leaves_the_endpoints_within_the_bound_and_keeps_running() {
    let service = service();
    let bound = bounds::detects(service.readiness.as_ref().unwrap());
    let mut running = shop(service).await;
    running.until_event(EventKind::Ready).await;
    let before = running.pids();
    running.get("/unready").await.unwrap();
    let began = Instant::now();
    let left = running.until_event(EventKind::NotReady).await;
    assert!(left.when - began <= bound);
    assert_eq!(running.pids(), before);
    let url = running.system.url("shop").unwrap();
    let refused = async { while get(&url, "/").await.is_ok() {} };
    tokio::time::timeout(crate::running::BOUND, refused).await.unwrap();
    running.stop().await;
}

#[tokio::test]
async fn without_a_readiness_probe_requests_are_sent_to_a_replica_as_soon_as_it_runs() {
    let mut service = service();
    service.readiness = None;
    service.env.insert("START_MS".to_owned(), "400".to_owned());
    let mut running = begin(system([("shop", service)])).await;
    running.until_event(EventKind::Ready).await;
    assert!(running.get("/").await.is_err(), "it cannot listen yet");
    running.until_event(EventKind::Listening).await;
    running.system.ready().await.unwrap();
    assert_eq!(running.get("/").await.unwrap().0, 200);
    running.stop().await;
}

#[tokio::test]
async fn a_process_that_ignores_sigterm_is_killed_after_its_grace() {
    let mut service = behaving(service(), "deaf");
    service.grace = Duration::from_millis(300);
    let running = shop(service).await;
    let pid = running.pids()[0];
    let began = Instant::now();
    running.stop().await;
    assert!(!is_alive(pid));
    assert!(began.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn children_of_a_process_end_with_it_and_so_do_daemons() {
    for behaviour in ["parent", "daemon"] {
        let running = shop(behaving(service(), behaviour)).await;
        let path = running.folder.path().join("logs/shop-1.log");
        // A daemon says that it runs once it is in its own session.
        let log = eventually(|| {
            let log = std::fs::read_to_string(&path).unwrap();
            log.contains("I do not listen").then_some(log)
        });
        let log = log.await;
        let child: u32 =
            log.lines().find_map(|line| line.strip_prefix("child ")).unwrap().parse().unwrap();
        assert!(is_alive(child));
        running.stop().await;
        eventually(|| (!is_alive(child)).then_some(())).await;
    }
}

#[tokio::test]
async fn dropping_a_system_kills_its_processes() {
    let running = shop(behaving(service(), "parent")).await;
    let pid = running.pids()[0];
    drop(running.system);
    eventually(|| (!is_alive(pid)).then_some(())).await;
}

//! New versions under load.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use brunt_faults::{Limits, inject};
use brunt_scenarios::plan::{FaultKind, StrategyKind};
use brunt_scenarios::timeline::EventKind;
use brunt_scenarios::units::Percent;
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::plans::service;
use crate::running::{Running, eventually, get, shop};

async fn roll_out(running: &Running) -> u64 {
    let kind = FaultKind::Rollout { service: "shop".to_owned() };
    let limits = Limits { max_unavailable: Percent::ALL };
    let applied = inject(&kind, &running.system, &limits, &mut fastrand::Rng::new()).await.unwrap();
    applied.keep().hits
}

/// Requests from outside that have reached a replica.
fn reached(running: &Running) -> u64 {
    running.system.edges()[0].reached
}

/// Two users without a pause between requests, until `stop` is set; returns good
/// replies and errors.
fn load(
    running: &Running,
    stop: &Arc<AtomicBool>,
) -> Vec<tokio::task::JoinHandle<(u64, Vec<String>)>> {
    let user = |_| {
        let (url, stop) = (running.system.url("shop").unwrap(), Arc::clone(stop));
        tokio::spawn(async move {
            let (mut good, mut bad) = (0, vec![]);
            while !stop.load(Relaxed) {
                match get(&url, "/whoami").await {
                    Ok((200, _)) => good += 1,
                    other => bad.push(format!("{other:?}")),
                }
            }
            (good, bad)
        })
    };
    (0..2).map(user).collect()
}

async fn rolled_out_with_load(mut running: Running) -> (Running, u64, Vec<String>) {
    let stop = Arc::new(AtomicBool::new(false));
    let users = load(&running, &stop);
    let before = running.pids();
    assert_eq!(roll_out(&running).await, before.len() as u64);
    running.until_event(EventKind::RolloutDone).await;
    let after = running.until_ready(before.len()).await;
    eventually(|| (reached(&running) > 50).then_some(())).await;
    assert!(after.iter().all(|replica| !before.contains(&replica.pid.unwrap())));
    stop.store(true, Relaxed);
    let (mut good, mut bad) = (0, vec![]);
    for user in users {
        let (one, errors) = user.await.unwrap();
        good += one;
        bad.extend(errors);
    }
    (running, good, bad)
}

#[tokio::test]
async fn a_rollout_with_readiness_probes_fails_no_request() {
    let mut plan = service();
    plan.replicas = 2;
    plan.env.insert("START_MS".to_owned(), "100".to_owned());
    let (running, good, bad) = rolled_out_with_load(shop(plan).await).await;
    assert_eq!(bad, [""; 0]);
    assert_eq!(good, reached(&running));
    running.stop().await;
}

/// POST requests on kept-alive connections are the hard case: none may be sent twice, so none may
/// meet a connection that closes.
#[tokio::test]
async fn posts_on_kept_alive_connections_survive_many_rollouts() {
    let mut plan = service();
    plan.replicas = 2;
    let mut running = shop(plan).await;
    let stop = Arc::new(AtomicBool::new(false));
    let port: u16 =
        running.system.url("shop").unwrap().rsplit(':').next().unwrap().parse().unwrap();
    let users: Vec<_> = (0..4).map(|_| tokio::spawn(orders(port, Arc::clone(&stop)))).collect();
    let mut rollouts = 0;
    while rollouts < 10 || reached(&running) < 500 {
        roll_out(&running).await;
        running.until_event(EventKind::RolloutDone).await;
        running.until_ready(2).await;
        rollouts += 1;
    }
    stop.store(true, Relaxed);
    let (mut good, mut bad) = (0, vec![]);
    for user in users {
        let (one, errors) = user.await.unwrap();
        good += one;
        bad.extend(errors);
    }
    assert_eq!(bad, [""; 0], "beside {good} good ones");
    assert_eq!(good, reached(&running));
    running.stop().await;
}

async fn orders(port: u16, stop: Arc<AtomicBool>) -> (u64, Vec<String>) {
    let (mut good, mut bad) = (0, vec![]);
    let mut caller = kept_alive(port).await;
    while !stop.load(Relaxed) {
        let request =
            Request::post("/orders").header("host", "shop").body(Full::from("coffee")).unwrap();
        let reply = match caller.ready().await {
            Ok(()) => caller.send_request(request).await,
            Err(error) => Err(error),
        };
        match reply {
            Ok(reply) if reply.status() == 200 => {
                reply.into_body().collect().await.unwrap();
                good += 1;
            }
            other => {
                bad.push(format!("{other:?}"));
                caller = kept_alive(port).await;
            }
        }
    }
    (good, bad)
}

async fn kept_alive(port: u16) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

#[tokio::test]
async fn a_rollout_without_a_readiness_probe_fails_requests() {
    let mut plan = service();
    plan.replicas = 2;
    plan.readiness = None;
    plan.env.insert("START_MS".to_owned(), "300".to_owned());
    let mut running = shop(plan).await;
    let stop = Arc::new(AtomicBool::new(false));
    let users = load(&running, &stop);
    roll_out(&running).await;
    running.until_event(EventKind::RolloutDone).await;
    running.system.ready().await.unwrap();
    stop.store(true, Relaxed);
    let mut bad = 0;
    for user in users {
        bad += user.await.unwrap().1.len();
    }
    assert!(bad > 0, "nothing has failed");
    running.stop().await;
}

#[tokio::test]
async fn with_recreate_the_old_replica_is_gone_before_the_new_one_starts() {
    let mut plan = service();
    plan.rollout.kind = StrategyKind::Recreate;
    let mut running = shop(plan).await;
    running.until_event(EventKind::Ready).await;
    assert_eq!(roll_out(&running).await, 1);
    let seen = running.until(|seen| seen.what == EventKind::RolloutDone).await;
    let whats: Vec<_> = seen.into_iter().map(|seen| (seen.replica, seen.what)).collect();
    let gone = EventKind::Exited { how: "exit 0".to_owned() };
    let wanted = [
        (None, EventKind::RolloutStarted),
        (Some(1), EventKind::NotReady),
        (Some(1), gone),
        (Some(2), EventKind::Started),
        (Some(2), EventKind::Ready),
        (None, EventKind::RolloutDone),
    ];
    assert_eq!(whats, wanted);
    running.stop().await;
}

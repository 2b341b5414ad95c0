//! Every kind of probe, and what it does to a replica.

use std::process::Command;
use std::time::Duration;

use brunt_local::ReplicaPhase;
use brunt_scenarios::plan::{Probe, ProbeAction, Program, Service};
use brunt_scenarios::source::{Located, Span};
use brunt_scenarios::system::{GrpcProbe, HttpGet, ProbeHeader, ProbeScheme, TcpSocket};
use brunt_scenarios::timeline::{EventKind, RestartReason};

use crate::plans::{behaving, probe, service, system};
use crate::running::{Running, begin, eventually, get, shop, start};

fn asking(action: ProbeAction) -> Probe {
    Probe { action, ..probe("/") }
}

/// Succeeds while a file is there.
fn file(name: &str) -> Probe {
    let words = ["test", "-f", &format!("${{data}}/{name}")].map(str::to_owned);
    asking(ProbeAction::Exec(words.to_vec()))
}

fn write(running: &Running, name: &str) {
    std::fs::write(running.folder.path().join("data").join(name), "").unwrap();
}

async fn until_phase(running: &Running, wanted: ReplicaPhase) {
    let state = || running.replicas().first().map(|replica| replica.state);
    eventually(|| (state() == Some(wanted)).then_some(())).await;
}

/// Why it is not ready, as a user reads it.
async fn trouble(mut plan: Service) -> String {
    plan.starts_within = Duration::from_millis(200);
    let running = begin(system([("shop", plan)])).await;
    let error = running.system.ready().await.unwrap_err().to_string();
    running.stop().await;
    let why = error.rsplit("s: ").next().unwrap_or_default();
    error[error.len() - why.len()..].split("; its whole log").next().unwrap().to_owned()
}

#[tokio::test]
async fn a_replica_is_ready_once_its_port_accepts_connections() {
    let mut plan = service();
    plan.env.insert("START_MS".to_owned(), "300".to_owned());
    plan.readiness = Some(asking(ProbeAction::TcpSocket(TcpSocket::default())));
    let running = begin(system([("shop", plan)])).await;
    until_phase(&running, ReplicaPhase::Starting).await;
    running.system.ready().await.unwrap();
    assert_eq!(running.get("/").await.unwrap().0, 200);
    running.stop().await;
}

#[tokio::test]
async fn a_command_decides_by_its_exit_code() {
    let mut plan = service();
    plan.readiness = Some(file("open"));
    let running = begin(system([("shop", plan)])).await;
    eventually(|| running.replicas().first()?.pid).await;
    write(&running, "open");
    running.system.ready().await.unwrap();
    std::fs::remove_file(running.folder.path().join("data/open")).unwrap();
    until_phase(&running, ReplicaPhase::NotReady).await;
    write(&running, "open");
    until_phase(&running, ReplicaPhase::Ready).await;
    running.stop().await;
}

#[tokio::test]
async fn a_command_gets_the_service_s_environment_and_ports_and_its_failure_is_explained() {
    let run = |words: &[&str]| {
        let mut plan = service();
        plan.env.insert("MODE".to_owned(), "fast".to_owned());
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        plan.readiness = Some(asking(ProbeAction::Exec(words)));
        plan
    };
    let running = shop(run(&["sh", "-c", "test $MODE$PORT = fast${port}"])).await;
    running.stop().await;
    let why = trouble(run(&["sh", "-c", "exit 7"])).await;
    assert_eq!(why, "the command `sh -c exit 7`: it ends with exit code 7");
    let why = trouble(run(&["no-such-program"])).await;
    assert!(why.starts_with("the command `no-such-program`: it cannot be run: "), "{why}");
    let why = trouble(run(&["sleep", "60"])).await;
    assert_eq!(why, "the command `sleep 60`: it does not end within 1000 ms");
}

#[tokio::test]
async fn grpc_s_health_service_is_asked_for_a_service_or_the_whole_server() {
    let plan = |name: &str| {
        let mut plan = behaving(service(), "grpc");
        let service = name.to_owned();
        plan.readiness = Some(asking(ProbeAction::Grpc(GrpcProbe { port: None, service })));
        plan
    };
    for known in ["", "shop"] {
        shop(plan(known)).await.stop().await;
    }
    let why = trouble(plan("stock")).await;
    assert_eq!(why, "gRPC's health service: the call ends with the gRPC status 5");
    let mut no_grpc = plan("");
    no_grpc.env.insert("BEHAVIOUR".to_owned(), "exits never".to_owned());
    let why = trouble(no_grpc).await;
    assert!(why.starts_with("gRPC's health service: no answer: "), "{why}");
}

#[tokio::test]
async fn a_server_that_says_that_it_is_not_serving_is_restarted() {
    let mut plan = behaving(service(), "grpc");
    let grpc = || asking(ProbeAction::Grpc(GrpcProbe::default()));
    (plan.readiness, plan.liveness) = (None, Some(grpc()));
    let mut running = shop(plan).await;
    let port = running.replicas()[0].port.unwrap();
    // Over HTTP/2, as it speaks nothing else.
    let curl = Command::new("curl")
        .args(["-s", "--http2-prior-knowledge", "-X", "POST"])
        .arg(format!("http://127.0.0.1:{port}/makeZombie"))
        .status()
        .unwrap();
    assert!(curl.success());
    let reason = RestartReason::Liveness;
    running.until_event(EventKind::Restarting { reason }).await;
    running.stop().await;
}

#[tokio::test]
async fn a_get_goes_to_another_port_and_has_its_headers() {
    let other = shop(service()).await;
    let mut plan = behaving(service(), "mute");
    let header = |name: &str, value: &str| ProbeHeader {
        name: Located { value: name.to_owned(), span: Span::START },
        value: value.to_owned(),
    };
    let headers = vec![header("X-Key", "open"), header("Host", "shop.example")];
    let asked = HttpGet {
        path: "/keyed".to_owned(),
        port: other.replicas()[0].port,
        scheme: ProbeScheme::Http,
        http_headers: headers,
    };
    plan.readiness = Some(asking(ProbeAction::HttpGet(asked.clone())));
    start(system([("shop", plan.clone())])).await.stop().await;
    let without = HttpGet { http_headers: vec![], ..asked };
    plan.readiness = Some(asking(ProbeAction::HttpGet(without)));
    assert_eq!(trouble(plan).await, "GET /keyed is answered with 401");
    other.stop().await;
}

#[tokio::test]
async fn a_get_over_tls_takes_any_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=other.example"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (cert, key) = (file("cert.pem"), file("key.pem"));
    let args = ["s_server", "-www", "-accept", "${port}", "-cert", &cert, "-key", &key];
    let mut plan = service();
    plan.program = Program::Command {
        program: "openssl".to_owned(),
        args: args.map(str::to_owned).to_vec(),
        dir: None,
    };
    let get = HttpGet { path: "/".to_owned(), scheme: ProbeScheme::Https, ..HttpGet::default() };
    plan.readiness = Some(asking(ProbeAction::HttpGet(get.clone())));
    shop(plan.clone()).await.stop().await;
    plan.readiness =
        Some(asking(ProbeAction::HttpGet(HttpGet { scheme: ProbeScheme::Http, ..get })));
    let why = trouble(plan).await;
    assert!(why.starts_with("GET /: "), "{why}");
}

#[tokio::test]
async fn a_startup_probe_holds_the_others_back_and_has_what_does_not_start_restarted() {
    let mut plan = service();
    plan.readiness = Some(file("ready"));
    plan.liveness = Some(file("never"));
    plan.startup = Some(Probe { failure_threshold: 2, ..file("started") });
    let mut running = begin(system([("shop", plan)])).await;
    write(&running, "ready");
    let reason = RestartReason::Liveness;
    let seen = running.until(|seen| seen.what == EventKind::Restarting { reason }).await;
    let whats: Vec<_> = seen.into_iter().map(|seen| seen.what).collect();
    let exited = EventKind::Exited { how: "exit 0".to_owned() };
    let restarting = EventKind::Restarting { reason };
    assert_eq!(whats, [EventKind::Started, EventKind::Unhealthy, exited, restarting]);
    write(&running, "started");
    running.until_event(EventKind::Ready).await;
    // Only now does the liveness probe fail.
    running.until_event(EventKind::Unhealthy).await;
    running.stop().await;
}

#[tokio::test]
async fn without_a_readiness_probe_a_replica_is_ready_once_it_has_started() {
    let mut plan = service();
    plan.readiness = None;
    plan.startup = Some(Probe { failure_threshold: 30, ..file("started") });
    let running = begin(system([("shop", plan)])).await;
    let port = eventually(|| running.replicas().first()?.port).await;
    let url = format!("http://127.0.0.1:{port}");
    let listens = async {
        while get(&url, "/").await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::running::BOUND, listens).await.unwrap();
    assert_eq!(running.replicas()[0].state, ReplicaPhase::Starting);
    write(&running, "started");
    running.system.ready().await.unwrap();
    assert_eq!(running.get("/").await.unwrap().0, 200);
    running.stop().await;
}

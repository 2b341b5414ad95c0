//! The error of a system that cannot be started names the reason and what to do about it.

use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use brunt_local::{LocalError, LocalSystem, Ports};
use brunt_scenarios::plan::{Probe, Program, Service};

use crate::plans::{behaving, options, probe, service, system};
use crate::running::{SERVER, begin, get};

fn command(program: &str, dir: Option<&str>) -> Service {
    Service {
        program: Program::Command {
            program: program.to_owned(),
            args: vec![],
            dir: dir.map(str::to_owned),
        },
        ..service()
    }
}

async fn refusal(service: Service, ports: Ports) -> LocalError {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(Path::new(SERVER), folder.path());
    options.ports = ports;
    LocalSystem::start(&system([("shop", service)]), options).await.unwrap_err()
}

#[tokio::test]
async fn a_missing_program_is_an_error_that_names_it() {
    for program in ["no-such-program", "./no-such-program", "/no/such/program"] {
        let error = refusal(command(program, None), Ports::Free).await;
        assert_eq!(
            error.to_string(),
            format!(
                "service shop: there is no program `{program}`; install it, or give its path in \
                 `command` (relative to the service's folder)"
            )
        );
    }
}

#[tokio::test]
async fn a_missing_folder_is_an_error_that_names_it() {
    let error = refusal(command("brunt", Some("nowhere")), Ports::Free).await;
    assert!(
        matches!(&error, LocalError::NoFolder { folder, .. } if folder.ends_with("nowhere")),
        "{error}"
    );
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_written_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("data"), "a file").unwrap();
    let options = options(Path::new(SERVER), folder.path());
    let plan = system([("shop", service())]);
    let error = LocalSystem::start(&plan, options).await.unwrap_err();
    assert!(
        matches!(&error, LocalError::NotWritable { folder, .. } if folder.ends_with("data")),
        "{error}"
    );
}

#[tokio::test]
async fn a_port_in_use_is_an_error_that_names_the_process() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = holder.local_addr().unwrap().port();
    let plan = Service { port: Some(port), ..service() };
    let error = refusal(plan.clone(), Ports::Declared).await.to_string();
    assert!(error.starts_with(&format!("service shop: port {port} is in use by ")), "{error}");
    assert!(error.contains(&format!("(process {});", std::process::id())), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let options = options(Path::new(SERVER), folder.path());
    let (running, _) = LocalSystem::start(&system([("shop", plan)]), options).await.unwrap();
    assert_ne!(running.url("shop").unwrap(), format!("http://127.0.0.1:{port}"));
    running.stop().await;
}

#[tokio::test]
async fn a_service_is_offered_on_its_declared_port() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(Path::new(SERVER), folder.path());
    options.ports = Ports::Declared;
    let plan = system([("shop", Service { port: Some(port), ..service() })]);
    let (running, _) = LocalSystem::start(&plan, options).await.unwrap();
    running.ready().await.unwrap();
    assert_eq!(running.url("shop").unwrap(), format!("http://127.0.0.1:{port}"));
    assert_eq!(get(&format!("http://127.0.0.1:{port}"), "/").await.unwrap().0, 200);
    assert_ne!(running.status()[0].replicas[0].port, Some(port));
    running.stop().await;
}

#[tokio::test]
async fn a_program_that_ends_before_it_is_ready_is_an_error_with_its_log() {
    let running = begin(system([("shop", behaving(service(), "exit"))])).await;
    let error = running.system.ready().await.unwrap_err();
    let log = running.folder.path().join("logs/shop-1.log");
    let error = error.to_string();
    assert!(error.starts_with("the log of shop ends with:\n  opening the store\n"), "{error}");
    let ends = format!(
        "\n  the store is locked\nshop ended before it was ready (exit 3, started again 3 times); \
         its whole log is {}",
        log.display()
    );
    assert!(error.ends_with(&ends), "{error}");
    running.stop().await;
}

#[tokio::test]
async fn a_program_that_its_liveness_probe_ends_before_it_is_ready_is_an_error_that_says_so() {
    let refused = Some(Probe { failure_threshold: 1, ..probe("/keyed") });
    let plan = Service { readiness: refused.clone(), liveness: refused, ..service() };
    let running = begin(system([("shop", plan)])).await;
    let error = running.system.ready().await.unwrap_err().to_string();
    let why = ", ended by its liveness probe: GET /keyed is answered with 401, started again 3 \
               times); its whole log is ";
    assert!(error.contains("shop ended before it was ready (") && error.contains(why), "{error}");
    running.stop().await;
}

#[tokio::test]
async fn a_program_that_is_never_ready_is_an_error_with_the_failed_probe() {
    let mut plan = behaving(service(), "mute");
    plan.starts_within = Duration::from_millis(200);
    let running = begin(system([("shop", plan)])).await;
    let error = running.system.ready().await.unwrap_err().to_string();
    assert!(
        error.contains("\nshop is not ready after 2.7 s: GET /ready: no connection: "),
        "{error}"
    );
    assert!(error.starts_with("the log of shop ends with:\n  I do not listen\n"), "{error}");
    running.stop().await;
}

#[tokio::test]
async fn a_variable_that_is_not_set_is_named_before_anything_is_started() {
    let mut plan = service();
    plan.env.insert("TOKEN".to_owned(), "${env.BRUNT_TEST_NOT_SET}".to_owned());
    let error = refusal(plan, Ports::Free).await;
    let causes = brunt_faults::with_causes(&error);
    assert_eq!(
        causes,
        "service shop cannot be started: `${env.BRUNT_TEST_NOT_SET}` has no value: set the \
         environment variable BRUNT_TEST_NOT_SET"
    );
}

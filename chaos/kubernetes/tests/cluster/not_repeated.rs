//! A run whose load generator was late: on a cluster its faults hit the system once, and again only
//! if somebody has asked for that.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::controller;
use crate::shop::{Shop, until};

const ENDS_WITHIN: Duration = Duration::from_secs(240);

const SCENARIO: &str = "version: 1\nname: late\nsystem: shop.yaml\n\
    load: [{name: looks, open: {rate: 50/s}, for: 10s, get: shop/isHealthy}]\n\
    faults: [{at: 2s, kill: {service: shop}}]\n\
    expect: [{latency: {of: looks, p99: 1s}}]\n";

struct LateRun {
    folder: tempfile::TempDir,
    child: Child,
}

impl LateRun {
    fn start(shop: &Shop, args: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("shop.yaml"), shop.system).unwrap();
        std::fs::write(folder.path().join("scenario.yaml"), SCENARIO).unwrap();
        let log = std::fs::File::create(folder.path().join("said")).unwrap();
        let mut command = Command::new(controller::program());
        command.args(["run", "scenario.yaml", "--on", "kubernetes", "--from", "here"]);
        command.args(["--no-watchdog", "--namespace", &shop.namespace]).args(args);
        command.env("KUBECONFIG", std::env::var_os("BRUNT_TEST_KUBECONFIG").unwrap());
        command.current_dir(folder.path());
        command.stdout(log.try_clone().unwrap()).stderr(log).stdin(Stdio::null());
        Self { child: command.spawn().unwrap(), folder }
    }

    /// Stops the load generator for two seconds in the middle of its load.
    async fn is_late(&self) {
        until("the load goes on", || async { self.said().contains("p99") }).await;
        self.signal("STOP");
        tokio::time::sleep(Duration::from_secs(2)).await;
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let mut kill = Command::new("kill");
        let sent = kill.args([format!("-{name}"), self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("said")).unwrap()
    }

    /// How many runs it has made, and its exit code.
    async fn ends(mut self) -> (usize, Option<i32>, String) {
        let end = Instant::now() + ENDS_WITHIN;
        let code = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.code();
            }
            assert!(Instant::now() < end, "{}", self.said());
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        let runs = self.folder.path().join(".brunt/runs").read_dir().unwrap();
        let is_folder = |entry: &std::fs::DirEntry| entry.file_type().unwrap().is_dir();
        (runs.flatten().filter(is_folder).count(), code, self.said())
    }
}

impl Drop for LateRun {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn faults_of_a_late_run_are_not_injected_again_unless_that_is_asked_for() {
    let shop = Shop::without_autoscaler("late").await;
    shop.all_ready().await;
    let late = LateRun::start(&shop, &[]);
    late.is_late().await;
    let (runs, code, said) = late.ends().await;
    assert_eq!((runs, code), (1, Some(3)), "{said}");
    assert!(!said.contains("repeating the run"), "{said}");
    shop.all_ready().await;

    let late = LateRun::start(&shop, &["--retries", "1"]);
    late.is_late().await;
    let (runs, _, said) = late.ends().await;
    assert_eq!(runs, 2, "{said}");
    assert!(said.contains("repeating the run (1 of 1)"), "{said}");
    shop.close().await;
}

//! The controller as users start it: the program itself with a scenario file, on the namespace of a
//! shop.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::shop::{SYSTEM, Shop};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// Between two looks at something that takes seconds.
const GLANCE: Duration = Duration::from_millis(200);

/// A run of the program.
pub struct Controller {
    child: Child,
    folder: TempDir,
    said: Arc<Mutex<Vec<String>>>,
    pub started: Instant,
}

/// How one ended that was let go to its end.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    /// With single blanks between words, as lines are broken anywhere.
    pub said: String,
    /// Its report, if there is one: the last by its name, where there are several.
    pub report: Option<Value>,
}

/// The program: the one that BRUNT_TEST_BINARY names, or the one that was built beside this test.
pub fn program() -> PathBuf {
    std::env::var_os("BRUNT_TEST_BINARY").map_or_else(beside, PathBuf::from)
}

fn beside() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let program = this.parent().unwrap().parent().unwrap().join("brunt");
    assert!(program.exists(), "{} is not there; `cargo build` makes it", program.display());
    program
}

impl Controller {
    /// Starts it with a scenario on the shop; `args` are added to the command line.
    pub fn start(shop: &Shop, scenario: &str, args: &[&str]) -> Self {
        let kubeconfig = std::env::var_os("BRUNT_TEST_KUBECONFIG").unwrap();
        Self::run(&kubeconfig, &shop.namespace, shop.system, scenario, args)
    }

    /// Checks a scenario against the cluster.
    pub fn validate(
        kubeconfig: &OsString,
        namespace: &str,
        system: &str,
        scenario: &str,
        args: &[&str],
    ) -> Self {
        Self::on_cluster(&["validate"], kubeconfig, namespace, (system, scenario), args)
    }

    /// The same with another way to the cluster.
    pub fn start_as(kubeconfig: &OsString, namespace: &str, scenario: &str, args: &[&str]) -> Self {
        Self::run(kubeconfig, namespace, SYSTEM, scenario, args)
    }

    /// Starts another command of the program.
    pub fn command(kubeconfig: &OsString, args: &[&str]) -> Self {
        let mut command = Command::new(program());
        command.args(args).env("KUBECONFIG", kubeconfig);
        Self::spawn(command, tempfile::tempdir().unwrap())
    }

    fn run(
        kubeconfig: &OsString,
        namespace: &str,
        system: &str,
        scenario: &str,
        args: &[&str],
    ) -> Self {
        let run = ["run", "--retries", "0"];
        Self::on_cluster(&run, kubeconfig, namespace, (system, scenario), args)
    }

    /// Starts a command with a scenario, in a folder with these files.
    pub fn on_cluster(
        command: &[&str],
        kubeconfig: &OsString,
        namespace: &str,
        (system, scenario): (&str, &str),
        args: &[&str],
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("shop.yaml"), system).unwrap();
        let text = format!("version: 1\nname: a test\nsystem: shop.yaml\n{scenario}");
        std::fs::write(folder.path().join("scenario.yaml"), text).unwrap();
        let mut program = Command::new(program());
        program.env("KUBECONFIG", kubeconfig).args(command);
        program.args(["scenario.yaml", "--on", "kubernetes", "--namespace", namespace]).args(args);
        Self::spawn(program, folder)
    }

    fn spawn(mut command: Command, folder: TempDir) -> Self {
        command.current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = Arc::default();
        hear(child.stdout.take().unwrap(), &said);
        hear(child.stderr.take().unwrap(), &said);
        Self { child, folder, said, started: Instant::now() }
    }

    /// All that it said up to now.
    pub fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    /// Waits until it says something, or ends; says whether it did say it.
    pub async fn says(&mut self, what: &str, within: Duration) -> bool {
        let until = Instant::now() + within;
        while !self.said().iter().any(|line| line.contains(what)) {
            if self.ended().is_some() || Instant::now() > until {
                return false;
            }
            tokio::time::sleep(LOOK).await;
        }
        true
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Ends it at once: it restores nothing. Says whether it still ran.
    pub fn kill(&mut self) -> bool {
        let ran = self.ended().is_none();
        let _ = self.child.kill();
        let _ = self.child.wait();
        ran
    }

    /// Waits until it ends by itself.
    pub async fn finish(mut self, within: Duration) -> Ended {
        let until = Instant::now() + within;
        while self.ended().is_none() {
            assert!(Instant::now() < until, "it goes on and on: {}", self.said().join("\n"));
            tokio::time::sleep(GLANCE).await;
        }
        let code = self.ended().and_then(|status| status.code());
        // What it said last may still be on its way.
        while Arc::strong_count(&self.said) > 1 {
            tokio::time::sleep(LOOK).await;
        }
        let said = self.said().join(" ");
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        Ended { code, said, report: self.report() }
    }

    fn report(&self) -> Option<Value> {
        let runs = std::fs::read_dir(self.folder.path().join(".brunt/runs")).ok()?;
        let last = runs.flatten().map(|run| run.path().join("report.json")).max()?;
        serde_json::from_slice(&std::fs::read(last).ok()?).ok()
    }
}

fn hear(stream: impl Read + Send + 'static, said: &Arc<Mutex<Vec<String>>>) {
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            said.lock().unwrap().push(line);
        }
    });
}

impl Drop for Controller {
    fn drop(&mut self) {
        self.kill();
    }
}

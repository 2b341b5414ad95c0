//! A folder of its own for each test, outside of the repository, and the binary started in it.

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::program;

static MEASURING: Mutex<()> = Mutex::new(());

/// A folder with a user's own system in it.
pub struct Workplace {
    folder: TempDir,
}

impl Workplace {
    /// With `shop.yaml`: `front` calls `back`, both are the same small program.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let workplace = Self { folder };
        workplace.write("shop.yaml", &program::system(""));
        workplace
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Writes `scenario.yaml` on the own system.
    pub fn scenario(&self, rest: &str) {
        self.write(
            "scenario.yaml",
            &format!("version: 1\nname: a test\nsystem: shop.yaml\n{rest}"),
        );
    }

    /// The binary with these arguments, in this folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_brunt"));
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    /// Runs it to its end. Runs are measurements, so one at a time.
    pub fn brunt(&self, arguments: &[&str]) -> Ended {
        let _alone = MEASURING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut command = self.command(arguments);
        if matches!(arguments.first(), Some(&"run" | &"prove" | &"calibrate")) {
            // A machine that is busy with something else makes the generator late, and then nothing
            // is said.
            command.args(["--retries", "9"]);
        }
        Ended::of(&command.output().unwrap())
    }

    /// Runs it to its end beside one that was started.
    pub fn brunt_beside(&self, arguments: &[&str]) -> Ended {
        Ended::of(&self.command(arguments).output().unwrap())
    }

    /// Starts it and lets it run.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let (out, err) = (self.path("stdout"), self.path("stderr"));
        let mut command = self.command(arguments);
        command.stdin(Stdio::null());
        command
            .stdout(std::fs::File::create(out).unwrap())
            .stderr(std::fs::File::create(err).unwrap());
        command.spawn().unwrap()
    }

    /// What a started one has printed so far.
    pub fn printed(&self) -> String {
        let read = |name| std::fs::read_to_string(self.path(name)).unwrap_or_default();
        read("stdout") + &read("stderr")
    }

    /// The last run's folder below `.brunt/runs`.
    pub fn run_folder(&self) -> PathBuf {
        let runs = std::fs::read_dir(self.path(".brunt/runs")).unwrap();
        runs.map(|run| run.unwrap().path()).max().unwrap()
    }
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ended {
    pub fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Asserts the exit code, and that each of these texts was printed.
    pub fn must(&self, code: i32, said: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:#?}");
        // Reports are folded, and may be folded within what is looked for.
        let words = self.out.split_whitespace().collect::<Vec<_>>().join(" ");
        for text in said {
            assert!(
                self.out.contains(text) || self.err.contains(text) || words.contains(text),
                "it does not say `{text}`: {self:#?}"
            );
        }
    }
}

impl Workplace {
    /// Starts `up` and waits until the system is up; fails with the output if it ends instead.
    pub fn up(&self, arguments: &[&str]) -> Child {
        let mut child = self.start(arguments);
        wait_until("the system is up", || {
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "it ended: {ended:?}: {}", self.printed());
            self.printed().contains("Ctrl-C stops it")
        });
        child
    }
}

/// Waits until something holds; a bound keeps a broken test from hanging.
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "waited too long until {what}");
        std::thread::yield_now();
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

//! `brunt work`, a hidden command: one of several load workers in a cluster. The run's process
//! sends it the start time over standard input; the worker stops when it reads `stop`, or when that
//! input ends.

use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use brunt_loadgen::RunningLoads;

use crate::cli::WorkArgs;
use crate::exit::Exit;
use crate::remote_workers::{WorkerMessage, WorkerTask};

// Threads of the load engine. More load takes more workers, which can be on other nodes.
const THREADS: usize = 1;

/// Time between two progress messages.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);

/// Environment variable with the number of a pod within its indexed Job, which Kubernetes sets.
const INDEX: &str = "JOB_COMPLETION_INDEX";

/// A line of standard input, and when it arrived.
struct ControlLine {
    line: String,
    when: Instant,
}

/// Puts this worker's share of the load on the system.
pub fn work(options: &WorkArgs) -> Result<Exit> {
    let lines = listen();
    let number = std::env::var(INDEX).ok().and_then(|number| number.parse().ok());
    let task = read(&options.task)?;
    let jobs = task.jobs(number.with_context(|| format!("{INDEX} is not set"))?)?;
    let lasts = jobs.iter().filter_map(|job| job.bound.time()).max().unwrap_or_default();
    let Some(origin) = start(&lines)? else {
        bail!("standard input ended before the start");
    };
    let started = jiff::Timestamp::now() - jiff::SignedDuration::try_from(origin.elapsed())?
        + jiff::SignedDuration::try_from(origin.saturating_duration_since(Instant::now()))?;
    let running = brunt_loadgen::start(jobs, origin, THREADS)?;
    until_over(&running, &lines, origin + lasts)?;
    let parts = running.parts();
    let end = WorkerMessage::End { parts: parts.len(), started };
    parts
        .into_iter()
        .map(|part| WorkerMessage::Part(Box::new(part)))
        .try_for_each(|part| send(&part))?;
    send(&end)?;
    Ok(Exit::Pass)
}

fn read(path: &Path) -> Result<WorkerTask> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text)
        .with_context(|| format!("{} is not a task of this version of brunt", path.display()))
}

fn send(message: &WorkerMessage) -> Result<()> {
    print(&serde_json::to_string(message)?)
}

fn print(line: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).context("standard output is closed")
}

fn listen() -> Receiver<ControlLine> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(ControlLine { line, when: Instant::now() }).is_err() {
                break;
            }
        }
    });
    lines
}

// Echoes lines until `go`, so that the sender can measure the way there and back. The time left is
// sent many times; a line can arrive late but never early, so the earliest start that follows from
// any of them is the right one.
fn start(lines: &Receiver<ControlLine>) -> Result<Option<Instant>> {
    let mut origin: Option<Instant> = None;
    while let Ok(ControlLine { line, when }) = lines.recv() {
        print(&line)?;
        if line == "go" {
            break;
        }
        let left =
            line.strip_prefix("start in ").and_then(|rest| rest.strip_suffix(" us")?.parse().ok());
        if let Some(then) = left.map(|left| when + Duration::from_micros(left)) {
            origin = Some(origin.map_or(then, |origin| origin.min(then)));
        }
    }
    Ok(origin)
}

// Until the load is over, and not before it is over for all workers: at a low rate, the last
// arrival of one worker may come seconds before another's, and one that ends early counts as lost.
fn until_over(running: &RunningLoads, lines: &Receiver<ControlLine>, ends: Instant) -> Result<()> {
    let mut next = Instant::now() + PROGRESS_INTERVAL;
    let mut is_stopped = false;
    while !running.is_over() || (!is_stopped && Instant::now() < ends) {
        let grain = Duration::from_millis(100);
        match lines.recv_timeout(grain) {
            Ok(ControlLine { line, .. }) => {
                print(&line)?;
                if line == "stop" {
                    running.stop();
                    is_stopped = true;
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            // The run's process is gone, so nothing else would stop this worker.
            Err(RecvTimeoutError::Disconnected) => {
                running.stop();
                is_stopped = true;
                std::thread::sleep(grain);
            }
        }
        if Instant::now() >= next {
            next += PROGRESS_INTERVAL;
            send(&WorkerMessage::Progress(running.snapshot()))?;
        }
    }
    Ok(())
}

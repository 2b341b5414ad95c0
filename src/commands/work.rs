//! `brunt work`, which nobody types: one of several load workers inside a cluster. Whoever started
//! it tells it over standard input when to start; it stops when told so, or when that input ends.

use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use brunt_loadgen::Running;

use crate::cli::Work;
use crate::exit::Exit;
use crate::inside::{Said, Task};

/// Threads that put load on. More load takes more workers, which can be on more machines.
const THREADS: usize = 1;

/// Between two lines about how it goes.
const EVERY: Duration = Duration::from_secs(1);

/// The variable by which Kubernetes tells a Job's pods apart.
const INDEX: &str = "JOB_COMPLETION_INDEX";

/// A line, and when it came.
struct Heard {
    line: String,
    when: Instant,
}

/// Does one worker's part.
pub fn work(options: &Work) -> Result<Exit> {
    let heard = listen();
    let number = std::env::var(INDEX).ok().and_then(|number| number.parse().ok());
    let jobs = read(&options.task)?.jobs(number.with_context(|| format!("{INDEX} is not set"))?)?;
    let Some(origin) = start(&heard)? else {
        bail!("standard input ended before the start");
    };
    let started = jiff::Timestamp::now() - jiff::SignedDuration::try_from(origin.elapsed())?
        + jiff::SignedDuration::try_from(origin.saturating_duration_since(Instant::now()))?;
    let running = brunt_loadgen::start(jobs, origin, THREADS)?;
    until_over(&running, &heard)?;
    let parts = running.parts();
    let end = Said::End { parts: parts.len(), started };
    parts.into_iter().map(|part| Said::Part(Box::new(part))).try_for_each(|part| say(&part))?;
    say(&end)?;
    Ok(Exit::Pass)
}

fn read(path: &Path) -> Result<Task> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text)
        .with_context(|| format!("{} is no task for this version", path.display()))
}

fn say(what: &Said) -> Result<()> {
    echo(&serde_json::to_string(what)?)
}

fn echo(line: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).context("nobody listens")
}

fn listen() -> Receiver<Heard> {
    let (tell, heard) = channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if tell.send(Heard { line, when: Instant::now() }).is_err() {
                break;
            }
        }
    });
    heard
}

/// Echoes what it is told until it is told to go. It was told often how long it is until the start;
/// as nothing comes early, the earliest moment is right.
fn start(heard: &Receiver<Heard>) -> Result<Option<Instant>> {
    let mut origin: Option<Instant> = None;
    while let Ok(Heard { line, when }) = heard.recv() {
        echo(&line)?;
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

fn until_over(running: &Running, heard: &Receiver<Heard>) -> Result<()> {
    let mut next = Instant::now() + EVERY;
    while !running.is_over() {
        let grain = Duration::from_millis(100);
        match heard.recv_timeout(grain) {
            Ok(Heard { line, .. }) => {
                echo(&line)?;
                if line == "stop" {
                    running.stop();
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                running.stop();
                std::thread::sleep(grain);
            }
        }
        if Instant::now() >= next {
            next += EVERY;
            say(&Said::Goes(running.snapshot()))?;
        }
    }
    Ok(())
}

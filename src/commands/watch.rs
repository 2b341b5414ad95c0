//! `brunt watch`: events of a built-in system, as they are published.

mod line;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use brunt_kit::config::{EventLogUrl, Guard};
use brunt_kit::log::{self, Delivery, EventLog, Start};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::serve::system;
use crate::cli::WatchArgs;
use crate::exit::Exit;
use crate::runner::StopSignal;
use crate::runtime;

// How many events are read ahead of the terminal: a slow one must not make the memory grow.
const AHEAD: usize = 1024;
const BATCH: usize = 256;
/// Time between two looks for new topics.
const LOOK: Duration = Duration::from_secs(1);

type TopicEvent = (Arc<str>, Delivery);

/// Prints events until ctrl-C, until the given time has passed, or until the reader of the
/// output is gone.
pub fn watch(options: &WatchArgs) -> Result<Exit> {
    let url = event_log_url(options)?;
    let log = log::open(&url, log::USUAL_KEEP, Guard::On)?;
    runtime::new()?.block_on(async {
        let stop = StopSignal::on_signals();
        let lasts = async {
            match options.lasts {
                Some(lasts) => sleep(lasts.0).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            outcome = follow(&log, options) => outcome?,
            _ = stop.requested() => {}
            () = lasts => {}
        }
        Ok(Exit::Pass)
    })
}

/// The event log: from `--log`, from `EVENT_LOG`, or where the system keeps it in this folder.
fn event_log_url(options: &WatchArgs) -> Result<EventLogUrl> {
    let name = system(&options.system)?.name;
    let given = options
        .log
        .clone()
        .or_else(|| std::env::var("EVENT_LOG").ok().filter(|url| !url.is_empty()));
    if let Some(given) = given {
        let url = EventLogUrl::parse(&given).with_context(|| {
            format!("{given} is no event log: expected {}", EventLogUrl::ACCEPTS)
        })?;
        return match &url {
            EventLogUrl::Sqlite(path) if !path.exists() => {
                bail!("there is no event log {}", path.display())
            }
            _ => Ok(url),
        };
    }
    let home = Path::new(".brunt/up").join(name);
    let newest = |path: &PathBuf| path.metadata().and_then(|file| file.modified()).ok();
    // `brunt up` and `brunt serve` keep it in different places; the newest is the one in use.
    let found =
        [home.join("data/events.db"), home.join("events.db")].into_iter().max_by_key(newest);
    match found.filter(|path| path.exists()) {
        Some(path) => Ok(EventLogUrl::Sqlite(path)),
        None => {
            bail!(
                "{name} has no event log here: start it with `brunt up {name}`, or name a log with \
                 --log"
            )
        }
    }
}

async fn follow(log: &Arc<dyn EventLog>, options: &WatchArgs) -> Result<()> {
    let (events, arriving) = mpsc::channel(AHEAD);
    let start = if options.from_beginning { Start::Beginning } else { Start::End };
    tokio::select! {
        outcome = find_topics(log, options.topic.as_deref(), start, &events) => outcome,
        outcome = show(arriving, options.json) => outcome,
    }
}

/// Reads every topic, from its beginning if it is new.
async fn find_topics(
    log: &Arc<dyn EventLog>,
    only: Option<&str>,
    mut start: Start,
    events: &Sender<TopicEvent>,
) -> Result<()> {
    let mut known = BTreeSet::new();
    let mut reading = JoinSet::new();
    loop {
        let topics = log.topics().await?;
        for topic in topics.into_iter().filter(|topic| only.is_none_or(|only| only == topic)) {
            if known.insert(topic.clone()) {
                reading.spawn(read(Arc::clone(log), topic, start, events.clone()));
            }
        }
        // A topic that is found later is new, so all of its events are.
        start = Start::Beginning;
        tokio::select! {
            () = sleep(LOOK) => {}
            Some(ended) = reading.join_next() => ended.context("reading has ended")??,
        }
    }
}

async fn read(
    log: Arc<dyn EventLog>,
    topic: String,
    start: Start,
    events: Sender<TopicEvent>,
) -> Result<()> {
    let mut tail = log.tail(&topic, start);
    let topic: Arc<str> = topic.into();
    loop {
        for delivery in tail.poll(BATCH).await? {
            if events.send((Arc::clone(&topic), delivery)).await.is_err() {
                return Ok(());
            }
        }
    }
}

async fn show(mut arriving: Receiver<TopicEvent>, json: bool) -> Result<()> {
    while let Some((topic, delivery)) = arriving.recv().await {
        let line = if json { line::json(&topic, &delivery) } else { line::text(&topic, &delivery) };
        let mut out = io::stdout().lock();
        match writeln!(out, "{line}").and_then(|()| out.flush()) {
            // `| head` has read enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            written => written.context("cannot write")?,
        }
    }
    Ok(())
}

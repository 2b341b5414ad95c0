//! The threads of a store.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::StoreError;
use super::changes::Changes;
use super::engine::{Engine, Reader};

/// Runs within the batch, and returns what to do after its commit or failure.
pub(super) type WriteJob = Box<dyn FnOnce(&dyn Reader, &mut Changes) -> Ending + Send>;
pub(super) type Ending = Box<dyn FnOnce(Result<(), StoreError>)>;
pub(super) type ReadJob = Box<dyn FnOnce(&dyn Reader) + Send>;

/// How many transactions one commit may carry: bounds the wait of the first for the last.
// The first of a batch waits until the last has run: 128 bounds that wait, and shares one flush
// among as many.
const BATCH: usize = 128;
/// How long a page may wait for those before it. A client that waits longer does better to ask
/// again later, and the queue is not longer than what can be read in this time.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// How many pages may wait: bounds their memory, far above what can be read in [`LONGEST_WAIT`].
const MOST_PAGES: usize = 1024;
/// The stack of the threads. Nothing here recurses, and memory counts: five services
/// share one machine.
const STACK_BYTES: usize = 512 << 10;
/// The pause before asking again whether a commit happened.
const SETTLE: Duration = Duration::from_millis(100);

/// How long a store that is closed waits for the reads that go on.
const LONGEST_CLOSE: Duration = Duration::from_secs(2);

/// Closed when its thread has ended.
pub(super) type Life = watch::Receiver<()>;

/// Closes its engine after those of `readers`: two connections that SQLite closes at one time can
/// each take the other for the last one, and leave a log to recover.
pub(super) fn write_thread(
    mut engine: Box<dyn Engine>,
    readers: [Life; 2],
) -> Result<(Sender<WriteJob>, Life), StoreError> {
    let (sender, jobs) = mpsc::channel();
    let life = spawn("store-write", move || {
        while let Some(batch) = next_batch(&jobs) {
            commit(engine.as_mut(), batch, &jobs);
        }
        readers.iter().for_each(wait_for_end);
    })?;
    Ok((sender, life))
}

pub(super) fn read_thread(
    mut engine: Box<dyn Engine>,
) -> Result<(Sender<ReadJob>, Life), StoreError> {
    let (sender, jobs) = mpsc::channel();
    let life = spawn("store-read", move || {
        while let Some(batch) = next_batch(&jobs) {
            read(engine.as_mut(), batch);
        }
    })?;
    Ok((sender, life))
}

pub(super) fn page_thread(
    mut engine: Box<dyn Engine>,
) -> Result<(SyncSender<ReadJob>, Life), StoreError> {
    let (sender, jobs) = mpsc::sync_channel(MOST_PAGES);
    let life = spawn("store-pages", move || {
        // Each from a snapshot of its own: one of a whole batch would be held for long, and what is
        // written meanwhile could not be moved out of the write-ahead log.
        for job in jobs.iter() {
            read(engine.as_mut(), vec![job]);
        }
    })?;
    Ok((sender, life))
}

fn read(engine: &mut dyn Engine, batch: Vec<ReadJob>) {
    let mut batch = Some(batch);
    let outcome = engine.read(&mut |reader| {
        let jobs = batch.take().into_iter().flatten();
        jobs.for_each(|job: ReadJob| guarded(|| job(reader)).unwrap_or_default());
    });
    if let Err(error) = outcome
        // An outage is logged once by the engine, not once for each batch.
        && !error.is_outage()
    {
        tracing::error!(%error, "the store cannot be read");
    }
}

/// Waits until a thread has ended, but not for ever: a read may hang with its disk.
fn wait_for_end(thread: &Life) {
    let until = Instant::now() + LONGEST_CLOSE;
    while thread.has_changed().is_ok() && Instant::now() < until {
        thread::sleep(Duration::from_millis(1));
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<Life, StoreError> {
    let thread = thread::Builder::new().name(name.to_owned()).stack_size(STACK_BYTES);
    let (lives, life) = watch::channel(());
    let work = move || {
        // Dropped at its end, also when that is a panic.
        let _lives = lives;
        work();
    };
    thread.spawn(work).map(|_| life).map_err(StoreError::engine)
}

/// Runs a job, of which nothing is left if it panics: one bad request must not end the thread, and
/// with it all others. Its caller is told that the store gave no answer.
fn guarded<T>(job: impl FnOnce() -> T) -> Option<T> {
    let outcome = catch_unwind(AssertUnwindSafe(job));
    outcome.inspect_err(|_| tracing::error!("a transaction panicked; it changed nothing")).ok()
}

/// Waits for a job and takes all that have gathered meanwhile: while one batch is committed, the
/// next one forms.
fn next_batch<J>(jobs: &Receiver<J>) -> Option<Vec<J>> {
    let first = jobs.recv().ok()?;
    Some(std::iter::once(first).chain(jobs.try_iter()).take(BATCH).collect())
}

/// Runs each job over the changes of those before it, then commits them all. A refused job
/// leaves no change. Jobs that were never begun are dropped, which tells their callers that the
/// store is closed.
fn commit(engine: &mut dyn Engine, batch: Vec<WriteJob>, waiting: &Receiver<WriteJob>) {
    let mut batch = Some(batch);
    let mut endings = Vec::new();
    let outcome = engine.write(&mut |reader| {
        let mut changes = Changes::default();
        for job in batch.take().into_iter().flatten() {
            // Each job sees the changes of those before it, as if they were committed already; if
            // the commit fails, all of them fail together.
            endings.extend(guarded(|| job(reader, &mut changes)));
        }
        changes
    });
    let outcome = settled(engine, outcome, waiting);
    if let Err(error) = &outcome
        && !error.is_outage()
    {
        tracing::error!(%error, "the store did not commit");
    }
    for ending in endings {
        let outcome = outcome.as_ref().copied().map_err(StoreError::again);
        guarded(|| ending(outcome)).unwrap_or_default();
    }
}

/// Answers the callers of an open commit once its outcome is known; new jobs are refused meanwhile.
fn settled(
    engine: &mut dyn Engine,
    mut outcome: Result<(), StoreError>,
    waiting: &Receiver<WriteJob>,
) -> Result<(), StoreError> {
    // A caller must not learn of a failure that was a success: it would repeat its command. So its
    // answer waits until the outcome is known.
    while let Err(StoreError::Unsettled(_)) = outcome {
        thread::sleep(SETTLE);
        // New jobs are refused rather than queued: their callers get an answer now, and the queue
        // does not grow with the outage.
        waiting.try_iter().for_each(drop);
        outcome = engine.settle();
    }
    outcome
}

//! Makes products. Many wait at the same time, and stock is asked for several at once, outside
//! of any transaction.
//!
//! A job stays in the store until its product is finished, so that it is resumed after a restart,
//! or by another replica. Stock is asked with the same key until it answers, so that a product
//! which two replicas are making is made once.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::time::Duration;

use brunt_kit::event::Cause;
use brunt_kit::lifecycle::Stop;
use brunt_kit::store::{Store, Tx, View};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::domain::{Command, Product};
use super::outbound::calls::StockClient;
use super::outbound::store::{self, Job, Refusal};

/// How many products are made at once. The others wait, and can still be canceled while
/// stock is down.
const AT_ONCE: usize = 128;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// How often to look for jobs that no replica is making. They must have been due for as long.
const SWEEP: Duration = Duration::from_secs(3);

/// Milliseconds since 1970: due times outlive the process.
pub(super) fn now_millis() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

pub(super) struct Maker {
    pub(super) store: Store,
    pub(super) stock: StockClient,
    pub(super) queue: UnboundedReceiver<Job>,
}

/// The jobs of this replica.
#[derive(Default)]
struct Hands {
    waiting: BinaryHeap<Reverse<(i64, i64)>>,
    /// Waiting products and those being made.
    known: BTreeSet<i64>,
}

impl Hands {
    fn take(&mut self, due: i64, id: i64) {
        if self.known.insert(id) {
            self.waiting.push(Reverse((due, id)));
        }
    }
}

impl Maker {
    /// Runs until stopped; then finishes the products that stock was asked for, if stock answers.
    pub(super) async fn run(mut self, stop: Stop) {
        let mut hands = Hands::default();
        let mut making = JoinSet::new();
        let (mut sweep, mut overdue) = (Instant::now(), i64::MIN);
        while !stop.is_requested() {
            // All that are due, up to the limit: stock answers each on its own.
            while let Some(job) = next_due(&mut hands.waiting, making.len()) {
                making.spawn(make(self.store.clone(), self.stock.clone(), job, stop.clone()));
            }
            let busy = making.len();
            tokio::select! {
                biased;
                () = stop.requested() => {}
                // From this replica's own policy: no need to wait for the next look at the store.
                Some(job) = self.queue.recv() => hands.take(job.due, job.id),
                // A task that panicked is forgotten here and found again by a sweep.
                Some(Ok(id)) = making.join_next() => drop(hands.known.remove(&id)),
                () = sleep_until(sweep) => {
                    // The first sweep takes all jobs that are left; later ones only those that
                    // another replica should have begun long ago.
                    // Only after a first sweep that worked: until then everything in the store
                    // is left over.
                    if self.sweep(&mut hands, overdue).await {
                        overdue = i64::try_from(SWEEP.as_millis()).unwrap_or(i64::MAX);
                    }
                    sweep = Instant::now() + SWEEP;
                }
                () = until_due(&hands.waiting, busy) => {}
            }
        }
        // Stock may have taken already what these have asked for: their answers are worth the wait.
        while making.join_next().await.is_some() {}
    }

    /// Takes the stored jobs that have been due for `overdue` ms; false if they cannot be read.
    async fn sweep(&self, hands: &mut Hands, overdue: i64) -> bool {
        match self.store.read(|view: &View<'_>| view.all::<Job>()).await {
            Ok(jobs) => {
                let now = now_millis();
                let left = jobs.into_iter().filter(|job| now.saturating_sub(job.due) >= overdue);
                left.for_each(|job| hands.take(job.due, job.id));
                true
            }
            Err(error) => {
                tracing::debug!(%error, "jobs cannot be read; trying again");
                false
            }
        }
    }
}

fn next_due(waiting: &mut BinaryHeap<Reverse<(i64, i64)>>, making: usize) -> Option<i64> {
    let due = waiting.peek().is_some_and(|Reverse((due, _))| *due <= now_millis());
    (due && making < AT_ONCE).then(|| waiting.pop().map(|Reverse((_, id))| id)).flatten()
}

async fn until_due(waiting: &BinaryHeap<Reverse<(i64, i64)>>, making: usize) {
    match waiting.peek() {
        Some(Reverse((due, _))) if making < AT_ONCE => {
            sleep(Duration::from_millis(due.saturating_sub(now_millis()).max(0).unsigned_abs()))
                .await;
        }
        _ => std::future::pending().await,
    }
}

/// Makes a product, and gives its id when it is finished or cannot be.
async fn make(store: Store, stock: StockClient, id: i64, stop: Stop) -> i64 {
    let Some((product, cause)) = started(&store, id, &stop).await else {
        return id;
    };
    let mut pause = FIRST_PAUSE;
    let supply = loop {
        match stock.reduce(&product, &cause.traceparent).await {
            Ok(supply) => break supply,
            Err(error) => tracing::warn!(product = id, %error, "stock was asked; asking again"),
        }
        if stop.is_requested() {
            return id;
        }
        wait(pause, &stop).await;
        // Longer each time: a stock service that comes back must not meet all products at once.
        pause = (pause * 2).min(LONGEST_PAUSE);
    };
    let finish = move |tx: &mut Tx<'_>| store::change(tx, id, Command::Finish(supply), &cause);
    until_stored(&store, id, &stop, finish).await;
    id
}

/// The product to make; none if it was canceled.
async fn started(store: &Store, id: i64, stop: &Stop) -> Option<(Product, Cause)> {
    until_stored(store, id, stop, move |tx: &mut Tx<'_>| store::start(tx, id)).await
}

/// Repeats `work` until the store is written; none if the work is refused, or the service stops.
async fn until_stored<T: Send + 'static>(
    store: &Store,
    id: i64,
    stop: &Stop,
    work: impl Fn(&mut Tx<'_>) -> Result<T, Refusal> + Clone + Send + 'static,
) -> Option<T> {
    loop {
        match store.write(work.clone()).await {
            Ok(done) => return Some(done),
            // It was canceled, or another replica has finished it: nothing is left to do.
            Err(Refusal::Rejected(_) | Refusal::NoSuchProduct) => return None,
            Err(Refusal::Store(error)) => {
                tracing::debug!(product = id, %error, "not stored; trying again");
            }
        }
        if stop.is_requested() {
            return None;
        }
        wait(LONGEST_PAUSE, stop).await;
    }
}

/// Waits with jitter, so that calls that failed together are not repeated together.
async fn wait(pause: Duration, stop: &Stop) {
    tokio::select! {
        () = sleep(pause.mul_f64(0.5 + fastrand::f64())) => {}
        () = stop.requested() => {}
    }
}

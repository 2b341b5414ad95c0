//! Makes products: many wait at the same time, and stock is asked for several at once, outside of any transaction.
//!
//! A job stays in the store until its product is finished, so that a restart resumes it. Until stock has answered, it
//! is asked again with the same key.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use brunt_kit::event::Cause;
use brunt_kit::lifecycle::Stop;
use brunt_kit::store::{Store, View};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::domain::{Command, Product};
use super::outbound::calls::Stock;
use super::outbound::store::{self, Job, Refusal};

/// How many are being made at once: while stock is down, the others wait and can still be cancelled.
const AT_ONCE: usize = 128;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Milliseconds since 1970: due times outlive the process.
pub(super) fn now_millis() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

pub(super) struct Maker {
    pub(super) store: Store,
    pub(super) stock: Stock,
    pub(super) queue: UnboundedReceiver<Job>,
}

impl Maker {
    /// Runs until stopped; then what stock has been asked for is finished, if stock answers.
    pub(super) async fn run(mut self, stop: Stop) {
        let mut waiting = self.left_behind(&stop).await;
        let mut making = JoinSet::new();
        while !stop.is_requested() {
            while let Some(job) = next_due(&mut waiting, making.len()) {
                making.spawn(make(self.store.clone(), self.stock.clone(), job, stop.clone()));
            }
            let busy = making.len();
            tokio::select! {
                biased;
                () = stop.requested() => {}
                Some(job) = self.queue.recv() => waiting.push(Reverse((job.due, job.id))),
                Some(_) = making.join_next() => {}
                () = until_due(&waiting, busy) => {}
            }
        }
        while making.join_next().await.is_some() {}
    }

    async fn left_behind(&self, stop: &Stop) -> BinaryHeap<Reverse<(i64, i64)>> {
        loop {
            match self.store.read(|view: &View<'_>| view.all::<Job>()).await {
                Ok(jobs) => return jobs.into_iter().map(|job| Reverse((job.due, job.id))).collect(),
                Err(error) => tracing::error!(%error, "jobs cannot be read; trying again"),
            }
            if stop.is_requested() {
                return BinaryHeap::new();
            }
            sleep(LONGEST_PAUSE).await;
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
            sleep(Duration::from_millis(due.saturating_sub(now_millis()).max(0).unsigned_abs())).await;
        }
        _ => std::future::pending().await,
    }
}

async fn make(store: Store, stock: Stock, id: i64, stop: Stop) {
    let Some((product, cause)) = started(&store, id, &stop).await else {
        return;
    };
    let mut pause = FIRST_PAUSE;
    let supply = loop {
        match stock.reduce(&product, &cause.traceparent).await {
            Ok(supply) => break supply,
            Err(error) => tracing::warn!(product = id, %error, "stock was asked; asking again"),
        }
        if stop.is_requested() {
            return;
        }
        wait(pause, &stop).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    };
    if let Err(error) = store.write(move |tx| store::change(tx, id, Command::Finish(supply), &cause)).await {
        tracing::error!(product = id, %error, "not finished; it resumes at the next start");
    }
}

/// The product to make, or nothing if it was cancelled.
async fn started(store: &Store, id: i64, stop: &Stop) -> Option<(Product, Cause)> {
    loop {
        match store.write(move |tx| store::start(tx, id)).await {
            Ok(started) => return Some(started),
            Err(Refusal::Rejected(_) | Refusal::NoSuchProduct) => return None,
            Err(Refusal::Store(error)) => tracing::error!(product = id, %error, "cannot start; trying again"),
        }
        if stop.is_requested() {
            return None;
        }
        wait(LONGEST_PAUSE, stop).await;
    }
}

/// With some jitter, so that what failed together does not come back together.
async fn wait(pause: Duration, stop: &Stop) {
    tokio::select! {
        () = sleep(pause.mul_f64(0.5 + fastrand::f64())) => {}
        () = stop.requested() => {}
    }
}

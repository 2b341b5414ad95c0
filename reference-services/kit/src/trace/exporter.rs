//! Sends spans in the background. Spans that cannot be sent are dropped and counted: traces never
//! delay the work.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{sleep, timeout};

use super::otlp;
use super::record::Record;
use crate::http_client::client;
use crate::lifecycle::Stop;

/// How many spans may wait.
// Bounded: with a collector that is away, spans are dropped rather than kept.
const QUEUE: usize = 4096;
const BATCH: usize = 512;
/// How long the first span of a batch waits for others.
const LINGER: Duration = Duration::from_millis(200);
const SEND: Duration = Duration::from_secs(2);

/// The queue of spans.
#[derive(Debug)]
pub(super) struct Exporter {
    service: String,
    url: String,
    client: reqwest::Client,
    queue: Sender<Record>,
    waiting: Mutex<Option<Receiver<Record>>>,
    sent: AtomicU64,
    dropped: AtomicU64,
}

impl Exporter {
    pub(super) fn new(service: &str, endpoint: &str) -> Self {
        let (queue, waiting) = channel(QUEUE);
        Self {
            service: service.to_owned(),
            url: format!("{}/v1/traces", endpoint.trim_end_matches('/')),
            client: client(),
            queue,
            waiting: Mutex::new(Some(waiting)),
            sent: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        }
    }

    pub(super) fn take(&self, record: Record) {
        // Never waits: this runs on the way of every request.
        if self.queue.try_send(record).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn counts(&self) -> (u64, u64) {
        (self.sent.load(Ordering::Relaxed), self.dropped.load(Ordering::Relaxed))
    }

    /// Runs until stopped, and then until what waits is sent or cannot be.
    pub(super) async fn run(&self, stop: Stop) {
        let Some(mut waiting) = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take()
        else {
            return;
        };
        loop {
            let mut batch = Vec::with_capacity(BATCH);
            tokio::select! {
                biased;
                _ = waiting.recv_many(&mut batch, BATCH) => {}
                () = stop.requested() => return,
            }
            // Not a sleep: a stop ends the wait at once.
            if batch.len() < BATCH {
                drop(timeout(LINGER, stop.requested()).await);
            }
            while batch.len() < BATCH
                && let Ok(record) = waiting.try_recv()
            {
                batch.push(record);
            }
            self.send(&batch).await;
        }
    }

    async fn send(&self, batch: &[Record]) {
        let body = otlp::request(&self.service, batch);
        let sending = async {
            let response = self.client.post(&self.url).json(&body).send().await?;
            response.error_for_status().map(drop)
        };
        let count = batch.len() as u64;
        let error = match timeout(SEND, sending).await {
            Ok(Ok(())) => {
                self.sent.fetch_add(count, Ordering::Relaxed);
                return;
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        self.dropped.fetch_add(count, Ordering::Relaxed);
        tracing::debug!(error, count, "spans were dropped");
        // A collector that is down is not called all the time.
        sleep(LINGER).await;
    }
}

//! What callers say of their circuit breakers, read again and again while the load lasts.

mod metrics;
mod track;

use std::sync::Arc;
use std::time::{Duration, Instant};

use brunt_scenarios::plan::{BreakerReading, CheckId};
use brunt_scenarios::timeline::{BreakerRecord, Moment};
use tokio::task::JoinSet;
use tracing::Instrument;

use super::context::RunContext;
use super::stop_signal::StopSignal;
use crate::target::RunningSystem;
use metrics::MetricsError;
use track::{CallCounts, StateTrack};

/// Between two readings: shorter than any state but a trial lasts.
const PAUSE: Duration = Duration::from_millis(50);

/// A replica that does not answer in this time is passed over until the next reading.
const PATIENCE: Duration = Duration::from_millis(500);

/// Reads every breaker of the plan's checks until the load ends.
pub async fn watch(context: &RunContext<'_>) -> Vec<BreakerRecord> {
    let mut all = JoinSet::new();
    let origin = context.origin();
    let ends = origin + context.plan().load_ends();
    for check in &context.plan().checks {
        let Some(breaker) = check.claim.needs().breaker else { continue };
        let watched = WatchedBreaker::new(check.id, breaker, Arc::clone(&context.system));
        let reading = watched.until(origin, ends, context.stop.clone());
        all.spawn(reading.in_current_span());
    }
    let mut records = all.join_all().await;
    records.sort_by_key(|record| record.check);
    records
}

struct WatchedBreaker {
    check: CheckId,
    caller: String,
    callee: String,
    name: String,
    metrics: String,
    system: Arc<RunningSystem>,
}

impl WatchedBreaker {
    fn new(check: CheckId, breaker: BreakerReading<'_>, system: Arc<RunningSystem>) -> Self {
        let BreakerReading { caller, callee, name, metrics } = breaker;
        let [caller, callee] = [caller, callee].map(str::to_owned);
        let [name, metrics] = [name, metrics].map(str::to_owned);
        Self { check, caller, callee, name, metrics, system }
    }

    async fn until(self, origin: Instant, ends: Instant, stop: StopSignal) -> BreakerRecord {
        let Self { caller, name, metrics, .. } = &self;
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build();
        let client = client.expect("a client without TLS can always be made");
        let (mut track, mut trouble) = (StateTrack::default(), None);
        let mut next = origin;
        while next < ends && stop.sleep_until(next.into()).await {
            for (replica, url) in self.system.replicas_of(caller).await {
                let before = self.calls(replica).await;
                let text = read(&client, &format!("{url}{metrics}")).await;
                let at = Moment::between(origin, Instant::now());
                let passed = CallCounts { before, after: self.calls(replica).await };
                let state = text.and_then(|text| metrics::state(&text, name));
                match state {
                    Ok(state) => track.note(replica, at, state, passed),
                    Err(why) => {
                        trouble = Some(format!("replica {replica} of {caller}: {why}"));
                    }
                }
            }
            next = (next + PAUSE).max(Instant::now());
        }
        let (readings, spans) = track.end();
        let Self { check, caller, callee, .. } = self;
        BreakerRecord { check, caller, callee, spans, readings, trouble }
    }

    /// Calls that came by on the way to the callee up to now.
    async fn calls(&self, replica: u32) -> u64 {
        self.system.calls(&self.caller, replica, &self.callee).await
    }
}

async fn read(client: &reqwest::Client, url: &str) -> Result<String, MetricsError> {
    let reply = client.get(url).send().await.map_err(MetricsError::NoAnswer)?;
    let status = reply.status();
    if !status.is_success() {
        return Err(MetricsError::Status(status.as_u16()));
    }
    reply.text().await.map_err(MetricsError::Broken)
}

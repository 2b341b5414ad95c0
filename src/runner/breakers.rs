//! What callers say of their circuit breakers, read again and again while the load lasts.

mod metrics;
mod track;

use std::sync::Arc;
use std::time::{Duration, Instant};

use brunt_scenarios::plan::{Claim, Plan};
use brunt_scenarios::timeline::{BreakerRecord, Moment};
use tokio::task::JoinSet;

use super::stop::Stop;
use crate::target::RunningSystem;
use track::{Passed, Track};

/// Between two readings: shorter than any state but a trial lasts.
const PAUSE: Duration = Duration::from_millis(50);

/// A replica that does not answer in this time is passed over until the next reading.
const PATIENCE: Duration = Duration::from_millis(500);

/// Reads every breaker of the plan's checks until the load ends.
pub async fn watch(
    plan: &Plan,
    system: &Arc<RunningSystem>,
    origin: Instant,
    stop: &Stop,
) -> Vec<BreakerRecord> {
    let mut all = JoinSet::new();
    let ends = origin + plan.load_ends();
    for (check, claim) in plan.checks.iter().map(|check| &check.claim).enumerate() {
        if let Claim::Breaker { caller, callee, name, metrics, .. } = claim {
            let watched = Watched {
                caller: caller.clone(),
                callee: callee.clone(),
                name: name.clone(),
                metrics: metrics.clone(),
                system: Arc::clone(system),
            };
            all.spawn(watched.until(check, origin, ends, stop.clone()));
        }
    }
    let mut records = all.join_all().await;
    records.sort_by_key(|record| record.check);
    records
}

struct Watched {
    caller: String,
    callee: String,
    name: String,
    metrics: String,
    system: Arc<RunningSystem>,
}

impl Watched {
    async fn until(
        self,
        check: usize,
        origin: Instant,
        ends: Instant,
        stop: Stop,
    ) -> BreakerRecord {
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build();
        let client = client.expect("a client without TLS can always be made");
        let (mut track, mut trouble) = (Track::default(), None);
        let mut next = origin;
        while next < ends && stop.sleep_until(next.into()).await {
            for (replica, url) in self.system.replicas_of(&self.caller).await {
                let before = self.calls(replica).await;
                let text = read(&client, &format!("{url}{}", self.metrics)).await;
                let at = Moment::between(origin, Instant::now());
                let passed = Passed { before, after: self.calls(replica).await };
                let state = text.and_then(|text| metrics::state(&text, &self.name));
                match state {
                    Ok(state) => track.note(replica, at, state, passed),
                    Err(why) => {
                        trouble = Some(format!("replica {replica} of {}: {why}", self.caller));
                    }
                }
            }
            next = (next + PAUSE).max(Instant::now());
        }
        let (readings, spans) = track.end();
        let Self { caller, callee, .. } = self;
        BreakerRecord { check, caller, callee, spans, readings, trouble }
    }

    /// Calls that came by on the way to the callee up to now.
    async fn calls(&self, replica: u32) -> u64 {
        self.system.calls(&self.caller, replica, &self.callee).await
    }
}

async fn read(client: &reqwest::Client, url: &str) -> Result<String, String> {
    let reply = client.get(url).send().await.map_err(|_| "no answer".to_owned())?;
    let status = reply.status();
    if !status.is_success() {
        return Err(format!("its metrics answered {}", status.as_u16()));
    }
    reply.text().await.map_err(|_| "its metrics broke off".to_owned())
}

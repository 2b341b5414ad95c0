//! Faults at their times: applied, and always undone.

use std::sync::Arc;
use std::time::Instant;

use brunt_faults::{Limits, apply};
use brunt_local::LocalSystem;
use brunt_scenarios::plan::{Fault, FaultKind};
use brunt_scenarios::timeline::{FaultRecord, Moment};
use tokio::task::JoinSet;

use super::setting::Setting;
use super::stop::Stop;

/// Lets every fault of the plan happen; returns once all are undone.
pub async fn happen(
    setting: &Setting<'_>,
    system: &Arc<LocalSystem>,
    origin: Instant,
    stop: &Stop,
) -> Vec<FaultRecord> {
    let mut all = JoinSet::new();
    for (place, fault) in setting.plan.faults.iter().enumerate() {
        let one = OneFault {
            fault: fault.clone(),
            system: Arc::clone(system),
            limits: Limits { max_unavailable: setting.plan.max_unavailable },
            chance: fastrand::Rng::with_seed(setting.seed.wrapping_add(place as u64)),
            origin,
            stop: stop.clone(),
            progress: setting.progress.clone(),
        };
        all.spawn(one.happen());
    }
    let mut records: Vec<FaultRecord> = all.join_all().await.into_iter().flatten().collect();
    records.sort_by(|a, b| a.start.0.total_cmp(&b.start.0));
    records
}

struct OneFault {
    fault: Fault,
    system: Arc<LocalSystem>,
    limits: Limits,
    chance: fastrand::Rng,
    origin: Instant,
    stop: Stop,
    progress: crate::progress::Progress,
}

impl OneFault {
    async fn happen(mut self) -> Vec<FaultRecord> {
        let mut records = Vec::new();
        for at in self.fault.at.clone() {
            if !self.stop.sleep_until((self.origin + at).into()).await {
                break;
            }
            records.push(self.once().await);
        }
        records
    }

    async fn once(&mut self) -> FaultRecord {
        let start = Instant::now();
        let name = self.fault.kind.to_string();
        self.progress.fault(Moment::between(self.origin, start), &name, "begins");
        let system = Arc::clone(&self.system);
        let applied = apply(&self.fault.kind, &*system, &self.limits, &mut self.chance).await;
        let outcome = match applied {
            Err(error) => Err(error),
            Ok(applied) => match self.fault.lasts {
                None => Ok(applied.keep()),
                Some(lasts) => {
                    self.stop.sleep_until((start + lasts).into()).await;
                    applied.recover(&*system).await
                }
            },
        };
        let end = if self.fault.lasts.is_some() { Instant::now() } else { start };
        if self.fault.lasts.is_some() {
            self.progress.fault(Moment::between(self.origin, end), &name, "ends");
        }
        let (services, effect, trouble) = match outcome {
            Ok(effect) => (effect.services, effect.hits, None),
            Err(error) => (services(&self.fault.kind), 0, Some(error.to_string())),
        };
        let (start, end) = (Moment::between(self.origin, start), Moment::between(self.origin, end));
        FaultRecord { name, services, start, end, effect, trouble }
    }
}

fn services(kind: &FaultKind) -> Vec<String> {
    match kind {
        FaultKind::Edge { from, to, .. } => vec![from.clone(), to.clone()],
        other => other.services().into_iter().map(str::to_owned).collect(),
    }
}

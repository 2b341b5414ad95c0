//! Faults at their times: applied, and always undone.

use std::sync::Arc;
use std::time::Instant;

use brunt_faults::{Effect, FaultError, Limits, inject_where, with_causes};
use brunt_scenarios::plan::{Fault, FaultKind};
use brunt_scenarios::timeline::{FaultRecord, Moment};
use tokio::task::JoinSet;

use super::setting::Setting;
use super::stop::Stop;
use crate::target::RunningSystem;

/// What became of the faults.
#[derive(Default)]
pub struct Happened {
    /// Each time that a fault happened, by its start.
    pub records: Vec<FaultRecord>,
    /// What could not be put back, in words.
    pub left_behind: Vec<String>,
}

/// Lets every fault of the plan happen; returns once all are undone, or cannot be.
pub async fn happen(
    setting: &Setting<'_>,
    system: &Arc<RunningSystem>,
    origin: Instant,
    stop: &Stop,
) -> Happened {
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
    let mut happened = Happened::default();
    for one in all.join_all().await {
        happened.records.extend(one.records);
        happened.left_behind.extend(one.left_behind);
    }
    happened.records.sort_by(|a, b| a.start.0.total_cmp(&b.start.0));
    happened
}

struct OneFault {
    fault: Fault,
    system: Arc<RunningSystem>,
    limits: Limits,
    chance: fastrand::Rng,
    origin: Instant,
    stop: Stop,
    progress: crate::progress::RunProgress,
}

impl OneFault {
    async fn happen(mut self) -> Happened {
        let mut happened = Happened::default();
        for at in self.fault.at.clone() {
            if !self.stop.sleep_until((self.origin + at).into()).await {
                break;
            }
            let start = Instant::now();
            let name = self.fault.kind.to_string();
            self.progress.fault_begins(Moment::between(self.origin, start), &self.fault);
            let outcome = self.once(start).await;
            let end = if self.fault.lasts.is_some() { Instant::now() } else { start };
            if self.fault.lasts.is_some() {
                self.progress.fault_ends(Moment::between(self.origin, end), &self.fault);
            }
            happened.left_behind.extend(outcome.left_behind.map(|why| format!("{name}: {why}")));
            happened.records.push(FaultRecord {
                name,
                services: outcome.services,
                start: Moment::between(self.origin, start),
                end: Moment::between(self.origin, end),
                effect: outcome.hits,
                trouble: outcome.trouble,
            });
        }
        happened
    }

    /// Applies it, waits, and undoes it.
    async fn once(&mut self, start: Instant) -> Outcome {
        let system = Arc::clone(&self.system);
        let Fault { kind, only, .. } = &self.fault;
        let applied = match inject_where(kind, only, &*system, &self.limits, &mut self.chance).await
        {
            Ok(applied) => applied,
            Err(error) => return Outcome::without_effect(&self.fault.kind, &error),
        };
        let Some(lasts) = self.fault.lasts else {
            return applied.keep().into();
        };
        self.stop.sleep_until((start + lasts).into()).await;
        // Should it not be undone, it has had its effect all the same.
        let effect = applied.effect().clone();
        match applied.recover(&*system).await {
            Ok(effect) => effect.into(),
            Err(error) if error.is_drift() => {
                Outcome { left_behind: Some(with_causes(&error)), ..effect.into() }
            }
            // The system puts back all that is left when the run ends, and says what it could not.
            // That the fault lasted longer than planned is known now.
            Err(error) => Outcome {
                trouble: Some(format!("it was not undone at its time: {}", with_causes(&error))),
                ..effect.into()
            },
        }
    }
}

/// What became of a fault, once.
struct Outcome {
    services: Vec<String>,
    hits: u64,
    /// Why it had no effect, or lasted too long.
    trouble: Option<String>,
    /// Why it could not be undone.
    left_behind: Option<String>,
}

impl Outcome {
    fn without_effect(kind: &FaultKind, error: &FaultError) -> Self {
        let services = kind.touches().into_iter().map(str::to_owned).collect();
        Self { services, hits: 0, trouble: Some(with_causes(error)), left_behind: None }
    }
}

impl From<Effect> for Outcome {
    fn from(effect: Effect) -> Self {
        Self { services: effect.services, hits: effect.hits, trouble: None, left_behind: None }
    }
}

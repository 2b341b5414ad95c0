//! Faults at their times: injected, and always recovered.

use std::sync::Arc;
use std::time::Instant;

use brunt_faults::{Effect, FaultError, Limits, inject_where, with_causes};
use brunt_scenarios::plan::{Fault, FaultKind};
use brunt_scenarios::timeline::{FaultRecord, Moment};
use tokio::task::JoinSet;
use tracing::{Instrument, info, warn};

use super::context::RunContext;
use super::stop_signal::StopSignal;
use crate::progress::RunProgress;
use crate::target::RunningSystem;

/// What became of all faults of a run.
#[derive(Default)]
pub struct FaultOutcomes {
    /// Each time that a fault outcomes, by its start.
    pub records: Vec<FaultRecord>,
    /// What could not be restored, in words.
    pub left_behind: Vec<String>,
}

/// Lets every fault of the plan happen; returns once all have recovered, or cannot.
pub async fn happen(context: &RunContext<'_>) -> FaultOutcomes {
    let mut all = JoinSet::new();
    for (index, fault) in context.plan().faults.iter().enumerate() {
        // Each fault draws for itself, so that which of two comes first does not change what the
        // other hits.
        let seed = context.config.seed.wrapping_add(index as u64);
        let one = ScheduledFault {
            fault: fault.clone(),
            system: Arc::clone(&context.system),
            limits: Limits { max_unavailable: context.plan().max_unavailable },
            chance: fastrand::Rng::with_seed(seed),
            origin: context.origin(),
            stop: context.stop.clone(),
            progress: context.config.progress.clone(),
        };
        all.spawn(one.happen().in_current_span());
    }
    let mut outcomes = FaultOutcomes::default();
    for one in all.join_all().await {
        outcomes.records.extend(one.records);
        outcomes.left_behind.extend(one.left_behind);
    }
    outcomes.records.sort_by(|a, b| a.start.0.total_cmp(&b.start.0));
    outcomes
}

struct ScheduledFault {
    fault: Fault,
    system: Arc<RunningSystem>,
    limits: Limits,
    chance: fastrand::Rng,
    origin: Instant,
    stop: StopSignal,
    progress: RunProgress,
}

impl ScheduledFault {
    async fn happen(mut self) -> FaultOutcomes {
        let mut outcomes = FaultOutcomes::default();
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
            outcomes.left_behind.extend(outcome.left_behind.map(|why| format!("{name}: {why}")));
            outcomes.records.push(FaultRecord {
                name,
                services: outcome.services,
                start: Moment::between(self.origin, start),
                end: Moment::between(self.origin, end),
                effect: outcome.hits,
                trouble: outcome.trouble,
            });
        }
        outcomes
    }

    /// Injects it, waits, and lets it recover.
    async fn once(&mut self, start: Instant) -> FaultOutcome {
        let system = Arc::clone(&self.system);
        let Fault { kind, only, .. } = &self.fault;
        let injected = inject_where(kind, only, &*system, &self.limits, &mut self.chance).await;
        let applied = match injected {
            Ok(applied) => applied,
            Err(error) => {
                warn!(fault = %kind, %error, "the fault had no effect");
                return FaultOutcome::without_effect(kind, &error);
            }
        };
        let effect = applied.effect().clone();
        let (services, hits) = (effect.services.join(", "), effect.hits);
        info!(fault = %kind, services, hits, "fault injected");
        let Some(lasts) = self.fault.lasts else {
            return applied.keep().into();
        };
        self.stop.sleep_until((start + lasts).into()).await;
        match applied.recover(&*system).await {
            Ok(effect) => {
                info!(fault = %kind, services, hits = effect.hits, "fault recovered");
                effect.into()
            }
            // Should it not recover, it has had its effect all the same.
            Err(error) if error.is_drift() => {
                warn!(fault = %kind, services, %error, "left as somebody else changed it");
                FaultOutcome { left_behind: Some(with_causes(&error)), ..effect.into() }
            }
            // All is as before, and for how long it was not is not known.
            Err(error) if error.is_taken_back() => {
                warn!(fault = %kind, services, %error, "ended by somebody else");
                FaultOutcome { trouble: Some(with_causes(&error)), ..effect.into() }
            }
            // The system restores all that is left when the run ends, and says what it could not.
            // That the fault lasted longer than planned is known now.
            Err(error) => {
                warn!(fault = %kind, services, %error, "not recovered at its time");
                let trouble =
                    Some(format!("it was not undone at its time: {}", with_causes(&error)));
                FaultOutcome { trouble, ..effect.into() }
            }
        }
    }
}

/// What became of one injection of a fault.
struct FaultOutcome {
    services: Vec<String>,
    hits: u64,
    /// Why it had no effect, or lasted too long.
    trouble: Option<String>,
    /// Why it could not be restored.
    left_behind: Option<String>,
}

impl FaultOutcome {
    fn without_effect(kind: &FaultKind, error: &FaultError) -> Self {
        let services = kind.touches().into_iter().map(str::to_owned).collect();
        Self { services, hits: 0, trouble: Some(with_causes(error)), left_behind: None }
    }
}

impl From<Effect> for FaultOutcome {
    fn from(effect: Effect) -> Self {
        Self { services: effect.services, hits: effect.hits, trouble: None, left_behind: None }
    }
}

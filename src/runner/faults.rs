//! Faults at their times: injected, and always recovered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use brunt_faults::{Effect, FaultError, InjectedFault, Limits, inject_where, with_causes};
use brunt_scenarios::plan::{Fault, FaultKind};
use brunt_scenarios::timeline::{AskedTimes, FaultRecord, Moment};
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

/// From when to when the plan has an application of a fault.
fn asked(at: Duration, lasts: Duration) -> AskedTimes {
    AskedTimes { start: Moment(at.as_secs_f64()), end: Moment((at + lasts).as_secs_f64()) }
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
            let outcome = self.once().await;
            let end = if self.fault.lasts.is_some() { Instant::now() } else { start };
            if self.fault.lasts.is_some() {
                self.progress.fault_ends(Moment::between(self.origin, end), &self.fault);
            }
            outcomes.left_behind.extend(outcome.left_behind.map(|why| format!("{name}: {why}")));
            let moment = |then| Moment::between(self.origin, then);
            outcomes.records.push(FaultRecord {
                name,
                services: outcome.services,
                start: moment(start),
                end: moment(end),
                in_force: outcome.in_force.map(moment),
                asked: self.fault.lasts.map(|lasts| asked(at, lasts)),
                effect: outcome.hits,
                trouble: outcome.trouble,
            });
        }
        outcomes
    }

    /// Injects it, waits, and lets it recover.
    async fn once(&mut self) -> FaultOutcome {
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
        let (in_force, late) = self.until_in_force(&applied).await;
        if let Some(in_force) = in_force {
            self.stop.sleep_until((in_force + lasts).into()).await;
        }
        let outcome = self.recover(applied).await;
        FaultOutcome { in_force, trouble: outcome.trouble.or(late), ..outcome }
    }

    /// Waits until all of it is in force, since its length counts from then. Returns that moment,
    /// or why there was none; neither when the run is to end first.
    async fn until_in_force(&self, applied: &InjectedFault) -> (Option<Instant>, Option<String>) {
        let in_force = tokio::select! {
            in_force = applied.until_in_force(&*self.system) => in_force,
            _ = self.stop.requested() => return (None, None),
        };
        match in_force {
            Ok(()) => (Some(Instant::now()), None),
            Err(error) => {
                warn!(fault = %self.fault.kind, %error, "never wholly in force");
                (None, Some(with_causes(&error)))
            }
        }
    }

    async fn recover(&self, applied: InjectedFault) -> FaultOutcome {
        let (kind, system) = (&self.fault.kind, &self.system);
        let effect = applied.effect().clone();
        let services = effect.services.join(", ");
        match applied.recover(&**system).await {
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
            Err(error) if error.has_ended_early() => {
                warn!(fault = %kind, services, %error, "ended before its time");
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
    /// From when on all of it was in force, if that was seen.
    in_force: Option<Instant>,
    /// Why it had no effect, or lasted too long.
    trouble: Option<String>,
    /// Why it could not be restored.
    left_behind: Option<String>,
}

impl FaultOutcome {
    fn without_effect(kind: &FaultKind, error: &FaultError) -> Self {
        let services = kind.touches().into_iter().map(str::to_owned).collect();
        Self {
            services,
            hits: 0,
            in_force: None,
            trouble: Some(with_causes(error)),
            left_behind: None,
        }
    }
}

impl From<Effect> for FaultOutcome {
    fn from(effect: Effect) -> Self {
        let Effect { services, hits } = effect;
        Self { services, hits, in_force: None, trouble: None, left_behind: None }
    }
}

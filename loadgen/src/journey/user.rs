//! A user that makes journeys.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use brunt_scenarios::timeline::Failure;

use super::step_verdict::judge;

use super::step_verdict::StepVerdict;
use super::values::JourneyValues;
use crate::client::{LONGEST_BODY, RequestDeadline, ServerConnection, VisitEnd, WorkerLoad};
use crate::cookies::CookieJar;
use crate::job::{JourneyScript, ScriptedStep};
use crate::protocol::Keep;
use crate::recorder::{JourneyEnd, RequestEnd, StepIndex};
use crate::schedule::{ScheduledAt, draw_think_time};

/// A user that makes one journey after another.
pub(crate) struct JourneyUser {
    pub(super) load: Rc<WorkerLoad>,
    pub(super) deadline: Rc<RequestDeadline>,
    pub(super) script: Arc<JourneyScript>,
    /// One for each of the load's servers.
    pub(super) connections: Vec<ServerConnection>,
    pub(super) jar: CookieJar,
    /// The user's number in the closed model. In the open model each journey is a new user's.
    user: Option<u64>,
    iteration: u64,
}

/// How a step ended.
enum StepEnd {
    Good,
    Failed(Failure),
    /// The load ended before the step did.
    Cut,
}

/// A step that has ended.
struct FinishedStep {
    at: Instant,
    sent: Instant,
    end: StepEnd,
}

impl JourneyUser {
    /// A user with this number, or without one a new user for each journey.
    pub fn new(load: &Rc<WorkerLoad>, script: &Arc<JourneyScript>, user: Option<u64>) -> Self {
        let keep = Keep::Whole(if script.reads_bodies() { LONGEST_BODY } else { 0 });
        Self {
            load: Rc::clone(load),
            deadline: load.new_deadline(),
            script: Arc::clone(script),
            connections: (0..load.prepared.servers.len())
                .map(|server| ServerConnection::new(load, server, keep))
                .collect(),
            jar: CookieJar::default(),
            user,
            iteration: 0,
        }
    }

    /// Makes a journey, and records each of its steps and the journey as a whole.
    pub async fn travel(&mut self, due: ScheduledAt) -> VisitEnd {
        let script = Arc::clone(&self.script);
        let which = script.choose();
        let mut known = self.set_out(&script);
        let steps = &script.journeys[which].steps;
        let (mut step_due, mut first_sent) = (due, None);
        for (number, step) in steps.iter().enumerate() {
            let place = StepIndex { journey: which, step: number };
            let stepped = self.step(step, place, step_due, &mut known).await;
            let sent = *first_sent.get_or_insert(stepped.sent);
            let (at, end) = match stepped.end {
                StepEnd::Failed(_) => (stepped.at, JourneyEnd::Failed),
                StepEnd::Cut => (Instant::now(), JourneyEnd::Unfinished),
                StepEnd::Good if number + 1 == steps.len() => (stepped.at, JourneyEnd::Ok),
                StepEnd::Good => match self.think(stepped.at, steps[number + 1].think).await {
                    Some(then) => {
                        step_due = ScheduledAt { intended: then, free: then };
                        continue;
                    }
                    None => (Instant::now(), JourneyEnd::Unfinished),
                },
            };
            let sample = self.load.sample(due, sent, None, at);
            self.load.record_journey(|journeys| journeys.whole(place, &sample, end));
            let unreachable = matches!(stepped.end, StepEnd::Failed(failure) if is_quick(failure));
            return VisitEnd { at, unreachable };
        }
        // A journey without steps takes no time; the pause keeps its user from spinning.
        VisitEnd { at: Instant::now(), unreachable: true }
    }

    fn set_out<'s>(&mut self, script: &'s JourneyScript) -> JourneyValues<'s> {
        self.iteration += 1;
        match self.user {
            Some(user) => JourneyValues::new(script, user, self.iteration),
            None => {
                self.jar.clear();
                JourneyValues::new(script, script.new_user(), 1)
            }
        }
    }

    /// Waits until the next step is due; `None` when the load ended first.
    async fn think(&self, since: Instant, think: (Duration, Duration)) -> Option<Instant> {
        let then = since + draw_think_time(think);
        let goes_on =
            if then > since { self.load.sleep_until(then).await } else { self.load.accepts(then) };
        if !goes_on {
            // The journey was cut by the end, not by its pause, so it ends when the load does.
            self.load.until_end().await;
            return None;
        }
        Some(then)
    }

    /// Makes a step's request, and repeats it while the step polls for another reply.
    async fn step(
        &mut self,
        step: &ScriptedStep,
        place: StepIndex,
        mut due: ScheduledAt,
        known: &mut JourneyValues<'_>,
    ) -> FinishedStep {
        // A step may poll for as long as it says in all, however often that is.
        let mut first_sent = None;
        loop {
            self.load.request_started();
            let answered = self.ask(step, known).await;
            let (sent, at) = (*first_sent.get_or_insert(answered.sent), answered.done);
            let sample = self.load.sample(due, answered.sent, answered.first_byte, at);
            let (ended, mut judged) = match &answered.result {
                Ok(reply) => {
                    let ended =
                        RequestEnd::Replied { status: reply.status, length: answered.length };
                    (ended, judge(step, reply, answered.key.as_deref(), known))
                }
                Err(missed) => {
                    let unknown = answered.wrote && step.is_command;
                    (
                        RequestEnd::Unanswered { cause: missed.cause },
                        StepVerdict::lost(missed.failure, unknown),
                    )
                }
            };
            let polling = step.polling.filter(|polling| {
                judged.verdict.failure == Some(Failure::Check)
                    && at + polling.every < sent + polling.within
            });
            if polling.is_some() {
                // A good reply, but not yet the one that the step polls for: it is no failure.
                judged = StepVerdict::default();
            }
            let failure = judged.verdict.failure;
            self.load
                .record_journey(|journeys| journeys.step(place, &sample, failure, &judged.checks));
            self.load.request_ended(sample, &ended, judged.verdict);
            let end = match (failure, polling) {
                (None, Some(polling)) => match self.think(at, (polling.every, polling.every)).await
                {
                    Some(then) => {
                        due = ScheduledAt { intended: then, free: then };
                        continue;
                    }
                    None => StepEnd::Cut,
                },
                (None, None) => {
                    judged.saved.into_iter().for_each(|(name, value)| known.save(&name, value));
                    StepEnd::Good
                }
                (Some(Failure::Unfinished), _) => StepEnd::Cut,
                (Some(failure), _) => StepEnd::Failed(failure),
            };
            return FinishedStep { at, sent, end };
        }
    }
}

/// Whether a request fails like this within microseconds, so that a user must pause after it.
fn is_quick(failure: Failure) -> bool {
    matches!(failure, Failure::Dns | Failure::Connect | Failure::Tls | Failure::Protocol)
}

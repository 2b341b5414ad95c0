//! The liveness probe restarts a service in time after each fault that leaves it running.

use std::time::Duration;

use brunt_scenarios::bounds;
use brunt_scenarios::plan::{FaultKind, Plan, Restarts};
use brunt_scenarios::timeline::{Event, EventKind, RestartReason, Timeline};
use brunt_scenarios::units::Period;

use super::hits::{self, Hit};
use super::judged::{Judge, JudgedRun};
use super::recovers::worst;
use crate::format;
use crate::verdict::{Finding, Judgement};

/// What the probe did after a fault.
struct Restart {
    /// The fault, in words.
    fault: String,
    /// Seconds until the restart.
    after: Option<f64>,
    /// Seconds until the restarted replica was ready.
    ready: Option<f64>,
    /// Seconds from the fault to the end of the run.
    watched: f64,
    /// Why the probe had nothing to restart, if that is so.
    innocent: Option<String>,
}

impl Judge for Restarts {
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding> {
        vec![of_run(self, run.plan, run.timeline)]
    }
}

fn of_run(claim: &Restarts, plan: &Plan, timeline: &Timeline) -> Finding {
    let Restarts { service, within } = claim;
    let within = *within;
    let hits = hits::on(plan, timeline, service);
    // A fault that replaces the process itself leaves nothing for the probe to do.
    let (left_running, replaced): (Vec<&Hit<'_>>, Vec<&Hit<'_>>) =
        hits.iter().partition(|hit| hit.kind().is_some_and(FaultKind::leaves_running));
    let notices = plan.system.services.get(service).and_then(|one| one.liveness.as_ref());
    let notices = notices.map(bounds::detects);
    let restart_after = |hit: &&Hit<'_>| Restart {
        innocent: too_short(hit, notices).or_else(|| replaced_meanwhile(hit, &replaced, within)),
        ..Restart::after(timeline, service, hit)
    };
    let restarts: Vec<Restart> = left_running.iter().map(restart_after).collect();
    let judgements: Vec<Judgement> =
        restarts.iter().map(|restart| restart.judgement(within.as_secs_f64())).collect();
    Finding {
        check: None,
        name: "restarts".to_owned(),
        claim: claim.to_string(),
        judgement: worst(&judgements),
        measured: measured(&restarts),
        evidence: evidence(&restarts, within),
    }
}

impl Restart {
    fn after(timeline: &Timeline, service: &str, hit: &Hit<'_>) -> Self {
        let start = hit.record.start.0;
        let mut later =
            timeline.events.iter().filter(|event| event.service == service && event.at.0 >= start);
        let restart = later.find(|event| is_by_probe(event));
        let ready = restart.and_then(|_| later.find(|event| event.what == EventKind::Ready));
        Self {
            fault: format!("{} at {}", hit.record.name, format::moment(start)),
            after: restart.map(|event| event.at.0 - start),
            ready: ready.map(|event| event.at.0 - start),
            watched: timeline.ended.0 - start,
            innocent: None,
        }
    }

    fn judgement(&self, within: f64) -> Judgement {
        match (self.after, self.ready) {
            (Some(after), _) if after > within => Judgement::Fail,
            (Some(_), Some(_)) => Judgement::Pass,
            (None, _) if self.innocent.is_some() => Judgement::Inconclusive,
            _ if self.watched < within => Judgement::Inconclusive,
            _ => Judgement::Fail,
        }
    }

    fn words(&self) -> String {
        let fault = &self.fault;
        match (self.after, self.ready) {
            (Some(after), Some(ready)) => format!(
                "{fault}: restarted after {}, ready after {}",
                format::seconds(after),
                format::seconds(ready)
            ),
            (Some(after), None) => {
                format!("{fault}: restarted after {}, never ready", format::seconds(after))
            }
            (None, _) => {
                let why = self.innocent.as_ref().map(|why| format!(", but {why}"));
                let watched = format::seconds(self.watched);
                format!("{fault}: not restarted in {watched}{}", why.unwrap_or_default())
            }
        }
    }
}

/// Why a fault that ended by itself may have gone unseen by a probe that needs this long.
fn too_short(hit: &Hit<'_>, notices: Option<Duration>) -> Option<String> {
    // Without an end it stays until something restarts the process.
    hit.planned?.lasts?;
    let lasted = hit.record.end.0 - hit.record.start.0;
    let notices = notices.filter(|notices| lasted < notices.as_secs_f64())?;
    Some(format!(
        "it ended after {}, and the liveness probe may take {} to notice",
        format::seconds(lasted),
        Period(notices)
    ))
}

/// The fault that replaced the process before the probe had to.
fn replaced_meanwhile(hit: &Hit<'_>, others: &[&Hit<'_>], within: Duration) -> Option<String> {
    let start = hit.record.start.0;
    let time = start..start + within.as_secs_f64();
    let other = others.iter().find(|other| time.contains(&other.record.start.0))?;
    let (name, at) = (&other.record.name, format::moment(other.record.start.0));
    Some(format!("{name} at {at} may have replaced the process before"))
}

fn is_by_probe(event: &Event) -> bool {
    event.what == EventKind::Restarting { reason: RestartReason::Liveness }
}

fn measured(restarts: &[Restart]) -> String {
    if restarts.is_empty() {
        return "unknown".to_owned();
    }
    let after: Option<Vec<f64>> = restarts.iter().map(|restart| restart.after).collect();
    let longest = after.and_then(|after| after.into_iter().max_by(f64::total_cmp));
    longest.map_or("not restarted".to_owned(), format::seconds)
}

fn evidence(restarts: &[Restart], within: Duration) -> String {
    if restarts.is_empty() {
        return "No fault that leaves its processes running hit this service.".to_owned();
    }
    let words: Vec<String> = restarts.iter().map(Restart::words).collect();
    format!("Bound {}: {}.", Period(within), format::first_few(&words, words.len() as u64, "; "))
}

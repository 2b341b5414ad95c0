//! An autoscaler comes down again once a load is over.

use brunt_scenarios::plan::ScalesIn;
use brunt_scenarios::timeline::Timeline;
use brunt_scenarios::units::Period;

use super::judged::{Judge, JudgedRun};
use super::replicas::Ready;
use crate::format;
use crate::verdict::{Finding, Judgement};

impl Judge for ScalesIn {
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding> {
        vec![of_return(self, run.timeline)]
    }
}

fn of_return(claim: &ScalesIn, timeline: &Timeline) -> Finding {
    let ScalesIn { service, to, from, within } = claim;
    let ready = Ready::of(timeline, service);
    let (to, from) = (usize::try_from(*to).unwrap_or(usize::MAX), from.as_secs_f64());
    let was_out =
        ready.first(0.0, |number| number > to).is_some_and(|at| at <= from + within.as_secs_f64());
    let back = ready.first(from, |number| number <= to).map(|at| at - from);
    let left = (timeline.ended.0 - from).max(0.0);
    let (judgement, measured, evidence) = match (was_out, back) {
        (false, _) => (
            Judgement::Inconclusive,
            "never out".to_owned(),
            format!(
                "There never were more than {to} of {service}, so it had nowhere to come back from."
            ),
        ),
        (true, Some(took)) => (
            if took <= within.as_secs_f64() { Judgement::Pass } else { Judgement::Fail },
            format::seconds(took),
            format!(
                "{to} were left {} after the load's end, bound {}.",
                format::seconds(took),
                Period(*within)
            ),
        ),
        (true, None) => (
            if left >= within.as_secs_f64() { Judgement::Fail } else { Judgement::Inconclusive },
            "not back".to_owned(),
            format!(
                "More than {to} were ready for the {} that the run went on after the load's end, \
                 bound {}.",
                format::seconds(left),
                Period(*within)
            ),
        ),
    };
    let claim = claim.to_string();
    Finding { check: None, name: "hpa.returns".to_owned(), claim, judgement, measured, evidence }
}

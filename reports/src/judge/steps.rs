//! Requests made once, and their answers.

use brunt_scenarios::plan::Plan;
use brunt_scenarios::timeline::{StepRecord, Timeline};

use crate::format;
use crate::verdict::{Finding, Judgement};

pub fn judge(plan: &Plan, timeline: &Timeline) -> Vec<Finding> {
    let made = timeline.steps.iter().map(of_record);
    let names = timeline.steps.iter().map(|step| step.name.as_str());
    let mut names: Vec<&str> = names.collect();
    // Two steps may have the same name: each record stands for one of them only.
    let mut missing = vec![];
    for step in &plan.steps {
        match names.iter().position(|name| *name == step.name) {
            Some(place) => drop(names.swap_remove(place)),
            None => missing.push(of_missing(&step.name)),
        }
    }
    made.chain(missing).collect()
}

fn of_record(step: &StepRecord) -> Finding {
    let answer = step.status.map_or("no answer".to_owned(), |status| format!("status {status}"));
    let tries = match step.tries {
        1 => String::new(),
        n => format!(" after {n} tries"),
    };
    let when = format::moment(step.start.0);
    let took = format::seconds(step.end.0 - step.start.0);
    let (judgement, end) = match &step.objection {
        None => (Judgement::Pass, ", as expected.".to_owned()),
        Some(objection) => (Judgement::Fail, format!(": {}.", objection.trim_end_matches('.'))),
    };
    Finding {
        check: None,
        name: "step".to_owned(),
        claim: step.name.clone(),
        judgement,
        measured: match step.objection {
            None => answer.clone(),
            Some(_) => format!("{answer}, not as expected"),
        },
        evidence: format!("Asked at {when}; {answer}{tries}, {took} later{end}"),
    }
}

fn of_missing(name: &str) -> Finding {
    Finding {
        check: None,
        name: "step".to_owned(),
        claim: name.to_owned(),
        judgement: Judgement::Inconclusive,
        measured: "not made".to_owned(),
        evidence: "The run ended before this request was made.".to_owned(),
    }
}

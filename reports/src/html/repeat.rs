//! Requests as commands, those that failed first.

use std::collections::BTreeMap;

use brunt_scenarios::timeline::{Failure, Timeline};

use crate::{Report, RequestCommands, format};

/// A request, and what went wrong with it.
pub struct Repeat<'a> {
    pub who: String,
    pub asked: &'a RequestCommands,
    /// Empty when nothing did.
    pub trouble: String,
}

/// Those that failed, and all others.
pub fn of(report: &Report) -> (Vec<Repeat<'_>>, Vec<Repeat<'_>>) {
    let repeat = |asked: &'_ RequestCommands| (who(asked), trouble(asked, &report.timeline));
    let all = report.plan.requests.iter().map(|asked| {
        let (who, trouble) = repeat(asked);
        Repeat { who, asked, trouble }
    });
    all.partition(|repeat| !repeat.trouble.is_empty())
}

fn who(asked: &RequestCommands) -> String {
    match &asked.step {
        Some(step) => format!("{}: {step}", asked.of),
        None => asked.of.clone(),
    }
}

fn trouble(asked: &RequestCommands, timeline: &Timeline) -> String {
    let step = timeline.steps.iter().find(|step| step.name == asked.of);
    if let (Some(step), None) = (step, &asked.step) {
        return step.objection.clone().unwrap_or_default();
    }
    let Some(load) = timeline.loads.iter().find(|load| load.name == asked.of) else {
        return String::new();
    };
    match &asked.step {
        None => kinds(load.windows.iter().map(|window| &window.failed)),
        Some(name) => {
            let steps = load.journeys.iter().flat_map(|journey| &journey.steps);
            kinds(steps.filter(|step| step.name == *name).map(|step| &step.failed))
        }
    }
}

/// `status 503 × 35, timeout × 2`, the most frequent first.
fn kinds<'a>(all: impl Iterator<Item = &'a BTreeMap<Failure, u64>>) -> String {
    let mut sum = BTreeMap::<Failure, u64>::new();
    for (kind, count) in all.flatten() {
        *sum.entry(*kind).or_default() += count;
    }
    let mut sum: Vec<_> = sum.into_iter().filter(|(_, count)| *count > 0).collect();
    sum.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let words = sum.iter().map(|(kind, count)| format!("{kind} × {}", format::count(*count)));
    words.collect::<Vec<_>>().join(", ")
}

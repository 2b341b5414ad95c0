//! Whether what was recorded fits together. Half a record, or one from a clock that jumped, must
//! not pass for a whole one.

use brunt_scenarios::plan::{Arrival, Load, Plan, Work};
use brunt_scenarios::timeline::{Ending, LoadRecord, Moment, Timeline};

use crate::format;
use crate::verdict::{Finding, Judgement};

/// What is moved by rounding, or is noted a little after it happened, in seconds.
const SLACK: f64 = 1.0;

/// The share of an open load's arrivals that must have been recorded.
const MOST: f64 = 0.9;

/// A finding for each thing that does not fit; none when all does.
pub fn judge(plan: &Plan, timeline: &Timeline) -> Vec<Finding> {
    let mut wrong: Vec<String> = clock(timeline);
    wrong.extend(timeline.loads.iter().filter_map(windows));
    if timeline.ending == Ending::Completed {
        wrong.extend(cut_short(plan, timeline));
        wrong.extend(plan.loads.iter().filter_map(|load| missing(load, timeline)));
    }
    let finding = |why: String| Finding {
        check: None,
        name: "data".to_owned(),
        claim: "what was recorded fits together".to_owned(),
        judgement: Judgement::Inconclusive,
        measured: "it does not".to_owned(),
        evidence: format::sentence(&why),
    };
    wrong.into_iter().map(finding).collect()
}

fn clock(timeline: &Timeline) -> Vec<String> {
    let mut wrong = vec![];
    let finite = |moments: &[Moment]| moments.iter().all(|moment| moment.0.is_finite());
    let ended = timeline.ended.0 + SLACK;
    for fault in &timeline.faults {
        if !finite(&[fault.start, fault.end]) || fault.end.0 < fault.start.0 {
            wrong.push(format!(
                "{} ended before it began: the clock jumped, or the record is damaged",
                fault.name
            ));
        } else if fault.end.0 > ended {
            wrong.push(format!("{} ended after the run did", fault.name));
        }
    }
    let late = timeline.events.iter().find(|event| !event.at.0.is_finite() || event.at.0 > ended);
    wrong.extend(late.map(|event| format!("{} has an event after the run's end", event.service)));
    wrong
}

fn windows(load: &LoadRecord) -> Option<String> {
    let name = &load.name;
    let length = load.window;
    let has_length = length.is_finite() && length > 0.0;
    if !load.windows.is_empty() && !has_length {
        return Some(format!("the windows of {name} have no length"));
    }
    let in_order = load.windows.windows(2).all(|pair| pair[0].start < pair[1].start);
    if !in_order || !load.windows.iter().all(|window| window.start.is_finite()) {
        return Some(format!(
            "the windows of {name} are not in order: the clock jumped, or the record is damaged"
        ));
    }
    let more =
        load.windows.iter().find(|window| window.latency.len() > window.ok + window.failures());
    more.map(|window| {
        format!("{name} has more latencies than requests at {}", format::moment(window.start))
    })
}

fn cut_short(plan: &Plan, timeline: &Timeline) -> Option<String> {
    let ends = plan.load_ends().as_secs_f64();
    let (ended, ends) = (
        format::moment(timeline.ended.0),
        (timeline.ended.0 + SLACK < ends).then(|| format::moment(ends)),
    );
    ends.map(|ends| format!("the record ends at {ended}, and the load at {ends}"))
}

/// An open load makes every one of its arrivals, however late, or counts it as not sent.
fn missing(load: &Load, timeline: &Timeline) -> Option<String> {
    // How many requests a journey makes depends on its replies.
    let (Arrival::Open { ramps }, Work::Request { .. }) = (&load.arrival, &load.work) else {
        return None;
    };
    let record = timeline.loads.iter().find(|record| record.name == load.name)?;
    let counted = crate::statistical_power::arrivals(ramps, load.lasts)
        - crate::statistical_power::arrivals(ramps, load.warm_up);
    let recorded = format::totals(record).1;
    let planned = counted.round() as u64;
    // A load without a single request has a finding of its own.
    ((recorded as f64) < counted * MOST && recorded > 0).then(|| {
        format!(
            "{} should have made {}, and {} are recorded",
            load.name,
            format::counted(planned, "request"),
            format::count(recorded)
        )
    })
}

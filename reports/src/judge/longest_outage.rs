//! The longest time without a good reply, as exactly as windows show it.

use brunt_scenarios::plan::LongestOutage;
use brunt_scenarios::timeline::{Failure, LoadRecord};

use super::judged::{Judge, JudgedRun};
use crate::format;
use crate::verdict::{Finding, Judgement};

/// What rounding may add to a length of time, in seconds.
const ROUNDING: f64 = 1e-6;

impl Judge for LongestOutage {
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding> {
        let (judgement, measured, evidence) = match run.load(&self.of) {
            Some(record) => of_load(self.at_most.as_secs_f64(), record),
            None => unknown("There is no record of this load."),
        };
        let (name, claim) = ("longestOutage".to_owned(), self.to_string());
        vec![Finding { check: None, name, claim, judgement, measured, evidence }]
    }
}

fn unknown(evidence: &str) -> (Judgement, String, String) {
    (Judgement::Inconclusive, "unknown".to_owned(), evidence.to_owned())
}

fn of_load(allowed: f64, record: &LoadRecord) -> (Judgement, String, String) {
    let outages = outages(record);
    if outages.replies == 0 {
        return unknown("No request of this load came to an end.");
    }
    let Outages { certain: Outage { from, to, failed }, possible, replies } = outages;
    let certain = to - from;
    let judgement = if certain > allowed + ROUNDING {
        Judgement::Fail
    } else if possible > allowed + ROUNDING {
        Judgement::Inconclusive
    } else {
        Judgement::Pass
    };
    let evidence = match failed {
        0 if possible <= ROUNDING => format!("All of {} succeeded.", requests(replies)),
        0 => "Where requests failed, others of the same time succeeded.".to_owned(),
        _ => {
            let (from, seconds) = (format::moment(from), format::seconds(certain));
            format!("From {from} on, none of {} succeeded for {seconds}.", requests(failed))
        }
    };
    if possible <= certain + ROUNDING {
        return (judgement, format::seconds(certain), evidence);
    }
    let (possible, window) = (format::seconds(possible), format::seconds(record.window));
    let measured = format!("{} to {possible}", format::seconds(certain));
    let evidence = format!(
        "{evidence} It was {possible} at most: in which order requests of the same {window} ended \
         is not known."
    );
    (judgement, measured, evidence)
}

fn requests(number: u64) -> String {
    format::counted(number, "request")
}

/// A time in which all requests failed.
#[derive(Debug, Clone, Copy, Default)]
struct Outage {
    from: f64,
    to: f64,
    failed: u64,
}

#[derive(Debug, Default)]
struct Outages {
    /// The longest row of windows that have failures and no good reply.
    certain: Outage,
    /// How long it may have been at most, in seconds: in the windows before and behind, failures
    /// may be those next to it.
    possible: f64,
    /// How many requests came to an end.
    replies: u64,
}

/// Windows without a request neither make an outage longer nor end it: users who wait for
/// a reply send nothing.
fn outages(record: &LoadRecord) -> Outages {
    let mut found = Outages::default();
    let mut certain: Option<Outage> = None;
    let mut possible_from: Option<f64> = None;
    for window in record.windows.iter().filter(|window| window.ok + window.failures() > 0) {
        let (start, end) = (window.start, window.start + record.window);
        // Nobody knows what would have become of those that were in flight at the end.
        let unfinished = window.failed.get(&Failure::Unfinished).copied().unwrap_or(0);
        let failed = window.failures() - unfinished;
        found.replies += window.ok + failed;
        if window.failures() == 0 {
            (certain, possible_from) = (None, None);
            continue;
        }
        let from = *possible_from.get_or_insert(start);
        found.possible = found.possible.max(end - from);
        if window.ok > 0 {
            possible_from = Some(start);
        }
        if window.ok > 0 || failed == 0 {
            certain = None;
            continue;
        }
        let outage = certain.get_or_insert(Outage { from: start, to: end, failed: 0 });
        outage.to = end;
        outage.failed += failed;
        if outage.to - outage.from > found.certain.to - found.certain.from {
            found.certain = *outage;
        }
    }
    found
}

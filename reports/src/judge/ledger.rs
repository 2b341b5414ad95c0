//! Every accepted command has its effect, exactly once.

use brunt_scenarios::plan::Ledger;
use brunt_scenarios::timeline::{KeySample, LedgerRecord};

use super::judged::{Judge, JudgedRun};
use crate::format;
use crate::verdict::{Finding, Judgement};

impl Judge for Ledger {
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding> {
        let record = record(run);
        let what = format!("{} in {}", self.of, self.effects.rows.target.document());
        vec![
            lost(record, "ledger.lost", &what, self.lost),
            duplicated(record, "ledger.duplicated", &what, self.duplicated),
        ]
    }
}

/// The effects that were read for the check that is judged; `None` when the run
/// ended before they were.
pub fn record<'r>(run: &JudgedRun<'r>) -> Option<&'r LedgerRecord> {
    run.timeline.ledgers.iter().find(|record| record.check == run.check)
}

/// Whether every accepted command has its effect. `what` names the commands and
/// where their effects are.
pub fn lost(record: Option<&LedgerRecord>, name: &str, what: &str, most: u64) -> Finding {
    let claim = format!("{what}: at most {} lost", format::count(most));
    of_lost(record, most).named(name, claim)
}

fn duplicated(record: Option<&LedgerRecord>, name: &str, what: &str, most: u64) -> Finding {
    let claim = format!("{what}: at most {} duplicated", format::count(most));
    of_duplicated(record, most).named(name, claim)
}

struct LedgerFinding {
    judgement: Judgement,
    measured: String,
    evidence: String,
}

impl LedgerFinding {
    fn named(self, name: &str, claim: String) -> Finding {
        let Self { judgement, measured, evidence } = self;
        Finding { check: None, name: name.to_owned(), claim, judgement, measured, evidence }
    }
}

fn of_lost(record: Option<&LedgerRecord>, most: u64) -> LedgerFinding {
    let record = match usable(record) {
        Ok(record) => record,
        Err(found) => return found,
    };
    let lost = record.missing.count + record.unfinished.count;
    let without = named("without effect", &record.missing);
    let wrong = named("with an effect that is not as it must be", &record.unfinished);
    let objection = record.objection.as_ref().filter(|_| record.unfinished.count > 0);
    let objection = objection.map(|why| format!(" {}", format::sentence(why))).unwrap_or_default();
    LedgerFinding {
        judgement: within(lost, most),
        measured: format!("{} lost", format::count(lost)),
        evidence: format!("{} {without}, {wrong}.{objection}", basis(record)),
    }
}

fn of_duplicated(record: Option<&LedgerRecord>, most: u64) -> LedgerFinding {
    let record = match usable(record) {
        Ok(record) => record,
        Err(found) => return found,
    };
    // A request without a reply may have been accepted: as many unasked effects have an innocent
    // reason.
    let unexplained = record.unasked.count.saturating_sub(record.unknown);
    let duplicated = record.repeated.count + unexplained;
    let repeated = named("with more than one effect", &record.repeated);
    let unasked = named("effects of no known command", &record.unasked);
    let may_be_earlier = record.earlier_trouble.as_ref().filter(|_| {
        // Those that were doubled are too many by themselves, whatever was there before.
        within(record.repeated.count, most) != within(duplicated, most)
    });
    if let Some(trouble) = may_be_earlier {
        return inconclusive(format::sentence(&format!(
            "{} {unasked}, which may have been there before the load: that could not be read: \
             {trouble}",
            basis(record)
        )));
    }
    LedgerFinding {
        judgement: within(duplicated, most),
        measured: format!("{} duplicated", format::count(duplicated)),
        evidence: format!(
            "{} {repeated}, {unasked}; {} without a reply may explain as many of these.",
            basis(record),
            format::counted(record.unknown, "request"),
        ),
    }
}

fn inconclusive(evidence: String) -> LedgerFinding {
    let (judgement, measured) = (Judgement::Inconclusive, "unknown".to_owned());
    LedgerFinding { judgement, measured, evidence }
}

/// A ledger that says something, or why there is none.
fn usable(record: Option<&LedgerRecord>) -> Result<&LedgerRecord, LedgerFinding> {
    let record = record.ok_or_else(|| inconclusive("The effects were never read.".to_owned()))?;
    match &record.trouble {
        Some(trouble) => Err(inconclusive(format::sentence(&format!(
            "The effects could not be read: {trouble}"
        )))),
        None if record.accepted == 0 => Err(inconclusive("No command was accepted.".to_owned())),
        None => Ok(record),
    }
}

fn within(count: u64, most: u64) -> Judgement {
    match count <= most {
        true => Judgement::Pass,
        false => Judgement::Fail,
    }
}

fn basis(record: &LedgerRecord) -> String {
    format!(
        "{} and {}, last read {} after load and faults:",
        format::counted(record.accepted, "accepted command"),
        format::counted(record.effects, "effect"),
        format::seconds(record.after),
    )
}

fn named(what: &str, keys: &KeySample) -> String {
    match keys.count {
        0 => format!("0 {what}"),
        n => format!("{} {what} ({})", format::count(n), format::first_few(&keys.some, n, ", ")),
    }
}

//! Every accepted command has its effect, exactly once.

use brunt_scenarios::timeline::{KeySample, LedgerRecord};

use crate::verdict::{Finding, Judgement};
use crate::wording;

/// `what` names the commands and where their effects are.
pub fn judge(
    record: Option<&LedgerRecord>,
    what: &str,
    lost: u64,
    duplicated: u64,
) -> Vec<Finding> {
    let finding = |name: &str, claim: String, found: Found| Finding {
        name: format!("ledger.{name}"),
        claim: format!("{what}: {claim}"),
        judgement: found.judgement,
        measured: found.measured,
        evidence: found.evidence,
    };
    let lose = format!("at most {} lost", wording::count(lost));
    let double = format!("at most {} duplicated", wording::count(duplicated));
    vec![
        finding("lost", lose, of_lost(record, lost)),
        finding("duplicated", double, of_duplicated(record, duplicated)),
    ]
}

struct Found {
    judgement: Judgement,
    measured: String,
    evidence: String,
}

fn of_lost(record: Option<&LedgerRecord>, most: u64) -> Found {
    let record = match usable(record) {
        Ok(record) => record,
        Err(found) => return found,
    };
    let lost = record.missing.count + record.unfinished.count;
    let without = named("without effect", &record.missing);
    let wrong = named("with an effect that is not as it must be", &record.unfinished);
    Found {
        judgement: within(lost, most),
        measured: format!("{} lost", wording::count(lost)),
        evidence: format!("{} {without}, {wrong}.", basis(record)),
    }
}

fn of_duplicated(record: Option<&LedgerRecord>, most: u64) -> Found {
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
    Found {
        judgement: within(duplicated, most),
        measured: format!("{} duplicated", wording::count(duplicated)),
        evidence: format!(
            "{} {repeated}, {unasked}; {} without a reply may explain as many of these.",
            basis(record),
            wording::counted(record.unknown, "request"),
        ),
    }
}

/// A ledger that says something, or why there is none.
fn usable(record: Option<&LedgerRecord>) -> Result<&LedgerRecord, Found> {
    let inconclusive = |evidence: String| Found {
        judgement: Judgement::Inconclusive,
        measured: "unknown".to_owned(),
        evidence,
    };
    let record = record.ok_or_else(|| inconclusive("The effects were never read.".to_owned()))?;
    match &record.trouble {
        Some(trouble) => Err(inconclusive(wording::sentence(&format!(
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
        wording::counted(record.accepted, "accepted command"),
        wording::counted(record.effects, "effect"),
        wording::seconds(record.after),
    )
}

fn named(what: &str, keys: &KeySample) -> String {
    match keys.count {
        0 => format!("0 {what}"),
        n => format!("{} {what} ({})", wording::count(n), wording::first_few(&keys.some, n, ", ")),
    }
}

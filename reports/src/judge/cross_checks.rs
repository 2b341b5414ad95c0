//! Documents that must agree: compensations with what was canceled, a view with its sources.

use brunt_scenarios::plan::{Saga, View};
use brunt_scenarios::timeline::{AgreementRecord, KeySample};

use super::judged::{Judge, JudgedRun};
use crate::format;
use crate::verdict::{Finding, Judgement};

impl Judge for Saga {
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding> {
        vec![judge(run, "saga", self.to_string())]
    }
}

impl Judge for View {
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding> {
        vec![judge(run, "view", self.to_string())]
    }
}

fn judge(run: &JudgedRun<'_>, name: &str, claim: String) -> Finding {
    let record = run.timeline.agreements.iter().find(|record| record.check == run.check);
    let open = |evidence: String| (Judgement::Inconclusive, "unknown".to_owned(), evidence);
    let (judgement, measured, evidence) = match record {
        None => open("Nothing was read.".to_owned()),
        Some(AgreementRecord { trouble: Some(trouble), .. }) => {
            open(format::sentence(&format!("it could not be read: {trouble}")))
        }
        Some(record) if record.keys == 0 && record.unasked.count == 0 => (
            Judgement::Inconclusive,
            "nothing".to_owned(),
            "There was nothing to compare it with.".to_owned(),
        ),
        Some(record) => of_record(record),
    };
    Finding { check: None, name: name.to_owned(), claim, judgement, measured, evidence }
}

fn of_record(record: &AgreementRecord) -> (Judgement, String, String) {
    let wrong = record.missing.count + record.different.count + record.unasked.count;
    let judgement = if wrong == 0 { Judgement::Pass } else { Judgement::Fail };
    let evidence = format!(
        "{}, last read {} after load and faults: {}, {}, {}.",
        format::counted(record.keys, "key"),
        format::seconds(record.after),
        named("missing", &record.missing),
        named("not as they must be", &record.different),
        named("that should not be there", &record.unasked),
    );
    (judgement, format!("{} wrong", format::count(wrong)), evidence)
}

fn named(what: &str, keys: &KeySample) -> String {
    match keys.count {
        0 => format!("0 {what}"),
        n => format!("{} {what} ({})", format::count(n), format::first_few(&keys.some, n, "; ")),
    }
}

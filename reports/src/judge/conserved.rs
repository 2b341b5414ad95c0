//! A quantity is neither made nor lost.

use brunt_scenarios::plan::Conserved;
use brunt_scenarios::timeline::SumRecord;

use super::judged::{Judge, JudgedRun};
use crate::format;
use crate::verdict::{Finding, Judgement};

impl Judge for Conserved {
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding> {
        let record = run.timeline.sums.iter().find(|record| record.check == run.check);
        // A saved value is known by now, and says more than its name.
        let known = record.filter(|record| record.trouble.is_none());
        let equals = known.map_or(self.equals.clone(), |record| record.wanted.to_string());
        vec![of_record(record, Self { equals, ..self.clone() }.to_string())]
    }
}

fn of_record(record: Option<&SumRecord>, claim: String) -> Finding {
    let (judgement, measured, evidence) = match record {
        None => unknown("The quantity was never read.".to_owned()),
        Some(SumRecord { trouble: Some(trouble), .. }) => {
            unknown(format::sentence(&format!("The quantity could not be read: {trouble}")))
        }
        Some(record) if record.terms.is_empty() => {
            unknown("There is no term to add up.".to_owned())
        }
        Some(record) => of_sum(record),
    };
    Finding { check: None, name: "conserved".to_owned(), claim, judgement, measured, evidence }
}

fn unknown(evidence: String) -> (Judgement, String, String) {
    (Judgement::Inconclusive, "unknown".to_owned(), evidence)
}

fn of_sum(record: &SumRecord) -> (Judgement, String, String) {
    let sum: f64 = record.terms.iter().sum();
    // Sums of decimals such as prices differ in the last bits.
    let judgement = match (sum - record.wanted).abs() <= 1e-9 * record.wanted.abs().max(1.0) {
        true => Judgement::Pass,
        false => Judgement::Fail,
    };
    let terms: Vec<String> = record.terms.iter().map(f64::to_string).collect();
    let evidence = format!(
        "{} = {sum}, and must be {}; last read {} after load and faults.",
        terms.join(" + "),
        record.wanted,
        format::seconds(record.after),
    );
    (judgement, sum.to_string(), evidence)
}

//! A scenario's proofs: the latest run of each.

use std::collections::BTreeMap;

use super::entry::IndexEntry;
use crate::stated::Stated;

/// The latest run of each of a scenario's proofs, in the order of their names.
pub struct ProofSummary {
    /// The scenario's name, if there is a proof.
    pub scenario: Option<String>,
    /// Its system, if there is a proof.
    pub system: Option<String>,
    /// Of all together: what is worst.
    pub stated: Stated,
    /// `2 of 3 proven`; empty without one.
    pub words: String,
    pub each: Vec<ProofEntry>,
}

/// One row of the page: what was broken, and whether the scenario noticed.
pub struct ProofEntry {
    pub how: String,
    pub fails: String,
    pub stated: Stated,
    pub page: String,
}

impl ProofSummary {
    /// Of runs in which something was broken on purpose, the oldest first.
    pub fn of(entries: &[&IndexEntry<'_>]) -> Self {
        let mut latest = BTreeMap::new();
        for entry in entries {
            let planned = entry.report.planned_failure.as_ref();
            latest.extend(planned.map(|planned| (planned.how.as_str(), (planned, *entry))));
        }
        let each = latest.into_values().map(|(planned, entry)| ProofEntry {
            how: planned.how.clone(),
            fails: planned.fails.join(", "),
            stated: Stated::of(entry.report),
            page: entry.page.to_owned(),
        });
        let each: Vec<ProofEntry> = each.collect();
        let worst = each.iter().find(|one| one.stated.class != "pass").or(each.first());
        let last = entries.last();
        Self {
            scenario: last.map(|entry| entry.scenario().to_owned()),
            system: last.map(|entry| entry.report.system.clone()),
            stated: worst.map_or(Stated { word: "", class: "open" }, |one| one.stated),
            words: words(proven(&each), each.len()),
            each,
        }
    }
}

fn proven(each: &[ProofEntry]) -> usize {
    each.iter().filter(|one| one.stated.class == "pass").count()
}

fn words(proven: usize, all: usize) -> String {
    if all == 0 { String::new() } else { format!("{proven} of {all} proven") }
}

/// How many proofs of all scenarios are proven; empty without one.
pub fn sum<'p>(all: impl Iterator<Item = &'p ProofSummary>) -> String {
    let (proven, all) =
        all.fold((0, 0), |sum, one| (sum.0 + proven(&one.each), sum.1 + one.each.len()));
    words(proven, all)
}

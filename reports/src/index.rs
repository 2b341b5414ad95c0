//! The index of many runs: one row for each scenario, with its latest outcome, its proofs and its
//! history.

mod entry;
mod proofs;
mod trend;

use std::collections::BTreeMap;

use askama::Template;

pub use entry::IndexEntry;

use self::entry::{RunSummary, p99};
use self::proofs::ProofSummary;
use self::trend::Trend;
use crate::stated::Stated;
use crate::{Outcome, RenderError, format, html};

/// The most runs of a history: the latest ones.
const HISTORY: usize = 30;

#[derive(Template)]
#[template(path = "index.html")]
struct IndexPage {
    style: &'static str,
    scenarios: Vec<ScenarioHistory>,
    /// Scenarios by their latest outcome: class, word, how many.
    counts: Vec<(&'static str, &'static str, usize)>,
    proofs: String,
    systems: Vec<String>,
    runs: usize,
}

/// A scenario with its runs, the latest first.
struct ScenarioHistory {
    name: String,
    system: String,
    /// The place of its system in the page's list, from 1.
    system_number: usize,
    latest: Stated,
    started: String,
    good: String,
    p99: String,
    trend: Trend,
    history: Vec<Stated>,
    history_says: String,
    proofs: ProofSummary,
    runs: Vec<RunSummary>,
}

/// The page, for a folder of runs.
///
/// # Errors
/// [`RenderError`] when the template fails.
pub fn index(entries: &[IndexEntry<'_>]) -> Result<String, RenderError> {
    let mut by_name = BTreeMap::<(&str, &str), Vec<&IndexEntry<'_>>>::new();
    for entry in entries {
        by_name.entry((&entry.report.system, entry.scenario())).or_default().push(entry);
    }
    let mut systems: Vec<String> = by_name.keys().map(|(system, _)| (*system).to_owned()).collect();
    systems.dedup();
    // By system and name: two systems may have scenarios of the same name.
    let of = |((system, _), entries): ((&str, &str), Vec<&IndexEntry<'_>>)| {
        let number = systems.iter().position(|one| one == system).unwrap_or_default() + 1;
        ScenarioHistory::of(entries, number)
    };
    let scenarios: Vec<ScenarioHistory> = by_name.into_iter().map(of).collect();
    let page = IndexPage {
        style: html::INDEX_STYLE,
        counts: counts(&scenarios),
        proofs: proofs::sum(scenarios.iter().map(|scenario| &scenario.proofs)),
        systems,
        runs: entries.len(),
        scenarios,
    };
    Ok(page.render()?)
}

/// How many scenarios there are of each latest outcome, the worst first.
fn counts(scenarios: &[ScenarioHistory]) -> Vec<(&'static str, &'static str, usize)> {
    let classes = [
        ("left", "left something behind"),
        ("fail", "failed"),
        ("aborted", "aborted"),
        ("open", "inconclusive"),
        ("pass", "passed"),
    ];
    let count = |class| scenarios.iter().filter(|one| one.latest.class == class).count();
    let counted = classes.map(|(class, word)| (class, word, count(class)));
    counted.into_iter().filter(|(_, _, count)| *count > 0).collect()
}

impl ScenarioHistory {
    fn of(mut entries: Vec<&IndexEntry<'_>>, system_number: usize) -> Self {
        // Folders are named by local time, which jumps; the reports have UTC.
        entries.sort_by_key(|entry| entry.report.origin.started);
        let (proofs, mut clean): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|entry| entry.report.planned_failure.is_some());
        // Runs in which something was broken on purpose are not the scenario's history.
        let proofs = ProofSummary::of(&proofs);
        let times: Vec<f64> = clean.iter().filter_map(|entry| p99(entry.report)).collect();
        let outcomes = clean.iter().map(|entry| entry.report.verdict.outcome);
        let passed = outcomes.filter(|outcome| *outcome == Outcome::Pass).count();
        let history: Vec<Stated> = clean.iter().map(|entry| Stated::of(entry.report)).collect();
        let history = &history[history.len().saturating_sub(HISTORY)..];
        clean.reverse();
        let latest = clean.first().map(|entry| entry.report);
        Self {
            name: proofs
                .scenario
                .clone()
                .or_else(|| Some(latest?.name.clone()))
                .unwrap_or_default(),
            system: proofs
                .system
                .clone()
                .or_else(|| Some(latest?.system.clone()))
                .unwrap_or_default(),
            system_number,
            latest: latest.map_or(proofs.stated, Stated::of),
            started: latest.map_or(String::new(), entry::started),
            good: format!("{passed} of {} passed", format::counted(clean.len() as u64, "run")),
            p99: latest.and_then(p99).map_or_else(|| "–".to_owned(), format::seconds),
            trend: Trend::of(&times),
            history: history.to_vec(),
            history_says: spelled_out(history),
            proofs,
            runs: clean.into_iter().map(RunSummary::of).collect(),
        }
    }
}

/// The history as text, for screen readers.
fn spelled_out(history: &[Stated]) -> String {
    let words: Vec<String> = history.iter().map(|one| one.word.to_lowercase()).collect();
    format!("Oldest first: {}.", words.join(", "))
}

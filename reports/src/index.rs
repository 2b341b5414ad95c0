//! The index of many runs: each scenario's latest outcome, and its history.

use std::collections::BTreeMap;

use askama::Template;

use crate::samples::Samples;
use crate::{Outcome, RenderError, Report, format, html, summary};

/// The most runs of a history: the latest ones.
const HISTORY: usize = 30;

/// A spark line's size, in pixels.
const SIZE: (f64, f64) = (132.0, 28.0);

/// A report and where its page is, relative to the index.
#[derive(Debug, Clone, Copy)]
pub struct IndexEntry<'r> {
    /// The run's report, from its `report.json`.
    pub report: &'r Report,
    /// Path of its HTML page, relative to the index.
    pub page: &'r str,
}

#[derive(Template)]
#[template(path = "index.html")]
struct IndexPage {
    style: &'static str,
    scenarios: Vec<ScenarioHistory>,
    runs: usize,
}

/// A scenario with its runs, the latest first.
struct ScenarioHistory {
    name: String,
    system: String,
    outcome: &'static str,
    word: &'static str,
    good: String,
    trend: Trend,
    history: Vec<&'static str>,
    history_says: String,
    runs: Vec<RunSummary>,
}

struct RunSummary {
    page: String,
    started: String,
    outcome: &'static str,
    word: &'static str,
    tally: String,
    requests: String,
    good: String,
    p99: String,
}

/// p99 over time, as the points of a polyline; empty with fewer than two runs.
struct Trend {
    points: String,
    says: String,
}

/// The page, for a folder of runs.
///
/// # Errors
/// [`RenderError`] when the template fails.
pub fn index(entries: &[IndexEntry<'_>]) -> Result<String, RenderError> {
    let mut by_name = BTreeMap::<(&str, &str), Vec<&IndexEntry<'_>>>::new();
    for entry in entries {
        by_name.entry((&entry.report.system, &entry.report.name)).or_default().push(entry);
    }
    // By system and name: two systems may have scenarios of the same name.
    let scenarios = by_name.into_values().map(ScenarioHistory::of).collect();
    let page = IndexPage { style: html::INDEX_STYLE, scenarios, runs: entries.len() };
    Ok(page.render()?)
}

impl ScenarioHistory {
    fn of(mut entries: Vec<&IndexEntry<'_>>) -> Self {
        // Folders are named by local time, which jumps; the reports have UTC.
        entries.sort_by_key(|entry| entry.report.origin.started);
        let p99: Vec<f64> = entries.iter().filter_map(|entry| p99(entry.report)).collect();
        let passed =
            entries.iter().filter(|entry| entry.report.verdict.outcome == Outcome::Pass).count();
        let history: Vec<Outcome> =
            entries.iter().map(|entry| entry.report.verdict.outcome).collect();
        let history = &history[history.len().saturating_sub(HISTORY)..];
        entries.reverse();
        let latest = entries[0].report;
        Self {
            name: latest.name.clone(),
            system: latest.system.clone(),
            outcome: html::class(latest.verdict.outcome),
            word: html::word(latest.verdict.outcome),
            good: format!("{passed} of {} passed", format::counted(entries.len() as u64, "run")),
            trend: Trend::of(&p99),
            history: history.iter().map(|outcome| html::class(*outcome)).collect(),
            history_says: spelled_out(history),
            runs: entries.into_iter().map(RunSummary::of).collect(),
        }
    }
}

impl RunSummary {
    fn of(entry: &IndexEntry<'_>) -> Self {
        let report = entry.report;
        let totals = report.timeline.loads.iter().map(format::totals);
        let (good, all) = totals.fold((0, 0), |sum, load| (sum.0 + load.0, sum.1 + load.1));
        Self {
            page: entry.page.to_owned(),
            started: report.origin.started.strftime("%-d %B %Y, %H:%M:%S").to_string(),
            outcome: html::class(report.verdict.outcome),
            word: html::word(report.verdict.outcome),
            tally: summary::tally(&report.verdict),
            requests: format::count(all),
            good: if all == 0 { "–".to_owned() } else { format::share(good as f64 / all as f64) },
            p99: p99(report).map_or_else(|| "–".to_owned(), format::seconds),
        }
    }
}

/// The history as text, for screen readers.
fn spelled_out(history: &[Outcome]) -> String {
    let words: Vec<String> = history.iter().map(ToString::to_string).collect();
    format!("Oldest first: {}.", words.join(", "))
}

/// Over all loads, in seconds.
fn p99(report: &Report) -> Option<f64> {
    let windows = report.timeline.loads.iter().flat_map(|load| &load.windows);
    Some(Samples::of(windows.map(|window| &window.latency)).quantile(0.99)? as f64 / 1e6)
}

impl Trend {
    fn of(values: &[f64]) -> Self {
        let most = values.iter().copied().fold(0.0, f64::max);
        let [first, .., last] = values else {
            return Self { points: String::new(), says: String::new() };
        };
        let point = |(place, value): (usize, &f64)| {
            let x = place as f64 / (values.len() - 1) as f64 * SIZE.0;
            let y = SIZE.1 - value / most.max(1e-9) * (SIZE.1 - 2.0) - 1.0;
            format!("{x:.1},{y:.1}")
        };
        let points: Vec<String> = values.iter().enumerate().map(point).collect();
        let says = format!("p99 from {} to {}", format::seconds(*first), format::seconds(*last));
        Self { points: points.join(" "), says }
    }
}

//! One run of the index.

use crate::samples::Samples;
use crate::stated::Stated;
use crate::{Report, format, summary};

/// A report and where its page is, relative to the index.
#[derive(Debug, Clone, Copy)]
pub struct IndexEntry<'r> {
    /// The run's report, from its `report.json`.
    pub report: &'r Report,
    /// Path of its HTML page, relative to the index.
    pub page: &'r str,
}

impl<'r> IndexEntry<'r> {
    /// The name of the scenario as it is, also of a run in which something was broken on purpose.
    pub(super) fn scenario(&self) -> &'r str {
        let planned = self.report.planned_failure.as_ref();
        planned.map_or(&self.report.name, |planned| &planned.of)
    }
}

/// A run's row.
pub struct RunSummary {
    pub page: String,
    pub started: String,
    pub stated: Stated,
    pub tally: String,
    pub requests: String,
    pub good: String,
    pub p99: String,
}

impl RunSummary {
    pub fn of(entry: &IndexEntry<'_>) -> Self {
        let report = entry.report;
        let totals = report.timeline.loads.iter().map(format::totals);
        let (good, all) = totals.fold((0, 0), |sum, load| (sum.0 + load.0, sum.1 + load.1));
        Self {
            page: entry.page.to_owned(),
            started: started(report),
            stated: Stated::of(report),
            tally: summary::tally(&report.verdict),
            requests: format::count(all),
            good: if all == 0 { "–".to_owned() } else { format::share(good as f64 / all as f64) },
            p99: p99(report).map_or_else(|| "–".to_owned(), format::seconds),
        }
    }
}

/// When a run started, for people.
pub fn started(report: &Report) -> String {
    report.origin.started.strftime("%-d %B %Y, %H:%M:%S").to_string()
}

/// Over all loads, in seconds.
pub fn p99(report: &Report) -> Option<f64> {
    let windows = report.timeline.loads.iter().flat_map(|load| &load.windows);
    Some(Samples::of(windows.map(|window| &window.latency)).quantile(0.99)? as f64 / 1e6)
}

//! How often verdicts are wrong: false alarms in runs with all guards, and detection in runs
//! without one of them.

use std::fmt::Write as _;

use brunt_scenarios::units::Percent;
use serde::{Deserialize, Serialize};

use crate::{Outcome, Proving, Verdict, confidence, format};

/// Counts over many runs of several scenarios. `brunt calibrate` keeps them in a file and
/// adds to them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calibration {
    /// One row for each scenario as it is, and one for each of its guards that is taken away.
    pub rows: Vec<Tally>,
}

/// Many runs of one scenario, as it is or without a guard.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// The scenario's name in the table.
    pub scenario: String,
    /// The guard that was taken away; `None` for clean runs.
    pub without: Option<String>,
    /// Runs that passed.
    pub passed: u64,
    /// Runs that failed; without a guard, those whose named checks failed.
    pub failed: u64,
    /// Runs without a guard that failed, but not in the named checks.
    pub otherwise: u64,
    /// Runs that were inconclusive or aborted, which are neither right nor wrong.
    pub open: u64,
}

/// Whether a run had the outcome that it should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunCorrectness {
    /// A run with all guards that passed, or one without a guard whose named checks failed.
    Right,
    /// Any other outcome, so somebody should look at the run.
    Wrong,
}

impl Calibration {
    /// Adds a row unless it is there already. Rows are added before the runs, so that the table's
    /// order does not depend on which run ends first.
    pub fn expect(&mut self, scenario: &str, without: Option<&str>) {
        self.row(scenario, without);
    }

    /// Counts a run; `fails` are the checks that must fail without the guard.
    pub fn count(
        &mut self,
        scenario: &str,
        without: Option<(&str, &[String])>,
        verdict: &Verdict,
    ) -> RunCorrectness {
        let row = self.row(scenario, without.map(|(guard, _)| guard));
        let as_named = without.is_none_or(|(_, fails)| verdict.fails_as(fails) == Proving::Proven);
        let place = match verdict.outcome {
            Outcome::Pass => &mut row.passed,
            Outcome::Fail if as_named => &mut row.failed,
            // What stays behind is a failure of brunt, never the named one.
            Outcome::Fail | Outcome::LeftBehind => &mut row.otherwise,
            Outcome::Inconclusive | Outcome::Aborted => &mut row.open,
        };
        *place += 1;
        let right = match without {
            None => verdict.outcome == Outcome::Pass,
            Some(_) => verdict.outcome == Outcome::Fail && as_named,
        };
        if right { RunCorrectness::Right } else { RunCorrectness::Wrong }
    }

    fn row(&mut self, scenario: &str, without: Option<&str>) -> &mut Tally {
        let place = self
            .rows
            .iter()
            .position(|row| row.scenario == scenario && row.without.as_deref() == without);
        let place = place.unwrap_or_else(|| {
            let (scenario, without) = (scenario.to_owned(), without.map(str::to_owned));
            self.rows.push(Tally { scenario, without, ..Tally::default() });
            self.rows.len() - 1
        });
        &mut self.rows[place]
    }

    /// Number of runs with all guards, and how many of them did not pass.
    pub fn clean(&self) -> (u64, u64) {
        let clean = self.rows.iter().filter(|row| row.without.is_none());
        clean.fold((0, 0), |sum, row| (sum.0 + row.runs(), sum.1 + row.runs() - row.passed))
    }

    /// Sentences about what is worse than allowed: more runs with all guards that did not
    /// pass, or fewer defects found, than these shares, at 95 % confidence. Rows without a run
    /// are named too.
    pub fn worse_than(
        &self,
        false_alarms: Option<Percent>,
        detection: Option<Percent>,
    ) -> Vec<String> {
        let mut worse = vec![];
        let (clean, wrong) = self.clean();
        if let Some(most) = false_alarms {
            if clean == 0 {
                worse.push("there was no clean run".to_owned());
            } else if confidence::rules_out(clean - wrong, clean, 1.0 - most.fraction()) {
                let runs = format::counted(clean, "clean run");
                worse.push(format!("{wrong} of {runs} did not pass, which shows more than {most}"));
            }
        }
        for row in self.rows.iter().filter(|row| row.without.is_some()) {
            let Some(least) = detection else { break };
            let what = format!("{} {}", row.scenario, row.without.as_deref().unwrap_or_default());
            if row.runs() == 0 {
                worse.push(format!("{what} was never run"));
            } else if confidence::rules_out(row.failed, row.runs(), least.fraction()) {
                let runs = format::counted(row.runs(), "run");
                worse.push(format!(
                    "{what}: found in {} of {runs}, which shows less than {least}",
                    row.failed
                ));
            }
        }
        worse
    }

    /// The table in Markdown, which reads well in a terminal too.
    pub fn table(&self) -> String {
        let head = [
            "scenario",
            "broken",
            "runs",
            "passed",
            "failed as named",
            "otherwise",
            "open",
            "rate (95 % bound)",
        ];
        let mut lines = vec![head.map(str::to_owned)];
        lines.extend(self.rows.iter().map(Tally::cells));
        let mut widths = [0; 8];
        for line in &lines {
            widths
                .iter_mut()
                .zip(line)
                .for_each(|(width, cell)| *width = (*width).max(cell.chars().count()));
        }
        let mut out = String::new();
        for (number, line) in lines.iter().enumerate() {
            let cells: Vec<String> =
                line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            // Writing to a string cannot fail.
            let _ = writeln!(out, "| {} |", cells.join(" | "));
            if number == 0 {
                let _ = writeln!(out, "|{}|", widths.map(|width| "-".repeat(width + 2)).join("|"));
            }
        }
        let (runs, wrong) = self.clean();
        let bound = if runs == 0 { 1.0 } else { 1.0 - confidence::at_least(runs - wrong, runs) };
        let _ = writeln!(
            out,
            "\nFalse alarms: {wrong} of {}, so at most {} at 95% confidence.",
            format::counted(runs, "clean run"),
            percent(bound)
        );
        out
    }
}

impl Tally {
    /// Runs of any outcome.
    pub fn runs(&self) -> u64 {
        self.passed + self.failed + self.otherwise + self.open
    }

    fn cells(&self) -> [String; 8] {
        let (runs, clean) = (self.runs(), self.without.is_none());
        let rate = match (runs, clean) {
            (0, _) => "–".to_owned(),
            (_, true) => {
                let wrong = 1.0 - confidence::at_least(self.passed, runs);
                format!(
                    "{} wrong, ≤ {}",
                    percent(1.0 - self.passed as f64 / runs as f64),
                    percent(wrong)
                )
            }
            (_, false) => {
                let least = confidence::at_least(self.failed, runs);
                format!("{} found, ≥ {}", percent(self.failed as f64 / runs as f64), percent(least))
            }
        };
        let counts = [runs, self.passed, self.failed, self.otherwise, self.open].map(format::count);
        let [runs, passed, failed, otherwise, open] = counts;
        let without = self.without.clone().unwrap_or_else(|| "nothing".to_owned());
        [self.scenario.clone(), without, runs, passed, failed, otherwise, open, rate]
    }
}

fn percent(share: f64) -> String {
    format!("{}%", format::three_digits(share * 100.0))
}

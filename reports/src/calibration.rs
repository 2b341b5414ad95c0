//! How often verdicts are wrong: false alarms over runs in which nothing is broken, detection over
//! runs without a guard.

use std::fmt::Write as _;

use brunt_scenarios::units::Percent;
use serde::{Deserialize, Serialize};

use crate::{Outcome, Proving, Verdict, confidence, wording};

/// What many runs of several scenarios came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calibration {
    /// One for each scenario as it is, and one for each of its guards taken away.
    pub rows: Vec<Tally>,
}

/// Many runs of one scenario, as it is or without a guard.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// The scenario.
    pub scenario: String,
    /// The guard that was taken away; `None` for clean runs.
    pub without: Option<String>,
    /// Runs that passed.
    pub passed: u64,
    /// Runs that failed; without a guard, those that failed for the reason that is named.
    pub failed: u64,
    /// Runs that failed for another reason than the one that is named.
    pub otherwise: u64,
    /// Runs that said nothing.
    pub open: u64,
}

/// What one run counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// As it should be: a clean run that passed, a broken one that failed for the named reason.
    Right,
    /// Not so; worth a look.
    Wrong,
}

impl Calibration {
    /// A row of the table, at its end unless it is there already, so that the table has an order of
    /// its own and not that in which runs end.
    pub fn expect(&mut self, scenario: &str, without: Option<&str>) {
        self.row(scenario, without);
    }

    /// Counts a run; `fails` are the checks that must fail without the guard.
    pub fn count(
        &mut self,
        scenario: &str,
        without: Option<(&str, &[String])>,
        verdict: &Verdict,
    ) -> Counted {
        let row = self.row(scenario, without.map(|(guard, _)| guard));
        let as_named = without.is_none_or(|(_, fails)| verdict.fails_as(fails) == Proving::Proven);
        let place = match verdict.outcome {
            Outcome::Pass => &mut row.passed,
            Outcome::Fail if as_named => &mut row.failed,
            Outcome::Fail | Outcome::LeftBehind => &mut row.otherwise,
            Outcome::Inconclusive | Outcome::Aborted => &mut row.open,
        };
        *place += 1;
        let right = match without {
            None => verdict.outcome == Outcome::Pass,
            Some(_) => verdict.outcome == Outcome::Fail && as_named,
        };
        if right { Counted::Right } else { Counted::Wrong }
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

    /// All clean runs together: how many, and how many of them did not pass.
    pub fn clean(&self) -> (u64, u64) {
        let clean = self.rows.iter().filter(|row| row.without.is_none());
        clean.fold((0, 0), |sum, row| (sum.0 + row.runs(), sum.1 + row.runs() - row.passed))
    }

    /// What is worse than it may be, in words: more clean runs that did not pass, or fewer
    /// defects found, than these shares, shown at 95 % confidence; and what was never run, as
    /// that shows nothing.
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
                let runs = wording::counted(clean, "clean run");
                worse.push(format!("{wrong} of {runs} did not pass, which shows more than {most}"));
            }
        }
        for row in self.rows.iter().filter(|row| row.without.is_some()) {
            let Some(least) = detection else { break };
            let what = format!("{} {}", row.scenario, row.without.as_deref().unwrap_or_default());
            if row.runs() == 0 {
                worse.push(format!("{what} was never run"));
            } else if confidence::rules_out(row.failed, row.runs(), least.fraction()) {
                let runs = wording::counted(row.runs(), "run");
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
            wording::counted(runs, "clean run"),
            percent(bound)
        );
        out
    }
}

impl Tally {
    /// All runs.
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
        let counts =
            [runs, self.passed, self.failed, self.otherwise, self.open].map(wording::count);
        let [runs, passed, failed, otherwise, open] = counts;
        let without = self.without.clone().unwrap_or_else(|| "nothing".to_owned());
        [self.scenario.clone(), without, runs, passed, failed, otherwise, open, rate]
    }
}

fn percent(share: f64) -> String {
    format!("{}%", wording::three_digits(share * 100.0))
}

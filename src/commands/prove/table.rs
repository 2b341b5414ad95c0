//! The table that `brunt prove` prints.

use std::path::Path;

use brunt_reports::{Colour, Outcome, Proving, Verdict};
use brunt_scenarios::plan::Proof;

/// The results of all scenarios.
pub struct ProofTable {
    /// Sorted by scenario, then by guard.
    pub rows: Vec<ProofRow>,
}

/// The result of one scenario and one guard.
pub struct ProofRow {
    scenario: String,
    guard: String,
    with: String,
    without: String,
    proven: bool,
    note: Option<String>,
}

impl ProofRow {
    /// The row of a scenario that has no proof, or that did not pass with all its guards.
    pub fn without_proof(scenario: &str, with: &Verdict, page: &Path) -> Self {
        let proven = with.outcome == Outcome::Pass;
        let note = (!proven).then(|| format!("did not pass: see {}", page.display()));
        let (guard, without) = ("-".to_owned(), "-".to_owned());
        Self {
            scenario: scenario.to_owned(),
            guard,
            with: with.outcome.to_string(),
            without,
            proven,
            note,
        }
    }

    /// The row of a scenario and one guard, with both outcomes.
    pub fn with_proof(
        scenario: &str,
        proof: &Proof,
        with: &Verdict,
        without: &Verdict,
        page: &Path,
    ) -> Self {
        let (proven, note) = match without.fails_as(&proof.fails) {
            Proving::Proven => (true, None),
            Proving::NotProven(why) => (false, Some(format!("{why}: see {}", page.display()))),
        };
        let shown = match without.outcome {
            Outcome::Fail if proven => format!("fail: {}", proof.fails.join(", ")),
            other => other.to_string(),
        };
        Self {
            scenario: scenario.to_owned(),
            guard: proof.to_string(),
            with: with.outcome.to_string(),
            without: shown,
            proven,
            note,
        }
    }
}

impl ProofTable {
    /// The table as text.
    pub fn render(&self, colour: Colour) -> String {
        let heads = ["scenario", "guard", "with it", "without it"];
        let cells = |row: &ProofRow| {
            [row.scenario.clone(), row.guard.clone(), row.with.clone(), row.without.clone()]
        };
        let mut widths = heads.map(str::len);
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(cells(row)) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let line = |cells: &[String]| -> String {
            let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}  "));
            padded.collect::<String>()
        };
        let mut text = format!("{}proven\n", line(&heads.map(str::to_owned)));
        for row in &self.rows {
            text += &format!("{}{}\n", line(&cells(row)), mark(row.proven, colour));
            if let Some(note) = &row.note {
                text += &format!("    {note}\n");
            }
        }
        let proven = self.rows.iter().filter(|row| row.proven).count();
        text + &format!("{proven} of {} proven\n", self.rows.len())
    }
}

fn mark(proven: bool, colour: Colour) -> &'static str {
    match (proven, colour) {
        (true, Colour::On) => "\u{1b}[32m✓ yes\u{1b}[0m",
        (false, Colour::On) => "\u{1b}[31m✗ no\u{1b}[0m",
        (true, Colour::Off) => "✓ yes",
        (false, Colour::Off) => "✗ no",
    }
}

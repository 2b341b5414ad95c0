//! The table that `brunt prove` prints.

use std::path::Path;

use brunt_reports::{Colour, Finding, Judgement, Proving, Verdict, no_command};
use brunt_scenarios::plain_text::printable;
use brunt_scenarios::plan::Proof;

/// The results of all scenarios.
pub struct ProofTable {
    /// Sorted by scenario, then by proof.
    pub rows: Vec<ProofRow>,
}

/// The result of one scenario and one proof.
pub struct ProofRow {
    scenario: String,
    /// The outcome of the scenario as it is.
    clean: String,
    /// What was broken, and what became of it then.
    broken: Option<(String, String)>,
    state: ProofState,
    note: Option<String>,
}

/// What is shown of a scenario's checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ProofState {
    /// They fail when something is broken, and pass when nothing is.
    Proven,
    /// They do not.
    NotProven,
    /// The scenario has no proof: whether they can fail at all is not known.
    Unproven,
}

impl ProofRow {
    /// The row of a scenario that did not pass as it is, with the claim that did not hold.
    /// Of several, the one that says why: what is about the run as a whole, such as a fault that
    /// hit nothing, then what the proofs name.
    pub fn did_not_pass(scenario: &str, proofs: &[Proof], clean: &Verdict, page: &Path) -> Self {
        let is_named = |finding: &Finding| {
            proofs.iter().flat_map(|proof| &proof.fails).any(|name| finding.is_called(name))
        };
        let bad = |judgement| {
            let these = clean.findings.iter().filter(move |one| one.judgement == judgement);
            these.min_by_key(|one| match one.check {
                None => 0,
                Some(_) if is_named(one) => 1,
                Some(_) => 2,
            })
        };
        let worst = bad(Judgement::Fail).or_else(|| bad(Judgement::Inconclusive));
        let why = worst.map_or("nothing was judged".to_owned(), why);
        Self {
            scenario: scenario.to_owned(),
            clean: clean.outcome.to_string(),
            broken: None,
            state: ProofState::NotProven,
            note: Some(see(&why, page)),
        }
    }

    /// The row of a scenario that has no proof.
    pub fn unproven(scenario: &str, clean: &Verdict) -> Self {
        let note = "it has no `proof:`, so nothing shows that its checks can fail";
        Self {
            scenario: scenario.to_owned(),
            clean: clean.outcome.to_string(),
            broken: None,
            state: ProofState::Unproven,
            note: Some(note.to_owned()),
        }
    }

    /// The row of a scenario and one proof, with both outcomes. `early`: what fails of the broken
    /// run before its first fault already.
    pub fn with_proof(
        scenario: &str,
        proof: &Proof,
        clean: &Verdict,
        (broken, early): (&Verdict, &[Finding]),
        page: &Path,
    ) -> Self {
        let (state, note) = match broken.fails_as(&proof.fails) {
            Proving::Proven => {
                (ProofState::Proven, early.first().map(|one| see(&from_the_start(one), page)))
            }
            Proving::NotProven(why) => (ProofState::NotProven, Some(see(&why, page))),
        };
        let became = match state {
            ProofState::Proven => format!("fails {}", proof.fails.join(", ")),
            _ => broken.outcome.to_string(),
        };
        Self {
            scenario: scenario.to_owned(),
            clean: clean.outcome.to_string(),
            broken: Some((proof.to_string(), became)),
            state,
            note,
        }
    }

    fn cells(&self) -> [String; 4] {
        let (how, became) = self.broken.clone().unwrap_or_else(|| ("-".to_owned(), "-".to_owned()));
        [self.scenario.clone(), self.clean.clone(), how, became]
    }
}

/// That a check can fail is shown; that the guard is needed against the faults is not.
fn from_the_start(early: &Finding) -> String {
    format!(
        "guard missing from the start: {} fails before the first fault as well ({}), so nothing is \
         shown of the faults",
        early.name, early.measured
    )
}

/// A claim that did not hold, and what was measured.
fn why(finding: &Finding) -> String {
    let how = match finding.judgement {
        Judgement::Inconclusive => "is not shown",
        _ => "does not hold",
    };
    let Finding { name, claim, measured, .. } = finding;
    format!("{name} {how} as it is: {claim} ({measured})")
}

impl ProofTable {
    /// The table as text.
    pub fn render(&self, colour: Colour) -> String {
        let heads = ["scenario", "as it is", "broken: how", "broken: then"].map(str::to_owned);
        let mut widths = heads.clone().map(|head| head.chars().count());
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row.cells()) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let line = |cells: &[String]| -> String {
            let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}  "));
            padded.collect::<String>()
        };
        let mut text = format!("{}proven\n", line(&heads));
        for row in &self.rows {
            text += &format!("{}{}\n", line(&row.cells()), mark(row.state, colour));
            if let Some(note) = &row.note {
                text += &format!("    {}\n", no_command(&printable(note)));
            }
        }
        text + &self.sum()
    }

    /// Scenarios without a proof are counted apart: they are neither proven nor refuted.
    fn sum(&self) -> String {
        let of = |state| self.rows.iter().filter(|row| row.state == state).count();
        let (proven, unproven) = (of(ProofState::Proven), of(ProofState::Unproven));
        let apart = match unproven {
            0 => String::new(),
            _ => format!(", {unproven} unproven (--allow-unproven lets these pass)"),
        };
        format!("{proven} of {} proven{apart}\n", self.rows.len() - unproven)
    }
}

/// A reason, and where there is more.
fn see(why: &str, page: &Path) -> String {
    format!("{}: see {}", why.trim_end_matches('.'), page.display())
}

fn mark(state: ProofState, colour: Colour) -> String {
    let (code, text) = match state {
        ProofState::Proven => (32, "✓ yes"),
        ProofState::NotProven => (31, "✗ no"),
        ProofState::Unproven => (33, "? unproven"),
    };
    match colour {
        Colour::On => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        Colour::Off => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use brunt_reports::Outcome;
    use brunt_scenarios::plan::CheckId;

    use super::*;

    fn verdict(outcome: Outcome, judgement: Judgement) -> Verdict {
        let finding = Finding {
            check: None,
            name: "latency.p99".to_owned(),
            claim: "orders: latency p99 ≤ 300ms".to_owned(),
            judgement,
            measured: "412ms".to_owned(),
            evidence: "40 of 600.".to_owned(),
        };
        Verdict { outcome, findings: vec![finding] }
    }

    #[test]
    fn of_several_open_checks_the_row_names_the_one_that_says_why() {
        let open = |name: &str, check: Option<usize>| Finding {
            check: check.map(CheckId),
            name: name.to_owned(),
            ..verdict(Outcome::Inconclusive, Judgement::Inconclusive).findings.remove(0)
        };
        let checks = vec![open("availability", Some(0)), open("recovers", Some(1))];
        let fails = vec!["recovers".to_owned()];
        let (without, env, planted) = (BTreeMap::new(), BTreeMap::new(), vec![]);
        let proofs = [Proof { without, env, planted, fails }];
        let named = |findings: &[Finding], proofs: &[Proof]| {
            let verdict = Verdict { outcome: Outcome::Inconclusive, findings: findings.to_vec() };
            let row = ProofRow::did_not_pass("a", proofs, &verdict, Path::new("page"));
            row.note.unwrap().split(' ').next().unwrap().to_owned()
        };
        assert_eq!(named(&checks, &[]), "availability");
        assert_eq!(named(&checks, &proofs), "recovers");
        let with_fault = [checks, vec![open("fault", None)]].concat();
        assert_eq!(named(&with_fault, &proofs), "fault", "without it, nothing can recover");
    }

    #[test]
    fn proofs_say_what_was_broken_and_what_is_not_proven_is_counted_apart() {
        let (good, bad) =
            (verdict(Outcome::Pass, Judgement::Pass), verdict(Outcome::Fail, Judgement::Fail));
        let env = [("app".to_owned(), [("DEFECT".to_owned(), "x".to_owned())].into())].into();
        let (without, planted) = (BTreeMap::new(), vec![]);
        let proof = Proof { without, env, planted, fails: vec!["latency".to_owned()] };
        let page = Path::new("runs/1/report.html");
        let rows = vec![
            ProofRow::with_proof("a", &proof, &good, (&bad, &[]), page),
            ProofRow::with_proof("b", &proof, &good, (&good, &[]), page),
            ProofRow::with_proof("e", &proof, &good, (&bad, &bad.findings), page),
            ProofRow::did_not_pass("c", &[], &bad, page),
            ProofRow::unproven("d", &good),
        ];
        let shown = ProofTable { rows }.render(Colour::Off);
        let wanted = "\
scenario  as it is  broken: how           broken: then   proven
a         passed    with DEFECT=x of app  fails latency  ✓ yes
b         passed    with DEFECT=x of app  passed         ✗ no
    latency holds all the same: 40 of 600: see runs/1/report.html
e         passed    with DEFECT=x of app  fails latency  ✓ yes
    guard missing from the start: latency.p99 fails before the first fault as well (412ms), so \
nothing is shown of the faults: see runs/1/report.html
c         failed    -                     -              ✗ no
    latency.p99 does not hold as it is: orders: latency p99 ≤ 300ms (412ms): see runs/1/report.html
d         passed    -                     -              ? unproven
    it has no `proof:`, so nothing shows that its checks can fail
2 of 4 proven, 1 unproven (--allow-unproven lets these pass)
";
        assert_eq!(shown, wanted);
    }
}

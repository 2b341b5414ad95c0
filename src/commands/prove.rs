//! `brunt prove`

mod table;

use anyhow::Result;
use brunt_reports::{Outcome, Proving, Verdict};
use brunt_scenarios::plan::Proof;

use self::table::{Row, Table};
use crate::cli::{Common, Prove};
use crate::commands::run::{self, Attempt, once};
use crate::exit::Exit;
use crate::files::{self, Planned};

/// Runs each scenario as it is, then once without each of its guards.
pub fn prove(options: &Prove) -> Result<Exit> {
    let mut table = Table::default();
    let mut exit = Exit::Pass;
    for planned in files::plans(&options.scenarios)? {
        exit = exit.worse(one(&planned, &options.common, &mut table)?);
        if exit == Exit::Aborted || exit == Exit::LeftBehind {
            break;
        }
    }
    print!("{}", table.render(run::colour()));
    Ok(exit)
}

fn one(planned: &Planned, common: &Common, table: &mut Table) -> Result<Exit> {
    let attempt = Attempt { planned, plan: &planned.plan, slug: &planned.slug, command: "prove" };
    let (report, page) = once(&attempt, common)?;
    let with = report.verdict;
    let mut exit = Exit::from(with.outcome);
    if planned.plan.proofs.is_empty() || with.outcome != Outcome::Pass {
        table.push(Row::without_proof(&planned.slug, &with, &page));
        return Ok(exit);
    }
    for (number, proof) in planned.plan.proofs.iter().enumerate() {
        let slug = format!("{}-without-{}", planned.slug, number + 1);
        let mut plan = planned.plan.without(&proof.without);
        plan.name = format!("{} (without {proof})", plan.name);
        let attempt = Attempt { planned, plan: &plan, slug: &slug, command: "prove" };
        let (report, page) = once(&attempt, common)?;
        let without = report.verdict;
        exit = exit.worse(end_of(&without, proof));
        table.push(Row::with_proof(&planned.slug, proof, &with, &without, &page));
        if without.outcome == Outcome::Aborted {
            break;
        }
    }
    Ok(exit)
}

/// A proof that does not succeed is a failure of the scenario: its check could not fail, or failed for another reason.
fn end_of(without: &Verdict, proof: &Proof) -> Exit {
    match (without.outcome, without.fails_as(&proof.fails)) {
        (Outcome::Aborted, _) => Exit::Aborted,
        (Outcome::LeftBehind, _) => Exit::LeftBehind,
        (_, Proving::Proven) => Exit::Pass,
        (_, Proving::NotProven(_)) => Exit::Fail,
    }
}

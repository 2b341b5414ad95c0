//! `brunt prove`

mod table;

use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use brunt_reports::{Outcome, Proving, Verdict, failures_before_faults};
use brunt_scenarios::plan::Proof;

use self::table::{ProofRow, ProofTable};
use crate::cli::{CommonArgs, ProveArgs};
use crate::commands::attempt::{self, Attempt};
use crate::commands::parallel;
use crate::commands::platform;
use crate::console::{self, out};
use crate::exit::Exit;
use crate::files::Planned;

/// Runs each scenario as it is, then once broken as each of its proofs says.
pub fn prove(options: &ProveArgs) -> Result<Exit> {
    let plans = platform::plans(&options.scenarios, &options.common.platform)?;
    let rows = Mutex::new(Vec::new());
    let places: Vec<usize> = (0..plans.len()).collect();
    let ends = parallel::all(options.common.jobs, &places, |place| {
        let mut table = Vec::new();
        let end = one(&plans[*place], options, &mut table);
        rows.lock().unwrap_or_else(PoisonError::into_inner).push((*place, table));
        end
    })?;
    let mut rows = rows.into_inner().unwrap_or_else(PoisonError::into_inner);
    rows.sort_by_key(|(place, _)| *place);
    let table = ProofTable { rows: rows.into_iter().flat_map(|(_, rows)| rows).collect() };
    out!("{}", table.render(console::colour()));
    Ok(ends.into_iter().fold(Exit::Pass, Exit::worse))
}

fn one(planned: &Planned, options: &ProveArgs, rows: &mut Vec<ProofRow>) -> Result<Exit> {
    let attempt = Attempt {
        planned,
        plan: &planned.plan,
        proof: None,
        slug: &planned.slug,
        command: "prove",
        live: None,
    };
    let (report, page) = attempt::make(&attempt, &options.common)?;
    let clean = report.verdict;
    // A scenario that does not even pass as it is proves nothing when something is broken.
    if clean.outcome != Outcome::Pass {
        rows.push(ProofRow::did_not_pass(&planned.slug, &planned.plan.proofs, &clean, &page));
        return Ok(clean.outcome.into());
    }
    if planned.plan.proofs.is_empty() {
        rows.push(ProofRow::unproven(&planned.slug, &clean));
        return Ok(if options.allow_unproven { Exit::Pass } else { Exit::Inconclusive });
    }
    broken(planned, &clean, &options.common, rows)
}

/// Runs a scenario once for each of its proofs.
fn broken(
    planned: &Planned,
    clean: &Verdict,
    common: &CommonArgs,
    rows: &mut Vec<ProofRow>,
) -> Result<Exit> {
    let mut exit = Exit::Pass;
    for (number, proof) in planned.plan.proofs.iter().enumerate() {
        let slug = format!("{}-without-{}", planned.slug, number + 1);
        let mut plan = planned.plan.broken_by(proof);
        plan.name = format!("{} ({proof})", plan.name);
        let attempt = Attempt {
            planned,
            plan: &plan,
            proof: Some(proof),
            slug: &slug,
            command: "prove",
            live: None,
        };
        let (report, page) = attempt::make(&attempt, common)?;
        // A defect may be one that shows at once; a guard is there for the faults.
        let early = match proof.without.is_empty() {
            true => vec![],
            false => failures_before_faults(&plan, &report.timeline, &proof.fails),
        };
        let broken = report.verdict;
        exit = exit.worse(end_of(&broken, proof));
        rows.push(ProofRow::with_proof(&planned.slug, proof, clean, (&broken, &early), &page));
        // A signal stops the whole command, not one of its runs.
        if broken.outcome == Outcome::Aborted {
            break;
        }
    }
    Ok(exit)
}

// A proof that does not succeed is a failure of the scenario: its checks passed although something
// was broken, or failed for another reason.
fn end_of(broken: &Verdict, proof: &Proof) -> Exit {
    match (broken.outcome, broken.fails_as(&proof.fails)) {
        (Outcome::Aborted, _) => Exit::Aborted,
        (Outcome::LeftBehind, _) => Exit::LeftBehind,
        (_, Proving::Proven) => Exit::Pass,
        (_, Proving::NotProven(_)) => Exit::Fail,
    }
}

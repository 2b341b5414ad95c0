//! Several runs of one scenario as one verdict. What fails around an injection fails together, so
//! the unit is the run with its injections, not the request.

mod bounds;
mod subject;

use brunt_scenarios::plan::{CheckId, Plan};

pub use bounds::share_bounds;
use subject::{Subject, subjects};

use crate::judge::{RunCounts, Share, judging};
use crate::verdict::{Finding, Judgement, Outcome, Verdict};
use crate::{Report, confidence, format};

/// What all runs show together. A share (availability below 100 %, the share of requests within a
/// latency) is held against bounds that respect that requests of one run share its fate; all else
/// must hold in every run.
pub fn trials(plan: &Plan, reports: &[Report]) -> Verdict {
    let shares = plan.checks.iter().flat_map(|check| {
        let shares = judging(&check.claim).shares(plan).into_iter();
        shares.map(|share| (check.id, share))
    });
    let shares: Vec<(CheckId, Share<'_>)> = shares.collect();
    let findings = subjects(reports).into_iter().map(|subject| {
        let share = shares.iter().find(|(check, share)| subject.is(*check, &share.name));
        match share {
            Some((_, share)) => of_share(&subject, share, reports),
            None => of_all(&subject, reports),
        }
    });
    let findings: Vec<Finding> = findings.collect();
    Verdict { outcome: outcome(reports, &findings), findings }
}

fn outcome(reports: &[Report], findings: &[Finding]) -> Outcome {
    let ended = |outcome| reports.iter().any(|report| report.verdict.outcome == outcome);
    let any = |judgement| findings.iter().any(|finding| finding.judgement == judgement);
    if let Some(early) =
        [Outcome::LeftBehind, Outcome::Aborted].into_iter().find(|early| ended(*early))
    {
        early
    } else if any(Judgement::Fail) {
        Outcome::Fail
    } else if any(Judgement::Inconclusive) || findings.is_empty() {
        Outcome::Inconclusive
    } else {
        Outcome::Pass
    }
}

/// What must hold in every run.
fn of_all(subject: &Subject, reports: &[Report]) -> Finding {
    let each: Vec<(usize, &Finding)> = reports
        .iter()
        .enumerate()
        .filter_map(|(place, report)| Some((place + 1, subject.finding_in(report)?)))
        .collect();
    let bad = |judgement| each.iter().find(|(_, finding)| finding.judgement == judgement);
    let held =
        each.iter().filter(|(_, finding)| finding.judgement == Judgement::Pass).count() as u64;
    let runs = reports.len() as u64;
    let judgement = match (bad(Judgement::Fail), held == runs && runs > 0) {
        (Some(_), _) => Judgement::Fail,
        (None, true) => Judgement::Pass,
        (None, false) => Judgement::Inconclusive,
    };
    let least = format::share(confidence::at_least(held, runs.max(1)));
    let mut evidence = format!(
        "It held in {held} of {}: in at least {least} of such runs, at 95% confidence.",
        format::counted(runs, "trial")
    );
    if let Some((trial, finding)) = bad(Judgement::Fail).or_else(|| bad(Judgement::Inconclusive)) {
        evidence += &format!(" Trial {trial}: {}", finding.evidence);
    }
    Finding { judgement, measured: format!("{held} of {runs}"), evidence, ..subject.first.clone() }
}

/// What is a share of the requests of all runs.
fn of_share(subject: &Subject, share: &Share<'_>, reports: &[Report]) -> Finding {
    let (judgement, measured, evidence) = judge_share(share, reports);
    Finding { judgement, measured, evidence, ..subject.first.clone() }
}

fn judge_share(share: &Share<'_>, reports: &[Report]) -> (Judgement, String, String) {
    let runs: Vec<RunCounts> =
        reports.iter().map(|report| (share.counts)(&report.timeline)).collect();
    let all: u64 = runs.iter().map(|run| run.all).sum();
    let empty = runs.iter().filter(|run| run.all == 0).count() as u64;
    match share_bounds(&runs) {
        None => (
            Judgement::Inconclusive,
            "unknown".to_owned(),
            format!(
                "{} of {} have no request in this part.",
                empty,
                format::counted(runs.len() as u64, "trial")
            ),
        ),
        Some((least, most)) => {
            let judgement = if least >= share.target && empty == 0 {
                Judgement::Pass
            } else if most < share.target {
                Judgement::Fail
            } else {
                Judgement::Inconclusive
            };
            let good: u64 = runs.iter().map(|run| run.good).sum();
            let shares =
                runs.iter().filter(|one| one.all > 0).map(|one| one.good as f64 / one.all as f64);
            let (low, high) = shares
                .fold((1.0_f64, 0.0_f64), |(low, high), share| (low.min(share), high.max(share)));
            let evidence = format!(
                "{} in {}, from {} to {} each; between {} and {} (95% bounds, with each trial as \
                 one unit).",
                format::counted(all, "request"),
                format::counted(runs.len() as u64, "trial"),
                format::share(low),
                format::share(high),
                format::share(least),
                format::share(most),
            );
            (judgement, format::share(good as f64 / all as f64), evidence)
        }
    }
}

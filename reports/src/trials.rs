//! Several runs of one scenario as one verdict. What fails around an injection fails together, so
//! the unit is the run with its injections, not the request.

mod clusters;

use brunt_scenarios::plan::{Check, Claim, Plan};
use brunt_scenarios::timeline::Timeline;
use brunt_scenarios::units::Percent;

pub use clusters::{Cluster, share_bounds};

use crate::judge::{availability, latency};
use crate::verdict::{Finding, Judgement, Outcome, Verdict};
use crate::{Report, confidence, wording};

/// What all runs show together. A share (availability below 100 %, the share of requests within a
/// latency) is held against bounds that respect that requests of one run share its fate; all else
/// must hold in every run.
pub fn trials(plan: &Plan, reports: &[Report]) -> Verdict {
    let shares: Vec<Share<'_>> = plan.checks.iter().flat_map(|check| shares(plan, check)).collect();
    let findings: Vec<Finding> = kinds(reports)
        .into_iter()
        .map(|kind| {
            let share =
                shares.iter().find(|share| share.name == kind.name && share.claim == kind.claim);
            match share {
                Some(share) => share.finding(reports),
                None => of_all(&kind, reports),
            }
        })
        .collect();
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

/// What a finding is about.
#[derive(PartialEq)]
struct Kind {
    name: String,
    claim: String,
    /// Which one it is among those of the same name and claim.
    turn: usize,
}

/// Each kind of finding that any run has, in order.
fn kinds(reports: &[Report]) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = vec![];
    for report in reports {
        let mut own: Vec<(&str, &str)> = vec![];
        for finding in &report.verdict.findings {
            let this = (finding.name.as_str(), finding.claim.as_str());
            let turn = own.iter().filter(|other| **other == this).count();
            own.push(this);
            let kind = Kind { name: finding.name.clone(), claim: finding.claim.clone(), turn };
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
    }
    kinds
}

fn of_kind<'r>(kind: &Kind, report: &'r Report) -> Option<&'r Finding> {
    let all = report.verdict.findings.iter();
    all.filter(|finding| finding.name == kind.name && finding.claim == kind.claim).nth(kind.turn)
}

/// What must hold in every run.
fn of_all(kind: &Kind, reports: &[Report]) -> Finding {
    let each: Vec<(usize, &Finding)> = reports
        .iter()
        .enumerate()
        .filter_map(|(place, report)| Some((place + 1, of_kind(kind, report)?)))
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
    let least = wording::share(confidence::at_least(held, runs.max(1)));
    let mut evidence = format!(
        "It held in {held} of {}: in at least {least} of such runs, at 95% confidence.",
        wording::counted(runs, "trial")
    );
    if let Some((trial, finding)) = bad(Judgement::Fail).or_else(|| bad(Judgement::Inconclusive)) {
        evidence += &format!(" Trial {trial}: {}", finding.evidence);
    }
    Finding {
        name: kind.name.clone(),
        claim: kind.claim.clone(),
        judgement,
        measured: format!("{held} of {runs}"),
        evidence,
    }
}

/// A claim about a share of requests.
struct Share<'p> {
    name: String,
    claim: String,
    target: f64,
    of: Box<dyn Fn(&Timeline) -> Cluster + 'p>,
}

fn shares<'p>(plan: &'p Plan, check: &'p Check) -> Vec<Share<'p>> {
    match &check.claim {
        Claim::Availability { of, at_least, during } if *at_least < Percent::ALL => vec![Share {
            name: "availability".to_owned(),
            claim: check.claim.to_string(),
            target: at_least.fraction(),
            of: Box::new(move |timeline| availability::cluster(timeline, of, *during)),
        }],
        Claim::Latency { of, limits, during } => limits
            .iter()
            .map(|(quantile, most)| Share {
                name: format!("latency.{quantile}"),
                claim: latency::claim(of, (*quantile, *most), *during),
                target: quantile.0,
                of: Box::new(move |timeline| latency::cluster(plan, timeline, of, *most, *during)),
            })
            .collect(),
        _ => vec![],
    }
}

impl Share<'_> {
    fn finding(&self, reports: &[Report]) -> Finding {
        let clusters: Vec<Cluster> =
            reports.iter().map(|report| (self.of)(&report.timeline)).collect();
        let all: u64 = clusters.iter().map(|cluster| cluster.all).sum();
        let empty = clusters.iter().filter(|cluster| cluster.all == 0).count() as u64;
        let (judgement, measured, evidence) = match share_bounds(&clusters) {
            None => (
                Judgement::Inconclusive,
                "unknown".to_owned(),
                format!(
                    "{} of {} have no request in this part.",
                    empty,
                    wording::counted(clusters.len() as u64, "trial")
                ),
            ),
            Some((least, most)) => {
                let judgement = if least >= self.target && empty == 0 {
                    Judgement::Pass
                } else if most < self.target {
                    Judgement::Fail
                } else {
                    Judgement::Inconclusive
                };
                let good: u64 = clusters.iter().map(|cluster| cluster.good).sum();
                let shares = clusters
                    .iter()
                    .filter(|one| one.all > 0)
                    .map(|one| one.good as f64 / one.all as f64);
                let (low, high) = shares.fold((1.0_f64, 0.0_f64), |(low, high), share| {
                    (low.min(share), high.max(share))
                });
                let evidence = format!(
                    "{} in {}, from {} to {} each; between {} and {} (95% bounds, with each trial as one unit).",
                    wording::counted(all, "request"),
                    wording::counted(clusters.len() as u64, "trial"),
                    wording::share(low),
                    wording::share(high),
                    wording::share(least),
                    wording::share(most),
                );
                (judgement, wording::share(good as f64 / all as f64), evidence)
            }
        };
        Finding {
            name: self.name.clone(),
            claim: self.claim.clone(),
            judgement,
            measured,
            evidence,
        }
    }
}

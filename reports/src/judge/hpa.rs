//! An autoscaler brings enough replicas in time, and does not flap.

use std::time::Duration;

use brunt_scenarios::plan::ScalesOut;
use brunt_scenarios::timeline::{EventKind, Timeline};
use brunt_scenarios::units::Period;

use super::judged::{Judge, JudgedRun};
use super::replicas::Ready;
use crate::format;
use crate::verdict::{Finding, Judgement};

impl Judge for ScalesOut {
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding> {
        vec![of_reach(self, run.timeline), of_flapping(run.timeline, &self.service)]
    }
}

fn of_reach(claim: &ScalesOut, timeline: &Timeline) -> Finding {
    let ScalesOut { service, reaches, within } = claim;
    let (reaches, within) = (*reaches, *within);
    let ready = Ready::of(timeline, service);
    let wanted = usize::try_from(reaches).unwrap_or(usize::MAX);
    let most = ready.most(0.0);
    let (judgement, measured, evidence) =
        match (most, ready.reaches(wanted, 0.0), undecided(timeline, service)) {
            (None, ..) => (
                Judgement::Inconclusive,
                "unknown".to_owned(),
                format!("{service} was never seen."),
            ),
            (_, Some(at), _) if at <= 0.0 => {
                let evidence = format!("As many of {service} were ready before the load began.");
                (Judgement::Inconclusive, "there already".to_owned(), evidence)
            }
            (_, Some(at), _) => {
                let judgement =
                    if at <= within.as_secs_f64() { Judgement::Pass } else { Judgement::Fail };
                let evidence = format!(
                    "{reaches} were ready after {}, bound {}.",
                    format::seconds(at),
                    Period(within)
                );
                (judgement, format::seconds(at), evidence)
            }
            (Some(most), None, Some(why)) => {
                let evidence = format!(
                    "No more than {most} were ready, and the autoscaler could not decide: {}.",
                    why.trim_end_matches('.')
                );
                (Judgement::Inconclusive, "undecided".to_owned(), evidence)
            }
            (Some(most), None, None) => too_few(timeline.ended.0, most, within),
        };
    let claim = claim.to_string();
    Finding { check: None, name: "hpa.reaches".to_owned(), claim, judgement, measured, evidence }
}

fn too_few(ended: f64, most: usize, within: Duration) -> (Judgement, String, String) {
    let judgement =
        if ended >= within.as_secs_f64() { Judgement::Fail } else { Judgement::Inconclusive };
    let evidence = format!(
        "No more than {most} were ready in the {} that the run lasted, bound {}.",
        format::seconds(ended),
        Period(within)
    );
    (judgement, format!("{most} at the most"), evidence)
}

/// Why the autoscaler cannot decide, as when nobody serves metrics: that says nothing of
/// how it scales.
fn undecided<'a>(timeline: &'a Timeline, service: &str) -> Option<&'a str> {
    timeline.scalers.iter().find(|one| one.service == service)?.trouble.as_deref()
}

/// Out and then in is what an autoscaler is for; once more out is flapping.
fn of_flapping(timeline: &Timeline, service: &str) -> Finding {
    // Before the load, an autoscaler settles, which is no flapping.
    let events =
        timeline.events.iter().filter(|event| event.service == service && event.at.0 >= 0.0);
    let scaled: Vec<(f64, u32)> = events
        .filter_map(|event| match event.what {
            EventKind::Scaled { replicas } => Some((event.at.0, replicas)),
            _ => None,
        })
        .collect();
    let ways = scaled.windows(2).map(|two| two[1].1.cmp(&two[0].1)).filter(|way| way.is_ne());
    let mut turns: Vec<_> = ways.collect();
    turns.dedup();
    let steady = turns.len() <= 2;
    let words: Vec<String> =
        scaled.iter().map(|(at, to)| format!("to {to} at {}", format::moment(*at))).collect();
    let evidence = match scaled.is_empty() {
        true => "It was never scaled.".to_owned(),
        false => format!("Scaled {}.", format::first_few(&words, words.len() as u64, ", ")),
    };
    Finding {
        check: None,
        name: "hpa.noFlapping".to_owned(),
        claim: format!("{service} is not scaled out again and again"),
        judgement: match (scaled.is_empty(), steady) {
            (true, _) => Judgement::Inconclusive,
            (false, true) => Judgement::Pass,
            (false, false) => Judgement::Fail,
        },
        measured: format::counted(scaled.len() as u64, "step"),
        evidence,
    }
}

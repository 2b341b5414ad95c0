//! A load is served while services are down.

use brunt_scenarios::plan::Isolation;
use brunt_scenarios::units::Percent;

use super::judged::{Judge, JudgedRun};
use super::{availability, down};
use crate::format;
use crate::verdict::{Finding, Judgement};

impl Judge for Isolation {
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding> {
        let down: Vec<&str> = self.down.iter().map(String::as_str).collect();
        vec![served(run, "isolation", self.to_string(), (&self.of, self.at_least), &down)]
    }
}

/// The share of a load's replies that were good while services were down.
/// `name` and `claim` are the finding's. Every window counts in which any of the services was down,
/// if only for a part of it.
pub fn served(
    run: &JudgedRun<'_>,
    name: &str,
    claim: String,
    (of, at_least): (&str, Percent),
    services: &[&str],
) -> Finding {
    let open = |measured: &str, evidence: String| Finding {
        check: None,
        name: name.to_owned(),
        claim: claim.clone(),
        judgement: Judgement::Inconclusive,
        measured: measured.to_owned(),
        evidence,
    };
    let each: Vec<_> =
        services.iter().map(|service| (*service, down::spans(run.timeline, service))).collect();
    if let Some((service, _)) = each.iter().find(|(_, spans)| spans.is_empty()) {
        return open(
            "never down",
            format!("At no time was {service} without a replica that could answer."),
        );
    }
    let spans: Vec<_> = each.iter().flat_map(|(_, spans)| spans.iter().copied()).collect();
    // In a window that is in that time only in part, all requests may have been made outside of it.
    let Some(load) = run.load(of).filter(|load| down::requests(&down::inside(load, &spans)) > 0)
    else {
        return open(
            "no request",
            "No request was made in a window that lies wholly in that time.".to_owned(),
        );
    };
    let finding = availability::of_windows(name, claim, &down::touched(load, &spans), at_least);
    Finding { evidence: format!("{} {}", when(&each), finding.evidence), ..finding }
}

/// `order was down from 5.0s to 10.2s.`
fn when(each: &[(&str, Vec<down::DownSpan>)]) -> String {
    let words = each.iter().map(|(service, spans)| {
        let times: Vec<String> = spans
            .iter()
            .map(|(from, to)| format!("from {} to {}", format::moment(*from), format::moment(*to)))
            .collect();
        format!("{service} was down {}", format::first_few(&times, times.len() as u64, ", "))
    });
    format::sentence(&words.collect::<Vec<_>>().join("; "))
}

//! A load is served while services are down.

use brunt_scenarios::timeline::Timeline;
use brunt_scenarios::units::Percent;

use super::{availability, down};
use crate::verdict::{Finding, Judgement};
use crate::wording;

/// `name` and `claim` are the finding's. Every window counts in which any of the services was down,
/// if only for a part of it.
pub fn judge(
    timeline: &Timeline,
    name: &str,
    claim: String,
    of: &str,
    services: &[&str],
    at_least: Percent,
) -> Finding {
    let open = |measured: &str, evidence: String| Finding {
        name: name.to_owned(),
        claim: claim.clone(),
        judgement: Judgement::Inconclusive,
        measured: measured.to_owned(),
        evidence,
    };
    let each: Vec<_> =
        services.iter().map(|service| (*service, down::spans(timeline, service))).collect();
    if let Some((service, _)) = each.iter().find(|(_, spans)| spans.is_empty()) {
        return open(
            "never down",
            format!("At no time was {service} without a replica that could answer."),
        );
    }
    let spans: Vec<_> = each.iter().flat_map(|(_, spans)| spans.iter().copied()).collect();
    let load = timeline.loads.iter().find(|load| load.name == of);
    let Some(load) = load.filter(|load| down::requests(&down::inside(load, &spans)) > 0) else {
        return open(
            "no request",
            "No request was made in a window that lies wholly in that time.".to_owned(),
        );
    };
    let finding = availability::of_windows(name, claim, &down::touched(load, &spans), at_least);
    Finding { evidence: format!("{} {}", when(&each), finding.evidence), ..finding }
}

/// `order was down from 5.0s to 10.2s.`
fn when(each: &[(&str, Vec<down::Span>)]) -> String {
    let words = each.iter().map(|(service, spans)| {
        let times: Vec<String> = spans
            .iter()
            .map(|(from, to)| {
                format!("from {} to {}", wording::moment(*from), wording::moment(*to))
            })
            .collect();
        format!("{service} was down {}", wording::first_few(&times, times.len() as u64, ", "))
    });
    wording::sentence(&words.collect::<Vec<_>>().join("; "))
}

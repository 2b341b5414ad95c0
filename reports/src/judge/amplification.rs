//! How many calls a load's requests cost.

use brunt_scenarios::timeline::Timeline;

use crate::verdict::{Finding, Judgement};
use crate::wording;

pub fn judge(
    timeline: &Timeline,
    claim: String,
    of: &str,
    edge: (&str, &str),
    at_most: f64,
) -> Finding {
    let (from, to) = edge;
    let found =
        timeline.edges.iter().find(|edge| edge.from.as_deref() == Some(from) && edge.to == to);
    let load = timeline.loads.iter().find(|load| load.name == of);
    let requests = load.map_or(0, |load| wording::totals(load).1);
    let (judgement, measured, evidence) = match found {
        None => unknown(format!("Calls from {from} to {to} were not counted.")),
        Some(_) if requests == 0 => unknown(format!("{of} made no request.")),
        Some(edge) if edge.requests == 0 => unknown(format!("{from} never called {to}.")),
        Some(edge) => {
            let each = edge.requests as f64 / requests as f64;
            let judgement = if each <= at_most { Judgement::Pass } else { Judgement::Fail };
            let evidence = format!(
                "{} for {}; {} of them met a fault.",
                wording::counted(edge.requests, "call"),
                wording::counted(requests, "request"),
                wording::count(edge.faulted),
            );
            (judgement, format!("{each:.2} calls a request"), evidence)
        }
    };
    Finding { name: "amplification".to_owned(), claim, judgement, measured, evidence }
}

fn unknown(evidence: String) -> (Judgement, String, String) {
    (Judgement::Inconclusive, "unknown".to_owned(), evidence)
}

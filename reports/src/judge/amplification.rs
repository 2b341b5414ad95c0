//! How many calls a load's requests cost.

use brunt_scenarios::plan::Amplification;
use brunt_scenarios::timeline::EdgeRecord;

use super::judged::{Judge, JudgedRun};
use crate::format;
use crate::verdict::{Finding, Judgement};

impl Judge for Amplification {
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding> {
        let (judgement, measured, evidence) = of_run(self, run);
        let (name, claim) = ("amplification".to_owned(), self.to_string());
        vec![Finding { check: None, name, claim, judgement, measured, evidence }]
    }
}

fn of_run(claim: &Amplification, run: &JudgedRun<'_>) -> (Judgement, String, String) {
    let Amplification { of, from, to, at_most } = claim;
    let is_this = |edge: &&EdgeRecord| edge.from.as_ref() == Some(from) && edge.to == *to;
    let found = run.timeline.edges.iter().find(is_this);
    let requests = run.load(of).map_or(0, |load| format::totals(load).1);
    match found {
        None => unknown(format!("Calls from {from} to {to} were not counted.")),
        Some(_) if requests == 0 => unknown(format!("{of} made no request.")),
        // A connection may have carried any number of calls.
        Some(edge) if edge.opaque_connections > 0 => unknown(format!(
            "{} from {from} to {to} carried bytes in which no calls are seen.",
            format::counted(edge.opaque_connections, "connection")
        )),
        Some(edge) if edge.requests == 0 => unknown(format!("{from} never called {to}.")),
        Some(edge) => {
            let each = edge.requests as f64 / requests as f64;
            let judgement = if each <= *at_most { Judgement::Pass } else { Judgement::Fail };
            let evidence = format!(
                "{} for {}; {} of them met a fault.",
                format::counted(edge.requests, "call"),
                format::counted(requests, "request"),
                format::count(edge.faulted),
            );
            (judgement, format!("{each:.2} calls a request"), evidence)
        }
    }
}

fn unknown(evidence: String) -> (Judgement, String, String) {
    (Judgement::Inconclusive, "unknown".to_owned(), evidence)
}

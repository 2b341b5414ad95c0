//! How many calls a load's requests cost.

use brunt_scenarios::plan::{Amplification, Plan, Request};
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
            let others = others(claim, run.plan);
            let judgement = match each <= *at_most {
                true => Judgement::Pass,
                // Nobody knows whose calls they were.
                false if !others.is_empty() => Judgement::Inconclusive,
                false => Judgement::Fail,
            };
            let mut evidence = format!(
                "{} for {}; {} of them met a fault.",
                format::counted(edge.requests, "call"),
                format::counted(requests, "request"),
                format::count(edge.faulted),
            );
            if judgement == Judgement::Inconclusive {
                let others = others.join(", ");
                evidence += &format!(
                    " Others lead to {from} as well, and may have made some of \
                     them: {others}. Judge this in a scenario of its own."
                );
            }
            (judgement, format!("{each:.2} calls a request"), evidence)
        }
    }
}

/// What else may have had the service make calls: other loads, and requests of steps.
fn others(claim: &Amplification, plan: &Plan) -> Vec<String> {
    let leads_there = |request: &Request| plan.system.reaches(&request.target.service, &claim.from);
    let loads = plan.loads.iter().filter(|load| load.name != claim.of);
    let loads = loads.filter(|load| load.requests().any(leads_there));
    let steps = plan.setup.iter().chain(&plan.steps).filter(|step| leads_there(&step.request));
    let loads = loads.map(|load| format!("load {}", load.name));
    loads.chain(steps.map(|step| format!("step {}", step.name))).collect()
}

fn unknown(evidence: String) -> (Judgement, String, String) {
    (Judgement::Inconclusive, "unknown".to_owned(), evidence)
}

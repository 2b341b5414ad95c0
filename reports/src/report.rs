//! A run's report: what was planned, what happened, the verdict, and where it comes from.

mod masked;
mod request;
mod shape;

use std::time::Duration;

use brunt_scenarios::plan::{Arrival, Claim, Load, Plan, Service};
use brunt_scenarios::timeline::Timeline;
use brunt_scenarios::units::Period;
use brunt_scenarios::{bounds, plan};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use request::RequestCommands;
pub use shape::{FaultSite, ServiceCall};

use crate::format;
use crate::secrets::Secrets;
use crate::verdict::{PlannedFailure, Proving, Verdict};

/// A run's report, as `report.json` holds it. Every other report is rendered from it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The version of this format: 1.
    pub format: u32,
    /// The scenario's name.
    pub name: String,
    /// The scenario's description, if it has one.
    pub about: Option<String>,
    /// Name of the system under test.
    pub system: String,
    /// Where the report comes from.
    pub origin: Origin,
    /// What was planned, for the page.
    pub plan: PlanSummary,
    /// What was broken on purpose; `None` for a run of the scenario as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_failure: Option<PlannedFailure>,
    /// The outcome, with each check's evidence.
    pub verdict: Verdict,
    /// What happened, on the run's clock.
    pub timeline: Timeline,
}

/// Where a report comes from: what only the caller knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// When the run started.
    #[schemars(with = "String")]
    pub started: jiff::Timestamp,
    /// The version of brunt.
    pub version: String,
    /// The command that makes the same run again.
    pub command: String,
    /// Properties of the machine.
    pub host: Vec<Fact>,
    /// What the scenario's file is called.
    pub file: String,
    /// The scenario as it was written.
    pub text: String,
}

/// A property of the machine that the run was made on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    /// What the value is, such as `Cores`.
    pub name: String,
    /// The value as text, with its unit.
    pub value: String,
}

/// What was planned, in words and figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanSummary {
    /// Each load, in words.
    pub loads: Vec<String>,
    /// Each fault and its times, in words.
    pub faults: Vec<String>,
    /// What was computed of each service before the run.
    pub bounds: Vec<ServiceBounds>,
    /// The limits on latency, for the picture.
    pub limits: Vec<Limit>,
    /// The edges between services.
    #[serde(default)]
    pub calls: Vec<ServiceCall>,
    /// Services and edges that the faults are meant to hit.
    #[serde(default)]
    pub struck: Vec<FaultSite>,
    /// Each request, as commands.
    #[serde(default)]
    pub requests: Vec<RequestCommands>,
}

/// How long things may take for a service, computed from its probes before the run, in seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceBounds {
    /// The service that the bounds are about.
    pub service: String,
    /// Its replicas, as planned.
    pub replicas: u32,
    /// Until a replica that is not ready gets no more requests; `None` without a readiness probe.
    pub leaves: Option<f64>,
    /// From a replica's start until it is ready.
    pub starts: f64,
    /// Until the liveness probe has had a replica restarted; `None` without one.
    pub restarts: Option<f64>,
    /// A whole rollout.
    pub rolls_out: f64,
}

/// A limit on a quantile of a load's latency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Limit {
    /// The load's name.
    pub of: String,
    /// The quantile, as it is written: `p99`.
    pub quantile: String,
    /// At most this many seconds.
    pub at_most: f64,
}

impl Report {
    /// Puts together what is known of a run, without the scenario's secrets.
    pub fn new(plan: &Plan, verdict: Verdict, timeline: Timeline, origin: Origin) -> Self {
        let report = Self {
            format: 1,
            name: plan.name.clone(),
            about: plan.about.clone(),
            system: plan.system.name.clone(),
            origin,
            plan: PlanSummary::of(plan),
            planned_failure: None,
            verdict,
            timeline,
        };
        report.without(&Secrets::of(plan))
    }

    /// The same of a run in which something was broken on purpose: also without the secrets in
    /// what was broken.
    #[must_use]
    pub fn with_planned_failure(self, planned: PlannedFailure, plan: &Plan) -> Self {
        Self { planned_failure: Some(planned), ..self }.without(&Secrets::of(plan))
    }

    /// Whether what was broken on purpose made the run fail as it must; `None` when nothing was.
    pub fn proving(&self) -> Option<Proving> {
        self.planned_failure.as_ref().map(|planned| self.verdict.fails_as(&planned.fails))
    }
}

impl PlanSummary {
    /// What a plan says, in words and figures.
    pub fn of(plan: &Plan) -> Self {
        let services = plan.system.services.iter();
        Self {
            loads: plan.loads.iter().map(load).collect(),
            faults: plan.faults.iter().map(fault).collect(),
            bounds: services
                .filter(|(_, service)| service.is_ours())
                .map(|(name, service)| ServiceBounds::of(name, service))
                .collect(),
            limits: plan.checks.iter().flat_map(|check| limits(&check.claim)).collect(),
            calls: shape::calls(plan),
            struck: shape::struck(plan),
            requests: request::all(plan),
        }
    }
}

impl ServiceBounds {
    fn of(name: &str, service: &Service) -> Self {
        Self {
            service: name.to_owned(),
            replicas: service.replicas,
            leaves: service.readiness.as_ref().map(|probe| bounds::detects(probe).as_secs_f64()),
            starts: bounds::starts(service).as_secs_f64(),
            restarts: bounds::restarts(service).map(|bound| bound.as_secs_f64()),
            rolls_out: bounds::rolls_out(service).as_secs_f64(),
        }
    }
}

fn load(load: &Load) -> String {
    let how = match &load.arrival {
        Arrival::Closed { users, think } => {
            let users = format::counted(u64::from(*users), "user");
            let (from, to) = (Period(think.0), Period(think.1));
            match think.1.is_zero() {
                true => format!("{users} without a pause"),
                false if from == to => format!("{users}, each waiting {from} between requests"),
                false => format!("{users}, each waiting {from} to {to} between requests"),
            }
        }
        Arrival::Open { ramps } => ramps.iter().map(ramp).collect::<Vec<_>>().join(", then "),
    };
    // The ramps of an open model already say how long it lasts.
    let lasts = match &load.arrival {
        Arrival::Closed { .. } => format!(", for {}", Period(load.lasts)),
        Arrival::Open { .. } => String::new(),
    };
    format!("{}: {} by {how}{lasts}", load.name, load.work)
}

fn ramp(ramp: &plan::Ramp) -> String {
    let (from, to) = (format::rate(ramp.from), format::rate(ramp.to));
    match ramp.from == ramp.to {
        true => format!("{from} for {}", Period(ramp.lasts)),
        false => format!("{from} to {to} over {}", Period(ramp.lasts)),
    }
}

fn fault(fault: &plan::Fault) -> String {
    let at: Vec<String> = fault.at.iter().take(3).map(|at| Period(*at).to_string()).collect();
    let at = format::first_few(&at, fault.at.len() as u64, ", ");
    let lasts = fault.lasts.filter(|lasts| *lasts > Duration::ZERO);
    let lasts = lasts.map(|lasts| format!(", for {}", Period(lasts)));
    let only = match fault.only.is_any() {
        true => String::new(),
        false => format!(" where {}", fault.only),
    };
    format!("{}{only} at {at}{}", fault.kind, lasts.unwrap_or_default())
}

fn limits(claim: &Claim) -> Vec<Limit> {
    let limit = |limit: plan::LatencyLimit<'_>| Limit {
        of: limit.of.to_owned(),
        quantile: limit.quantile.to_string(),
        at_most: limit.at_most.as_secs_f64(),
    };
    claim.latency_limits().into_iter().map(limit).collect()
}

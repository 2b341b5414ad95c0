//! Service level objectives from OpenSLO documents (v1): what a run needs of them.

use std::str::FromStr;

use serde::Deserialize;

use crate::units::Period;
use crate::yaml::{self, YamlError};

/// An objective that a document states.
#[derive(Debug, Clone, PartialEq)]
pub struct SloObjective {
    /// What it is called.
    pub name: String,
    /// The share of good ones, from 0 to 1.
    pub target: f64,
    /// The period over which the objective must hold.
    pub window: Period,
    /// Whether good means fast enough: then the scenario has to say what that is, as the document
    /// does not say its unit.
    pub is_threshold: bool,
}

/// Why a file has no objective that can be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSlo {
    /// The text is no YAML.
    #[error("it is not YAML: {0}")]
    Yaml(#[from] YamlError),
    /// A document of kind SLO has another form than OpenSLO's.
    #[error("it is not an OpenSLO document: {0}")]
    Document(#[from] serde_json::Error),
    /// None of its documents states an objective.
    #[error("it has no document of kind SLO with objectives")]
    NoObjectives,
    /// The document follows another version of OpenSLO.
    #[error("SLO {name} has apiVersion {api_version}; openslo/v1 can be read")]
    Version {
        /// What the document is called.
        name: String,
        /// The version that it names.
        api_version: String,
    },
    /// The document has metadata alone.
    #[error("SLO {name} has no spec")]
    NoSpec {
        /// What the document is called.
        name: String,
    },
    /// Its budget is counted in slices of time, which a run is too short for.
    #[error("SLO {name} has budgetingMethod {method}; only Occurrences counts requests")]
    Budgeting {
        /// What the document is called.
        name: String,
        /// The method that it names.
        method: String,
    },
    /// There are several windows, or none.
    #[error("SLO {name} must have one timeWindow")]
    Windows {
        /// What the document is called.
        name: String,
    },
    /// The window's length cannot be read.
    #[error("SLO {name}: `{text}` is no duration such as 28d")]
    Duration {
        /// What the document is called.
        name: String,
        /// The length as it is written.
        text: String,
    },
    /// An objective has no share below 1, so there would be no budget.
    #[error("SLO {name}: an objective needs a target from 0 to below 1, or a targetPercent")]
    Target {
        /// What the document is called.
        name: String,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OpenSloDocument {
    api_version: String,
    metadata: OpenSloMetadata,
    spec: Option<OpenSloSpec>,
}

#[derive(Deserialize)]
struct OpenSloMetadata {
    name: String,
}

/// Everything else that a document may say is for those who measure in production.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OpenSloSpec {
    indicator: Option<OpenSloIndicator>,
    #[serde(default)]
    time_window: Vec<OpenSloTimeWindow>,
    budgeting_method: Option<String>,
    #[serde(default)]
    objectives: Vec<OpenSloTarget>,
}

#[derive(Deserialize)]
struct OpenSloIndicator {
    spec: Option<OpenSloIndicatorSpec>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OpenSloIndicatorSpec {
    threshold_metric: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct OpenSloTimeWindow {
    duration: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OpenSloTarget {
    display_name: Option<String>,
    target: Option<f64>,
    target_percent: Option<f64>,
}

/// The objectives that a file states: those of all its documents of kind SLO.
///
/// # Errors
/// Why there is none that can be used.
pub fn objectives(text: &str) -> Result<Vec<SloObjective>, InvalidSlo> {
    let documents: Vec<serde_json::Value> = yaml::documents(text)?;
    let mut all = Vec::new();
    for document in documents {
        // Services, SLIs and alerts may stand in the same file, and have forms of their own.
        if document.get("kind").and_then(serde_json::Value::as_str) != Some("SLO") {
            continue;
        }
        let document: OpenSloDocument = serde_json::from_value(document)?;
        all.extend(of_document(document)?);
    }
    if all.is_empty() { Err(InvalidSlo::NoObjectives) } else { Ok(all) }
}

fn of_document(document: OpenSloDocument) -> Result<Vec<SloObjective>, InvalidSlo> {
    let OpenSloDocument { api_version, metadata: OpenSloMetadata { name }, spec } = document;
    if api_version != "openslo/v1" {
        return Err(InvalidSlo::Version { name, api_version });
    }
    let Some(spec) = spec else { return Err(InvalidSlo::NoSpec { name }) };
    let method = spec.budgeting_method.filter(|method| method != "Occurrences");
    if let Some(method) = method {
        return Err(InvalidSlo::Budgeting { name, method });
    }
    let [OpenSloTimeWindow { duration }] = spec.time_window.as_slice() else {
        return Err(InvalidSlo::Windows { name });
    };
    let Some(window) = window_of(duration) else {
        return Err(InvalidSlo::Duration { name, text: duration.clone() });
    };
    let indicator = spec.indicator.and_then(|indicator| indicator.spec);
    let is_threshold = indicator.is_some_and(|indicator| indicator.threshold_metric.is_some());
    let objective = |target: &OpenSloTarget| {
        let share = target.target.or(target.target_percent.map(|percent| percent / 100.0));
        let share = share.filter(|share| (0.0..1.0).contains(share));
        let share = share.ok_or_else(|| InvalidSlo::Target { name: name.clone() })?;
        let name = target.display_name.clone().unwrap_or_else(|| name.clone());
        Ok(SloObjective { name, target: share, window, is_threshold })
    };
    spec.objectives.iter().map(objective).collect()
}

/// OpenSLO's durations: a number and one of m, h, d, w, M, Q, Y. A month counts 30 days, as
/// error budgets do.
fn window_of(text: &str) -> Option<Period> {
    let unit = text.chars().next_back()?;
    let days = match unit {
        'w' => 7,
        'M' => 30,
        'Q' => 90,
        'Y' => 365,
        // Of minutes, hours and days both notations say the same; `m` and `M` differ.
        _ => return Period::from_str(text).ok().filter(|window| !window.0.is_zero()),
    };
    let number: u32 = text.strip_suffix(unit)?.parse().ok().filter(|number| *number > 0)?;
    Period::from_str(&format!("{}d", number.checked_mul(days)?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "\
apiVersion: openslo/v1
kind: Service
metadata: {name: shop}
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: orders-succeed}
spec:
  service: shop
  indicator:
    metadata: {name: good}
    spec: {ratioMetric: {counter: true, good: {metricSource: {type: Prometheus, spec: {query: a}}}, total: {metricSource: {type: Prometheus, spec: {query: b}}}}}
  timeWindow: [{duration: 4w, isRolling: true}]
  budgetingMethod: Occurrences
  objectives:
    - {displayName: most, targetPercent: 99.5}
    - {target: 0.9}
";

    #[test]
    fn objectives_come_with_their_window() {
        let found = objectives(DOCUMENT).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].name.as_str(), found[1].name.as_str()), ("most", "orders-succeed"));
        assert!((found[0].target - 0.995).abs() < 1e-12 && (found[1].target - 0.9).abs() < 1e-12);
        assert_eq!(found[0].window, "28d".parse().unwrap());
        assert!(!found[0].is_threshold);
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        let because =
            |from: &str, to: &str| objectives(&DOCUMENT.replace(from, to)).unwrap_err().to_string();
        assert!(because("Occurrences", "Timeslices").contains("Timeslices"));
        assert!(because("4w", "often").contains("`often`"));
        assert!(because("kind: SLO", "kind: SLI").contains("no document of kind SLO"));
        assert!(because("target: 0.9", "target: 1").contains("below 1"));
        assert!(because("openslo/v1", "openslo/v1alpha").contains("v1alpha"));
        assert!(objectives("a: [").is_err() && objectives("").is_err());
    }
}

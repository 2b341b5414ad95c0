//! The report for CI servers: a suite for the scenario, a case for each finding.
//!
//! What is inconclusive is an `error`, not `skipped`: a server must not show it as green.

use askama::Template;

use crate::verdict::{Finding, Judgement, PlannedFailure, Proving};
use crate::{RenderError, Report, summary};

#[derive(Template)]
#[template(path = "junit.xml")]
struct JunitSuite {
    suite: String,
    timestamp: String,
    seconds: String,
    failures: usize,
    errors: usize,
    properties: Vec<(String, String)>,
    cases: Vec<JunitCase>,
    output: String,
}

struct JunitCase {
    name: String,
    kind: String,
    /// `failure` or `error`; `None` for a pass.
    element: Option<&'static str>,
    message: String,
    evidence: String,
}

/// JUnit's XML, as Jenkins, GitLab and GitHub's actions read it.
///
/// # Errors
/// [`RenderError::Template`] when the template fails.
pub fn junit(report: &Report) -> Result<String, RenderError> {
    let mut cases: Vec<JunitCase> = match (&report.planned_failure, report.proving()) {
        (Some(planned), Some(proving)) => vec![JunitCase::planned(planned, &proving)],
        _ => report.verdict.findings.iter().map(JunitCase::of).collect(),
    };
    // A suite without cases is green in most servers.
    if cases.is_empty() {
        cases.push(JunitCase::nothing());
    }
    let count = |element| cases.iter().filter(|case| case.element == Some(element)).count();
    let origin = &report.origin;
    let mut properties = vec![
        ("system".to_owned(), legal(&report.system)),
        ("outcome".to_owned(), report.verdict.outcome.to_string()),
        ("brunt".to_owned(), legal(&origin.version)),
        ("command".to_owned(), legal(&origin.command)),
    ];
    properties.extend(
        origin.host.iter().map(|fact| (legal(&format!("host.{}", fact.name)), legal(&fact.value))),
    );
    let page = JunitSuite {
        suite: legal(&report.name),
        timestamp: origin.started.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        seconds: format!("{:.3}", report.timeline.ended.0.max(0.0)),
        failures: count("failure"),
        errors: count("error"),
        properties,
        cases,
        output: legal(&summary::summary(report)),
    };
    Ok(page.render()?)
}

impl JunitCase {
    fn of(finding: &Finding) -> Self {
        Self {
            name: legal(&finding.claim),
            kind: legal(&finding.name),
            element: match finding.judgement {
                Judgement::Pass => None,
                Judgement::Fail => Some("failure"),
                Judgement::Inconclusive => Some("error"),
            },
            message: legal(&finding.measured),
            evidence: legal(&finding.evidence),
        }
    }

    /// A run in which something was broken on purpose is good when its checks fail as they must.
    fn planned(planned: &PlannedFailure, proving: &Proving) -> Self {
        let fails = planned.fails.join(", ");
        let (element, message, evidence) = match proving {
            Proving::Proven => (None, "proven".to_owned(), format!("Failed as it must: {fails}.")),
            Proving::NotProven(why) => (Some("failure"), "not proven".to_owned(), why.clone()),
        };
        Self {
            name: legal(&format!("{}: {fails} must fail", planned.how)),
            kind: "proof".to_owned(),
            element,
            message,
            evidence: legal(&evidence),
        }
    }

    fn nothing() -> Self {
        Self {
            name: "something is judged".to_owned(),
            kind: "run".to_owned(),
            element: Some("error"),
            message: "no finding".to_owned(),
            evidence: "The scenario claims nothing, so the run shows nothing.".to_owned(),
        }
    }
}

// Replaces the characters that XML 1.0 forbids even when they are escaped (section 2.2).
fn legal(text: &str) -> String {
    let allowed = |c: char| {
        !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}') || matches!(c, '\t' | '\n')
    };
    text.chars().map(|c| if allowed(c) { c } else { '\u{fffd}' }).collect()
}

//! The report for people: one file that needs nothing else, opens from disk and prints.
//!
//! The page says everything without its script; the script adds a reading of all rows at one moment.

mod clock;
mod errors;
mod faults;
mod figures;
mod lanes;
mod latency;
mod picture;
mod reading;
mod scale;
mod series;
mod tables;
mod throughput;

use askama::Template;

use crate::verdict::{Finding, Judgement, Outcome};
use crate::{RenderError, Report, wording};
use figures::Figure;
use picture::Picture;
use series::Series;
use tables::{BoundsRow, EdgeRow, EventRow, FaultRow, LoadRow, StepRow, WindowTable};

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
    style: &'static str,
    script: &'static str,
    outcome: &'static str,
    word: &'static str,
    headline: String,
    started: String,
    figures: Vec<Figure>,
    findings: Vec<&'a Finding>,
    picture: Picture,
    reading: String,
    windows: Vec<WindowTable>,
    bounds: Vec<BoundsRow<'a>>,
    loads: Vec<LoadRow>,
    edges: Vec<EdgeRow<'a>>,
    faults: Vec<FaultRow<'a>>,
    more_faults: usize,
    steps: Vec<StepRow<'a>>,
    events: Vec<EventRow>,
    more_events: usize,
}

/// The whole report as one HTML file.
///
/// # Errors
/// [`RenderError`] when the template fails.
pub fn html(report: &Report) -> Result<String, RenderError> {
    let timeline = &report.timeline;
    let series: Vec<Series> = timeline.loads.iter().map(Series::of).collect();
    let picture = Picture::of(report, &series);
    let (faults, more_faults) = tables::faults(timeline);
    let (events, more_events) = tables::events(timeline);
    let page = Page {
        style: include_str!("../templates/report.css"),
        script: include_str!("../templates/report.js"),
        outcome: class(report.verdict.outcome),
        word: word(report.verdict.outcome),
        headline: headline(report),
        started: report.origin.started.strftime("%-d %B %Y, %H:%M:%S UTC").to_string(),
        figures: figures::of(report),
        findings: wording::worst_first(&report.verdict),
        reading: reading::of(report, &series, &picture)?,
        windows: series.iter().map(WindowTable::of).collect(),
        bounds: report.plan.bounds.iter().map(BoundsRow::of).collect(),
        loads: timeline.loads.iter().map(LoadRow::of).collect(),
        edges: timeline.edges.iter().map(EdgeRow::of).collect(),
        steps: timeline.steps.iter().map(StepRow::of).collect(),
        picture,
        faults,
        more_faults,
        events,
        more_events,
        report,
    };
    Ok(page.render()?)
}

pub(crate) fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Inconclusive => "open",
        Outcome::Aborted => "aborted",
        Outcome::LeftBehind => "left",
    }
}

pub(crate) fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "Passed",
        Outcome::Fail => "Failed",
        Outcome::Inconclusive => "Inconclusive",
        Outcome::Aborted => "Aborted",
        Outcome::LeftBehind => "Left something behind",
    }
}

/// What the verdict comes from, in a sentence.
fn headline(report: &Report) -> String {
    let verdict = &report.verdict;
    let stopped = verdict.findings.iter().find(|finding| finding.name == "run");
    if let Some(stopped) = stopped.filter(|_| verdict.outcome == Outcome::Aborted) {
        return format!(
            "{} {} {}",
            wording::sentence(&stopped.measured),
            stopped.evidence,
            wording::tally(verdict)
        );
    }
    let Some(worst) = wording::worst_first(verdict).into_iter().next() else {
        return "The scenario claims nothing, so the run shows nothing.".to_owned();
    };
    let about = match worst.judgement {
        Judgement::Pass => return "Everything that was claimed holds.".to_owned(),
        Judgement::Fail => "Does not hold",
        Judgement::Inconclusive => "Not shown",
    };
    format!("{about}: {} ({}). {}", worst.claim, worst.measured, wording::tally(verdict))
}

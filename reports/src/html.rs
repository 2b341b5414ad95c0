//! The report for people: one file that needs nothing else, opens from disk and prints.
//!
//! The page says everything without its script; the script adds a reading of all rows at one
//! moment.

mod breakers;
mod clock;
mod curve;
mod errors;
mod faults;
mod figures;
mod gaps;
mod graph;
mod heat;
mod lanes;
mod latency;
mod live;
mod picture;
mod reading;
mod repeat;
mod row;
mod scale;
mod series;
mod tables;
mod text;
mod throughput;

pub use live::{live_frame, live_page};
pub(crate) use text::INDEX_STYLE;

use askama::Template;

use crate::stated::{Stated, proof_sentence};
use crate::verdict::{Finding, Judgement, Outcome};
use crate::{RenderError, Report, format, summary};
use clock::Clock;
use curve::Curve;
use figures::Figure;
use graph::Graph;
use picture::Picture;
use repeat::Repeat;
use series::Series;
use tables::{BoundsRow, EdgeRow, EventRow, FaultRow, LoadRow, StepRow, WindowTable};

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'a> {
    style: &'static str,
    script: &'static str,
    word: &'static str,
    name: &'a str,
    system: &'a str,
    at: String,
    started: String,
    main: String,
}

#[derive(Template)]
#[template(path = "main.html")]
struct ReportBody<'a> {
    report: &'a Report,
    outcome: &'static str,
    word: &'static str,
    headline: String,
    figures: Vec<Figure>,
    findings: Vec<&'a Finding>,
    picture: Picture,
    reading: String,
    windows: Vec<WindowTable>,
    graph: Option<Graph>,
    curve: Option<Curve>,
    failed_requests: Vec<Repeat<'a>>,
    other_requests: Vec<Repeat<'a>>,
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
    let page = ReportPage {
        style: text::STYLE,
        script: text::SCRIPT,
        word: Stated::of(report).word,
        name: &report.name,
        system: &report.system,
        at: report.origin.started.to_string(),
        started: report.origin.started.strftime("%-d %B %Y, %H:%M:%S UTC").to_string(),
        main: main_part(report)?,
    };
    Ok(page.render()?)
}

/// What the report says, without the page around it.
///
/// # Errors
/// [`RenderError`] when the template fails.
pub fn main_part(report: &Report) -> Result<String, RenderError> {
    let (timeline, stated) = (&report.timeline, Stated::of(report));
    let series: Vec<Series> =
        timeline.loads.iter().map(|load| Series::of(load, timeline.loads.len())).collect();
    let picture = Picture::of(report, &series, Clock::of(timeline));
    let (faults, more_faults) = tables::faults(timeline);
    let (failed_requests, other_requests) = repeat::of(report);
    let (events, more_events) = tables::events(timeline);
    let main = ReportBody {
        outcome: stated.class,
        word: stated.word,
        headline: headline(report),
        figures: figures::of(report),
        findings: summary::worst_first(&report.verdict),
        reading: reading::of(report, &series, &picture)?,
        windows: series.iter().map(WindowTable::of).collect(),
        bounds: report.plan.bounds.iter().map(BoundsRow::of).collect(),
        loads: timeline.loads.iter().map(LoadRow::of).collect(),
        edges: timeline.edges.iter().map(EdgeRow::of).collect(),
        steps: timeline.steps.iter().map(StepRow::of).collect(),
        graph: graph::of(report),
        curve: curve::of(report),
        failed_requests,
        other_requests,
        picture,
        faults,
        more_faults,
        events,
        more_events,
        report,
    };
    Ok(main.render()?)
}

/// What the verdict comes from, in a sentence.
fn headline(report: &Report) -> String {
    let verdict = &report.verdict;
    if let Some(proof) = proof_sentence(report) {
        return proof;
    }
    let stopped = verdict.findings.iter().find(|finding| finding.name == "run");
    if let Some(stopped) = stopped.filter(|_| verdict.outcome == Outcome::Aborted) {
        return format!(
            "{} {} {}",
            format::sentence(&stopped.measured),
            stopped.evidence,
            summary::tally(verdict)
        );
    }
    let Some(worst) = summary::worst_first(verdict).into_iter().next() else {
        return "The scenario claims nothing, so the run shows nothing.".to_owned();
    };
    let about = match worst.judgement {
        Judgement::Pass => return "Everything that was claimed holds.".to_owned(),
        Judgement::Fail => "Does not hold",
        Judgement::Inconclusive => "Not shown",
    };
    format!("{about}: {} ({}). {}", worst.claim, worst.measured, summary::tally(verdict))
}

//! The live page of a run in progress: the report's own pictures, up to now.

use askama::Template;

use super::clock::Clock;
use super::figures::{self, Figure};
use super::graph::{self, Graph};
use super::picture::Picture;
use super::series::Series;
use super::tables::{self, EventRow};
use super::{reading, text};
use crate::{RenderError, Report};

/// The most events that are listed, the latest first.
const EVENTS: usize = 8;

#[derive(Template)]
#[template(path = "frame.html")]
struct LiveFrame<'a> {
    report: &'a Report,
    phase: &'a str,
    percent: u32,
    figures: Vec<Figure>,
    picture: Picture,
    reading: String,
    events: Vec<EventRow>,
    graph: Option<Graph>,
}

#[derive(Template)]
#[template(path = "live.html")]
struct LiveTemplate<'a> {
    style: String,
    script: String,
    frame: &'a str,
}

/// The part of the live page that is sent again and again. The report's timeline ends now;
/// `planned` is the planned end of the load, in seconds.
///
/// # Errors
/// [`RenderError`] when the template fails.
pub fn live_frame(report: &Report, phase: &str, planned: f64) -> Result<String, RenderError> {
    let timeline = &report.timeline;
    let series: Vec<Series> =
        timeline.loads.iter().map(|load| Series::of(load, timeline.loads.len())).collect();
    let picture = Picture::of(report, &series, Clock::running(timeline, planned));
    let frame = LiveFrame {
        phase,
        percent: (timeline.ended.0 / planned.max(1.0) * 100.0).clamp(0.0, 100.0) as u32,
        figures: figures::of(report),
        reading: reading::of(report, &series, &picture)?,
        picture,
        events: timeline.events.iter().rev().take(EVENTS).map(tables::event).collect(),
        graph: graph::of(report),
        report,
    };
    Ok(frame.render()?)
}

/// The page around a frame, whose script asks for the frames that follow.
///
/// # Errors
/// [`RenderError`] when the template fails.
pub fn live_page(frame: &str) -> Result<String, RenderError> {
    let script = format!("{}{}", text::SCRIPT, text::LIVE_SCRIPT);
    Ok(LiveTemplate { style: text::STYLE.to_owned(), script, frame }.render()?)
}

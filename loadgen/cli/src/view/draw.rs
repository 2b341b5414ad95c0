//! A state as a picture, at any size.

mod bars;
mod heat;
mod lines;
mod titled;
mod words;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::state::ViewState;
use titled::titled;

/// Narrower than this, tables stand below each other.
const WIDE: u16 = 60;
/// Lower than this, there is no room for pictures.
const HIGH: u16 = 12;
/// How high tables are.
const OPTIONS: u16 = 7;

/// Draws everything that there is room for.
pub(super) fn draw(state: &ViewState, frame: &mut Frame<'_>) {
    let area = frame.area();
    let [head, middle, foot] =
        Layout::vertical([Constraint::Length(2), Constraint::Fill(1), Constraint::Length(1)])
            .areas(area);
    frame.render_widget(Paragraph::new(lines::head(state, head.width)), head);
    frame.render_widget(Paragraph::new(lines::foot(state, foot.width)), foot);
    match (area.width >= WIDE, area.height >= HIGH) {
        (_, false) => frame.render_widget(Paragraph::new(lines::latency(state)), middle),
        (true, true) => wide(state, middle, frame),
        (false, true) => narrow(state, middle, frame),
    }
}

fn wide(state: &ViewState, area: Rect, frame: &mut Frame<'_>) {
    let [pictures, tables] =
        Layout::vertical([Constraint::Fill(1), Constraint::Length(OPTIONS)]).areas(area);
    let columns = Layout::horizontal([Constraint::Length(34), Constraint::Fill(1)]).spacing(1);
    let [left, right] = columns.areas(tables);
    both_pictures(state, pictures, frame);
    table("latency", lines::latency(state), left, frame);
    table("errors", lines::errors(state), right, frame);
}

fn narrow(state: &ViewState, area: Rect, frame: &mut Frame<'_>) {
    // Errors have what the others leave; without any they need a line.
    let errors = if state.totals.failures() == 0 { 2 } else { OPTIONS.min(area.height / 4).max(2) };
    let [pictures, latency, below] = Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(OPTIONS),
        Constraint::Length(errors),
    ])
    .areas(area);
    both_pictures(state, pictures, frame);
    table("latency", lines::latency(state), latency, frame);
    table("errors", lines::errors(state), below, frame);
}

/// Throughput above, the heat map below it if there is room for both; they share the clock.
fn both_pictures(state: &ViewState, area: Rect, frame: &mut Frame<'_>) {
    if area.height < 9 {
        return bars::draw(state, area, frame);
    }
    let above = (area.height / 3).max(4);
    let [throughput, heat] =
        Layout::vertical([Constraint::Length(above), Constraint::Fill(1)]).areas(area);
    bars::draw(state, throughput, frame);
    heat::draw(state, heat, frame);
}

fn table(title: &'static str, lines: Vec<Line<'static>>, area: Rect, frame: &mut Frame<'_>) {
    frame.render_widget(Paragraph::new(lines).block(titled(title)), area);
}

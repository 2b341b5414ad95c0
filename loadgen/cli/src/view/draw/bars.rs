//! Requests per second over time: good ones, and failed ones below them.

use std::ops::Range;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

use super::titled::titled;
use super::words::number;
use crate::view::ViewState;

/// Room for the scale.
pub(super) const SCALE: u16 = 7;
/// Parts of a cell, from below.
const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Draws them, the scale at the left.
pub(super) fn draw(state: &ViewState, area: Rect, frame: &mut Frame<'_>) {
    let block = titled(title(state, area.width));
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let [scale, plot] = split(inner);
    let (columns, length) = state.columns.fit(usize::from(plot.width));
    let seconds = |place: usize| match place + 1 == columns.len() {
        true => state.columns.last(length) as f64,
        false => length as f64,
    };
    let rates: Vec<_> = columns
        .iter()
        .enumerate()
        .map(|(place, column)| {
            (column.ok as f64 / seconds(place), column.failed as f64 / seconds(place))
        })
        .collect();
    let highest = rates.iter().map(|(ok, failed)| ok + failed).fold(1.0, f64::max);
    let buffer = frame.buffer_mut();
    label(buffer, scale, 0, &number(highest));
    label(buffer, scale, scale.height.saturating_sub(1), "0");
    let all = rates.len();
    for (place, (ok, failed)) in rates.into_iter().enumerate() {
        let part = |rate: f64| rate / highest * f64::from(plot.height) * 8.0;
        let (failed, high) = (part(failed).ceil() as u32, part(ok + failed).round() as u32);
        cells(place, all, plot.width).for_each(|cell| column(buffer, plot, cell, failed, high));
    }
}

/// As much of it as there is room for.
fn title(state: &ViewState, width: u16) -> String {
    let now = state.second.ok + state.second.failed;
    let mean = state.totals.requests() as f64 / state.at.max(1.0);
    let queued = if state.queued > 0 {
        format!(", {} queued", number(state.queued as f64))
    } else {
        String::new()
    };
    let (now, mean) = (number(now as f64), number(mean));
    let in_flight = number(state.in_flight as f64);
    let titles = [
        format!("requests per second: {now} now, {mean} on average; {in_flight} in flight{queued}"),
        format!("requests per second: {now} now, {mean} on average"),
        format!("per second: {now} now, {mean} on average"),
        format!("{now}/s now"),
    ];
    let fits = |title: &&String| title.chars().count() < usize::from(width);
    titles.iter().find(fits).cloned().unwrap_or_default()
}

/// The cells of one of so many columns. All together take the whole width, however few they are.
pub(super) fn cells(place: usize, all: usize, width: u16) -> Range<u16> {
    let at = |place: usize| u16::try_from(place * usize::from(width) / all.max(1)).unwrap_or(width);
    at(place)..at(place + 1)
}

/// The scale's part and the picture's.
pub(super) fn split(area: Rect) -> [Rect; 2] {
    let scale = SCALE.min(area.width);
    [Rect { width: scale, ..area }, Rect { x: area.x + scale, width: area.width - scale, ..area }]
}

/// A label at the right of the scale, in a row counted from above.
pub(super) fn label(buffer: &mut Buffer, scale: Rect, row: u16, text: &str) {
    if row < scale.height {
        let text = format!("{text:>width$} ", width = usize::from(scale.width.saturating_sub(1)));
        buffer.set_stringn(
            scale.x,
            scale.y + row,
            text,
            usize::from(scale.width),
            Style::new().fg(Color::DarkGray),
        );
    }
}

/// One column; heights in eighths of a cell.
fn column(buffer: &mut Buffer, plot: Rect, place: u16, failed: u32, all: u32) {
    for row in 0..plot.height {
        let below = u32::from(plot.height - 1 - row) * 8;
        let (failed, all) = (failed.saturating_sub(below).min(8), all.saturating_sub(below).min(8));
        if failed.max(all) == 0 {
            continue;
        }
        // A cell has two colours at most: where both meet, good ones are its background.
        let style = match failed {
            0 => Style::new().fg(Color::Cyan),
            part if all >= 8 && part < 8 => Style::new().fg(Color::Red).bg(Color::Cyan),
            _ => Style::new().fg(Color::Red),
        };
        let part = if failed > 0 { failed } else { all };
        buffer.set_string(plot.x + place, plot.y + row, EIGHTHS[part as usize], style);
    }
}

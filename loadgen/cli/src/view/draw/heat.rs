//! Latency over time: the brighter a cell, the more requests took so long at that time.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

use super::bars::{cells, label, split};
use super::titled::titled;
use super::words::{clock, micros};
use crate::view::ViewState;
use crate::view::columns::{BUCKETS, TimeColumn, lower};

/// Shades and colours, from few to many: legible without colours, too. One hue, since neither end
/// is good or bad; red is for failures.
const SHADES: [(&str, Color); 5] = [
    ("░", Color::Indexed(23)),
    ("▒", Color::Indexed(30)),
    ("▓", Color::Indexed(37)),
    ("█", Color::Indexed(44)),
    ("█", Color::Indexed(159)),
];

/// Draws it, with its scale at the left and the clock below.
pub(super) fn draw(state: &ViewState, area: Rect, frame: &mut Frame<'_>) {
    let block = titled("latency over time, brighter where more requests are");
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let [scale, plot] = split(Rect { height: inner.height.saturating_sub(1), ..inner });
    let (columns, length) = state.columns.fit(usize::from(plot.width));
    let Some((first, last)) = range(&columns) else { return };
    let rows = usize::from(plot.height).max(1);
    let each = (last - first + 1).div_ceil(rows);
    let buffer = frame.buffer_mut();
    for row in 0..rows.min((last - first) / each + 1) {
        let from = first + row * each;
        let y = (rows - 1 - row) as u16;
        if row % 2 == 0 {
            label(buffer, scale, y, &micros(lower(from)));
        }
        for (place, column) in columns.iter().enumerate() {
            let count: u32 = column.latency[from..(from + each).min(BUCKETS)].iter().sum();
            let most = column.latency.iter().sum::<u32>();
            if let Some((shade, colour)) = shade(count, most) {
                let cells = cells(place, columns.len(), plot.width);
                let (shade, style) = (shade.repeat(cells.len()), Style::new().fg(colour));
                buffer.set_string(plot.x + cells.start, plot.y + y, shade, style);
            }
        }
    }
    let until = clock((columns.len() as u64 * length) as f64);
    let wide = usize::from(plot.width);
    // Both only where they do not touch.
    let times = if wide >= until.len() + 5 {
        format!("0:00{until:>width$}", width = wide - 4)
    } else {
        "0:00".to_owned()
    };
    let style = Style::new().fg(Color::DarkGray);
    buffer.set_stringn(plot.x, plot.bottom(), times, wide, style);
}

/// The lowest and the highest bucket with anything in it.
fn range(columns: &[TimeColumn]) -> Option<(usize, usize)> {
    let used = |bucket: &usize| columns.iter().any(|column| column.latency[*bucket] > 0);
    Some(((0..BUCKETS).find(used)?, (0..BUCKETS).rfind(used)?))
}

/// How dark a cell is: by the share of its column, since a column with few requests
/// counts as much as one with many.
fn shade(count: u32, of: u32) -> Option<(&'static str, Color)> {
    let share = f64::from(count) / f64::from(of.max(1));
    let place = match share {
        0.0 => return None,
        s if s < 0.01 => 0,
        s if s < 0.05 => 1,
        s if s < 0.2 => 2,
        s if s < 0.5 => 3,
        _ => 4,
    };
    Some(SHADES[place])
}

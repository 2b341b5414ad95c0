//! The parts of the screen.

use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders};

/// A part of the screen, with a line above it that names it.
pub(super) fn titled<'a>(title: impl Into<Line<'a>>) -> Block<'a> {
    let line = Style::new().fg(Color::DarkGray);
    Block::new()
        .borders(Borders::TOP)
        .border_style(line)
        .title(title.into().style(Style::new().fg(Color::Reset).bold()) + Span::raw(" "))
}

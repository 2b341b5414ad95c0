//! Everything that is text.

use ratatui::style::{Color, Stylize};
use ratatui::text::{Line, Span};

use super::words::{clock, micros, number};
use crate::view::ViewState;

const QUANTILES: [(&str, f64); 5] =
    [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("max", 1.0)];
/// A lag that is a reason to doubt, in microseconds; the same as that of the verdict.
const LATE: u64 = 10_000;

/// What is done, and how far it is.
pub fn head(state: &ViewState, width: u16) -> Vec<Line<'static>> {
    let config = &state.config;
    let room = usize::from(width).saturating_sub(config.how.chars().count() + 3);
    let what: String = config.what.chars().take(room).collect();
    let gap = " ".repeat(room.saturating_sub(what.chars().count()) + 1);
    let title = Line::from(vec![what.bold(), Span::raw(gap), config.how.clone().into()]);
    vec![title, progress(state, usize::from(width))]
}

fn progress(state: &ViewState, width: usize) -> Line<'static> {
    let left = state.left().map(|left| format!(", {} left", clock(left.ceil())));
    let of = state.config.lasts.map(|lasts| format!(" of {}", clock(lasts.as_secs_f64())));
    let said = match state.stopping {
        true => format!(" stopping, {} in flight", state.in_flight),
        false => {
            format!(" {}{}{}", clock(state.at), of.unwrap_or_default(), left.unwrap_or_default())
        }
    };
    let Some(done) = state.progress() else { return Line::raw(said) };
    let room = width.saturating_sub(said.chars().count() + 1);
    let full = (done * room as f64).round() as usize;
    let bar = ["━".repeat(full).cyan(), "━".repeat(room - full.min(room)).fg(Color::DarkGray)];
    Line::from_iter(bar.into_iter().chain([said.into()]))
}

/// The generator's own lag, and what can be typed.
pub fn foot(state: &ViewState, width: u16) -> Line<'static> {
    let lag = format!(
        "own lag {} now, {} at most",
        micros(state.second.lag as f64),
        micros(state.lag as f64)
    );
    let lag = if state.lag > LATE { lag.yellow() } else { lag.fg(Color::DarkGray) };
    let keys = "q ends it early";
    let room = usize::from(width).checked_sub(lag.content.chars().count() + keys.len());
    match room.filter(|room| *room > 1) {
        Some(room) => Line::from(vec![lag, Span::raw(" ".repeat(room)), keys.fg(Color::DarkGray)]),
        None => Line::from(keys.fg(Color::DarkGray)),
    }
}

/// Quantiles of the last second and of everything so far.
pub fn latency(state: &ViewState) -> Vec<Line<'static>> {
    let so_far = |quantile| match state.latency.is_empty() {
        true => "-".to_owned(),
        false => micros(state.latency.value_at_quantile(quantile) as f64),
    };
    let now = |quantile| {
        let micros_now = state.second.latency.quantile(quantile);
        micros_now.map_or("-".to_owned(), |value| micros(value as f64))
    };
    let title = format!("{:<6}{:>12}{:>12}", "", "last second", "so far");
    let row = |(name, quantile): (&str, f64)| {
        let now = format!("{:>12}", now(quantile));
        Line::from(vec![
            format!("{name:<6}").into(),
            now.into(),
            format!("{:>12}", so_far(quantile)).bold(),
        ])
    };
    [Line::from(title.fg(Color::DarkGray))]
        .into_iter()
        .chain(QUANTILES.into_iter().map(row))
        .collect()
}

/// Failures by kind, the most frequent first.
pub fn errors(state: &ViewState) -> Vec<Line<'static>> {
    let totals = &state.totals;
    if totals.failures() == 0 {
        return vec![Line::from(
            format!("none in {} requests", number(totals.requests() as f64)).green(),
        )];
    }
    let share = 100.0 * totals.failures() as f64 / totals.requests() as f64;
    let mut kinds: Vec<_> = totals.failed.iter().collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let sum = format!(
        "{:>8}  of {}, {share:.3} %",
        number(totals.failures() as f64),
        number(totals.requests() as f64)
    );
    let kind = |(kind, count): (_, &u64)| {
        Line::from(format!("{:>8}  {kind}", number(*count as f64)).red())
    };
    [Line::from(sum.bold())].into_iter().chain(kinds.into_iter().map(kind)).collect()
}

//! What is drawn, and that it fits at any size.

use std::time::Duration;

use brunt_scenarios::timeline::{Failure, SparseHistogram};
use proptest::prelude::*;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

use super::columns::{BUCKETS, TimeColumns, bucket, lower};
use super::{ViewConfig, ViewState, draw};
use brunt_loadgen::{LastSecond, LoadSnapshot, Snapshot, Totals};

fn state(config: ViewConfig, seconds: u64) -> ViewState {
    let mut state = ViewState::new(config);
    let mut totals = Totals::default();
    for number in 1..=seconds {
        let failed = if number % 10 >= 7 { 30 } else { 0 };
        let second = second(number, 200 - failed, failed);
        totals.ok += second.ok;
        if failed > 0 {
            *totals.failed.entry(Failure::Status(503)).or_default() += failed - 5;
            *totals.failed.entry(Failure::Reset).or_default() += 5;
        }
        state.update(&snapshot(number, second, totals.clone()));
    }
    state
}

fn second(number: u64, ok: u64, failed: u64) -> LastSecond {
    let slow = 20_000 * (1 + number % 10);
    let latency = SparseHistogram::from(vec![(900, 40), (1_400, 120), (2_100, 35), (slow, 5)]);
    LastSecond { number, ok, failed, latency, lag: 80 }
}

fn snapshot(number: u64, second: LastSecond, totals: Totals) -> Snapshot {
    let load = LoadSnapshot { second, totals, in_flight: 7, ..LoadSnapshot::default() };
    Snapshot { at: number as f64 + 0.2, loads: vec![load] }
}

fn timed() -> ViewConfig {
    ViewConfig {
        what: "GET http://127.0.0.1:8080/orders".to_owned(),
        how: "200/s".to_owned(),
        lasts: Some(Duration::from_secs(60)),
        requests: None,
    }
}

fn drawn(state: &ViewState, width: u16, height: u16) -> String {
    let mut terminal = ratatui::Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw::draw(state, frame)).unwrap();
    terminal.backend().to_string()
}

#[test]
fn a_usual_terminal_shows_everything() {
    insta::assert_snapshot!(drawn(&state(timed(), 30), 80, 24));
}

#[test]
fn pictures_take_the_whole_width_from_the_first_second_on() {
    for (width, seconds) in [(80, 1), (80, 7), (80, 60), (200, 1), (200, 30), (200, 60)] {
        let shown = drawn(&state(timed(), seconds), width, 24);
        // The lowest row of the bars: behind the scale, no cell is empty.
        let row = shown.lines().map(|line| line.trim_matches('"'));
        let row = row.map(|line| line.chars().skip(7).take(usize::from(width) - 7));
        let full = |cells: String| "▁▂▃▄▅▆▇█".contains(cells.chars().next().unwrap_or(' '));
        let whole = row.filter(|cells| cells.clone().all(|cell| full(cell.to_string()))).count();
        assert!(whole > 0, "{width} columns after {seconds} s:\n{shown}");
    }
}

#[test]
fn only_failures_are_red() {
    let red = |seconds| {
        let mut terminal = ratatui::Terminal::new(TestBackend::new(120, 40)).unwrap();
        terminal.draw(|frame| draw::draw(&state(timed(), seconds), frame)).unwrap();
        let cells = terminal.backend().buffer().content.iter();
        let is_red =
            |colour| matches!(colour, Color::Red | Color::LightRed | Color::Indexed(160..=214));
        cells.filter(|cell| is_red(cell.fg) || is_red(cell.bg)).count()
    };
    assert_eq!(red(6), 0, "none has failed so far");
    assert!(red(8) > 0);
}

#[test]
fn a_narrow_one_has_tables_below_each_other() {
    insta::assert_snapshot!(drawn(&state(timed(), 30), 40, 30));
}

#[test]
fn a_low_one_has_the_figures() {
    insta::assert_snapshot!(drawn(&state(timed(), 30), 70, 9));
}

#[test]
fn repetitions_give_the_time_that_is_left() {
    let mut state = state(ViewConfig { lasts: None, requests: Some(4_000), ..timed() }, 10);
    assert_eq!(state.progress(), Some(0.5));
    assert!((state.left().unwrap() - 10.2).abs() < 0.1);
    state.stop();
    assert!(drawn(&state, 80, 24).contains(" stopping, 7 in flight"));
}

#[test]
fn a_second_is_counted_once_and_a_missed_one_leaves_a_gap() {
    let mut state = ViewState::new(timed());
    for number in [1, 1, 3, 3, 2] {
        state.update(&snapshot(number, second(number, 10, 0), Totals::default()));
    }
    let (columns, length) = state.columns.fit(80);
    assert_eq!(
        (columns.iter().map(|column| column.ok).collect::<Vec<_>>(), length),
        (vec![10, 0, 10], 1)
    );
    assert_eq!(state.latency.len(), 400);
}

#[test]
fn hours_take_no_more_room_than_minutes() {
    let mut columns = TimeColumns::new();
    let seconds = 10_000;
    (0..seconds).for_each(|_| columns.add(Some(&second(1, 3, 1))));
    let (all, length) = columns.fit(usize::MAX);
    assert!(
        all.len() <= 600 && all.len() as u64 * length >= seconds,
        "{} of {length} s",
        all.len()
    );
    assert_eq!(all.iter().map(|column| column.ok).sum::<u64>(), 3 * seconds);
    let (last, whole) = (columns.last(length), all.len() as u64 - 1);
    assert_eq!(whole * length + last, seconds, "the last one has its own length");
    assert_eq!(all.last().unwrap().ok, 3 * last);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_size_can_be_drawn(width in 1_u16..200, height in 1_u16..80, seconds in 0_u64..40) {
        drawn(&state(timed(), seconds), width, height);
    }

    #[test]
    fn buckets_hold_what_they_say(micros in 1_u64..100_000_000_000) {
        let bucket = bucket(micros);
        prop_assert!(lower(bucket) <= micros as f64 * 1.000_001);
        prop_assert!(bucket == BUCKETS - 1 || lower(bucket + 1) > micros as f64 * 0.999_999);
    }
}

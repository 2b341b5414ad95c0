use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brunt_loadgen::{LoadOutcome, Phases, Totals};
use brunt_scenarios::timeline::{Failure, LoadRecord, Schedule, SparseHistogram, Window};
use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;
use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};

use super::*;

fn outcome(name: &str, schedule: Schedule) -> LoadOutcome {
    let failed = [(Failure::Status(404), 6), (Failure::Status(503), 2), (Failure::Timeout, 3)];
    let windows = vec![
        Window {
            start: 0.0,
            ok: 900,
            failed: BTreeMap::from([(Failure::Status(404), 6)]),
            latency: SparseHistogram::of(&SparseHistogram::merge([&SparseHistogram::from(
                (1..=906).map(|value| (value * 100, 1)).collect::<Vec<_>>(),
            )])),
            ..Window::default()
        },
        Window { start: 0.25, ..Window::default() },
        Window {
            start: 0.5,
            ok: 1,
            failed: BTreeMap::from([(Failure::Status(503), 2), (Failure::Timeout, 3)]),
            latency: SparseHistogram::of(&SparseHistogram::merge([&SparseHistogram::from(vec![
                (400, 3),
                (30_000_000, 3),
            ])])),
            ..Window::default()
        },
    ];
    let record = LoadRecord {
        name: name.to_owned(),
        windows,
        window: 0.25,
        service_time: SparseHistogram::default(),
        lag: SparseHistogram::default(),
        schedule,
        journeys: vec![],
        accepted: Vec::new(),
        unknown: 0,
    };
    let totals = Totals { ok: 901, failed: BTreeMap::from(failed), ..Totals::default() };
    LoadOutcome {
        record,
        totals,
        causes: BTreeMap::new(),
        phases: Phases::default(),
        elapsed: Duration::from_millis(750),
    }
}

fn nothing() -> LoadOutcome {
    let mut outcome = outcome("siege", Schedule::Kept);
    outcome.record.windows.clear();
    LoadOutcome { totals: Totals::default(), ..outcome }
}

#[test]
fn csv_has_a_line_a_window() {
    let text = csv::csv(&outcome("siege", Schedule::Kept).record).unwrap();
    let columns = |line: &str| line.split(',').count();
    assert!(
        text.lines().all(|line| columns(line) == columns(text.lines().next().unwrap())),
        "{text}"
    );
    insta::assert_snapshot!(text);
    insta::assert_snapshot!(csv::csv(&nothing().record).unwrap());
}

#[test]
fn prometheus_gets_counts_quantiles_and_the_schedule() {
    insta::assert_snapshot!(prometheus::prometheus(&[outcome("siege", Schedule::Kept)]));
    insta::assert_snapshot!(prometheus::prometheus(&[nothing()]));
}

#[test]
fn prometheus_labels_are_escaped() {
    let text =
        prometheus::prometheus(&[outcome("a \"b\"\n\\c", Schedule::Missed("late".to_owned()))]);
    let last = text.lines().last();
    assert_eq!(last, Some(r#"brunt_load_schedule_kept{load="a \"b\"\n\\c"} 0"#));
}

/// What a reader of a log finds in an interval.
struct Interval {
    tag: String,
    start: f64,
    length: f64,
    max: f64,
    histogram: Histogram<u64>,
}

/// The two times of a log's header, and its intervals.
fn read(log: &str) -> (Vec<Duration>, Vec<Interval>) {
    let (mut times, mut intervals) = (Vec::new(), Vec::new());
    for entry in IntervalLogIterator::new(log.as_bytes()) {
        match entry.unwrap() {
            LogEntry::StartTime(time) | LogEntry::BaseTime(time) => times.push(time),
            LogEntry::Interval(interval) => {
                let bytes = STANDARD.decode(interval.encoded_histogram()).unwrap();
                let histogram = Deserializer::new().deserialize(&mut bytes.as_slice()).unwrap();
                intervals.push(Interval {
                    tag: interval.tag().unwrap().to_string(),
                    start: interval.start_timestamp().as_secs_f64(),
                    length: interval.duration().as_secs_f64(),
                    max: interval.max(),
                    histogram,
                });
            }
        }
    }
    (times, intervals)
}

#[test]
fn hdr_logs_read_back_the_same() {
    let outcome = outcome("two words, and more", Schedule::Kept);
    let began = Duration::from_millis(1_700_000_000_250);
    let log = hdr::hdr(std::iter::once(&outcome.record), SystemTime::UNIX_EPOCH + began).unwrap();
    let (times, intervals) = read(&log);
    assert_eq!(times, [began, began]);
    assert_eq!(intervals.len(), 3);
    for (Interval { tag, start, length, max, histogram }, window) in
        intervals.iter().zip(&outcome.record.windows)
    {
        assert_eq!(tag, "two_words__and_more");
        assert_eq!((*start, *length), (window.start, 0.25));
        assert_eq!(SparseHistogram::of(histogram), window.latency);
        assert_eq!(*max, window.latency.longest().unwrap_or_default() as f64);
        for quantile in [0.5, 0.9, 0.99, 0.999] {
            let ours = window.latency.quantile(quantile).unwrap_or_default();
            assert_eq!(histogram.value_at_quantile(quantile), ours, "{quantile}");
        }
    }
    insta::assert_snapshot!(
        log.lines().take_while(|line| line.starts_with('#')).collect::<Vec<_>>().join("\n")
    );
}

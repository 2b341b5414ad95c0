//! The few figures beside the verdict.

use brunt_scenarios::timeline::{RateRecord, Timeline};

use crate::{Report, Samples, format};

/// A figure and what it is.
pub struct Figure {
    pub label: &'static str,
    pub value: String,
}

pub fn of(report: &Report) -> Vec<Figure> {
    let timeline = &report.timeline;
    if !timeline.rates.is_empty() {
        return of_search(&timeline.rates);
    }
    let (ok, all) = timeline
        .loads
        .iter()
        .map(format::totals)
        .fold((0, 0), |(ok, all), (o, a)| (ok + o, all + a));
    let good = match all {
        0 => "–".to_owned(),
        all => format::share(ok as f64 / all as f64),
    };
    vec![
        Figure { label: "requests", value: format::count(all) },
        Figure { label: "good", value: good },
        Figure { label: "p99 latency", value: p99(timeline) },
        Figure { label: "faults", value: timeline.faults.len().to_string() },
        Figure { label: "run", value: format::moment(timeline.ended.0.max(0.0)) },
    ]
}

/// What a search found, and how.
fn of_search(steps: &[RateRecord]) -> Vec<Figure> {
    let rates = |wanted: bool| {
        steps.iter().filter(move |step| step.holds == Some(wanted)).map(|step| step.rate)
    };
    let text = |rate: Option<f64>| rate.map_or("–".to_owned(), format::rate);
    vec![
        Figure { label: "highest that held", value: text(rates(true).max_by(f64::total_cmp)) },
        Figure { label: "lowest that broke", value: text(rates(false).min_by(f64::total_cmp)) },
        Figure { label: "steps", value: steps.len().to_string() },
    ]
}

fn p99(timeline: &Timeline) -> String {
    let windows = timeline.loads.iter().flat_map(|load| &load.windows);
    let p99 = Samples::of(windows.map(|window| &window.latency)).quantile(0.99);
    p99.map_or("–".to_owned(), format::micros)
}

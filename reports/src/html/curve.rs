//! Latency by rate, as a search for the highest rate saw it.

use brunt_scenarios::timeline::{RateRecord, SparseHistogram};

use super::row::{Key, Shape};
use super::scale::{Rule, Scale};
use crate::report::Limit;
use crate::{Report, format};

/// The quantiles that are drawn.
const QUANTILES: [(&str, f64); 3] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)];

/// How wide a rate's name is, in percent of the drawing.
const NAME: f64 = 8.0;

/// Latency by rate.
pub struct Curve {
    /// What it shows, for those who do not see it.
    pub about: String,
    pub unit: &'static str,
    pub keys: Vec<Key>,
    /// Rates below the drawing, from the left in percent.
    pub rates: Vec<Rule>,
    pub rules: Vec<Rule>,
    pub limits: Vec<Rule>,
    pub shapes: Vec<Shape>,
    pub dots: Vec<Dot>,
    pub rows: Vec<CurveRow>,
}

/// A rate on the highest line, and what came of it.
pub struct Dot {
    /// `held`, `broke` or `unfit`.
    pub class: &'static str,
    /// On which side of it there is room for words: `right` or none.
    pub side: &'static str,
    /// From the left, in percent.
    pub left: f64,
    /// From below, in percent.
    pub bottom: f64,
    pub title: String,
}

/// A rate in the table.
pub struct CurveRow {
    pub rate: String,
    /// What each of its steps came to.
    pub came: String,
    pub quantiles: Vec<String>,
    pub errors: String,
}

/// All steps of a rate.
struct Tried {
    rate: f64,
    latency: SparseHistogram,
    errors: f64,
    holds: Vec<Option<bool>>,
}

/// `None` when nothing was searched for, or no reply came at all.
pub fn of(report: &Report) -> Option<Curve> {
    let tried = tried(&report.timeline.rates);
    let value = |one: &Tried, quantile| one.latency.quantile(quantile).map(|micros| micros as f64);
    let values =
        || tried.iter().flat_map(|one| QUANTILES.iter().filter_map(|(_, at)| value(one, *at)));
    let (least, most) = (values().min_by(f64::total_cmp)?, values().max_by(f64::total_cmp)?);
    let limits = &report.plan.limits;
    let high =
        Scale::fit(least, limits.iter().map(|limit| limit.at_most * 1e6).fold(most, f64::max));
    let wide = Scale::fit(tried.first()?.rate, tried.last()?.rate);
    let shape = |(class, quantile): &(&'static str, f64)| {
        // What says nothing of the system is no part of its curve.
        let usable = tried.iter().filter(|one| one.class() != "unfit");
        let points = usable
            .filter_map(|one| Some((wide.at(one.rate) * 10.0, high.y(value(one, *quantile)?))));
        Shape { class, path: line(points) }
    };
    let dot = |one: &Tried| {
        let bottom = high.at(value(one, 0.99)?);
        let left = wide.at(one.rate);
        let side = if left > 60.0 { "right" } else { "" };
        Some(Dot { class: one.class(), side, left, bottom, title: one.in_words() })
    };
    Some(Curve {
        about: format!(
            "Median, 90th and 99th percentile of the latency by rate, from {} to {}.",
            format::rate(tried.first()?.rate),
            format::rate(tried.last()?.rate)
        ),
        unit: match high {
            Scale::Linear(_) => "latency by rate",
            Scale::Log(..) => "latency by rate, logarithmic",
        },
        keys: QUANTILES
            .map(|(class, _)| Key { class, label: class.to_owned(), switches: false })
            .into(),
        rates: across(&tried, &wide),
        rules: high.rules(|micros| format::micros(micros.round() as u64)),
        limits: limits.iter().map(|limit| rule(limit, &high)).collect(),
        shapes: QUANTILES.iter().map(shape).collect(),
        dots: tried.iter().filter_map(dot).collect(),
        rows: tried.iter().map(Tried::row).collect(),
    })
}

fn rule(limit: &Limit, scale: &Scale) -> Rule {
    let label = format!("{} ≤ {}", limit.quantile, format::seconds(limit.at_most));
    Rule { at: scale.at(limit.at_most * 1e6), label }
}

// The rates that were tried, as far as there is room for their names.
fn across(tried: &[Tried], scale: &Scale) -> Vec<Rule> {
    let mut named: Vec<Rule> = Vec::new();
    for one in tried {
        let at = scale.at(one.rate);
        if named.last().is_none_or(|last| at >= last.at + NAME) {
            named.push(Rule { at, label: format::rate(one.rate) });
        }
    }
    named
}

/// All rates from the lowest to the highest. A search repeats a rate that broke once, so the steps
/// of a rate are merged.
fn tried(steps: &[RateRecord]) -> Vec<Tried> {
    let mut steps: Vec<&RateRecord> = steps.iter().collect();
    steps.sort_by(|one, other| one.rate.total_cmp(&other.rate));
    let of = |steps: &[&RateRecord]| Tried {
        rate: steps[0].rate,
        latency: SparseHistogram::of(&SparseHistogram::merge(
            steps.iter().map(|step| &step.latency),
        )),
        errors: steps.iter().map(|step| step.errors).sum::<f64>() / steps.len() as f64,
        holds: steps.iter().map(|step| step.holds).collect(),
    };
    steps.chunk_by(|one, other| one.rate == other.rate).map(of).collect()
}

/// A line through points.
fn line(points: impl Iterator<Item = (f64, f64)>) -> String {
    let to = |(place, (x, y)): (usize, (f64, f64))| {
        format!("{}{x:.1} {y}", if place == 0 { "M" } else { "L" })
    };
    points.enumerate().map(to).collect()
}

impl Tried {
    // As the search takes it: a rate is broken when two of its steps break it, or its only one.
    fn class(&self) -> &'static str {
        let count =
            |wanted: Option<bool>| self.holds.iter().filter(|holds| **holds == wanted).count();
        let (held, broke) = (count(Some(true)), count(Some(false)));
        match (held, broke) {
            (0, 0) => "unfit",
            _ if held > broke => "held",
            _ => "broke",
        }
    }

    fn came(&self) -> String {
        let word = |holds: &Option<bool>| match holds {
            Some(true) => "holds",
            Some(false) => "breaks",
            None => "INVALID",
        };
        self.holds.iter().map(word).collect::<Vec<_>>().join(", ")
    }

    fn quantiles(&self) -> Vec<String> {
        let text =
            |quantile| self.latency.quantile(quantile).map_or("–".to_owned(), format::micros);
        QUANTILES.iter().map(|(_, at)| text(*at)).collect()
    }

    fn failed(&self) -> String {
        format!("{:.3} %", 100.0 * self.errors)
    }

    fn in_words(&self) -> String {
        let named = QUANTILES
            .iter()
            .zip(self.quantiles())
            .map(|((name, _), value)| format!("{name} {value}"));
        let named: Vec<String> = named.collect();
        format!(
            "{}: {}, errors {}; {}",
            format::rate(self.rate),
            named.join(", "),
            self.failed(),
            self.came()
        )
    }

    fn row(&self) -> CurveRow {
        CurveRow {
            rate: format::rate(self.rate),
            came: self.came(),
            quantiles: self.quantiles(),
            errors: self.failed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(rate: f64, micros: u64, holds: Option<bool>) -> RateRecord {
        RateRecord {
            rate,
            latency: SparseHistogram::from(vec![(micros, 100)]),
            errors: 0.01,
            holds,
        }
    }

    #[test]
    fn the_steps_of_a_rate_are_one_point() {
        let all = [
            step(400.0, 9_000, Some(true)),
            step(100.0, 1_000, Some(true)),
            step(400.0, 90_000, Some(false)),
            step(400.0, 9_000, Some(false)),
            step(200.0, 1_500, None),
        ];
        let tried = tried(&all);
        let each: Vec<_> =
            tried.iter().map(|one| (one.rate, one.class(), one.holds.len())).collect();
        assert_eq!(each, [(100.0, "held", 1), (200.0, "unfit", 1), (400.0, "broke", 3)]);
        assert_eq!(
            tried[2].in_words(),
            "400/s: p50 9.01ms, p90 90ms, p99 90ms, errors 1.000 %; holds, breaks, breaks"
        );
    }

    #[test]
    fn a_line_begins_where_it_begins() {
        assert_eq!(line([(0.0, 90.0), (500.0, 10.5)].into_iter()), "M0.0 90L500.0 10.5");
        assert_eq!(line(std::iter::empty()), "");
    }
}

//! A comparison in words, for a terminal.

use std::fmt::Write as _;

use super::metric::Metric;
use super::{Comparison, Difference};
use brunt_scenarios::plain_text::printable;

use crate::{Judgement, format};

/// The comparison as a table, what is worst first to be seen.
pub fn comparison_text(comparison: &Comparison) -> String {
    let mut out = String::new();
    let (base, new) = (comparison.base_runs as u64, comparison.new_runs as u64);
    let (before, now) = (format::counted(base, "run"), format::counted(new, "run"));
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{} {}: {before} before, {now} now\n", head(comparison), comparison.name);
    let names: Vec<String> = comparison.differences.iter().map(name).collect();
    let widest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    for (name, one) in names.iter().zip(&comparison.differences) {
        let _ = writeln!(out, "  {} {name:widest$}  {}", sign(one.judgement), values(one));
    }
    if comparison.base_runs.min(comparison.new_runs) < 3 {
        out.push_str(
            "\n  With fewer than three runs a side, what differs from run to run is not in the \
             bounds.\n",
        );
    }
    // Names come from reports that others may have written.
    out.lines().map(|line| format::no_command(&printable(line)) + "\n").collect()
}

fn head(comparison: &Comparison) -> &'static str {
    match comparison.judgement() {
        Judgement::Pass => "✓ not worse",
        Judgement::Fail => "✗ worse",
        Judgement::Inconclusive => "? not known whether it is worse",
    }
}

fn sign(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Pass => "✓ not worse",
        Judgement::Fail => "✗ worse    ",
        Judgement::Inconclusive => "? not known",
    }
}

fn name(one: &Difference) -> String {
    format!("{}: {}{}", one.load, one.metric, one.part)
}

fn values(one: &Difference) -> String {
    let (Some(base), Some(new), Some(bounds)) = (one.base, one.new, one.bounds) else {
        return "no request to compare".to_owned();
    };
    let (before, now) = match one.metric {
        Metric::Failures => (percent(base), percent(new)),
        Metric::P50 | Metric::P99 => (format::seconds(base), format::seconds(new)),
    };
    let unit = match one.metric {
        Metric::Failures => " points",
        Metric::P50 | Metric::P99 => "%",
    };
    let by = |share: f64| {
        format!(
            "{}{}",
            if share < 0.0 { "−" } else { "+" },
            format::three_digits(share.abs() * 100.0)
        )
    };
    let (least, most, allowed) = (by(bounds.least), by(bounds.most), by(one.allowed));
    let trouble = one.trouble.as_ref().map(|why| format!("; {why}")).unwrap_or_default();
    format!("{before} → {now}  ({least} to {most}{unit}, {allowed} allowed{trouble})")
}

fn percent(share: f64) -> String {
    format!("{}%", format::three_digits(share * 100.0))
}

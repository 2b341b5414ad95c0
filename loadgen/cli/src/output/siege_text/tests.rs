use std::collections::BTreeMap;
use std::time::Duration;

use brunt_loadgen::Totals;
use brunt_reports::Exit;
use brunt_scenarios::timeline::{Failure, Schedule, SparseHistogram};

use super::super::siege_json::siege_json;
use super::super::summary::good_replies;
use super::*;

fn summary(schedule: Schedule) -> LoadSummary {
    let totals = Totals {
        ok: 10_000,
        failed: BTreeMap::from([
            (Failure::Status(401), 4),
            (Failure::Status(404), 6),
            (Failure::Status(408), 1),
            (Failure::Status(503), 2),
            (Failure::Timeout, 3),
            (Failure::Reset, 5),
        ]),
        replies: 10_013,
        bytes: 15_000_000,
        time: Duration::from_millis(100_130),
        longest: Duration::from_millis(1234),
        shortest: Some(Duration::from_micros(400)),
        left_out: 0,
    };
    LoadSummary {
        figures: SiegeFigures::new(&totals, Duration::from_millis(59_990)),
        latency: SparseHistogram::from(
            (1..=1000).map(|value| (value * 100, 10)).collect::<Vec<_>>(),
        ),
        lag: SparseHistogram::from(vec![(20, 9_990), (150, 20)]),
        schedule,
        totals,
        causes: BTreeMap::from([((Failure::Reset, "closed without a reply"), 1)]),
        limit_results: Vec::new(),
    }
}

#[test]
fn a_summary_begins_with_sieges_lines_and_has_more() {
    let summary = summary(Schedule::Kept);
    insta::assert_snapshot!(format!(
        "{}{}",
        siege_lines(&summary.figures),
        further_lines(&summary)
    ));
    insta::assert_snapshot!(siege_json(&summary));
    serde_json::from_str::<serde_json::Value>(&siege_json(&summary)).unwrap();
}

#[test]
fn figures_of_no_request_divide_nothing_by_zero() {
    let figures = SiegeFigures::new(&Totals::default(), Duration::ZERO);
    insta::assert_snapshot!(siege_lines(&figures));
}

#[test]
fn the_exit_code_puts_missing_figures_before_bad_ones() {
    let exit = |schedule, fail_below: Option<&str>, change: fn(&mut LoadSummary)| {
        let mut summary = summary(schedule);
        change(&mut summary);
        let counted = (summary.totals.ok, summary.totals.requests());
        let best = (summary.schedule != Schedule::Kept).then_some((10_005, 10_021));
        let good = |percent: &str| good_replies(percent.parse().unwrap(), counted, best);
        summary.limit_results = fail_below.map(good).into_iter().collect();
        summary.exit()
    };
    let same = |_: &mut LoadSummary| {};
    let missed = || Schedule::Missed("late".to_owned());
    let silent = |result: &mut LoadSummary| {
        result.totals.ok = 0;
        result.totals.replies = 0;
        result.totals.failed = BTreeMap::from([(Failure::Connect, 9)]);
    };
    assert_eq!(exit(Schedule::Kept, None, same), Exit::Pass);
    assert_eq!(exit(Schedule::Kept, Some("99%"), same), Exit::Pass);
    assert_eq!(exit(Schedule::Kept, Some("99.9%"), same), Exit::Fail);
    assert_eq!(exit(missed(), None, same), Exit::Inconclusive);
    assert_eq!(exit(missed(), Some("99.5%"), same), Exit::Pass, "it holds in spite of the lag");
    assert_eq!(exit(missed(), Some("99.82%"), same), Exit::Inconclusive, "it may be the lag");
    assert_eq!(exit(missed(), Some("99.9%"), same), Exit::Fail, "it is not the lag alone");
    assert_eq!(exit(Schedule::Kept, None, silent), Exit::Inconclusive);
    assert_eq!(exit(Schedule::Kept, Some("1%"), silent), Exit::Fail);
    assert_eq!(
        exit(Schedule::Kept, Some("1%"), |result| result.totals = Totals::default()),
        Exit::Inconclusive
    );
}

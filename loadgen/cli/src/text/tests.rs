use std::collections::BTreeMap;
use std::time::Duration;

use brunt_scenarios::timeline::{Failure, SparseHistogram};

use super::*;
use crate::{Exit, Summary, json};
use brunt_loadgen::Totals;

fn result(schedule: Schedule) -> Findings {
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
    };
    Findings {
        figures: Figures::new(&totals, Duration::from_millis(59_990)),
        latency: SparseHistogram::from(
            (1..=1000).map(|value| (value * 100, 10)).collect::<Vec<_>>(),
        ),
        lag: SparseHistogram::from(vec![(20, 9_990), (150, 20)]),
        schedule,
        totals,
        causes: BTreeMap::from([((Failure::Reset, "closed without a reply"), 1)]),
        fail_below: None,
        claims: Vec::new(),
    }
}

#[test]
fn the_summary_is_sieges_and_more() {
    let result = result(Schedule::Kept);
    insta::assert_snapshot!(format!("{}{}", siege(&result.figures), ours(&result)));
    insta::assert_snapshot!(json::json(&result));
    serde_json::from_str::<serde_json::Value>(&json::json(&result)).unwrap();
}

#[test]
fn nothing_divides_by_zero() {
    let figures = Figures::new(&Totals::default(), Duration::ZERO);
    insta::assert_snapshot!(siege(&figures));
}

#[test]
fn exit_codes_say_what_came_of_it() {
    let exit = |schedule, fail_below: Option<&str>, change: fn(&mut Findings)| {
        let mut result = result(schedule);
        result.fail_below = fail_below.map(|percent| percent.parse().unwrap());
        change(&mut result);
        Summary { findings: Some(result), ended: None }.exit()
    };
    let same = |_: &mut Findings| {};
    let missed = || Schedule::Missed("late".to_owned());
    let silent = |result: &mut Findings| {
        result.totals.ok = 0;
        result.totals.replies = 0;
        result.totals.failed = BTreeMap::from([(Failure::Connect, 9)]);
    };
    assert_eq!(exit(Schedule::Kept, None, same), Exit::Fine);
    assert_eq!(exit(Schedule::Kept, Some("99%"), same), Exit::Fine);
    assert_eq!(exit(Schedule::Kept, Some("99.9%"), same), Exit::Below);
    assert_eq!(exit(missed(), Some("99.9%"), same), Exit::Inconclusive);
    assert_eq!(exit(Schedule::Kept, None, silent), Exit::Inconclusive);
    assert_eq!(exit(Schedule::Kept, Some("1%"), silent), Exit::Below);
    assert_eq!(
        exit(Schedule::Kept, Some("1%"), |result| result.totals = Totals::default()),
        Exit::Inconclusive
    );
    assert_eq!(Summary::nothing().exit(), Exit::Fine);
}

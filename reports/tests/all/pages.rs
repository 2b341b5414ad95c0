//! What stands in the page for people: sizes, pictures, and commands that repeat what failed.

use brunt_reports::{Limit, Report, html, live_frame, live_page, main_part, windows_csv};
use brunt_scenarios::plan::{Body, EdgeFault, FaultKind, Work};
use brunt_scenarios::timeline::{
    Ending, Failure, LoadRecord, Moment, RateRecord, SparseHistogram, Timeline, Window,
};

use crate::fixture::{load, plan, report, timeline};

const MIB: usize = 1024 * 1024;

/// So many requests together in loads of so many seconds, each window with many latencies.
fn huge(loads: u64, seconds: u64, requests: u64) -> Report {
    let each = requests / loads / seconds + 1;
    let window = |second: u64| {
        let latency: Vec<(u64, u64)> = (0..150)
            .map(|place| (300 + place * place * 7 * (1 + second % 7), each / 150 + 1))
            .collect();
        Window {
            start: second as f64,
            ok: each - 3,
            failed: [
                (Failure::Timeout, 1),
                (Failure::Status(503), second % 3),
                (Failure::Reset, 1),
            ]
            .into(),
            latency: SparseHistogram::from(latency),
            ..Window::default()
        }
    };
    let one = |number: u64| LoadRecord {
        name: format!("load {number}"),
        ..load((0..seconds).map(window).collect())
    };
    let timeline =
        Timeline { loads: (0..loads).map(one).collect(), ended: Moment(3601.0), ..timeline() };
    report(&plan(vec![]), timeline)
}

#[test]
fn a_hundred_million_requests_make_a_small_page() {
    for (loads, seconds) in [(1, 3600), (16, 600)] {
        let report = huge(loads, seconds, 100_000_000);
        let all: u64 = report
            .timeline
            .loads
            .iter()
            .flat_map(|load| &load.windows)
            .map(|window| window.ok + window.failures())
            .sum();
        assert!(all >= 100_000_000, "{all}");
        let size = html(&report).expect("renders").len();
        assert!(size < 2 * MIB, "{loads} loads: {size} bytes");
    }
}

#[test]
fn failed_requests_are_shown_as_commands() {
    let mut plan = plan(vec![]);
    plan.system.services["gateway"].port = Some(8080);
    if let Work::Request { request, .. } = &mut plan.loads[0].work {
        request.body = Body::Json(serde_json::json!({"item": "it's tea"}));
    }
    let page = main_part(&report(&plan, timeline())).expect("renders");
    let page = page.replace("&#39;", "'").replace("&#34;", "\"");
    assert!(page.contains("status 503 × 35, timeout × 2, reset × 1"), "{page}");
    let curl = r#"curl -i -X POST http://127.0.0.1:8080/orders -H 'Content-Type: application/json' --data '{"item":"it'\''s tea"}' --max-time 5"#;
    assert!(page.contains(curl), "{page}");
    assert!(page.contains(
        r#"http --timeout 5 --raw '{"item":"it'\''s tea"}' POST http://127.0.0.1:8080/orders"#
    ));
}

#[test]
fn the_graph_shows_where_a_fault_hits() {
    let mut plan = plan(vec![]);
    plan.system.services["gateway"].calls =
        [("order".to_owned(), std::collections::BTreeMap::new())].into();
    plan.faults[0].kind = FaultKind::Edge {
        from: "gateway".to_owned(),
        to: "order".to_owned(),
        fault: EdgeFault::Cut,
    };
    let page = main_part(&report(&plan, timeline())).expect("renders");
    let struck: Vec<&str> = page.split("<path class=\"link struck\"").collect();
    assert_eq!(struck.len(), 2, "one struck call");
    assert!(struck[1].contains("<title>gateway → order"), "{}", struck[1]);
    assert!(page.contains("order calls product"), "what was seen is drawn as well");
}

#[test]
fn windows_are_a_csv_table() {
    insta::assert_snapshot!(windows_csv(&report(&plan(vec![]), timeline())).expect("renders"));
    let mut formula = timeline();
    formula.loads[0].name = "=1+1".to_owned();
    let mut moving = timeline();
    moving.loads[0].name = "a\u{1b}[2J\r\nb".to_owned();
    let table = windows_csv(&report(&plan(vec![]), moving)).expect("renders");
    assert!(!table.contains(['\u{1b}', '\r']), "{table:?}");
    assert!(windows_csv(&report(&plan(vec![]), formula)).expect("renders").contains("\n'=1+1,"));
}

#[test]
fn a_run_in_progress_is_drawn_up_to_now() {
    let mut timeline = timeline();
    timeline.ended = Moment(3.0);
    timeline.loads[0].windows.truncate(3);
    timeline.events.truncate(7);
    let report = report(&plan(vec![]), timeline);
    let frame = live_frame(&report, "Under load.", 60.0).expect("renders");
    assert!(frame.contains("Under load.") && frame.contains("\"clock\":[-1.0,60.0]"), "{frame}");
    let page = live_page(&frame).expect("renders");
    assert!(page.contains("EventSource") && page.contains(&frame));
    assert_eq!(page.matches("</script>").count(), page.matches("<script").count());
}

#[test]
fn a_search_for_the_highest_rate_is_a_curve_and_a_table() {
    let step = |rate: f64, micros: u64, holds: Option<bool>| RateRecord {
        rate,
        latency: SparseHistogram::from(vec![(micros / 2, 90), (micros, 10)]),
        errors: 0.0,
        holds,
    };
    let rates = vec![
        step(100.0, 2_000, Some(true)),
        step(200.0, 3_000, Some(true)),
        step(400.0, 900_000, Some(false)),
        step(400.0, 800_000, Some(false)),
        step(300.0, 5_000, None),
    ];
    let searched = Timeline { rates, ..Timeline::empty(Ending::Completed) };
    let mut report = report(&plan(vec![]), searched);
    report.plan.limits =
        vec![Limit { of: "search".to_owned(), quantile: "p99".to_owned(), at_most: 0.2 }];
    let page = main_part(&report).expect("renders");
    for wanted in [
        "<dt>highest that held</dt><dd>200/s</dd>",
        "<dt>lowest that broke</dt><dd>400/s</dd>",
        r#"class="dot broke right""#,
        r#"class="dot unfit right""#,
        "400/s: p50 450ms, p90 450ms, p99 900ms, errors 0.000 %; breaks, breaks",
        "<td>INVALID</td>",
        "p99 ≤ 200ms",
    ] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    assert!(!page.contains("id=\"timeline\""), "there is no clock to draw");
    assert_eq!(page.matches("class=\"dot held").count(), 3, "two rates, and the legend");
    let without = main_part(&Report { timeline: timeline(), ..report }).expect("renders");
    assert!(!without.contains("id=\"curve\"") && without.contains("id=\"timeline\""));
}

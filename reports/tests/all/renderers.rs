//! What the renderers make of a small run, and of runs that hardly were one.

use brunt_reports::{
    Colour, Finding, Judgement, Outcome, Report, Verdict, annotations, html, json, junit, markdown,
    text, verdict_text,
};
use brunt_scenarios::plan::{
    Availability, Claim, During, Latency, Plan, Quantile, Recovers, Restarts,
};
use brunt_scenarios::timeline::{Ending, EventKind, Moment, Schedule, Timeline};

use crate::fixture::{event, fault, killed, load, percent, plan, report, secs, timeline, window};

fn small() -> Report {
    report(&claiming(), timeline())
}

fn claiming() -> Plan {
    let of = || "orders".to_owned();
    plan(vec![
        Claim::Availability(Availability {
            of: of(),
            at_least: percent("90%"),
            during: During::Run,
        }),
        Claim::Availability(Availability {
            of: of(),
            at_least: percent("100%"),
            during: During::After,
        }),
        Claim::Latency(Latency {
            of: of(),
            limits: vec![(Quantile(0.99), secs(1))],
            during: During::Run,
        }),
        Claim::Recovers(Recovers { service: "product".to_owned(), after: None, within: secs(4) }),
        Claim::Restarts(Restarts { service: "product".to_owned(), within: secs(4) }),
    ])
}

/// Runs that hardly were one: each must be rendered all the same, and none is a pass.
fn odd() -> Vec<(&'static str, Report)> {
    let of =
        || Timeline { loads: vec![], events: vec![], faults: vec![], edges: vec![], ..timeline() };
    let not_started = Ending::NotStarted("order was not ready within 12s".to_owned());
    let one = vec![window(0.0, 1, &[], &[(2_000, 1)])];
    let empty = vec![window(0.0, 0, &[], &[]), window(1.0, 0, &[], &[])];
    let mut unkept = load(one.clone());
    unkept.schedule = Schedule::Missed("p99 of the lag is 80ms".to_owned());
    let runs = [
        ("no loads", Timeline { ended: Moment(-0.5), ending: not_started, ..of() }),
        ("one sample", Timeline { loads: vec![load(one)], ..of() }),
        ("empty windows", Timeline { loads: vec![load(empty)], ..of() }),
        ("missed", Timeline { loads: vec![unkept], ..of() }),
        ("aborted", Timeline { ended: Moment(3.2), ending: Ending::Interrupted, ..timeline() }),
        (
            "left behind",
            Timeline { left_behind: vec!["process 12 of order".to_owned()], ..timeline() },
        ),
    ];
    runs.into_iter().map(|(name, timeline)| (name, report(&claiming(), timeline))).collect()
}

#[test]
fn the_text_report_is_a_table() {
    insta::assert_snapshot!(text(
        &small(),
        Colour::Off,
        Some("brunt-report/product-down/report.html")
    ));
}

#[test]
fn the_text_report_is_coloured_only_on_request() {
    assert!(!text(&small(), Colour::Off, None).contains('\x1b'));
    assert!(text(&small(), Colour::On, None).contains("\x1b[1;31m"));
}

#[test]
fn the_text_report_fits_its_width() {
    let mut report = small();
    report.name = "a rather long sentence that says what the scenario shows ".repeat(4);
    report.verdict.findings[0].claim = "a claim of many words that goes on and on ".repeat(5);
    report.verdict.findings[1].evidence = "evidence of many words that goes on and on ".repeat(9);
    for line in text(&report, Colour::Off, None).lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn the_markdown_report_is_a_table() {
    insta::assert_snapshot!(markdown(&small()).expect("renders"));
}

#[test]
fn junit_has_a_case_for_each_finding() {
    insta::assert_snapshot!(junit(&small()).expect("renders"));
}

#[test]
fn the_json_report_has_everything() {
    let text = json(&small()).expect("renders");
    insta::assert_snapshot!(text);
    let back: Report = serde_json::from_str(&text).expect("can be read again");
    assert_eq!(json(&back).expect("renders"), text);
}

#[test]
fn the_html_report_of_a_small_run() {
    let page = html(&small()).expect("renders");
    insta::assert_snapshot!(fixed_parts_left_out(&page));
}

#[test]
fn odd_runs_are_rendered() {
    let mut texts = String::new();
    for (name, report) in odd() {
        assert_ne!(report.verdict.outcome, Outcome::Pass, "{name}");
        texts += &format!("--- {name}\n{}", text(&report, Colour::Off, None));
        markdown(&report).expect("markdown");
        junit(&report).expect("junit");
        let page = html(&report).expect("html");
        assert!(!page.contains("NaN") && !page.contains("inf\""), "{name}");
    }
    insta::assert_snapshot!(texts);
}

/// Ten hours in seconds, and a kill every ten seconds.
#[test]
fn html_of_a_long_run_stays_small() {
    let mut timeline = timeline();
    let latency: Vec<(u64, u64)> = (1..60).map(|n| (n * 7_777, 34)).collect();
    let windows = (0..36_000_u32)
        .map(|second| window(f64::from(second), 1_990 + u64::from(second) % 7, &[], &latency));
    timeline.loads = vec![load(windows.collect())];
    for round in 0..3_600_u32 {
        let at = f64::from(round) * 10.0;
        timeline.faults.push(fault("kill -9 one of order", "order", at, at));
        timeline.events.push(event(at + 0.1, "order", 1, killed()));
        timeline.events.push(event(at + 0.2, "order", 1, EventKind::Started));
        timeline.events.push(event(at + 1.0, "order", 1, EventKind::Ready));
    }
    timeline.ended = Moment(36_001.0);
    let page = html(&report(&claiming(), timeline)).expect("renders");
    assert!(page.len() < 2 << 20, "{} bytes", page.len());
    assert!(page.matches("<tr><th scope=\"row\">").count() <= 1_100);
}

/// Style and script are files of their own, and would only repeat here.
fn fixed_parts_left_out(page: &str) -> String {
    let mut out = page.to_owned();
    for (open, close) in [("<style>", "</style>"), ("<script>", "</script>")] {
        let start = out.find(open).expect("the part is there") + open.len();
        let length = out[start..].find(close).expect("and it ends");
        out.replace_range(start..start + length, "…");
    }
    out
}

#[test]
fn failed_checks_are_annotations_of_the_scenario_file() {
    let notes: String = odd().iter().map(|(_, report)| annotations(report)).collect();
    assert!(
        notes
            .lines()
            .all(|line| line.starts_with("::error file=") || line.starts_with("::warning file="))
    );
    insta::assert_snapshot!(notes);
}

#[test]
fn the_text_report_fits_into_eighty_columns_and_keeps_words_whole() {
    let path = format!("/tmp/{}/report.html", "a-b".repeat(30));
    let long = "some words that go on and on ".repeat(8);
    for outcome in [Outcome::Pass, Outcome::LeftBehind] {
        let finding = Finding {
            check: None,
            name: "step".to_owned(),
            claim: long.clone(),
            judgement: Judgement::Fail,
            measured: "a figure that is longer than its column".to_owned(),
            evidence: long.clone(),
        };
        let verdict = Verdict { outcome, findings: vec![finding] };
        let shown = verdict_text(&long, &long, &verdict, Colour::Off, Some(&path));
        for line in shown.lines() {
            assert!(line.trim() == path || line.chars().count() <= 80, "{line}");
        }
        assert!(shown.contains(&path) && shown.contains("than its column"), "{shown}");
    }
}

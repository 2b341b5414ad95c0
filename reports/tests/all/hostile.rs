//! Reports and names from elsewhere: whatever stands in them, rendering ends, and what is printed
//! is text and nothing else.

use brunt_reports::{Colour, IndexEntry, Report, html, index, json, junit, markdown, read, text};
use serde_json::{Value, json};

use crate::damage::read_damaged;
use crate::fixture::{plan, report, timeline};

/// The places of all numbers in it; of an array only those of the first items and of the last one.
fn numbers(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Number(_) => found.push(path.to_owned()),
        Value::Object(fields) => {
            for (name, field) in fields {
                numbers(field, &format!("{path}/{name}"), found);
            }
        }
        Value::Array(items) => {
            let last = items.len().saturating_sub(1);
            let items = items.iter().enumerate().filter(|(place, _)| *place < 2 || *place == last);
            items.for_each(|(place, item)| numbers(item, &format!("{path}/{place}"), found));
        }
        _ => {}
    }
}

fn rendered(report: &Report) -> usize {
    let entry = IndexEntry { report, page: "1/report.html" };
    let pages = [html(report), markdown(report), junit(report), index(&[entry])];
    pages.map(|page| page.expect("renders").len()).iter().sum::<usize>()
        + text(report, Colour::Off, None).len()
}

#[test]
fn a_report_with_any_number_is_refused_or_rendered_in_little_space() {
    let whole: Value =
        serde_json::from_str(&json(&report(&plan(vec![]), timeline())).expect("is JSON")).unwrap();
    let mut places = vec![];
    numbers(&whole, "", &mut places);
    assert!(places.len() > 40, "{places:?}");
    let mut read_back = 0;
    for place in &places {
        for number in
            [json!(0), json!(-1.0), json!(1e-300), json!(1e13), json!(1e300), json!(u64::MAX)]
        {
            let mut hostile = whole.clone();
            *hostile.pointer_mut(place).expect("the number is there") = number;
            if let Ok(report) = read(&hostile.to_string()) {
                read_back += 1;
                assert!(rendered(&report) < 4 << 20, "{place}");
            }
        }
    }
    assert!(read_back > places.len(), "{read_back}");
}

#[test]
fn what_is_no_report_is_refused_with_the_reason() {
    let whole = json(&report(&plan(vec![]), timeline())).expect("is JSON");
    let mut later: Value = serde_json::from_str(&whole).unwrap();
    later["format"] = json!(2);
    let mut huge: Value = serde_json::from_str(&whole).unwrap();
    huge["timeline"]["loads"][0]["windows"][0]["ok"] = json!(u64::MAX);
    let mut often: Value = serde_json::from_str(&whole).unwrap();
    often["timeline"]["loads"][0]["lag"] = json!([[1, 1_u64 << 40]]);
    let why = |text: &str| match read(text) {
        Ok(_) => "read".to_owned(),
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            format!("{error}: {}", cause.unwrap_or_default())
        }
    };
    assert!(why("{").starts_with("it is not a report"), "{}", why("{"));
    assert_eq!(why(&later.to_string()), "it has format 2; this brunt reads format 1: ");
    assert!(why(&huge.to_string()).starts_with("timeline.loads.windows.ok is 18"));
    assert!(why(&often.to_string()).contains("more than a histogram holds"));
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(why(&deep).contains("recursion limit"), "{}", why(&deep));
    assert_eq!(why(&whole), "read");
}

#[test]
fn names_and_replies_do_not_move_the_cursor_or_command_a_ci_server() {
    let mut report = report(&plan(vec![]), timeline());
    report.name = "a\u{1b}[2J\n::error::b \u{202e}c".to_owned();
    report.verdict.findings = vec![brunt_reports::Finding {
        check: None,
        name: "step".to_owned(),
        claim: "x\r::warning::y".to_owned(),
        judgement: brunt_reports::Judgement::Fail,
        measured: "\u{9b}31m".to_owned(),
        evidence: "It said\n::error file=a::b\nand ##vso[task.setvariable]c ##[error]d\u{7}."
            .to_owned(),
    }];
    let shown = text(&report, Colour::Off, None);
    assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "{shown:?}");
    assert!(!shown.lines().any(|line| line.trim_start().starts_with("::")), "{shown}");
    assert!(!shown.contains("##vso[") && !shown.contains("##["), "{shown}");
    assert!(shown.contains(": :error file=a::b"), "{shown}");
}

#[test]
fn a_report_damaged_at_random_is_refused_or_rendered_in_bounded_space() {
    let whole = report(&plan(vec![]), timeline());
    let text = json(&whole).expect("is JSON");
    let document: Value = serde_json::from_str(&text).expect("is JSON");
    read_damaged(&[document], &[&text], |text| match read(text) {
        Ok(report) => {
            // A name is shown in several places.
            assert!(rendered(&report) < (4 << 20) + 100 * text.len());
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    });
}

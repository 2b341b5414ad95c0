//! Hostile names stay text, in every format.

use brunt_reports::{Report, html, junit, markdown};
use brunt_scenarios::plan::{Availability, Claim, During};

use crate::fixture::{fault, load, percent, plan, report, timeline, window};

const HOSTILE: &str =
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'|@all\x1b[31m";

fn hostile() -> Report {
    let of = HOSTILE.to_owned();
    let mut plan = plan(vec![Claim::Availability(Availability {
        of,
        at_least: percent("90%"),
        during: During::Run,
    })]);
    let mut timeline = timeline();
    plan.name = HOSTILE.to_owned();
    plan.about = Some(HOSTILE.to_owned());
    plan.system.name = HOSTILE.to_owned();
    plan.loads[0].name = HOSTILE.to_owned();
    timeline.loads = vec![load(vec![window(0.0, 5, &[], &[(10, 5)])])];
    timeline.loads[0].name = HOSTILE.to_owned();
    timeline.faults = vec![fault(HOSTILE, HOSTILE, 0.1, 0.5)];
    timeline.left_behind = vec![HOSTILE.to_owned()];
    for event in &mut timeline.events {
        event.service = HOSTILE.to_owned();
    }
    timeline.edges[0].to = HOSTILE.to_owned();
    let mut report = report(&plan, timeline);
    report.origin.text = HOSTILE.to_owned();
    report.origin.command = HOSTILE.to_owned();
    report
}

#[test]
fn html_runs_no_foreign_script() {
    let page = html(&hostile()).expect("renders");
    assert!(page.contains("alert(1)"), "the name is there, as text");
    assert!(!page.contains("<script>alert") && !page.contains("<img"));
    assert_eq!(page.matches("</script>").count(), page.matches("<script").count());
}

#[test]
fn junit_keeps_to_characters_that_xml_allows() {
    let xml = junit(&hostile()).expect("renders");
    assert!(!xml.contains("<script") && !xml.contains('\x1b'));
}

#[test]
fn markdown_has_no_html_and_no_mention() {
    let page = markdown(&hostile()).expect("renders");
    assert!(
        !page.contains("<script")
            && !page.contains("<img")
            && !page.contains("@all")
            && !page.contains('\x1b')
    );
}

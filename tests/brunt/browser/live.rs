//! The live page of a run in progress.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use super::driver::{Browser, WIDE, until};
use super::{SCENARIO, totals};
use crate::workplace::Workplace;

/// Where the page of a started run is.
fn address(here: &Workplace) -> String {
    until("the page is served", || {
        let said = here.printed();
        let line = said.lines().find_map(|line| line.strip_prefix("live page: http://"))?;
        Some(line.trim_end_matches('/').to_owned())
    })
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_live_page_follows_a_run_to_its_report() {
    let browser = Browser::open(WIDE);
    let here = Workplace::new();
    here.scenario(SCENARIO);
    let mut run = here.start(&["run", "scenario.yaml", "--serve=127.0.0.1:0"]);
    browser.go(&format!("http://{}/", address(&here)));
    until("load is seen", || (browser.text(".figures dd").parse::<u64>().ok()? > 0).then_some(()));
    assert_eq!(browser.text(".verdict .word"), "Running");
    browser.script(
        "document.querySelector('button.key[data-series=failed]').click(); \
        document.getElementById('picture').focus()",
    );
    browser.picture("live");
    until("the fault is seen", || browser.text("#state").contains("with a fault").then_some(()));
    browser.picture("live-fault");
    until("the report is there", || (browser.text(".verdict .word") == "Failed").then_some(()));
    let kept = "return \
        [document.querySelector('button.key[data-series=failed]').getAttribute('aria-pressed'), \
        document.activeElement.id]";
    assert_eq!(
        browser.script(kept),
        serde_json::json!(["false", "picture"]),
        "what was chosen stays chosen"
    );
    assert_eq!(run.wait().unwrap().code(), Some(1), "{}", here.printed());
    let text = std::fs::read_to_string(here.run_folder().join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let (ok, failed) = totals(&report);
    assert_eq!(browser.text(".figures dd"), (ok + failed).to_string());
    until("the page knows that it is over", || {
        (browser.script("return source.readyState") == 2 && browser.text("#state").contains("over"))
            .then_some(())
    });
    browser.picture("live-over");
}

/// What is answered to a request that is written by hand.
fn answered(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = vec![0; 400];
    let read = stream.read(&mut answer).unwrap();
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

#[test]
fn the_live_page_is_read_only_and_slow_browsers_do_not_delay_the_run() {
    let here = Workplace::new();
    here.scenario(SCENARIO);
    let mut run = here.start(&["run", "scenario.yaml", "--serve=127.0.0.1:0"]);
    let at = address(&here);
    let ask =
        |line: &str, host: &str| answered(&at, &format!("{line} HTTP/1.1\r\nhost: {host}\r\n\r\n"));
    assert!(ask("GET /", &at).starts_with("HTTP/1.1 200"));
    assert!(ask("GET /", "evil.example").starts_with("HTTP/1.1 421"));
    assert!(ask("POST /", &at).starts_with("HTTP/1.1 405"));
    assert!(ask("GET /../report.json", &at).starts_with("HTTP/1.1 404"));
    assert!(ask("GET /events", &at).contains("text/event-stream"));
    let taken = here.brunt_beside(&["run", "scenario.yaml", &format!("--serve={at}")]);
    taken.must(2, &["is in use"]);
    // These ask for events and never read a byte.
    let lazy: Vec<TcpStream> = (0..20)
        .map(|_| {
            let mut stream = TcpStream::connect(&at).unwrap();
            stream
                .write_all(format!("GET /events HTTP/1.1\r\nhost: {at}\r\n\r\n").as_bytes())
                .unwrap();
            stream
        })
        .collect();
    assert_eq!(run.wait().unwrap().code(), Some(1), "{}", here.printed());
    drop(lazy);
}

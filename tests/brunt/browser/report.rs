//! The report, opened from disk.

use serde_json::Value;

use super::driver::{Browser, DARK, NARROW, WIDE};
use super::{ran, totals};
use crate::workplace::Workplace;

/// What is shown of the clock, in seconds.
fn shown(browser: &Browser) -> (f64, f64) {
    let shown = browser.script("return shown()");
    (shown[0].as_f64().unwrap(), shown[1].as_f64().unwrap())
}

/// Where a moment of the timeline is, in pixels of what is to be seen, once that row
/// is scrolled to.
fn place(browser: &Browser, moment: f64) -> (i64, i64) {
    let script = format!(
        "const plot = document.querySelector('.plot'); plot.scrollIntoView({{block: 'center'}});
         const box = plot.getBoundingClientRect(); const [from, to] = shown();
         return [box.left + ({moment} - from) / (to - from) * box.width, box.top + box.height / 2]"
    );
    let at = browser.script(&script);
    let pixel = |value: &Value| value.as_f64().unwrap().round() as i64;
    (pixel(&at[0]), pixel(&at[1]))
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_report_shows_a_moment_zooms_and_hides_series() {
    let browser = Browser::open(WIDE);
    let here = Workplace::new();
    let (folder, report) = ran(&here);
    browser.go(&format!("file://{}", folder.join("report.html").display()));
    assert_eq!(browser.text(".verdict .word"), "Failed");
    assert_eq!(browser.script("return document.querySelector('.readout').hidden"), true);
    says_what_the_json_says(&browser, &report);
    reads_a_moment(&browser, &report);
    zooms(&browser);
    hides_and_shows(&browser);
    let nothing = browser.script("return performance.getEntriesByType('resource').length");
    assert_eq!(nothing, 0, "the page loads nothing");
}

fn says_what_the_json_says(browser: &Browser, report: &Value) {
    let (ok, failed) = totals(report);
    assert!(ok > 0 && failed > 0, "{ok} {failed}");
    assert_eq!(browser.text(".figures dd"), (ok + failed).to_string());
    // The table under the picture, summed up.
    let sums = "const sum = (column) => [...document.querySelectorAll(`.more tbody \
                tr`)].filter((row) => row.closest('[aria-label=\"reads over \
                time\"]')).reduce((sum, row) => sum + Number(row.cells[column].textContent), 0); \
                return [sum(1), sum(2)]";
    assert_eq!(browser.script(sums), serde_json::json!([ok, failed]));
}

fn reads_a_moment(browser: &Browser, report: &Value) {
    // Windows with so few requests are shown by the whole second.
    let windows = report["timeline"]["loads"][0]["windows"].as_array().unwrap().iter();
    let second = windows.filter(|one| (1.0..2.0).contains(&one["start"].as_f64().unwrap()));
    let good: u64 = second.map(|window| window["ok"].as_u64().unwrap()).sum();
    browser.mouse(place(browser, 1.5), None);
    let said = browser.text(".readout");
    assert!(good > 0 && said.contains(&format!("{good} good, 0 failed")), "{said} {good}");
    browser.picture("report-hover");
    browser.mouse(place(browser, 2.5), None);
    let said = browser.text(".readout");
    assert!(said.contains("front → back") && said.contains("status 502 × "), "{said}");
}

fn zooms(browser: &Browser) {
    let all = shown(browser);
    let (from, to) = (place(browser, 1.5), place(browser, 3.5));
    browser.mouse(from, Some(to));
    let (start, end) = shown(browser);
    assert!((start - 1.5).abs() < 0.05 && (end - 3.5).abs() < 0.05, "dragged to {start} {end}");
    assert_eq!(browser.script("return document.getElementById('zoom-all').disabled"), false);
    browser.picture("report-zoomed");
    browser.script("document.getElementById('zoom-all').click()");
    assert_eq!(shown(browser), all);
    browser.script("document.getElementById('picture').focus()");
    browser.keys(&["\u{e014}", "+", "+"]);
    let (start, end) = shown(browser);
    assert!(((all.1 - all.0) / (end - start) - 4.0).abs() < 0.01, "twice twice: {start} {end}");
    assert_eq!(browser.script("return document.querySelector('.readout').hidden"), false);
    browser.keys(&["\u{e00c}"]);
    assert_eq!(shown(browser), all);
    let wheel = "document.querySelector('.plot').dispatchEvent(new WheelEvent('wheel', \
                 {bubbles: true, cancelable: true, ctrlKey: true, deltaY: -300, clientX: 600}))";
    browser.script(wheel);
    assert!(shown(browser) != all);
    browser.script("lookAtAll()");
}

fn hides_and_shows(browser: &Browser) {
    let state = "const key = document.querySelector('button.key[data-series=failed]'); \
                 return [key.getAttribute('aria-pressed'), \
                 getComputedStyle(document.querySelector('path.failed')).display]";
    assert_eq!(browser.script(state), serde_json::json!(["true", "inline"]));
    browser.script("document.querySelector('button.key[data-series=failed]').click()");
    assert_eq!(browser.script(state), serde_json::json!(["false", "none"]));
    browser.script("document.querySelector('button.key[data-series=failed]').click()");
    assert_eq!(browser.script(state), serde_json::json!(["true", "inline"]));
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_report_is_accessible_and_fits_every_width() {
    let browser = Browser::open(WIDE);
    let here = Workplace::new();
    let (folder, _) = ran(&here);
    let page = format!("file://{}", folder.join("report.html").display());
    browser.go(&page);
    let all = browser.accessible();
    let has = |role: &str, name: &str| {
        all.iter().any(|(is, named)| is.starts_with(role) && named.contains(name))
    };
    for (role, name) in [
        ("heading", "a test"),
        ("heading", "Findings"),
        ("heading", "Timeline"),
        ("im", "reads: 200 requests sent over time"),
        ("im", "front calls back"),
        ("button", "Zoom in"),
        ("button", "failed"),
        ("table", ""),
    ] {
        assert!(has(role, name), "no {role} named {name}: {all:?}");
    }
    for (name, look) in [("light", WIDE), ("dark", DARK), ("narrow", NARROW)] {
        browser.look(look);
        browser.go(&page);
        let wide = browser.script("return document.documentElement.scrollWidth").as_u64().unwrap();
        assert!(wide <= u64::from(look.width), "{name}: the page is {wide} wide");
        browser.picture(&format!("report-{name}"));
    }
    assert!(browser.print("report") > 10_000);
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_report_is_complete_without_its_script() {
    let browser = Browser::open(WIDE);
    let here = Workplace::new();
    let (folder, _) = ran(&here);
    browser.devtools("Emulation.setScriptExecutionDisabled", &serde_json::json!({"value": true}));
    browser.go(&format!("file://{}", folder.join("report.html").display()));
    let all = browser.accessible();
    let named = |part: &str| all.iter().any(|(_, name)| name.contains(part));
    assert!(
        named("Failed") && named("availability ≥ 99%") && named("reads: 200 requests sent"),
        "{all:?}"
    );
    assert!(!all.iter().any(|(role, _)| role == "button"), "no button that does nothing: {all:?}");
    browser.picture("report-without-script");
}

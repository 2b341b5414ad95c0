//! Load files, from the command line to what is told of them.

use std::path::PathBuf;

use brunt_loadgen_cli::{self as cli, OutputStreams};
use brunt_reports::Exit;
use serde_json::Value;

use crate::run;
use crate::server::Server;
use crate::shop::{Shop, reply};

const SHOP: &str = "\
version: 1
name: Customers order and wait for their order
base: BASE
load:
  - name: customers
    closed: {users: 2}
    for: 500ms
    feeds: [{csv: people.csv}]
    thresholds: ['errors < 1%', 'p99 < 5s']
    journeys:
      - name: buy
        steps:
          - {name: log in, post: /login, form: {user: '${user}', password: '${password}'}, save: {token: $.token}}
          - {name: order, post: /orders, auth: {bearer: '${token}'}, expect: 201, save: {to: {header: location}}}
          - {name: wait, get: '/${to}', auth: {bearer: '${token}'}, within: 5s, every: 1ms,
             expect: {status: 200, json: {$.status: Completed}}, thresholds: ['max < 5s']}
";

/// A load file in a folder of its own, with the people who can log in.
fn write(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("people.csv"), "user,password\nann,p&q\n").unwrap();
    let file: PathBuf = folder.path().join("load.yaml");
    std::fs::write(&file, text).unwrap();
    (folder, file.display().to_string())
}

#[test]
fn journeys_of_a_load_file_are_made_and_their_thresholds_judged() {
    let shop = Shop::open();
    let (folder, file) = write(&SHOP.replace("BASE", &shop.url()));
    let json = folder.path().join("out.json").display().to_string();
    let (exit, out, err) = run(&[&file, "--out", &format!("json={json}"), "--out", "prom=-"]);
    assert_eq!(exit, Exit::Pass, "{err}");
    assert!(err.contains("Load customers: ") && err.contains("journey buy"), "{err}");
    assert!(err.contains("Threshold customers: errors < 1% holds: 0.000%\n"), "{err}");
    assert!(err.contains("Threshold buy, wait: max < 5s holds: "), "{err}");
    assert!(out.contains("brunt_load_requests_total{load=\"customers\",outcome=\"ok\"} "), "{out}");
    let all: Value = serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
    let journey = &all["loads"][0]["journeys"][0];
    assert!(journey["ok"].as_u64().unwrap() > 0 && journey["steps"][2]["name"] == "wait", "{all}");
}

#[test]
fn a_threshold_that_does_not_hold_has_its_exit_code() {
    let shop = Shop::start(|_| Some(reply(503, "", b"")));
    let text = "version: 1\nload: [{name: a, closed: {users: 1}, for: 200ms, get: 'BASE/', \
        thresholds: ['errors < 1%']}]";
    let (_folder, file) = write(&text.replace("BASE", &shop.url()));
    let (exit, out, err) = run(&[&file, "-j", "-q"]);
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((exit, err.as_str()), (Exit::Fail, ""));
    assert_eq!(
        (&json["claims"][0]["holds"], &json["exit"]),
        (&Value::from(false), &Value::from(1))
    );
}

#[test]
fn a_load_that_goes_too_far_wrong_ends_early() {
    let shop = Shop::start(|_| Some(reply(500, "", b"")));
    let text = "version: 1\nabortWhen: {errorRate: 50%, for: 300ms}\n\
        load: [{name: a, open: {rate: 200/s}, for: 60s, get: 'BASE/'}]";
    let (_folder, file) = write(&text.replace("BASE", &shop.url()));
    let began = std::time::Instant::now();
    let (exit, _, err) = run(&[&file]);
    assert_eq!(exit, Exit::Aborted, "{err}");
    assert!(
        err.contains("Ended early, by abortWhen: at least 50% of the requests failed for 300ms"),
        "{err}"
    );
    assert!(began.elapsed().as_secs() < 30, "long before its end");
}

#[test]
fn a_mistake_in_a_load_file_is_reported_with_its_line() {
    let told = |text: &str, more: &[&str]| {
        let (_folder, file) = write(text);
        let arguments: Vec<String> =
            [file.as_str()].iter().chain(more).map(|&one| one.to_owned()).collect();
        let output =
            OutputStreams { out: &mut std::io::sink(), err: &mut std::io::sink(), terminal: false };
        let error = cli::run(&arguments, output).unwrap_err();
        assert_eq!(error.exit(), Exit::Invalid);
        error.to_string().replace(&file, "load.yaml")
    };
    let unknown =
        told("version: 1\nload: [{name: a, closed: {users: 1}, fro: 1s, get: 'http://h/'}]", &[]);
    assert!(unknown.contains("load.yaml:2:") && unknown.contains("`fro`"), "{unknown}");
    assert!(told("version: 1\nload: []", &[]).contains("there is no load"));
    let foreign = told(SHOP, &["-c", "3"]);
    assert_eq!(foreign, "--concurrent means nothing beside a load file: the file says it");
}

#[test]
fn a_load_file_has_a_page_with_its_command_line() {
    let server = Server::well();
    let text = "version: 1\nload: [{name: a, closed: {users: 1}, for: 100ms, get: 'BASE/'}]";
    let (folder, file) = write(&text.replace("BASE", &server.url()));
    let page = folder.path().join("page.html");
    let arguments = [file, format!("--out=html={}", page.display()), "-q".to_owned()];
    let streams =
        OutputStreams { out: &mut std::io::sink(), err: &mut std::io::sink(), terminal: false };
    assert_eq!(cli::run(&arguments, streams).unwrap().exit(), Exit::Pass);
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains(&format!("brunt load {} ", arguments[0])), "{page}");
}

#[test]
fn a_secret_of_a_load_file_is_sent_and_in_no_export() {
    let shop = Shop::start(|seen| {
        let good = seen.header("authorization") == "Bearer s3cret-of-a-file";
        Some(reply(if good { 200 } else { 401 }, "", b""))
    });
    let text = "version: 1\nload: [{name: a, closed: {users: 1}, for: 200ms, get: 'BASE/', auth: \
        {bearer: '${secret:file:TOKEN}'}, thresholds: ['errors < 1%']}]";
    let (folder, _) = write("");
    let token = folder.path().join("token").display().to_string();
    let file = folder.path().join("load.yaml").display().to_string();
    std::fs::write(&file, text.replace("BASE", &shop.url()).replace("TOKEN", &token)).unwrap();
    let arguments = [file.as_str(), "-j"].map(str::to_owned);
    let streams = |out, err| OutputStreams { out, err, terminal: false };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let error = cli::run(&arguments, streams(&mut out, &mut err)).unwrap_err().to_string();
    assert!(error.contains("cannot be read from") && error.contains("No such file"), "{error}");
    std::fs::write(&token, "s3cret-of-a-file\n").unwrap();
    let html = folder.path().join("a.html").display().to_string();
    let (exit, out, err) = run(&[&file, "-j", "--out", &format!("html={html}")]);
    assert_eq!(exit, Exit::Pass, "{err}");
    let html = std::fs::read_to_string(html).unwrap();
    assert!(!out.contains("s3cret") && !err.contains("s3cret") && !html.contains("s3cret"));
}

#[test]
fn all_errors_of_a_load_file_come_at_once() {
    let text = "version: 1\nload:\n  - {name: a, closed: {users: x}, for: 1s, get: \
        'http://127.0.0.1:9/'}\n  - {name: b, closd: {users: 1}, for: 1s, get: \
        'http://127.0.0.1:9/${id}'}\n";
    let (_folder, file) = write(text);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let streams = OutputStreams { out: &mut out, err: &mut err, terminal: false };
    let error = cli::run(&[file], streams).unwrap_err().to_string();
    for place in [":3:31: ", "`closd`", ":4:68: "] {
        assert!(error.contains(place), "{place}: {error}");
    }
}

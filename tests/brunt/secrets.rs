//! Secrets are named in scenarios, sent, and shown nowhere.

use std::path::Path;

use crate::workplace::{Ended, Workplace};

const TOKEN: &str = "t0ken-of-the-environment";
const KEY: &str = "k&y of a file";

/// All text below a folder.
fn all_text(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let text = |path: std::path::PathBuf| match path.is_dir() {
        true => all_text(&path),
        false => String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned(),
    };
    entries.map(text).collect()
}

fn run(here: &Workplace, token: Option<&str>) -> Ended {
    let mut command = here.command(&["run", "scenario.yaml", "-v", "--keep", "--retries", "9"]);
    match token {
        Some(token) => command.env("SHOP_TOKEN", token),
        None => command.env_remove("SHOP_TOKEN"),
    };
    Ended::of(&command.output().unwrap())
}

fn workplace() -> Workplace {
    let here = Workplace::new();
    here.write("key", &format!("{KEY}\n"));
    let key = here.path("key").display().to_string();
    here.scenario(&format!(
        "\
load:
  - name: asks
    closed: {{users: 1, think: 50ms}}
    for: 1s
    get: front/whoami
    auth: {{bearer: '${{secret:env:SHOP_TOKEN}}'}}
    expect: {{json: {{$.authorization: 'Bearer ${{secret:env:SHOP_TOKEN}}'}}}}
steps:
  - name: quotes
    get: front/whoami?key=${{secret:file:{key}}}
    headers: {{authorization: 'Basic ${{secret:env:SHOP_TOKEN}}'}}
    expect: 201
expect:
  - availability: {{of: asks, atLeast: 100%}}
"
    ));
    here
}

#[test]
fn a_secret_is_sent_and_shown_nowhere() {
    let here = workplace();
    let ended = run(&here, Some(TOKEN));
    ended.must(1, &["Basic •••", "key=•••", "availability"]);
    assert!(!ended.out.contains("✗ availability"), "the token was not sent: {ended:#?}");
    std::fs::remove_file(here.path("key")).unwrap();
    let all = all_text(&here.path("")) + &ended.out + &ended.err;
    assert!(all.contains("${secret:env:SHOP_TOKEN}"), "the copy of the scenario names it");
    for secret in [TOKEN, KEY, "k%26y"] {
        assert!(!all.contains(secret), "{secret} is shown: {ended:#?}");
    }
}

#[test]
fn secrets_that_a_scenario_holds_are_masked_in_logs_and_where_replies_are_cut() {
    let here = Workplace::new();
    // A reply is shown up to its 160th letter, which is in the middle of what this step sends.
    let cut = format!("{}-of-the-header", "h3ader".repeat(30));
    here.scenario(&format!(
        "\
load:
  - name: asks
    closed: {{users: 1, think: 50ms}}
    for: 1s
    get: front/whoami?api_key=k3y-of-the-load
steps:
  - name: quotes
    get: front/whoami?api_key=k3y-of-the-step
    expect: 201
  - name: quotes a long one
    get: front/whoami
    headers: {{authorization: 'Bearer {cut}'}}
    expect: 201
expect:
  - availability: {{of: asks, atLeast: 100%}}
  - conserved:
      what: a sum
      sum: [{{get: front/whoami?api_key=k3y-of-the-sum, values: $.path}}]
      equals: '1'
      within: 1s
"
    ));
    let ended = Ended::of(
        &here.command(&["run", "scenario.yaml", "-vv", "--retries", "9"]).output().unwrap(),
    );
    ended.must(1, &["api_key=•••", "Bearer •••", "could not be read"]);
    let log = std::fs::read_to_string(here.run_folder().join("log.jsonl")).unwrap();
    assert!(log.contains("answered 200, not 201"), "{log}");
    std::fs::remove_file(here.path("scenario.yaml")).unwrap();
    let all = all_text(&here.path("")) + &ended.out + &ended.err;
    for secret in ["k3y-of-the", "h3ader"] {
        assert!(!all.contains(secret), "{secret} is shown: {ended:#?}");
    }
}

#[test]
fn a_secret_without_a_value_is_missed_before_anything_starts() {
    let here = workplace();
    run(&here, None).must(2, &["set the environment variable SHOP_TOKEN"]);
    assert!(!here.path(".brunt").exists(), "nothing ran");
    here.brunt(&["validate", "scenario.yaml"]).must(0, &[]);
}

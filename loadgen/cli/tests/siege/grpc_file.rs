//! Calls of gRPC as steps of a load file.

use std::sync::atomic::Ordering;

use brunt_reports::Exit;
use serde_json::Value;

use crate::grpc::{Grpc, write};
use crate::run;

const FILE: &str = "\
version: 1
base: BASE
load:
  - name: shop
    closed: {users: 1}
    for: 300ms
    PROTO
    feeds: [{rows: [{product: Tea}]}]
    journeys:
      - name: buy
        steps:
          - name: place
            grpc: {call: shop.v1.Orders/Place, message: {product: '${product}', price: {cents: '${random(5,5)}'}}}
            expect: {json: {$.id: '7'}}
            save: {id: $.id}
          - name: place again
            grpc: {call: shop.v1.Orders/Place, message: {product: '${product}', price: {cents: 5}}}
            headers: {x-order: '${id}'}
            expect: UNAVAILABLE
";

/// Runs the file, and gives its figures as well.
fn put_on(server: &Grpc, proto: &str, edit: impl Fn(&str) -> String) -> (Exit, String, Value) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let file = folder.path().join("load.yaml");
    std::fs::write(&file, edit(&FILE.replace("BASE", &server.url()).replace("PROTO", proto)))
        .unwrap();
    let (exit, out, err) = run(&[&file.display().to_string(), "-j"]);
    let figures = serde_json::from_str(&out).unwrap_or_default();
    (exit, err, figures)
}

#[test]
fn calls_are_steps_with_checks_and_saved_values() {
    for (reflection, proto) in
        [("none", "proto: shop.proto"), ("grpc.reflection.v1.ServerReflection", "timeout: 5s")]
    {
        let server = Grpc::start(reflection, &[0, 14]);
        let (exit, err, all) = put_on(&server, proto, str::to_owned);
        assert_eq!(exit, Exit::Pass, "{err}{all}");
        let journey = &all["loads"][0]["journeys"][0];
        let whole = journey["ok"].as_u64().unwrap();
        assert!(whole > 0 && journey["failed"] == 0, "{all}");
        let names: Vec<_> =
            journey["steps"].as_array().unwrap().iter().map(|step| &step["checks"]).collect();
        assert_eq!(names[0][0]["name"], "status is OK");
        assert_eq!(names[0][2]["name"], "id can be saved");
        assert_eq!(names[1][0]["name"], "status is UNAVAILABLE");
        assert!(server.calls.load(Ordering::Relaxed) >= 2 * whole);
    }
}

#[test]
fn a_status_that_was_not_expected_fails_by_its_name() {
    let server = Grpc::start("none", &[5]);
    let (_, _, all) = put_on(&server, "proto: shop.proto", str::to_owned);
    let journey = &all["loads"][0]["journeys"][0];
    let failed = journey["steps"][0]["failed"]["grpc not_found"].as_u64().unwrap();
    assert!(failed > 0 && journey["ok"] == 0, "{all}");
    assert_eq!(journey["steps"][1]["skipped"].as_u64().unwrap(), failed);
}

#[test]
fn a_value_that_does_not_fit_is_counted_and_not_sent() {
    let server = Grpc::start("none", &[0]);
    let odd = |text: &str| text.replace("'${random(5,5)}'", "'${product}'");
    let (_, _, all) = put_on(&server, "proto: shop.proto", odd);
    let step = &all["loads"][0]["journeys"][0]["steps"][0];
    assert!(step["failed"]["protocol"].as_u64().unwrap() > 0, "{all}");
    assert_eq!(server.calls.load(Ordering::Relaxed), 0);
}

#[test]
fn a_server_without_reflection_is_reported_before_the_load() {
    let server = Grpc::start("none", &[0]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("load.yaml");
    std::fs::write(&file, FILE.replace("BASE", &server.url()).replace("PROTO", "timeout: 5s"))
        .unwrap();
    let arguments = [file.display().to_string()];
    let output = brunt_loadgen_cli::OutputStreams {
        out: &mut std::io::sink(),
        err: &mut std::io::sink(),
        terminal: false,
    };
    let error = brunt_loadgen_cli::run(&arguments, output).unwrap_err().to_string();
    assert!(error.contains("does not say what its messages look like"), "{error}");
}

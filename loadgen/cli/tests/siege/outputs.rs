//! Files of figures, from the option to what is in them.

use std::path::Path;

use brunt_reports::Exit;

use crate::run;
use crate::server::{Act, Server, ok, reply};

fn option(format: &str, file: &Path) -> String {
    format!("--out={format}={}", file.display())
}

#[test]
fn all_export_formats_have_the_same_figures() {
    let server =
        Server::start(|number| Act::Send(if number < 2 { reply(503, "") } else { ok("") }));
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let (csv, hdr) = (option("csv", &file("a.csv")), option("hdr", &file("a.hlog")));
    let (exit, prom, err) =
        run(&["-c1", "-r10", "-q", &csv, &hdr, "--out", "prom=-", &server.url()]);
    assert_eq!((exit, err.as_str()), (Exit::Pass, ""));
    assert!(
        prom.contains("brunt_load_requests_total{load=\"siege\",outcome=\"ok\"} 8\n"),
        "{prom}"
    );
    assert!(
        prom.contains("brunt_load_requests_total{load=\"siege\",outcome=\"status 503\"} 2\n"),
        "{prom}"
    );
    assert!(prom.contains("brunt_load_latency_seconds_count{load=\"siege\"} 10\n"), "{prom}");

    let csv = std::fs::read_to_string(file("a.csv")).unwrap();
    let header: Vec<_> = csv.lines().next().unwrap().split(',').collect();
    let sum = |column: &str| -> u64 {
        let place = header.iter().position(|name| *name == column).unwrap();
        csv.lines()
            .skip(1)
            .map(|line| line.split(',').nth(place).unwrap().parse::<u64>().unwrap())
            .sum()
    };
    assert_eq!((sum("ok"), sum("failed_status_503"), sum("failed_timeout")), (8, 2, 0));

    let hdr = std::fs::read_to_string(file("a.hlog")).unwrap();
    let intervals = hdr.lines().filter(|line| line.starts_with("Tag=siege,")).count();
    assert_eq!(intervals, csv.lines().count() - 1, "an interval a window");
}

#[test]
fn an_export_that_cannot_be_written_is_an_error_before_the_load() {
    let server = Server::well();
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing/a.csv");
    let (exit, out, err) = run(&["-c1", "-r3", &option("csv", &missing), &server.url()]);
    assert_eq!((exit, out.as_str(), err.as_str()), (Exit::Invalid, "", ""));
    assert_eq!((server.connections(), server.requests()), (0, 0));
}

#[test]
fn a_full_disk_loses_only_the_export_on_it() {
    let server = Server::well();
    let folder = tempfile::tempdir().unwrap();
    let prom = folder.path().join("a.prom");
    let (full, another) = (Path::new("/dev/full"), folder.path().join("full"));
    std::os::unix::fs::symlink(full, &another).unwrap();
    let files = [option("csv", full), option("hdr", &another), option("prom", &prom)];
    let (exit, _, err) = run(&["-c1", "-r3", &files[0], &files[1], &files[2], &server.url()]);
    assert_eq!(exit, Exit::Invalid);
    let told = format!("error: {}: No space left on device (os error 28)\n", another.display());
    assert!(err.ends_with(&told), "{err}");
    assert!(err.contains("Transactions:\t\t           3 hits\n"), "{err}");
    assert!(std::fs::read_to_string(&prom).unwrap().contains("outcome=\"ok\"} 3\n"));
}

#[test]
fn a_collector_gets_metrics() {
    let collector = crate::shop::Shop::start(|_| Some(crate::shop::reply(200, "", b"{}")));
    let server =
        Server::start(|number| Act::Send(if number < 2 { reply(503, "") } else { ok("") }));
    let otlp = format!("--out=otlp={}", collector.url());
    let (exit, _, err) = run(&["-c1", "-r10", "-q", &otlp, &server.url()]);
    assert_eq!((exit, err.as_str()), (Exit::Pass, ""));
    let seen = collector.seen();
    assert_eq!(
        (seen.len(), seen[0].path.as_str(), seen[0].header("content-type")),
        (1, "/v1/metrics", "application/json")
    );
    let all: serde_json::Value = serde_json::from_str(&seen[0].body).unwrap();
    let metrics = &all["resourceMetrics"][0]["scopeMetrics"][0]["metrics"];
    let outcomes = metrics[0]["sum"]["dataPoints"].as_array().unwrap();
    let counts: Vec<_> = outcomes.iter().map(|point| point["asInt"].as_str().unwrap()).collect();
    assert_eq!(counts, ["8", "2"]);
    let latency = &metrics[1]["histogram"]["dataPoints"][0];
    let buckets = latency["bucketCounts"].as_array().unwrap().iter();
    assert_eq!(
        buckets.map(|count| count.as_str().unwrap().parse::<u64>().unwrap()).sum::<u64>(),
        10
    );
    assert_eq!(
        (latency["count"].as_str(), metrics[2]["gauge"]["dataPoints"][0]["asInt"].as_str()),
        (Some("10"), Some("1"))
    );
}

#[test]
fn a_collector_that_is_not_there_costs_the_exit_code_only() {
    let server = Server::well();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (exit, _, err) = run(&["-c1", "-r3", "--out", &format!("otlp={nobody}"), &server.url()]);
    assert_eq!(exit, Exit::Invalid);
    assert!(err.contains("Transactions:\t\t           3 hits\n"), "{err}");
}

#[test]
fn exports_show_no_credentials_of_the_command_line() {
    let server = Server::start(|_| Act::Send(ok("")));
    let folder = tempfile::tempdir().unwrap();
    let (json, html) = (folder.path().join("a.json"), folder.path().join("a.html"));
    let (json_option, html_option) = (option("json", &json), option("html", &html));
    let url = server.url();
    let line = ["-c1", "-r2", "-q", "-j", "-u", "ann:passw0rd-1", "-H", "X-Api-Key: key-number-2"];
    let (exit, out, err) = run(&[&line[..], &[&json_option, &html_option, &url]].concat());
    assert_eq!(exit, Exit::Pass, "{err}");
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    let (json, html) = (read(&json), read(&html));
    assert!(html.contains("ann:•••") && html.contains("X-Api-Key: •••"), "{html}");
    let (_, shown, _) = run(&["-g", "--bearer", "token-number-3", &url]);
    assert!(shown.contains("Authorization: Bearer •••"), "{shown}");
    for text in [out, err, json, html, shown] {
        for secret in ["passw0rd-1", "key-number-2", "token-number-3", "YW5uOnBhc3N3MHJkLTE="] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
}

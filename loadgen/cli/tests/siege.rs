//! The command line, from its arguments to its exit code.
#![allow(clippy::unwrap_used, reason = "what tests have in common is test code, too")]

#[path = "siege/cookies.rs"]
mod cookies;
#[path = "siege/file.rs"]
mod file;
#[path = "siege/follow_ups.rs"]
mod follow_ups;
#[path = "siege/grpc.rs"]
mod grpc;
#[path = "siege/grpc_file.rs"]
mod grpc_file;
#[path = "siege/outputs.rs"]
mod outputs;
#[path = "siege/real.rs"]
mod real;
#[path = "../../tests/engine/server.rs"]
#[allow(dead_code)]
mod server;
#[path = "../../tests/journey/shop.rs"]
mod shop;
#[path = "siege/sources.rs"]
mod sources;
#[path = "siege/transport.rs"]
mod transport;
#[path = "../../tests/engine/wires.rs"]
#[allow(dead_code)]
mod wires;

use brunt_loadgen_cli::{self as cli, OutputStreams};
use brunt_reports::Exit;
use server::{Act, Server, ok, reply};

/// Exit code, stdout and stderr.
fn run(arguments: &[&str]) -> (Exit, String, String) {
    let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let output = OutputStreams { out: &mut out, err: &mut err, terminal: false };
    let exit = match cli::run(&arguments, output) {
        Ok(summary) => summary.exit(),
        Err(error) => error.exit(),
    };
    (exit, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

/// Figures that differ from run to run, blanked out.
fn without_times(text: &str) -> String {
    let timed = [
        "Elapsed",
        "Response",
        "Transaction rate",
        "Throughput",
        "Concurrency",
        "Longest",
        "Shortest",
        "  p",
        "  max",
        "Schedule",
    ];
    let lines =
        text.lines().map(|line| match timed.iter().find(|start| line.starts_with(**start)) {
            Some(start) => format!("{start} …"),
            None => line.to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_siege_counts_as_siege_does() {
    // Measured with siege 4.0.7: hits, failed and availability are the same.
    let statuses = [200, 302, 401, 404, 408, 500, 503];
    let server =
        Server::start(move |number| Act::Send(reply(statuses[number as usize % 7], "body")));
    let (exit, out, err) = run(&["--siege", "-c1", "-r14", &server.url()]);
    assert_eq!((exit, out.as_str()), (Exit::Pass, ""));
    insta::assert_snapshot!(without_times(&err).replace(env!("CARGO_PKG_VERSION"), "VERSION"));
}

#[test]
fn a_load_is_announced_in_plain_words() {
    let server = Server::well();
    let (_, _, err) = run(&["-c2", "-r5", &server.url()]);
    let announced = format!("GET {}/: 2 users, 5 requests each", server.url());
    assert_eq!(err.lines().next(), Some(announced.as_str()), "{err}");
    assert!(!err.to_lowercase().contains("siege"), "{err}");
}

#[test]
fn the_summary_as_json_goes_to_stdout() {
    let server = Server::well();
    let (exit, out, err) = run(&["-c2", "-r5", "-j", "-q", &server.url()]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((exit, json["transactions"].as_u64(), err.as_str()), (Exit::Pass, Some(10), ""));
}

#[test]
fn each_reply_is_printed_on_a_line() {
    let server = Server::well();
    let (_, out, _) = run(&["-c2", "-r5", "-v", &format!("{}/a?b", server.url())]);
    assert_eq!(out.lines().count(), 10);
    assert!(
        out.lines().all(
            |line| line.starts_with("HTTP/1.1 200 ") && line.ends_with("5 bytes ==> GET  /a?b")
        ),
        "{out}"
    );
}

#[test]
fn a_page_is_printed_with_its_request() {
    let server = Server::start(|_| {
        Act::Send(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n".to_vec(),
        )
    });
    let target = format!("{}/x POST a=1", server.url());
    let (exit, out, _) = run(&["-p", "-A", "me", &target]);
    assert_eq!(exit, Exit::Pass);
    insta::assert_snapshot!(out.replace(&server.address.to_string(), "ADDRESS").replace('\r', ""));
    let (_, headers, _) = run(&["-g", "-q", &server.url()]);
    assert!(
        headers.contains("HEAD / HTTP/1.1\r\n") && headers.contains("HTTP/1.1 200 OK\r\n"),
        "{headers}"
    );
}

#[test]
fn fewer_good_replies_than_asked_for_and_silence_have_exit_codes() {
    let server =
        Server::start(|number| Act::Send(if number == 0 { reply(404, "") } else { ok("") }));
    assert_eq!(run(&["-c1", "-r10", "-q", "--fail-below", "90%", &server.url()]).0, Exit::Pass);
    let again =
        Server::start(|number| Act::Send(if number == 0 { reply(404, "") } else { ok("") }));
    assert_eq!(run(&["-c1", "-r10", "-q", "--fail-below", "91%", &again.url()]).0, Exit::Fail);
    let silent = Server::start(|_| Act::Close);
    assert_eq!(run(&["-c1", "-r2", "-q", &silent.url()]).0, Exit::Inconclusive);
    assert_eq!(run(&["-c1", "-q", &silent.url()]).0, Exit::Invalid);
}

#[test]
fn an_open_load_keeps_its_rate() {
    let server = Server::well();
    let (exit, _, err) = run(&["--rate", "100/s", "-t1S", &server.url()]);
    assert_eq!(server.requests(), 100, "{err}");
    // Whether it was in time depends on what else the machine does; the summary and the exit code
    // must agree on it.
    let kept = err.contains("Schedule: kept");
    assert_eq!(exit, if kept { Exit::Pass } else { Exit::Inconclusive }, "{err}");
}

#[test]
fn each_load_is_appended_to_the_log() {
    let server = Server::well();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("siege.log");
    let option = format!("--log={}", log.display());
    run(&["-c1", "-r3", "-q", &option, "-m", "first", &server.url()]);
    run(&["-c1", "-r3", "-q", &option, &server.url()]);
    let text = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with("      Date & Time,  Trans,"));
    assert_eq!((lines[1], lines.len()), ("**** first ****", 4));
    assert!(
        lines[2..]
            .iter()
            .all(|line| line[19..].starts_with(",      3,") && line.ends_with(",       3,       0")),
        "{text}"
    );
}

#[test]
fn the_settings_are_printed_with_config() {
    let shown = run(&["-C", "-t5M", "-d2"]).1;
    insta::assert_snapshot!(shown.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
}

/// The generator gets one processor, and so one thread, which has no million requests a second in
/// it; the server has all.
#[test]
#[cfg(target_os = "linux")]
fn figures_are_invalid_at_a_rate_that_the_machine_cannot_make() {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let server = Server::well();
    let allowed = sched_getaffinity(None).unwrap();
    let first = (0..CpuSet::MAX_CPU).find(|cpu| allowed.is_set(*cpu)).unwrap();
    let mut one = CpuSet::new();
    one.set(first);
    // Of this thread, and of those that it starts.
    sched_setaffinity(None, &one).unwrap();
    let (exit, _, err) = run(&["--rate", "1000000/s", "-c", "64", "-t", "2S", &server.url()]);
    sched_setaffinity(None, &allowed).unwrap();
    assert_eq!((exit, exit as u8), (Exit::Inconclusive, 3), "{err}");
    assert!(err.contains("Schedule: INVALID"), "{err}");
}

#[test]
fn a_limit_that_does_not_hold_has_an_exit_code() {
    let server =
        Server::start(|number| Act::Send(if number == 0 { reply(404, "") } else { ok("") }));
    let (exit, _, err) = run(&["-c1", "-r10", "--slo", "errors=10%,p99=20s", &server.url()]);
    assert_eq!(exit, Exit::Pass, "{err}");
    assert!(err.contains("Claim: errors ≤ 10% holds: 10.000 %\n"), "{err}");
    let again =
        Server::start(|number| Act::Send(if number == 0 { reply(404, "") } else { ok("") }));
    let (exit, _, err) = run(&["-c1", "-r10", "--slo", "errors=9%", &again.url()]);
    assert_eq!(exit, Exit::Fail, "{err}");
    assert!(err.contains("Claim: errors ≤ 9% DOES NOT HOLD: 10.000 %\n"), "{err}");
}

#[test]
fn a_search_ends_at_the_lowest_rate_with_a_server_that_holds_none() {
    let server = Server::start(|_| Act::Send(reply(503, "")));
    let (exit, out, _) =
        run(&["--find-max", "--slo", "errors=1%", "--rate=40/s", "-t0.2S", "-j", &server.url()]);
    let found: serde_json::Value = serde_json::from_str(&out).unwrap();
    // On a busy machine the generator may be what fails first; then that is what it says.
    match found["generator_is_the_limit"].as_bool().unwrap() {
        false => {
            assert_eq!((exit, &found["breaks"]), (Exit::Fail, &serde_json::json!(1.0)), "{out}");
        }
        true => assert_eq!(exit, Exit::Inconclusive, "{out}"),
    }
    for wrong in
        [&["--find-max"][..], &["--find-max", "--slo=p99=1s", "-r5"], &["--find-max", "--slo=x"]]
    {
        let (exit, ..) = run(&[wrong, &[server.url().as_str()]].concat());
        assert_eq!(exit, Exit::Invalid, "{wrong:?}");
    }
}

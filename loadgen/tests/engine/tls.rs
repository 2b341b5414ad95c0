//! TLS: certificates are checked unless told otherwise, and each way to fail is counted as what it
//! is.

use std::net::SocketAddr;

use brunt_loadgen::{Address, Job, LoadOutcome, Reuse, StartError, start};
use brunt_scenarios::timeline::Failure;
use rcgen::{BasicConstraints, DnType, IsCa, SanType, date_time_ymd};

use crate::jobs::{closed, failed, latency, run};
use crate::server::{Act, Server, ok};
use crate::wires::Pki;

/// A load on a server with TLS, by the name `localhost`.
fn secure(address: SocketAddr, pki: &Pki, users: u32, each: u64) -> Job {
    let mut job = closed(&Server::well(), users, each);
    job.requests[0].address =
        Address::split(&format!("https://localhost:{}", address.port())).unwrap().0;
    job.transport.ca = Some(pki.file("ca.pem"));
    job
}

fn hello(pki: &Pki, mutual: bool) -> Server {
    Server::start_tls(pki.server(mutual), |_| Act::Send(ok("hello")))
}

fn all_fail_with_tls(outcome: &LoadOutcome) {
    assert_eq!(outcome.totals.ok, 0);
    assert_eq!(failed(outcome, Failure::Tls), outcome.totals.requests());
}

/// The one cause of all failures.
fn cause(outcome: &LoadOutcome) -> &'static str {
    let causes: Vec<_> = outcome.causes.keys().map(|(_, cause)| *cause).collect();
    assert_eq!(causes.len(), 1, "{causes:?}");
    causes[0]
}

#[test]
fn a_self_signed_certificate_that_is_trusted_holds_whatever_its_ca_bit() {
    let bits = [
        IsCa::NoCa,
        IsCa::ExplicitNoCa,
        IsCa::Ca(BasicConstraints::Unconstrained),
        IsCa::Ca(BasicConstraints::Constrained(0)),
    ];
    for bit in bits {
        let pki = Pki::self_signed(|params| params.is_ca = bit);
        let server = hello(&pki, false);
        let outcome = run(secure(server.address, &pki, 1, 3));
        assert_eq!(outcome.totals.ok, 3, "{bit:?}: {:?}", outcome.causes);
    }
}

#[test]
fn a_trusted_self_signed_certificate_must_be_valid_now_and_for_the_name() {
    let ca = || IsCa::Ca(BasicConstraints::Unconstrained);
    let wrong = [
        (
            Pki::self_signed(|params| {
                params.is_ca = ca();
                params.not_after = date_time_ymd(2020, 1, 1);
            }),
            "the certificate has expired",
        ),
        (
            Pki::self_signed(|params| {
                params.is_ca = ca();
                params.not_before = date_time_ymd(3000, 1, 1);
            }),
            "the certificate is not valid yet",
        ),
        (
            Pki::self_signed(|params| {
                params.is_ca = ca();
                params.subject_alt_names =
                    vec![SanType::DnsName("elsewhere.test".try_into().unwrap())];
            }),
            "the certificate is for another name",
        ),
    ];
    for (pki, why) in wrong {
        let server = hello(&pki, false);
        let mut job = secure(server.address, &pki, 1, 3);
        let outcome = run(job.clone());
        all_fail_with_tls(&outcome);
        assert_eq!(cause(&outcome), why);
        job.transport.insecure = true;
        assert_eq!(run(job).totals.ok, 3, "unchecked: {why}");
    }
}

#[test]
fn requests_go_through_tls_on_kept_connections() {
    let pki = Pki::new("localhost");
    let server = hello(&pki, false);
    let outcome = run(secure(server.address, &pki, 3, 20));
    assert_eq!((outcome.totals.ok, outcome.totals.failures()), (60, 0), "{:?}", outcome.totals);
    assert_eq!((server.requests(), server.connections()), (60, 3));
    assert_eq!((outcome.phases.connect.len(), outcome.phases.tls.len()), (3, 3));
    assert_eq!(outcome.phases.first_byte.len(), 60);
}

#[test]
fn without_reuse_each_request_pays_for_a_handshake() {
    let pki = Pki::new("localhost");
    let server = hello(&pki, false);
    let mut job = secure(server.address, &pki, 1, 5);
    job.reuse = Reuse::No;
    let outcome = run(job);
    assert_eq!((outcome.totals.ok, server.connections()), (5, 5));
    assert_eq!(outcome.phases.tls.len(), 5);
}

#[test]
fn replies_of_any_length_are_read_over_tls() {
    let pki = Pki::new("localhost");
    let long = "x".repeat(300_000);
    let server = Server::start_tls(pki.server(false), move |_| Act::Send(ok(&long)));
    let outcome = run(secure(server.address, &pki, 2, 3));
    assert_eq!((outcome.totals.ok, outcome.totals.bytes), (6, 6 * 300_000));
}

#[test]
fn a_certificate_of_an_unknown_issuer_is_counted_as_tls() {
    let (pki, other) = (Pki::new("localhost"), Pki::new("localhost"));
    let server = hello(&pki, false);
    let outcome = run(secure(server.address, &other, 1, 3));
    all_fail_with_tls(&outcome);
    let same_name = "a signature does not fit, or its RSA key has less than 2048 bits";
    assert_eq!(cause(&outcome), same_name);
    assert_eq!((outcome.record.unknown, latency(&outcome).len()), (0, 0), "nothing was sent");
    let other =
        Pki::self_signed(|params| params.distinguished_name.push(DnType::CommonName, "other"));
    let outcome = run(secure(server.address, &other, 1, 3));
    all_fail_with_tls(&outcome);
    assert_eq!(cause(&outcome), "the certificate's issuer is not trusted");
}

#[test]
fn a_certificate_for_another_name_is_counted_as_tls() {
    let pki = Pki::new("elsewhere.test");
    let server = hello(&pki, false);
    let mut job = secure(server.address, &pki, 1, 3);
    let outcome = run(job.clone());
    all_fail_with_tls(&outcome);
    assert_eq!(cause(&outcome), "the certificate is for another name");
    job.transport.server_name = Some("elsewhere.test".to_owned());
    assert_eq!(run(job).totals.ok, 3);
}

#[test]
fn insecure_accepts_any_certificate() {
    let (pki, other) = (Pki::new("elsewhere.test"), Pki::new("localhost"));
    let server = hello(&pki, false);
    let mut job = secure(server.address, &other, 1, 3);
    job.transport.insecure = true;
    assert_eq!(run(job).totals.ok, 3);
}

#[test]
fn a_server_may_ask_for_a_clients_certificate() {
    let pki = Pki::new("localhost");
    let server = hello(&pki, true);
    let mut job = secure(server.address, &pki, 1, 3);
    // Without one the server ends the connection with an alert, after the client's side of the
    // handshake is done.
    let outcome = run(job.clone());
    all_fail_with_tls(&outcome);
    assert_eq!(cause(&outcome), "the server's alert: certificate required");
    job.transport.identity = Some(pki.identity());
    assert_eq!(run(job).totals.ok, 3);
}

#[test]
fn a_server_without_tls_is_counted_as_tls() {
    let pki = Pki::new("localhost");
    let plain = Server::start(|_| Act::Close);
    let outcome = run(Job {
        timeout: std::time::Duration::from_secs(2),
        ..secure(plain.address, &pki, 1, 2)
    });
    assert_eq!(outcome.totals.failures(), 2, "{:?}", outcome.totals);
    assert_eq!(outcome.totals.replies, 0);
}

#[test]
fn a_load_with_invalid_certificate_files_does_not_start() {
    let pki = Pki::new("localhost");
    let error = |change: fn(&mut Job, &Pki)| {
        let mut job = secure("127.0.0.1:1".parse().unwrap(), &pki, 1, 1);
        change(&mut job, &pki);
        let error = start(vec![job], std::time::Instant::now(), 1).expect_err("must not start");
        assert!(matches!(error, StartError::Tls { .. }), "{error}");
        error.to_string().replace(&pki.file("").display().to_string(), "DIR/")
    };
    let errors = [
        error(|job, pki| job.transport.ca = Some(pki.file("none.pem"))),
        error(|job, pki| job.transport.ca = Some(pki.file("client-key.pem"))),
        error(|job, pki| {
            let mut identity = pki.identity();
            identity.key = pki.file("client.pem");
            job.transport.identity = Some(identity);
        }),
        error(|job, pki| {
            let key = std::fs::read_to_string(pki.file("client-key.pem")).unwrap();
            let encrypted = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
            std::fs::write(pki.file("encrypted.pem"), encrypted).unwrap();
            let mut identity = pki.identity();
            identity.key = pki.file("encrypted.pem");
            job.transport.identity = Some(identity);
        }),
        error(|job, _| job.transport.server_name = Some("no such name".to_owned())),
    ];
    insta::assert_snapshot!(errors.join("\n"));
}

//! Unix sockets.

use brunt_scenarios::timeline::Failure;

use crate::jobs::{closed, failed, run};
use crate::server::{Act, Server, ok};

#[test]
fn a_load_can_use_a_unix_socket() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let server = Server::start_unix(&path, |_| Act::Send(ok("hello")));
    let mut job = closed(&server, 3, 20);
    job.requests[0].address.host = "no-such-name.invalid".to_owned();
    job.requests[0].address.unix = Some(path);
    let outcome = run(job);
    assert_eq!((outcome.totals.ok, outcome.totals.failures()), (60, 0), "{:?}", outcome.totals);
    assert_eq!((server.requests(), server.connections()), (60, 3));
}

#[test]
fn a_missing_unix_socket_is_counted_as_connect() {
    let folder = tempfile::tempdir().unwrap();
    let mut job = closed(&Server::well(), 1, 3);
    job.requests[0].address.unix = Some(folder.path().join("none"));
    assert_eq!(failed(&run(job), Failure::Connect), 3);
}

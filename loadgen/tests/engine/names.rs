//! Names and their addresses.

use std::time::Duration;

use brunt_loadgen::{Reuse, StartError, start};

use crate::jobs::{closed, run};
use crate::server::{Act, Server, ok};

#[test]
fn a_load_on_an_unknown_host_does_not_start() {
    let mut job = closed(&Server::well(), 1, 1);
    job.requests[0].address.host = "no-such-name.invalid".to_owned();
    let error = start(vec![job], std::time::Instant::now(), 1).expect_err("must not start");
    assert!(matches!(error, StartError::Lookup { .. }), "{error}");
}

#[test]
fn a_name_may_be_looked_up_for_each_connection() {
    let server = Server::start(|_| Act::SendAndClose(ok("x")));
    let mut job = closed(&server, 3, 10);
    job.requests[0].address.host = "localhost".to_owned();
    job.reuse = Reuse::No;
    job.transport.lookup = Duration::ZERO;
    let outcome = run(job);
    assert_eq!((outcome.totals.ok, server.connections()), (30, 30), "{:?}", outcome.causes);
    assert_eq!(outcome.phases.connect.len(), 30);
}

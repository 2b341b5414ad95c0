//! Options that say how servers are reached.

use brunt_reports::Exit;

use crate::run;
use crate::server::{Act, Server, ok};
use crate::wires::Pki;

#[test]
fn https_is_checked_against_the_authorities_that_are_named() {
    let pki = Pki::new("localhost");
    let server = Server::start_tls(pki.server(false), |_| Act::Send(ok("hello")));
    let url = format!("https://localhost:{}/", server.address.port());
    let ca = pki.file("ca.pem").display().to_string();
    let (exit, out, err) = run(&["-c2", "-r5", "-j", "-q", "--cacert", &ca, &url]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((exit, json["transactions"].as_u64()), (Exit::Pass, Some(10)), "{err}");
    let (exit, _, err) = run(&["-c1", "-r2", &url]);
    assert_eq!(exit, Exit::Inconclusive, "no reply at all");
    assert!(err.contains("failed, tls: 2"), "{err}");
    let (exit, _, err) = run(&["-c1", "-r2", "-k", &url]);
    assert_eq!(exit, Exit::Pass, "{err}");
}

#[test]
fn one_page_comes_over_tls_and_mutual_tls_too() {
    let pki = Pki::new("localhost");
    let server = Server::start_tls(pki.server(true), |_| Act::Send(ok("hello")));
    let url = format!("https://localhost:{}/", server.address.port());
    let [ca, cert, key] =
        ["ca.pem", "client.pem", "client-key.pem"].map(|name| pki.file(name).display().to_string());
    let (exit, out, _) = run(&["-p", "--cacert", &ca, "--cert", &cert, "--key", &key, &url]);
    assert_eq!(exit, Exit::Pass);
    assert!(out.ends_with("hello\n"), "{out}");
    let (exit, _, _) = run(&["-p", "--cacert", &ca, &url]);
    assert_eq!(exit, Exit::Inconclusive);
}

#[test]
fn a_unix_socket_can_be_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let _server = Server::start_unix(&path, |_| Act::Send(ok("hello")));
    let path = path.display().to_string();
    let (exit, _, err) = run(&["-c2", "-r5", "--unix-socket", &path, "http://localhost/"]);
    assert_eq!(exit, Exit::Pass, "{err}");
    assert!(err.contains("10 of 10"), "{err}");
}

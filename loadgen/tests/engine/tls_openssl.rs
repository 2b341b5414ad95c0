//! Certificates as `openssl` makes them, on a server of OpenSSL: kinds that rustls cannot serve.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use brunt_loadgen::{Address, LoadOutcome};

use crate::jobs::{closed, run};
use crate::server::Server;

/// `openssl s_server`, which ends with the test.
struct OpenSsl {
    child: Child,
    port: u16,
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn openssl(folder: &Path, arguments: &str) {
    let mut command = Command::new("openssl");
    let output = command.args(arguments.split(' ')).current_dir(folder).output();
    let output = output.expect("needs openssl");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Serves its status page with `NAME.pem` and `NAME.key`.
fn serve(folder: &Path, name: &str, more: &[&str]) -> OpenSsl {
    let mut command = Command::new("openssl");
    command.args(["s_server", "-accept", "127.0.0.1:0", "-www", "-cipher", "ALL:@SECLEVEL=0"]);
    command.args(["-cert", &format!("{name}.pem"), "-key", &format!("{name}.key")]).args(more);
    command.current_dir(folder).stdin(Stdio::null()).stderr(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).spawn().expect("needs openssl");
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let accept = lines.find_map(|line| line.strip_prefix("ACCEPT ").map(str::to_owned));
    let port = accept.expect("it listens").rsplit_once(':').unwrap().1.parse().unwrap();
    // It blocks once nobody takes its output.
    std::thread::spawn(move || lines.by_ref().for_each(drop));
    OpenSsl { child, port }
}

fn load(server: &OpenSsl, ca: Option<&Path>) -> LoadOutcome {
    let mut job = closed(&Server::well(), 1, 2);
    let url = format!("https://localhost:{}", server.port);
    job.requests[0].address = Address::split(&url).unwrap().0;
    job.transport.insecure = ca.is_none();
    job.transport.ca = ca.map(Path::to_owned);
    run(job)
}

const HANDSHAKE_FAILURE: &str = "the server's alert: handshake failure (no common cipher suite, or \
    a kind of key that is not supported, such as P-521)";

fn cause(outcome: &LoadOutcome) -> Option<&'static str> {
    outcome.causes.keys().map(|(_, cause)| *cause).next()
}

#[test]
#[ignore = "needs openssl"]
fn the_one_liner_of_tutorials_is_trusted_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    openssl(
        at,
        "req -x509 -newkey rsa:2048 -nodes -keyout a.key -out a.pem -days 30 -subj /CN=localhost \
         -addext subjectAltName=DNS:localhost",
    );
    let server = serve(at, "a", &[]);
    let outcome = load(&server, Some(&at.join("a.pem")));
    assert_eq!(outcome.totals.ok, 2, "{:?}", outcome.causes);
    let mut public = closed(&Server::well(), 1, 1);
    let url = format!("https://localhost:{}", server.port);
    public.requests[0].address = Address::split(&url).unwrap().0;
    assert_eq!(
        cause(&run(public)),
        Some("the certificate is its own authority and not trusted; --cacert names those that are")
    );
}

#[test]
#[ignore = "needs openssl"]
fn old_certificates_hold_unchecked_and_are_refused_with_the_reason_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    // X.509 version 1, as `x509 -req` without extensions makes it.
    openssl(at, "req -newkey rsa:2048 -nodes -keyout v1.key -out v1.csr -subj /CN=localhost");
    openssl(at, "x509 -req -in v1.csr -signkey v1.key -days 30 -out v1.pem");
    openssl(
        at,
        "req -x509 -newkey rsa:1024 -nodes -keyout short.key -out short.pem -days 30 -subj \
         /CN=localhost -addext subjectAltName=DNS:localhost",
    );
    openssl(at, "ecparam -name secp521r1 -genkey -noout -out p521.key");
    openssl(
        at,
        "req -x509 -key p521.key -out p521.pem -days 30 -subj /CN=localhost -addext \
         subjectAltName=DNS:localhost",
    );
    let both: &[&str] = &["-tls1_2", "-tls1_3"];
    let why = [
        ("v1", both, "the certificate is of an old version of X.509"),
        ("short", both, "a signature does not fit, or its RSA key has less than 2048 bits"),
        // In TLS 1.2 a server shows no key of a curve that the client has no exchange for.
        ("p521", &["-tls1_3"], HANDSHAKE_FAILURE),
    ];
    for (name, versions, why) in why {
        for version in versions {
            let server = serve(at, name, &[version]);
            let unchecked = load(&server, None);
            assert_eq!(unchecked.totals.ok, 2, "{name} {version}: {:?}", unchecked.causes);
            let checked = load(&server, Some(&at.join(format!("{name}.pem"))));
            assert_eq!((checked.totals.ok, cause(&checked)), (0, Some(why)), "{name} {version}");
        }
    }
}

#[test]
#[ignore = "needs openssl"]
fn an_unknown_critical_extension_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    openssl(
        at,
        "req -x509 -newkey rsa:2048 -nodes -keyout a.key -out a.pem -days 30 -subj /CN=localhost \
         -addext subjectAltName=DNS:localhost -addext 1.2.3.4=critical,DER:0500",
    );
    let outcome = load(&serve(at, "a", &[]), Some(&at.join("a.pem")));
    assert_eq!(outcome.totals.ok, 0);
    assert_eq!(cause(&outcome), Some("the certificate has an unknown critical extension"));
}

#[test]
#[ignore = "needs openssl"]
fn a_server_of_an_old_version_of_tls_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    openssl(
        at,
        "req -x509 -newkey rsa:2048 -nodes -keyout a.key -out a.pem -days 30 -subj /CN=localhost \
         -addext subjectAltName=DNS:localhost",
    );
    let outcome = load(&serve(at, "a", &["-tls1_1"]), None);
    assert_eq!(cause(&outcome), Some("the server's alert: protocol version"));
}

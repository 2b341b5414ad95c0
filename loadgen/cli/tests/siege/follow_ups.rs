//! What replies lead to: redirects and the resources of pages.

use brunt_reports::Exit;

use crate::run;
use crate::server::{Act, Server, ok};

fn redirect(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

#[test]
fn redirects_without_an_end_are_a_failure() {
    let server = Server::start(|_| Act::Send(redirect("/again")));
    let (exit, _, err) = run(&["-c1", "-r2", "--slo", "errors=5%", &server.url()]);
    assert_eq!((exit, server.requests()), (Exit::Fail, 22), "{err}");
    assert!(err.contains("  failed, status 302: 2\n    more than ten redirects: 2\n"), "{err}");
    assert!(err.contains("Good replies (2xx and 3xx): 20 of 22"), "{err}");
}

#[test]
fn ten_redirects_are_followed() {
    let server = Server::start(|number| match number {
        ..10 => Act::Send(redirect("/again")),
        _ => Act::Send(ok("there")),
    });
    let (exit, _, err) = run(&["-c1", "-r1", "--slo", "errors=0%", &server.url()]);
    assert_eq!((exit, server.requests()), (Exit::Pass, 11), "{err}");
}

#[test]
fn a_redirect_with_a_name_and_password_is_followed_to_a_server_that_a_url_names() {
    let there = Server::well();
    let port = there.address.port();
    let here =
        Server::start(move |_| Act::Send(redirect(&format!("http://ann:pw@127.0.0.1:{port}/in"))));
    let list = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(list.path(), format!("{}/\n{}/\n", here.url(), there.url())).unwrap();
    let (_, _, err) = run(&["-c1", "-r1", "-f", list.path().to_str().unwrap()]);
    // Where its one user begins, and what that led to.
    assert_eq!((here.requests(), there.requests()), (1, 1), "{err}");
}

#[test]
fn of_a_page_with_many_images_a_thousand_are_fetched_and_the_rest_is_counted() {
    let images: String = (0..20_000).map(|number| format!("<img src=\"/{number}\">")).collect();
    let server = Server::start(move |number| match number {
        0 => Act::Send(
            format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{images}",
                images.len()
            )
            .into_bytes(),
        ),
        _ => Act::Send(ok("")),
    });
    let (_, _, err) = run(&["--parser", "-c1", "-r1", &server.url()]);
    assert_eq!(server.requests(), 1_001, "{err}");
    let note = "Not fetched: 19000 links of pages, each beyond the first 1000 of its page\n";
    assert!(err.contains(note), "{err}");
}

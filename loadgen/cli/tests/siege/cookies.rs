//! Users of single requests keep cookies.

use brunt_reports::Exit;

use crate::run;
use crate::shop::{Seen, Shop, reply};

/// Redirects a user without a session to get one, and back.
fn gate() -> Shop {
    Shop::start(|seen| {
        Some(match (seen.path.as_str(), seen.header("cookie")) {
            ("/in", _) => reply(302, "Location: /\r\nSet-Cookie: sid=1\r\n", b""),
            (_, "") => reply(302, "Location: /in\r\n", b""),
            _ => reply(200, "", b"you are in"),
        })
    })
}

fn paths(shop: &Shop) -> Vec<String> {
    let what = |seen: Seen| format!("{} {}", seen.path, seen.header("cookie"));
    shop.seen().into_iter().map(what).collect()
}

#[test]
fn a_session_that_a_redirect_opens_stays_with_its_user() {
    let shop = gate();
    let (exit, _, err) = run(&["-c1", "-r2", "-b", &shop.url()]);
    assert_eq!(exit, Exit::Pass, "{err}");
    assert_eq!(paths(&shop), ["/ ", "/in ", "/ sid=1", "/ sid=1"]);
}

#[test]
fn each_arrival_of_an_open_load_is_a_new_user() {
    let shop = gate();
    let (exit, _, err) = run(&["-c1", "--rate", "20/s", "-t0.2S", &shop.url()]);
    assert_eq!(exit, Exit::Pass, "{err}");
    let asked = paths(&shop);
    assert!(asked.len() >= 9, "{asked:?}");
    for newcomer in asked.chunks(3) {
        assert_eq!(newcomer, ["/ ", "/in ", "/ sid=1"]);
    }
}

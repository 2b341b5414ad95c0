use std::time::{Duration, SystemTime};

use proptest::prelude::*;

use super::MOST;
use super::cookie::covers;

use super::CookieJar;
use crate::address::Address;

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

/// What is sent to a URL after these replies of others.
fn sent(set: &[(&str, &str)], to: &str, later: u64) -> String {
    let mut jar = CookieJar::default();
    for (from, header) in set {
        let (from, path) = Address::split(from).unwrap();
        jar.take(header, &from, path, now());
    }
    let (to, path) = Address::split(to).unwrap();
    jar.header(&to, path, now() + Duration::from_secs(later)).unwrap_or_default()
}

#[test]
fn a_cookie_goes_back_to_its_host_only() {
    let set = [("http://shop.test/login", "sid=1; HttpOnly; SameSite=Lax")];
    assert_eq!(sent(&set, "http://SHOP.test:81/x?y", 0), "sid=1");
    assert_eq!(sent(&set, "http://www.shop.test/", 0), "");
    assert_eq!(sent(&set, "http://test/", 0), "");
}

#[test]
fn a_cookies_domain_extends_it_to_subdomains_only() {
    let set = [("http://www.shop.test/", "sid=1; Domain=.Shop.Test")];
    assert_eq!(sent(&set, "http://shop.test/", 0), "sid=1");
    assert_eq!(sent(&set, "http://api.shop.test/", 0), "sid=1");
    assert_eq!(sent(&set, "http://myshop.test/", 0), "");
    for foreign in ["other.test", "test", "x.www.shop.test"] {
        let header = format!("sid=1; Domain={foreign}");
        assert_eq!(
            sent(&[("http://www.shop.test/", &header)], "http://www.shop.test/", 0),
            "",
            "{foreign}"
        );
    }
    assert_eq!(sent(&[("http://127.0.0.1/", "a=1; Domain=0.0.1")], "http://127.0.0.1/", 0), "");
}

#[test]
fn a_cookies_path_covers_the_paths_below_it() {
    let set = [
        ("http://h/a/b?c/d", "deep=1"),
        ("http://h/", "top=2; Path=/"),
        ("http://h/", "odd=3; Path=x"),
    ];
    assert_eq!(sent(&set, "http://h/a/x", 0), "deep=1; top=2; odd=3");
    assert_eq!(sent(&set, "http://h/ab", 0), "top=2; odd=3");
    assert!(covers("/a", "/a/") && covers("/a/", "/a/b") && !covers("/a/", "/a"));
}

#[test]
fn cookies_expire() {
    let set = |header| [("http://h/", header)];
    assert_eq!(sent(&set("a=1; Max-Age=10"), "http://h/", 9), "a=1");
    assert_eq!(sent(&set("a=1; Max-Age=10"), "http://h/", 10), "");
    assert_eq!(sent(&set("a=1; Expires=Tue, 14 Nov 2023 22:13:30 GMT"), "http://h/", 9), "a=1");
    assert_eq!(sent(&set("a=1; Expires=Tue, 14 Nov 2023 22:13:30 GMT"), "http://h/", 11), "");
    assert_eq!(
        sent(&set("a=1; Max-Age=99; Expires=Thu, 01 Jan 1970 00:00:00 GMT"), "http://h/", 0),
        "a=1"
    );
    assert_eq!(sent(&set("a=1; Max-Age=nonsense"), "http://h/", 0), "a=1");
    assert_eq!(sent(&set("a=1; Max-Age=99999999999999999999999"), "http://h/", 0), "a=1");
    assert_eq!(sent(&[("http://h/", "a=1"), ("http://h/", "a=; Max-Age=-1")], "http://h/", 0), "");
    assert_eq!(sent(&[("http://h/", "a=1"), ("http://h/", "a=2")], "http://h/", 0), "a=2");
}

#[test]
fn a_secure_cookie_is_only_sent_over_tls() {
    assert_eq!(sent(&[("https://h/", "a=1; Secure")], "https://h/", 0), "a=1");
    assert_eq!(sent(&[("https://h/", "a=1; Secure")], "http://h/", 0), "");
    assert_eq!(sent(&[("http://h/", "a=1; Secure")], "https://h/", 0), "");
}

#[test]
fn invalid_cookies_are_ignored_and_a_jar_is_bounded() {
    for header in ["", "a", "=1", "a\u{1}=1", ";a=1"] {
        assert_eq!(sent(&[("http://h/", header)], "http://h/", 0), "", "{header:?}");
    }
    let (from, _) = Address::split("http://h/").unwrap();
    let mut jar = CookieJar::default();
    (0..2 * MOST).for_each(|number| jar.take(&format!("c{number}=1"), &from, "/", now()));
    assert_eq!(jar.0.len(), MOST);
}

proptest! {
    #[test]
    fn any_cookies_make_a_header_of_one_line(header in "\\PC{0,40}", path in "/[a-z/?]{0,8}") {
        let (from, _) = Address::split("http://h/").unwrap();
        let mut jar = CookieJar::default();
        jar.take(&header, &from, &path, now());
        let sent = jar.header(&from, &path, now()).unwrap_or_default();
        prop_assert!(!sent.contains(['\r', '\n', ';']), "{sent:?}");
    }
}

//! `Set-Cookie`, as RFC 6265 has clients read it.

use std::time::{Duration, SystemTime};

use super::cookie::{Cookie, is_below, is_trustworthy};
use super::date::date;
use crate::address::Address;

/// The longest `Set-Cookie` that is taken, in bytes; longer ones are ignored.
const LONGEST: usize = 8 * 1024;

/// Parses a cookie; `None` when the server may not set it, or the header is none.
pub(super) fn cookie(header: &str, from: &Address, path: &str, now: SystemTime) -> Option<Cookie> {
    let mut parts = header.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    let clean = |text: &str| !text.contains(|c: char| c.is_ascii_control());
    if name.is_empty() || header.len() > LONGEST || !clean(name) || !clean(value) {
        return None;
    }
    let host = from.host.to_ascii_lowercase();
    let mut cookie = Cookie {
        name: name.to_owned(),
        value: value.to_owned(),
        domain: host.clone(),
        host_only: true,
        path: folder(path).to_owned(),
        secure: false,
        expires: None,
    };
    let mut max_age = None;
    for part in parts {
        let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
        let value = value.trim();
        match attribute.trim().to_ascii_lowercase().as_str() {
            "domain" => cookie.belongs(value, &host)?,
            "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
            "path" => folder(path).clone_into(&mut cookie.path),
            "secure" => cookie.secure = true,
            "max-age" => max_age = age(value, now).or(max_age),
            "expires" => cookie.expires = date(value).or(cookie.expires),
            _ => {}
        }
    }
    // Max-Age wins, wherever it stands (RFC 6265, 5.3).
    cookie.expires = max_age.or(cookie.expires);
    (!cookie.secure || is_trustworthy(from)).then_some(cookie)
}

impl Cookie {
    /// Extends the cookie to a domain; `None` when the host is not in that domain.
    fn belongs(&mut self, domain: &str, host: &str) -> Option<()> {
        let domain = domain.strip_prefix('.').unwrap_or(domain).to_ascii_lowercase();
        if domain.is_empty() {
            return Some(());
        }
        (host == domain || is_below(host, &domain) && domain.contains('.')).then(|| {
            self.domain = domain;
            self.host_only = false;
        })
    }
}

/// When a `Max-Age` in seconds ends; one that is not above zero has ended already.
fn age(value: &str, now: SystemTime) -> Option<SystemTime> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = value.parse::<u64>().unwrap_or(if value.starts_with('-') { 0 } else { u64::MAX });
    // A longer age would overflow the clock on some systems.
    let most = Duration::from_secs(100 * 365 * 24 * 3600);
    now.checked_add(Duration::from_secs(seconds).min(most))
}

/// The folder of a request's path, which is the default path of a cookie (RFC 6265, 5.1.4).
fn folder(path: &str) -> &str {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    match path.rfind('/') {
        Some(end) if end > 0 && path.starts_with('/') => &path[..end],
        _ => "/",
    }
}

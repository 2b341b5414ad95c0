//! One cookie, and which requests it goes with.

use std::time::SystemTime;

use crate::address::{Address, Scheme};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cookie {
    pub name: String,
    pub value: String,
    pub domain: String,
    /// Whether it is for this host alone and not for its subdomains.
    pub host_only: bool,
    pub path: String,
    pub secure: bool,
    /// `None` for a session cookie, which lasts as long as the user.
    pub expires: Option<SystemTime>,
}

impl Cookie {
    pub fn goes(&self, to: &Address, path: &str, now: SystemTime) -> bool {
        let host = to.host.to_ascii_lowercase();
        let of_host = host == self.domain || !self.host_only && is_below(&host, &self.domain);
        let is_live = self.expires.is_none_or(|expires| expires > now);
        of_host && is_live && covers(&self.path, path) && (!self.secure || is_trustworthy(to))
    }
}

/// Whether `Secure` cookies may go there: over TLS, or to this machine. Browsers take cookies of a
/// service on localhost like this, and nobody can listen in between.
pub(super) fn is_trustworthy(server: &Address) -> bool {
    let is_loopback = |address: std::net::IpAddr| address.is_loopback();
    server.scheme == Scheme::Https
        || server.host == "localhost"
        || server.host.ends_with(".localhost")
        || server.host.parse().is_ok_and(is_loopback)
}

/// Whether a host is a subdomain of a domain. An IP address is none.
pub(super) fn is_below(host: &str, domain: &str) -> bool {
    let is_name = host.parse::<std::net::IpAddr>().is_err();
    is_name && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// Whether a cookie's path matches the request's (RFC 6265, 5.1.4): it is the same, or a
/// folder above it.
pub(super) fn covers(cookie: &str, request: &str) -> bool {
    request
        .strip_prefix(cookie)
        .is_some_and(|rest| rest.is_empty() || cookie.ends_with('/') || rest.starts_with('/'))
}

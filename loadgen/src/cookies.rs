//! Cookies as a browser keeps them (RFC 6265): host, path, expiry, and `Secure`.
//!
//! There is no list of public suffixes: a cookie for a whole domain is taken from any host in it. A
//! load goes only to servers that it names, so there is nobody to protect from them.

mod parse;

use std::time::SystemTime;

use crate::job::{Address, Request, Scheme};

/// The most cookies of one user; the oldest goes first.
const MOST: usize = 300;

/// One user's cookies.
#[derive(Debug, Clone, Default)]
pub(crate) struct CookieJar(Vec<Cookie>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Cookie {
    name: String,
    value: String,
    domain: String,
    /// For this host alone, not for those below it.
    host_only: bool,
    path: String,
    secure: bool,
    /// `None` for as long as the user stays.
    expires: Option<SystemTime>,
}

impl CookieJar {
    /// Keeps what a reply's `Set-Cookie` says, or drops what it says is over.
    pub fn take(&mut self, header: &str, from: &Address, path: &str, now: SystemTime) {
        let Some(cookie) = parse::cookie(header, from, path, now) else { return };
        let same = |other: &Cookie| {
            (&other.name, &other.domain, &other.path)
                == (&cookie.name, &cookie.domain, &cookie.path)
        };
        let is_over = cookie.expires.is_some_and(|expires| expires <= now);
        match (self.0.iter().position(same), is_over) {
            (Some(place), true) => drop(self.0.remove(place)),
            (Some(place), false) => self.0[place] = cookie,
            (None, true) => {}
            (None, false) => {
                if self.0.len() == MOST {
                    self.0.remove(0);
                }
                self.0.push(cookie);
            }
        }
    }

    /// The request with the cookies that go with it; `None` when there are none.
    pub fn with(&self, request: &Request) -> Option<Request> {
        if self.0.is_empty() {
            return None;
        }
        let cookies = self.header(&request.address, &request.path, SystemTime::now())?;
        let mut with = request.clone();
        match with.headers.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("cookie")) {
            Some((_, own)) => *own = format!("{own}; {cookies}"),
            None => with.headers.push(("Cookie".to_owned(), cookies)),
        }
        Some(with)
    }

    /// What to send with a request: those with longer paths first, then the older ones.
    fn header(&self, to: &Address, path: &str, now: SystemTime) -> Option<String> {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let mut all: Vec<&Cookie> =
            self.0.iter().filter(|cookie| cookie.goes(to, path, now)).collect();
        all.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> =
            all.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// A new user has none.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

impl Cookie {
    fn goes(&self, to: &Address, path: &str, now: SystemTime) -> bool {
        let host = to.host.to_ascii_lowercase();
        let of_host = host == self.domain || !self.host_only && is_below(&host, &self.domain);
        let is_live = self.expires.is_none_or(|expires| expires > now);
        of_host
            && is_live
            && covers(&self.path, path)
            && (!self.secure || to.scheme == Scheme::Https)
    }
}

/// Whether a host lies in a domain. An address lies in none.
fn is_below(host: &str, domain: &str) -> bool {
    let is_name = host.parse::<std::net::IpAddr>().is_err();
    is_name && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// Whether a cookie's path is the request's, or a folder above it.
fn covers(cookie: &str, request: &str) -> bool {
    request
        .strip_prefix(cookie)
        .is_some_and(|rest| rest.is_empty() || cookie.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests;

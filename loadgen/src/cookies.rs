//! Cookies as a browser keeps them (RFC 6265): host, path, expiry, and `Secure`.
//!
//! There is no list of public suffixes: a cookie for a whole domain is taken from any host in it. A
//! load goes only to servers that it names, so no other site can be tracked or attacked with one.

mod cookie;
mod date;
mod parse;

use std::time::SystemTime;

use cookie::Cookie;

use crate::address::Address;
use crate::request::HttpRequest;

/// The most cookies of one user; beyond it the oldest is dropped.
const MOST: usize = 300;

/// One user's cookies.
#[derive(Debug, Clone, Default)]
pub(crate) struct CookieJar(Vec<Cookie>);

impl CookieJar {
    /// Stores the cookie of a reply's `Set-Cookie`, or removes the one that it declares expired.
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

    /// A copy of the request with the cookies that belong to it; `None` when there are none, so
    /// that most requests are not copied.
    pub fn with(&self, request: &HttpRequest) -> Option<HttpRequest> {
        if self.0.is_empty() {
            return None;
        }
        let cookies = self.header(&request.address, &request.path, SystemTime::now())?;
        let mut with = request.clone();
        match with.headers.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("cookie")) {
            // A request may have one Cookie header (RFC 6265, 5.4), so the user's own is extended.
            Some((_, own)) => *own = merged(own, &cookies),
            None => with.headers.push(("Cookie".to_owned(), cookies)),
        }
        Some(with)
    }

    /// The value of `Cookie`: those with longer paths first, then the older ones (RFC 6265, 5.4).
    fn header(&self, to: &Address, path: &str, now: SystemTime) -> Option<String> {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let mut all: Vec<&Cookie> =
            self.0.iter().filter(|cookie| cookie.goes(to, path, now)).collect();
        all.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> =
            all.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Forgets all cookies, for a new user.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// A request's own cookies, without those of which the server has set another value since, and the
/// server's. A recording has the cookies of its time, and a server that gets both takes any.
fn merged(own: &str, set: &str) -> String {
    let name = |pair: &str| pair.split('=').next().unwrap_or_default().trim().to_owned();
    let names: Vec<String> = set.split(';').map(name).collect();
    let kept =
        own.split(';').filter(|pair| !pair.trim().is_empty() && !names.contains(&name(pair)));
    let all = kept.map(str::trim).chain(std::iter::once(set));
    all.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests;

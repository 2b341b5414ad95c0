//! Where a server is.

use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

/// A text that is not a base URL with http or https.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an address: write it like http://127.0.0.1:8080")]
pub struct AddressError(pub String);

/// Whether a server is reached with TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain HTTP; port 80 unless given.
    Http,
    /// HTTP over TLS; port 443 unless given.
    Https,
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// Decides on TLS, and on the port that a URL may leave out.
    pub scheme: Scheme,
    /// A name or an IP address; IPv6 without brackets.
    pub host: String,
    /// The TCP port, 80 or 443 by the scheme unless the URL has one.
    pub port: u16,
    /// A Unix socket to connect to instead; host and port then only name the server in
    /// requests and certificates.
    pub unix: Option<PathBuf>,
}

impl Scheme {
    /// The port that a URL without one means.
    pub fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl Address {
    /// Splits `http://host:port/path`, or the same with https, into the address and what follows
    /// it, which is empty or starts with `/` or `?`.
    ///
    /// # Errors
    /// [`AddressError`] for anything that is not such a URL.
    pub fn split(url: &str) -> Result<(Self, &str), AddressError> {
        let bad = || AddressError(url.to_owned());
        let (scheme, rest) = match url.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (Scheme::Http, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (Scheme::Https, rest),
            _ => return Err(bad()),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let path = path.split('#').next().unwrap_or_default();
        let authority: http::uri::Authority = authority.parse().map_err(|_| bad())?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let plain = !authority.as_str().contains('@') && !host.is_empty();
        let port = match authority.port_u16() {
            Some(port) => port,
            None if authority.as_str().ends_with(authority.host()) => scheme.port(),
            None => return Err(bad()),
        };
        let host = host.to_owned();
        plain.then_some((Self { scheme, host, port, unix: None }, path)).ok_or_else(bad)
    }

    /// Host and port as requests name them: without the port if that is the protocol's own.
    pub fn authority(&self) -> String {
        let full = self.to_string();
        match full.strip_suffix(&format!(":{}", self.scheme.port())) {
            Some(host) => host.to_owned(),
            None => full,
        }
    }

    /// Looks the name up: all its addresses, at least one. `localhost` has two where a server may
    /// listen on one only.
    ///
    /// # Errors
    /// What the resolver says.
    pub fn resolve(&self) -> io::Result<Vec<SocketAddr>> {
        let found: Vec<_> = (self.host.as_str(), self.port).to_socket_addrs()?.collect();
        if found.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
        }
        Ok(found)
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Http => "http",
            Self::Https => "https",
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(out, "[{}]:{}", self.host, self.port)
        } else {
            write!(out, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(url: &str) -> Result<(String, String), AddressError> {
        Address::split(url).map(|(address, path)| (address.to_string(), path.to_owned()))
    }

    #[test]
    fn urls_are_split_into_address_and_path() {
        let ok = |address: &str, path: &str| Ok((address.to_owned(), path.to_owned()));
        assert_eq!(split("http://localhost"), ok("localhost:80", ""));
        assert_eq!(split("HTTP://localhost:8080/a?b#c"), ok("localhost:8080", "/a?b"));
        assert_eq!(split("http://[::1]:9/x"), ok("[::1]:9", "/x"));
        assert_eq!(split("http://h?q=1"), ok("h:80", "?q=1"));
        assert_eq!(split("https://h/x"), ok("h:443", "/x"));
    }

    #[test]
    fn the_authority_leaves_out_the_schemes_own_port() {
        let authority = |url: &str| Address::split(url).unwrap().0.authority();
        assert_eq!(authority("http://h"), "h");
        assert_eq!(authority("https://h:443/"), "h");
        assert_eq!(authority("https://h:80/"), "h:80");
        assert_eq!(authority("http://[::1]:80/"), "[::1]");
        assert_eq!(authority("http://[::1]:8080/"), "[::1]:8080");
    }

    #[test]
    fn texts_that_are_no_base_urls_are_refused() {
        for url in [
            "",
            "localhost",
            "ftp://h",
            "http://",
            "http://h:70000",
            "http://h:",
            "http://a b",
            "http://u:p@h",
        ] {
            assert_eq!(split(url), Err(AddressError(url.to_owned())), "{url}");
        }
    }
}

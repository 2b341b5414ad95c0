//! Where a server is.

use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

/// Why a text is not a base URL with http or https.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Anything that is no such URL.
    #[error("`{0}` is not an address: write it like http://127.0.0.1:8080")]
    NotUrl(String),
    /// `http://user:password@host`. The text is left out, as it holds the password.
    #[error("an address with a user's name in it: give the name and password with -u or `auth`")]
    UserInfo,
    /// `http://[fe80::1%eth0]`. A zone means something on one machine only, so that URLs have none
    /// (RFC 3986, 3.2.2).
    #[error(
        "`{0}` has the zone of an IPv6 address, which no URL can have: give another address of \
         the server"
    )]
    Zone(String),
    /// A name that no host can have.
    #[error("`{url}` has no valid host: {why}")]
    Host {
        /// As it was written.
        url: String,
        /// What is wrong with the name.
        why: url::ParseError,
    },
}

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
    /// A name or an IP address, as browsers normalise it: in lower case, names of other scripts in
    /// their ASCII form, IPv4 in four numbers; IPv6 without brackets.
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
        let bad = || AddressError::NotUrl(url.to_owned());
        let (scheme, rest) = match url.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (Scheme::Http, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (Scheme::Https, rest),
            _ => return Err(bad()),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let path = path.split('#').next().unwrap_or_default();
        if authority.contains('@') {
            return Err(AddressError::UserInfo);
        }
        // The colons of an IPv6 address stand in brackets.
        let (name, port) = match authority.rsplit_once(':') {
            Some((name, port)) if !port.contains(']') => (name, Some(port)),
            _ => (authority, None),
        };
        if name.starts_with('[') && name.contains('%') {
            return Err(AddressError::Zone(url.to_owned()));
        }
        let is_name = |name: &str| !name.is_empty() && !name.contains(char::is_whitespace);
        if !is_name(name) {
            return Err(bad());
        }
        let port = match port {
            Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                port.parse().map_err(|_| bad())?
            }
            Some(_) => return Err(bad()),
            None => scheme.port(),
        };
        let host = host(name).map_err(|why| AddressError::Host { url: url.to_owned(), why })?;
        Ok((Self { scheme, host, port, unix: None }, path))
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

/// A host as browsers normalise it, so that a link to the same server in another spelling leads to
/// the same server.
fn host(name: &str) -> Result<String, url::ParseError> {
    Ok(match url::Host::parse(name)? {
        url::Host::Domain(name) => name,
        url::Host::Ipv4(address) => address.to_string(),
        url::Host::Ipv6(address) => address.to_string(),
    })
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
    fn one_server_is_one_address_however_its_host_is_spelt() {
        let same = [
            ["http://LocalHost:8080", "http://localhost:8080"],
            ["http://127.1", "http://127.0.0.1:80"],
            ["http://[0:0:0:0:0:0:0:1]:9", "http://[::1]:9"],
            ["http://B\u{fc}cher.example", "http://xn--bcher-kva.example"],
            ["http://xn--BCHER-KVA.example:80/", "http://b\u{fc}cher.example/"],
        ];
        for [one, other] in same {
            assert_eq!(Address::split(one), Address::split(other), "{one}");
        }
        // Names of containers have underscores, which no public name may have.
        assert_eq!(split("http://my_shop:81").unwrap().0, "my_shop:81");
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
            "http://h:+1",
            "http://:80",
            "http://a b",
        ] {
            assert_eq!(split(url), Err(AddressError::NotUrl(url.to_owned())), "{url}");
        }
        let why = |url: &str| split(url).unwrap_err().to_string();
        assert!(!why("http://ann:s3cret@h").contains("s3cret"), "{}", why("http://ann:s3cret@h"));
        assert!(why("http://[fe80::1%25eth0]:80/").contains("zone"));
        assert!(why("http://[::g]/").starts_with("`http://[::g]/` has no valid host: "));
        assert!(why("http://a|b/").starts_with("`http://a|b/` has no valid host: "));
    }
}

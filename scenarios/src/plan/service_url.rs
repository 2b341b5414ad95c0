//! The URL of a service that runs already.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::system::Protocol;

/// A URL of one host and port, in any scheme:
/// `https://bank.example/api`, `postgres://app@db.example:5432/shop`, `tcp://10.0.0.7:9000`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceUrl {
    scheme: String,
    /// Before the `@`; may hold a password.
    user: Option<String>,
    /// An IPv6 address is in brackets.
    host: String,
    /// As it is written.
    port: Option<u16>,
    /// The scheme's port unless another one is written.
    effective_port: u16,
    /// Path, query and fragment, without a slash at the end.
    rest: String,
}

/// Why a text is no URL of a service.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum InvalidServiceUrl {
    #[error("`{url}` is not a URL")]
    NoUrl { url: String },
    #[error("`{url}` names several hosts")]
    SeveralHosts { url: String },
    #[error("`{url}` names no port, and `{scheme}` has none of its own")]
    NoPort { url: String, scheme: String },
}

impl InvalidServiceUrl {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NoUrl { .. } => {
                "write it like http://127.0.0.1:8080, https://bank.example, tcp://10.0.0.7:9000 \
                 or postgres://app@db.example/shop"
            }
            Self::SeveralHosts { .. } => "write each as a service of its own",
            Self::NoPort { .. } => "write it like tcp://10.0.0.7:9000",
        }
    }
}

/// The port of a scheme, and what its connections speak as far as a proxy is concerned; `None`
/// where that is found out.
fn known_scheme(scheme: &str) -> Option<(u16, Option<Protocol>)> {
    Some(match scheme {
        "http" => (80, None),
        "https" => (443, Some(Protocol::Tls)),
        "postgres" | "postgresql" => (5432, Some(Protocol::Tcp)),
        "redis" => (6379, Some(Protocol::Tcp)),
        "rediss" => (6379, Some(Protocol::Tls)),
        "mysql" | "mariadb" => (3306, Some(Protocol::Tcp)),
        "mongodb" => (27017, Some(Protocol::Tcp)),
        "amqp" => (5672, Some(Protocol::Tcp)),
        "amqps" => (5671, Some(Protocol::Tls)),
        "nats" => (4222, Some(Protocol::Tcp)),
        "mqtt" => (1883, Some(Protocol::Tcp)),
        "mqtts" => (8883, Some(Protocol::Tls)),
        "smtp" => (25, Some(Protocol::Tcp)),
        "ldap" => (389, Some(Protocol::Tcp)),
        "ldaps" => (636, Some(Protocol::Tls)),
        _ => return None,
    })
}

impl ServiceUrl {
    /// `host:port`, with the port of the scheme unless the URL names one.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.effective_port)
    }

    /// What its connections speak, as far as the scheme says it. Of a scheme that is not known,
    /// only bytes are.
    pub fn protocol(&self) -> Option<Protocol> {
        known_scheme(&self.scheme).map_or(Some(Protocol::Tcp), |(_, protocol)| protocol)
    }

    /// Whether requests of loads and steps can be sent to it.
    pub fn is_http(&self) -> bool {
        ["http", "https"].contains(&self.scheme.as_str())
    }

    /// The same URL with another host and port in their place: a proxy's.
    pub fn through(&self, host: &str, port: u16) -> String {
        let user = self.user.as_ref().map(|user| format!("{user}@")).unwrap_or_default();
        format!("{}://{user}{host}:{port}{}", self.scheme, self.rest)
    }
}

/// Without what is before the `@`, which may be a secret. That of a URL with HTTP is kept: requests
/// are sent with it.
impl fmt::Display for ServiceUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}://", self.scheme)?;
        if let Some(user) = self.user.as_ref().filter(|_| self.is_http()) {
            write!(out, "{user}@")?;
        }
        out.write_str(&self.host)?;
        if let Some(port) = self.port {
            write!(out, ":{port}")?;
        }
        out.write_str(&self.rest)
    }
}

impl FromStr for ServiceUrl {
    type Err = InvalidServiceUrl;

    fn from_str(text: &str) -> Result<Self, InvalidServiceUrl> {
        let url = text.to_owned();
        let bad = || InvalidServiceUrl::NoUrl { url: url.clone() };
        let (scheme, after) = text.split_once("://").ok_or_else(bad)?;
        let is_scheme = |letter: char| letter.is_ascii_alphanumeric() || "+-.".contains(letter);
        if !scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
            || !scheme.chars().all(is_scheme)
            || text.contains(char::is_whitespace)
        {
            return Err(bad());
        }
        let end = after.find(['/', '?', '#']).unwrap_or(after.len());
        let (authority, rest) = after.split_at(end);
        // The last one: a password that nobody encoded may hold others.
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user.to_owned()), place),
            None => (None, authority),
        };
        if place.contains(',') {
            return Err(InvalidServiceUrl::SeveralHosts { url });
        }
        let (host, port) = host_and_port(place).ok_or_else(bad)?;
        let scheme = scheme.to_ascii_lowercase();
        let own = known_scheme(&scheme).map(|(port, _)| port);
        let Some(effective_port) = port.or(own) else {
            return Err(InvalidServiceUrl::NoPort { url, scheme });
        };
        let rest = rest.trim_end_matches('/').to_owned();
        Ok(Self { scheme, user, host, port, effective_port, rest })
    }
}

/// An address of IPv6 is in brackets.
fn host_and_port(place: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match place.strip_prefix('[') {
        Some(inside) => {
            let (address, after) = inside.split_once(']')?;
            address.parse::<std::net::Ipv6Addr>().ok()?;
            let port = if after.is_empty() { None } else { Some(after.strip_prefix(':')?) };
            (format!("[{address}]"), port)
        }
        None => match place.split_once(':') {
            Some((host, port)) => (host.to_owned(), Some(port)),
            None => (place.to_owned(), None),
        },
    };
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "-._".contains(letter);
    let is_host = host.starts_with('[') || (!host.is_empty() && host.chars().all(is_name));
    let port = match port {
        Some(port) => Some(port.parse::<u16>().ok().filter(|port| *port > 0)?),
        None => None,
    };
    is_host.then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> ServiceUrl {
        text.parse().unwrap()
    }

    #[test]
    fn a_url_of_any_scheme_leads_to_one_host_and_port() {
        for (text, authority, protocol) in [
            ("http://shop:8080", "shop:8080", None),
            ("http://shop/", "shop:80", None),
            ("http://[::1]:8080", "[::1]:8080", None),
            ("https://bank.example/api?x=1", "bank.example:443", Some(Protocol::Tls)),
            ("tcp://10.0.0.7:9000", "10.0.0.7:9000", Some(Protocol::Tcp)),
            ("postgres://app:a@b@db.example/shop", "db.example:5432", Some(Protocol::Tcp)),
            ("redis://cache/0", "cache:6379", Some(Protocol::Tcp)),
            ("rediss://[fe80::1]:7000", "[fe80::1]:7000", Some(Protocol::Tls)),
            ("clickhouse://stats:9440", "stats:9440", Some(Protocol::Tcp)),
        ] {
            let url = url(text);
            assert_eq!((url.authority().as_str(), url.protocol()), (authority, protocol), "{text}");
        }
    }

    #[test]
    fn a_proxy_takes_the_place_of_host_and_port_alone() {
        for (text, through) in [
            (
                "postgres://app:pw@db/shop?sslmode=require",
                "postgres://app:pw@h:7/shop?sslmode=require",
            ),
            ("http://bank:80/api/", "http://h:7/api"),
            ("tcp://[::1]:9", "tcp://h:7"),
        ] {
            assert_eq!(url(text).through("h", 7), through);
        }
    }

    #[test]
    fn a_url_is_shown_as_it_was_written_but_without_the_users_of_databases() {
        for (text, shown) in [
            ("http://bank/", "http://bank"),
            ("https://a:b@bank:8443/api", "https://a:b@bank:8443/api"),
            ("postgres://app:secret@db/shop", "postgres://db/shop"),
        ] {
            assert_eq!(url(text).to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_url_of_one_host_is_refused_with_what_to_write() {
        for text in [
            "shop:8080",
            "http://",
            "http://:80",
            "http://a b",
            "://a",
            "http://[::1",
            "tcp://a:0",
            "http://a:99999",
            "",
        ] {
            let error = text.parse::<ServiceUrl>().unwrap_err();
            assert!(matches!(error, InvalidServiceUrl::NoUrl { .. }), "{text}: {error}");
        }
        let error = "mongodb://a:1,b:2/db".parse::<ServiceUrl>().unwrap_err();
        assert_eq!(error.to_string(), "`mongodb://a:1,b:2/db` names several hosts");
        let error = "tcp://a".parse::<ServiceUrl>().unwrap_err();
        assert!(error.to_string().ends_with("names no port, and `tcp` has none of its own"));
        assert!(error.help().contains("tcp://10.0.0.7:9000"));
    }
}

//! How servers are reached: certificates, names, protocols.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::address::{Address, Scheme};

/// How servers are reached. The default is what a careful client does: certificates are checked
/// against the public authorities, and nothing is read from the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transport {
    /// The version of HTTP that all of a job's servers are spoken to in, but for gRPC calls.
    pub version: HttpVersion,
    /// Whether single requests follow redirects, each hop counted as a request. Steps of journeys
    /// have a setting of their own.
    pub follow: bool,
    /// Whether the resources of HTML pages are fetched too, each counted as a request, from
    /// servers that requests name. For single requests only.
    pub parse: bool,
    /// Hosts from which no resources of pages are fetched.
    pub not_from: Vec<String>,
    /// Whether users of single requests keep cookies, as users of journeys always do.
    pub cookies: bool,
    /// Whether replies are judged by their `grpc-status` rather than the status of HTTP.
    pub grpc: bool,
    /// The most streams at once on a connection of HTTP/2, 100 by default; a server
    /// may allow fewer.
    pub streams: usize,
    /// A PEM file of authorities to trust instead of the public ones.
    pub ca: Option<PathBuf>,
    /// The certificate for servers that ask clients for one.
    pub identity: Option<ClientCertificate>,
    /// Whether servers' certificates are accepted unchecked, `false` by default.
    pub insecure: bool,
    /// The name that a server is asked for (SNI) and that its certificate must have, if not
    /// the URL's host.
    pub server_name: Option<String>,
    /// An HTTP proxy to go through. `HTTP_PROXY` and the like are ignored, so that a load goes
    /// where its file says.
    pub proxy: Option<Address>,
    /// How long the addresses of a name are used for new connections before it is looked up again.
    pub lookup: Duration,
}

/// The version of HTTP that a server is spoken to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpVersion {
    /// HTTP/1.1, on a connection for each user.
    Http1,
    /// HTTP/2, on connections that users share. Over TLS the server must agree to it; without TLS
    /// it is simply spoken.
    Http2,
}

/// A client's certificate and its private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// A PEM file with the certificate, then those of its issuers, if the server needs them.
    pub certificate: PathBuf,
    /// A PEM file with its private key; may be the same.
    pub key: PathBuf,
}

impl Default for Transport {
    fn default() -> Self {
        Self {
            version: HttpVersion::Http1,
            follow: false,
            parse: false,
            not_from: Vec::new(),
            cookies: true,
            grpc: false,
            streams: 100,
            ca: None,
            identity: None,
            insecure: false,
            server_name: None,
            proxy: None,
            lookup: Duration::from_secs(30),
        }
    }
}

impl Transport {
    /// Whether a server is reached through a proxy that sees requests, and so needs to be told
    /// where they go.
    pub(crate) fn names_server(&self, address: &Address) -> bool {
        self.is_proxied(address)
            && address.scheme == Scheme::Http
            && self.version == HttpVersion::Http1
    }

    /// Whether a server is reached through a proxy that only passes bytes on.
    pub(crate) fn tunnels(&self, address: &Address) -> bool {
        self.is_proxied(address) && !self.names_server(address)
    }

    fn is_proxied(&self, address: &Address) -> bool {
        self.proxy.is_some() && address.unix.is_none()
    }
}

impl fmt::Display for HttpVersion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Http1 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
        })
    }
}

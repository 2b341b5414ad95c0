//! How servers are reached: certificates, names, protocols.

use std::path::PathBuf;
use std::time::Duration;

/// How servers are reached. The default is what a careful client does: certificates are checked against the public
/// authorities, and nothing is read from the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transport {
    /// A PEM file of authorities to trust instead of the public ones.
    pub ca: Option<PathBuf>,
    /// What to show a server that wants a certificate.
    pub identity: Option<Identity>,
    /// Whether certificates go unchecked.
    pub insecure: bool,
    /// The name that a server is asked for (SNI) and that its certificate must have, if not the URL's host.
    pub server_name: Option<String>,
    /// How long the addresses of a name are used for new connections before it is looked up again.
    pub lookup: Duration,
}

/// A client's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// A PEM file with the certificate, maybe followed by those that it hangs on.
    pub certificate: PathBuf,
    /// A PEM file with its private key; may be the same.
    pub key: PathBuf,
}

impl Default for Transport {
    fn default() -> Self {
        Self { ca: None, identity: None, insecure: false, server_name: None, lookup: Duration::from_secs(30) }
    }
}

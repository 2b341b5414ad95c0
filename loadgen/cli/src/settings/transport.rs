//! Options that say how servers are reached.

use std::path::PathBuf;

use super::{Given, read};
use crate::SiegeError;
use crate::table::Flag;
use brunt_loadgen::grpc;
use brunt_loadgen::{Address, Identity, Request, Scheme, Transport, Version};

impl Given {
    pub fn transport(&self) -> Result<Transport, SiegeError> {
        let file = |flag| self.flags.value(flag).map(PathBuf::from);
        let key = file(Flag::Key);
        let identity = match file(Flag::Cert) {
            Some(certificate) => {
                Some(Identity { key: key.unwrap_or_else(|| certificate.clone()), certificate })
            }
            None if key.is_some() => return Err(SiegeError::KeyWithoutCert),
            None => None,
        };
        let streams = self.flags.value(Flag::Streams);
        let streams = streams
            .map(|streams| read::number("--streams", streams, "--streams 100"))
            .transpose()?;
        let defaults = Transport::default();
        let http2 = self.flags.has(Flag::Http2) || self.flags.has(Flag::H2c);
        let transport = Transport {
            version: if http2 { Version::Http2 } else { Version::Http1 },
            streams: streams.unwrap_or(defaults.streams),
            ca: file(Flag::CaCert),
            identity,
            insecure: self.flags.has(Flag::Insecure),
            server_name: self.flags.value(Flag::ServerName).map(str::to_owned),
            proxy: self.flags.value(Flag::Proxy).map(proxy).transpose()?,
            follow: !self.flags.has(Flag::NoFollow)
                && self.rc.value("follow-location") != Some("false"),
            cookies: self.rc.value("cookies") != Some("false"),
            parse: self.parses()?,
            not_from: self.rc.nofollow.clone(),
            ..defaults
        };
        Ok(if self.flags.has(Flag::Grpc) { grpc::transport(transport) } else { transport })
    }

    /// Whether pages are parsed. Siege's own default is that they are; here they are when somebody
    /// asks for it.
    fn parses(&self) -> Result<bool, SiegeError> {
        if self.flags.has(Flag::Parser) && self.flags.has(Flag::NoParser) {
            return Err(SiegeError::BothParsers);
        }
        Ok(!self.flags.has(Flag::NoParser) && self.is_on(Flag::Parser, "parser"))
    }

    /// Sends all requests to the socket that was asked for, if any.
    pub(super) fn place(&self, requests: &mut [Request]) {
        let socket = self.flags.value(Flag::UnixSocket).map(PathBuf::from);
        for request in requests {
            request.address.unix.clone_from(&socket);
        }
    }
}

/// A proxy by its URL; `http://` may be left out, and the port as well.
fn proxy(written: &str) -> Result<Address, SiegeError> {
    let url =
        if written.contains("://") { written.to_owned() } else { format!("http://{written}") };
    match Address::split(&url) {
        Ok((address, "" | "/")) if address.scheme == Scheme::Http => Ok(address),
        _ => Err(read::bad("--proxy", written, "--proxy http://localhost:3128")),
    }
}

//! Options that say how servers are reached.

use std::path::PathBuf;

use brunt_loadgen::{
    Address, ClientCertificate, HttpRequest, HttpVersion, Scheme, Transport, grpc,
};

use super::table::Flag;
use super::values;
use super::written::WrittenOptions;
use crate::error::LoadCliError;

impl WrittenOptions {
    pub fn transport(&self) -> Result<Transport, LoadCliError> {
        let file = |flag| self.flags.value(flag).map(PathBuf::from);
        let key = file(Flag::Key);
        let identity = match file(Flag::Cert) {
            Some(certificate) => Some(ClientCertificate {
                key: key.unwrap_or_else(|| certificate.clone()),
                certificate,
            }),
            None if key.is_some() => return Err(LoadCliError::KeyWithoutCert),
            None => None,
        };
        let streams = self.flags.value(Flag::Streams);
        let streams = streams
            .map(|streams| values::number("--streams", streams, "--streams 100"))
            .transpose()?;
        let defaults = Transport::default();
        let http2 = self.flags.has(Flag::Http2) || self.flags.has(Flag::H2c);
        let transport = Transport {
            version: if http2 { HttpVersion::Http2 } else { HttpVersion::Http1 },
            streams: streams.unwrap_or(defaults.streams),
            ca: file(Flag::CaCert),
            identity,
            insecure: self.flags.has(Flag::Insecure),
            server_name: self.flags.value(Flag::ServerName).map(str::to_owned),
            proxy: self.flags.value(Flag::Proxy).map(proxy).transpose()?,
            // Either is enough to switch it off, so that a settings file of siege's keeps its
            // meaning.
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
    fn parses(&self) -> Result<bool, LoadCliError> {
        if self.flags.has(Flag::Parser) && self.flags.has(Flag::NoParser) {
            return Err(LoadCliError::BothParsers);
        }
        Ok(!self.flags.has(Flag::NoParser) && self.is_on(Flag::Parser, "parser"))
    }

    /// Sends all requests to the socket that was asked for, if any.
    pub(crate) fn place(&self, requests: &mut [HttpRequest]) {
        let socket = self.flags.value(Flag::UnixSocket).map(PathBuf::from);
        for request in requests {
            request.address.unix.clone_from(&socket);
        }
    }
}

/// A proxy by its URL; `http://` may be left out, and the port as well.
fn proxy(written: &str) -> Result<Address, LoadCliError> {
    let url =
        if written.contains("://") { written.to_owned() } else { format!("http://{written}") };
    match Address::split(&url) {
        Ok((address, "" | "/")) if address.scheme == Scheme::Http => Ok(address),
        _ => Err(values::invalid("--proxy", written, "--proxy http://localhost:3128")),
    }
}

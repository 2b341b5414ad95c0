//! Options that say how servers are reached.

use std::path::PathBuf;

use brunt_loadgen::{
    Address, ClientCertificate, HttpRequest, HttpVersion, Scheme, Transport, grpc,
};

use super::table::Flag;
use super::values;
use super::written::WrittenOptions;
use crate::error::LoadCliError;

/// The port of a proxy unless `proxy-port` says otherwise; siege's own default.
const PROXY_PORT: &str = "3128";

impl WrittenOptions {
    pub fn transport(&self) -> Result<Transport, LoadCliError> {
        let file = |flag| self.flags.value(flag).map(PathBuf::from);
        let of_rc = |flag, key| self.value(flag, key).map(PathBuf::from);
        let key = of_rc(Flag::Key, "ssl-key");
        let identity = match of_rc(Flag::Cert, "ssl-cert") {
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
            proxy: self.proxy()?,
            // Either is enough to switch it off, so that a settings file of siege's keeps its
            // meaning.
            // A recording has the requests that its redirects led to.
            follow: !self.flags.has(Flag::NoFollow)
                && !self.flags.has(Flag::Har)
                && !self.rc.is_off("follow-location"),
            cookies: !self.rc.is_off("cookies"),
            parse: self.parses()?,
            not_from: self.rc.nofollow.clone(),
            ..defaults
        };
        Ok(if self.flags.has(Flag::Grpc) { grpc::transport(transport) } else { transport })
    }

    /// The proxy of the option, or of the settings file. A load that went past the proxy of its
    /// file would reach a server that it was not meant for.
    fn proxy(&self) -> Result<Option<Address>, LoadCliError> {
        if let Some(written) = self.flags.value(Flag::Proxy) {
            return proxy(written).map(Some);
        }
        let Some(host) = self.rc.value("proxy-host") else {
            let alone = ["proxy-port", "proxy-login"].into_iter();
            let alone = alone.into_iter().find(|key| self.rc.value(key).is_some());
            return match alone {
                Some(option) => Err(LoadCliError::NeedsOption { option, needs: "proxy-host" }),
                None => Ok(None),
            };
        };
        if self.rc.value("proxy-login").is_some() {
            // Without what the file says, the proxy would refuse each request.
            return Err(LoadCliError::ProxyLogin);
        }
        let port = self.rc.value("proxy-port").unwrap_or(PROXY_PORT);
        let url = if host.contains("://") { host.to_owned() } else { format!("http://{host}") };
        let written = format!("{}:{port}", url.trim_end_matches('/'));
        let example = "proxy-host = localhost and proxy-port = 3128";
        let wrong = || values::invalid("proxy-host and proxy-port", &written, example);
        proxy(&written).map(Some).map_err(|_| wrong())
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

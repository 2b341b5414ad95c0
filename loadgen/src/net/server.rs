//! One server, and connections to it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::rustls::ClientConfig;

use super::tunnel;

use super::error::{ConnectError, ServerSetupError};
use super::lookup::AddressLookup;
use super::stream::{ByteStream, Socket};
use super::tls::{HTTP2, TlsClient};
use crate::address::{Address, Scheme};
use crate::transport::{HttpVersion, Transport};

/// A server that connections can be opened to.
#[derive(Debug)]
pub(crate) struct Server {
    peer: DialTarget,
    /// The CONNECT request for the proxy, if the connection needs a tunnel.
    tunnel: Option<String>,
    tls: Option<TlsClient>,
    version: HttpVersion,
}

#[derive(Debug)]
enum DialTarget {
    Name(AddressLookup),
    Unix(PathBuf),
}

/// An open connection, and how long its parts took to open.
#[derive(Debug)]
pub(crate) struct OpenedConnection {
    pub stream: ByteStream,
    /// Until the socket was connected, including name lookup and a proxy's CONNECT.
    pub connect: Duration,
    /// The TLS handshake after that; `None` without TLS.
    pub tls: Option<Duration>,
}

impl Server {
    /// Looks the server up. `tls` is the configuration that all servers of a job share; the first
    /// one that needs it makes it, so that its files are read once.
    pub fn new(
        address: &Address,
        transport: &Transport,
        tls: &mut Option<Arc<ClientConfig>>,
    ) -> Result<Self, ServerSetupError> {
        let peer = match (&address.unix, &transport.proxy) {
            (Some(path), _) => DialTarget::Unix(path.clone()),
            (None, via) => {
                let first = via.as_ref().unwrap_or(address);
                DialTarget::Name(
                    AddressLookup::new(first, transport.lookup)
                        .map_err(ServerSetupError::Lookup)?,
                )
            }
        };
        let tunnel = transport.tunnels(address).then(|| tunnel::connect_request(address));
        let tls = match address.scheme {
            Scheme::Http => None,
            Scheme::Https => {
                let config = match tls {
                    Some(config) => config,
                    None => tls.insert(TlsClient::configuration(transport)?),
                };
                let name = transport.server_name.as_deref().unwrap_or(&address.host);
                Some(TlsClient::new(config, name)?)
            }
        };
        Ok(Self { peer, tunnel, tls, version: transport.version })
    }

    /// The scheme of requests to it.
    pub fn scheme(&self) -> Scheme {
        if self.tls.is_some() { Scheme::Https } else { Scheme::Http }
    }

    /// The version of HTTP to speak.
    pub fn version(&self) -> HttpVersion {
        self.version
    }

    /// Opens a connection to the first address that accepts it, including the TLS handshake.
    pub async fn open(&self) -> Result<OpenedConnection, ConnectError> {
        let start = Instant::now();
        let mut socket = self.connect().await?;
        if let Some(request) = &self.tunnel {
            socket = tunnel::open(socket, request).await?;
        }
        let connected = Instant::now();
        let connect = connected - start;
        let Some(tls) = &self.tls else {
            return Ok(OpenedConnection { stream: ByteStream::Plain(socket), connect, tls: None });
        };
        let stream = tls.handshake(socket).await.map_err(ConnectError::Tls)?;
        // A server that knows no ALPN would take the preface of HTTP/2 for a broken request.
        if self.version == HttpVersion::Http2 && stream.get_ref().1.alpn_protocol() != Some(HTTP2) {
            return Err(ConnectError::Version);
        }
        Ok(OpenedConnection {
            stream: ByteStream::Tls(Box::new(stream)),
            connect,
            tls: Some(connected.elapsed()),
        })
    }

    async fn connect(&self) -> Result<Socket, ConnectError> {
        match &self.peer {
            DialTarget::Unix(path) => {
                UnixStream::connect(path).await.map(Socket::Unix).map_err(ConnectError::socket)
            }
            DialTarget::Name(lookup) => {
                let addresses = lookup.addresses().await.map_err(ConnectError::lookup)?;
                let connected = TcpStream::connect(addresses.as_ref()).await;
                // Nagle's algorithm would hold back the end of a request in two writes until its
                // beginning is acknowledged: 40 ms with Linux's delayed acknowledgements.
                let connected = connected.and_then(|tcp| tcp.set_nodelay(true).map(|()| tcp));
                connected.map(Socket::Tcp).map_err(|error| {
                    let error = ConnectError::socket(error);
                    // The name may lead elsewhere by now, as after a failover.
                    if matches!(error, ConnectError::Connect(_)) {
                        lookup.expire_soon();
                    }
                    error
                })
            }
        }
    }
}

//! TLS as probes have it in Kubernetes: without a check of the certificate.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, OnceLock};

use brunt_tls::AcceptAnyCertificate;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, Error as RustlsError};

/// Makes a handshake on a connection to this machine.
pub(crate) async fn connect(stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
    // Probes come several times a second, and a configuration is the same for all.
    static CONNECTOR: OnceLock<Result<TlsConnector, RustlsError>> = OnceLock::new();
    let connector = CONNECTOR.get_or_init(connector).clone().map_err(io::Error::other)?;
    connector.connect(ServerName::from(IpAddr::from(Ipv4Addr::LOCALHOST)), stream).await
}

fn connector() -> Result<TlsConnector, RustlsError> {
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AcceptAnyCertificate))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

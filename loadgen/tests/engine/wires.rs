//! What a test server speaks over: TCP, a unix socket, TLS.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;

use brunt_loadgen::ClientCertificate;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

/// A connection as its server sees it.
pub trait Wire: Read + Write {
    /// Makes the end of it a reset, where there is such a thing.
    fn will_reset(&self) {}

    /// Writes past what is between, where there is something between.
    fn write_beneath(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.write_all(bytes)
    }
}

impl Wire for TcpStream {
    fn will_reset(&self) {
        socket2::SockRef::from(self).set_linger(Some(std::time::Duration::ZERO)).unwrap();
    }
}

impl Wire for UnixStream {}

impl Wire for StreamOwned<ServerConnection, TcpStream> {
    fn will_reset(&self) {
        self.sock.will_reset();
    }

    fn write_beneath(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.sock.write_all(bytes)
    }
}

/// An authority of its own, with certificates for a server and a client.
pub struct Pki {
    folder: TempDir,
    server: (CertificateDer<'static>, PrivateKeyDer<'static>),
    root: CertificateDer<'static>,
}

impl Pki {
    /// For a server of this name.
    pub fn new(name: &str) -> Self {
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority =
            CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let signed = |name: &str| {
            let key = KeyPair::generate().unwrap();
            let params = CertificateParams::new([name.to_owned()]).unwrap();
            (params.signed_by(&key, &authority).unwrap(), key)
        };
        let folder = tempfile::tempdir().unwrap();
        let write =
            |file: &str, text: String| std::fs::write(folder.path().join(file), text).unwrap();
        write("ca.pem", authority.pem());
        let (certificate, key) = signed("client");
        write("client.pem", certificate.pem());
        write("client-key.pem", key.serialize_pem());
        let (certificate, key) = signed(name);
        Self {
            server: (
                certificate.der().clone(),
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            ),
            root: authority.der().clone(),
            folder,
        }
    }

    /// A server that has signed its own certificate, which is its clients' authority as well.
    pub fn self_signed(change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        change(&mut params);
        let certificate = params.self_signed(&key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).unwrap();
        Self {
            server: (
                certificate.der().clone(),
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            ),
            root: certificate.der().clone(),
            folder,
        }
    }

    /// A file by its name: `ca.pem`, `client.pem`, `client-key.pem`, or one that does not exist.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The client's certificate.
    pub fn identity(&self) -> ClientCertificate {
        ClientCertificate { certificate: self.file("client.pem"), key: self.file("client-key.pem") }
    }

    /// The server's side; with `mutual`, clients must show a certificate of the same authority.
    pub fn server(&self, mutual: bool) -> Arc<ServerConfig> {
        let provider = Arc::new(default_provider());
        let versions = ServerConfig::builder_with_provider(Arc::clone(&provider));
        let versions = versions.with_safe_default_protocol_versions().unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone()).unwrap();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        let (certificate, key) = &self.server;
        let checked = match mutual {
            true => versions.with_client_cert_verifier(verifier),
            false => versions.with_no_client_auth(),
        };
        Arc::new(checked.with_single_cert(vec![certificate.clone()], key.clone_key()).unwrap())
    }
}

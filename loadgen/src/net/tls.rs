//! TLS as a job's transport asks for it: rustls, with ring.

mod trusted;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use brunt_tls::AcceptAnyCertificate;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::danger::ServerCertVerifier;
use tokio_rustls::rustls::client::{Resumption, WebPkiServerVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::server::VerifierBuilderError;
use tokio_rustls::rustls::{ClientConfig, Error as RustlsError, RootCertStore};

use super::stream::Socket;
use crate::transport::{ClientCertificate, HttpVersion, Transport};
use trusted::TrustedCertificates;

/// HTTP/2's name in ALPN.
pub(super) const HTTP2: &[u8] = b"h2";

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that cannot be read, or does not hold what it should.
    #[error("{} cannot be used as {what}: {source}", path.display())]
    File {
        /// The path that the option named.
        path: PathBuf,
        /// What it should hold, such as `a private key`.
        what: &'static str,
        /// Why it does not hold that.
        source: Box<UnfitPem>,
    },
    /// A host or `--server-name` that no certificate can have.
    #[error("`{0}` is not a name that a certificate can have: give it a name with --server-name")]
    Name(String),
    /// Any other error of rustls while TLS is set up.
    #[error("TLS cannot be set up: {0}")]
    Setup(#[from] RustlsError),
    /// Authorities that nothing can be checked against.
    #[error("TLS cannot be set up: {0}")]
    Verifier(#[from] VerifierBuilderError),
}

/// Why a PEM file does not hold what it should.
#[derive(Debug, thiserror::Error)]
pub enum UnfitPem {
    /// A file that cannot be read, or is no PEM file.
    #[error(transparent)]
    Unreadable(#[from] pem::Error),
    /// A certificate or a key that rustls does not take.
    #[error(transparent)]
    Refused(#[from] RustlsError),
    /// A PEM file of something else.
    #[error("it holds no PEM certificate")]
    Empty,
    /// A PEM file without a private key.
    #[error("it holds no PEM private key")]
    NoKey,
    /// A private key that a passphrase protects.
    #[error(
        "it is encrypted; `openssl pkey -in {} -out plain.key` asks for its passphrase and writes \
         it without",
        .0.display()
    )]
    Encrypted(PathBuf),
}

/// TLS for one server.
#[derive(Clone)]
pub(crate) struct TlsClient {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl std::fmt::Debug for TlsClient {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Tls({:?})", self.name)
    }
}

impl TlsClient {
    /// The configuration that all servers of a job share.
    pub fn configuration(transport: &Transport) -> Result<Arc<ClientConfig>, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let versions = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?;
        let verifier = match &transport.ca {
            _ if transport.insecure => Arc::new(AcceptAnyCertificate),
            Some(file) => trusted(file, &provider)?,
            None => public_authorities(&provider)?,
        };
        let checked = versions.dangerous().with_custom_certificate_verifier(verifier);
        let mut config = match &transport.identity {
            None => checked.with_no_client_auth(),
            Some(identity) => {
                let (chain, key) = identity.read()?;
                checked.with_client_auth_cert(chain, key).map_err(|error| identity.unfit(error))?
            }
        };
        // Each connection stands for a new client, so each pays for a whole handshake.
        config.alpn_protocols = vec![match transport.version {
            HttpVersion::Http1 => b"http/1.1".to_vec(),
            HttpVersion::Http2 => HTTP2.to_vec(),
        }];
        config.resumption = Resumption::disabled();
        Ok(Arc::new(config))
    }

    /// TLS with a server whose certificate must be for this name.
    pub fn new(config: &Arc<ClientConfig>, name: &str) -> Result<Self, TlsError> {
        let name =
            ServerName::try_from(name.to_owned()).map_err(|_| TlsError::Name(name.to_owned()))?;
        Ok(Self { connector: TlsConnector::from(Arc::clone(config)), name })
    }

    pub async fn handshake(&self, socket: Socket) -> io::Result<TlsStream<Socket>> {
        self.connector.connect(self.name.clone(), socket).await
    }
}

fn public_authorities(
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, TlsError> {
    // Those of Mozilla, built in: images of containers often have none, and the result must not
    // depend on the machine.
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    Ok(WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()?)
}

/// Checks against a file of the user's own authorities, or of servers' own certificates.
fn trusted(
    path: &Path,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, TlsError> {
    const WHAT: &str = "certificates of authorities";
    let trusted = certificates(path, WHAT)?;
    let mut roots = RootCertStore::empty();
    for certificate in &trusted {
        roots.add(certificate.clone()).map_err(|error| unfit(path, WHAT, error))?;
    }
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    Ok(Arc::new(TrustedCertificates::new(verifier.build()?, trusted)))
}

fn certificates(path: &Path, what: &'static str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let wrong = |error: pem::Error| unfit(path, what, error);
    let read = CertificateDer::pem_file_iter(path).map_err(wrong)?;
    let found = read.collect::<Result<Vec<_>, _>>().map_err(wrong)?;
    if found.is_empty() {
        return Err(unfit(path, what, UnfitPem::Empty));
    }
    Ok(found)
}

fn unfit(path: &Path, what: &'static str, source: impl Into<UnfitPem>) -> TlsError {
    TlsError::File { path: path.to_owned(), what, source: Box::new(source.into()) }
}

impl ClientCertificate {
    fn read(&self) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TlsError> {
        let chain = certificates(&self.certificate, "a client's certificate")?;
        let key = PrivateKeyDer::from_pem_file(&self.key)
            .map_err(|error| unfit(&self.key, "a private key", self.why_no_key(error)))?;
        Ok((chain, key))
    }

    /// What is wrong with the key's file, in the user's terms where the parser only saw no key.
    fn why_no_key(&self, error: pem::Error) -> UnfitPem {
        // Both forms say so: PKCS #8 in the label, the older one in a header below it.
        let encrypted =
            || std::fs::read_to_string(&self.key).is_ok_and(|pem| pem.contains("ENCRYPTED"));
        match error {
            pem::Error::Io(_) => UnfitPem::Unreadable(error),
            _ if encrypted() => UnfitPem::Encrypted(self.key.clone()),
            pem::Error::NoItemsFound => UnfitPem::NoKey,
            _ => UnfitPem::Unreadable(error),
        }
    }

    fn unfit(&self, error: RustlsError) -> TlsError {
        unfit(&self.key, "the certificate's private key", error)
    }
}

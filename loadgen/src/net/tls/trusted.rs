//! Checks servers' certificates against authorities of the user's own.

use std::sync::Arc;

use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::client::{WebPkiServerVerifier, verify_server_name};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{
    CertificateError, DigitallySignedStruct, Error as RustlsError, SignatureScheme,
};

/// Accepts what the given certificates have signed, and the given certificates themselves.
///
/// webpki takes no authority's certificate for a server's, but `openssl req -x509` makes exactly
/// that unless told otherwise, and a certificate that the user trusts by itself needs no issuer.
#[derive(Debug)]
pub(super) struct TrustedCertificates {
    authorities: Arc<WebPkiServerVerifier>,
    trusted: Vec<CertificateDer<'static>>,
}

impl TrustedCertificates {
    pub fn new(
        authorities: Arc<WebPkiServerVerifier>,
        trusted: Vec<CertificateDer<'static>>,
    ) -> Self {
        Self { authorities, trusted }
    }
}

/// Whether an error holds even for a certificate that is trusted by itself. webpki checks the times
/// before it looks at issuers and purposes, so they were good when it reports another error.
fn holds_anyway(error: &RustlsError) -> bool {
    use CertificateError as E;
    matches!(
        error,
        RustlsError::InvalidCertificate(
            E::Expired
                | E::ExpiredContext { .. }
                | E::NotValidYet
                | E::NotValidYetContext { .. }
                | E::BadEncoding
                | E::NotValidForName
                | E::NotValidForNameContext { .. }
        )
    )
}

impl ServerCertVerifier for TrustedCertificates {
    fn verify_server_cert(
        &self,
        end: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, RustlsError> {
        let checked = self.authorities.verify_server_cert(end, intermediates, name, ocsp, now);
        let is_trusted = || self.trusted.iter().any(|trusted| trusted == end);
        match checked {
            Err(error) if !holds_anyway(&error) && is_trusted() => {
                verify_server_name(&ParsedCertificate::try_from(end)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            checked => checked,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, RustlsError> {
        self.authorities.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, RustlsError> {
        self.authorities.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authorities.supported_verify_schemes()
    }
}

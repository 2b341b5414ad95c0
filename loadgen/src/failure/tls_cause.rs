//! The names under which refusals of TLS are counted.

use std::io;

use tokio_rustls::rustls::{AlertDescription, CertificateError, Error as RustlsError, OtherError};

/// The cause in TLS; `None` when the error does not come from rustls.
pub(crate) fn tls_cause(error: &io::Error) -> Option<&'static str> {
    let error = error.get_ref()?.downcast_ref::<RustlsError>()?;
    Some(match error {
        RustlsError::AlertReceived(alert) => alert_cause(*alert),
        RustlsError::InvalidCertificate(error) => certificate_cause(error),
        RustlsError::InvalidMessage(_) => "the server does not speak TLS",
        RustlsError::NoApplicationProtocol => "no common protocol",
        RustlsError::PeerIncompatible(_) => "no common version or cipher suite of TLS",
        RustlsError::NoCertificatesPresented => "the server has no certificate",
        _ => "the server violated the TLS protocol",
    })
}

fn certificate_cause(error: &CertificateError) -> &'static str {
    use CertificateError as E;
    match error {
        E::Expired | E::ExpiredContext { .. } => "the certificate has expired",
        E::NotValidYet | E::NotValidYetContext { .. } => "the certificate is not valid yet",
        E::NotValidForName | E::NotValidForNameContext { .. } => {
            "the certificate is for another name"
        }
        E::UnknownIssuer => "the certificate's issuer is not trusted",
        E::Revoked => "the certificate is revoked",
        // An authority of the same name with another key, or an RSA key that ring finds too short:
        // it reports both alike.
        E::BadSignature => "a signature does not fit, or its RSA key has less than 2048 bits",
        E::UnsupportedSignatureAlgorithmContext { .. }
        | E::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "the certificate's kind of signature is not supported"
        }
        E::InvalidPurpose | E::InvalidPurposeContext { .. } => {
            "the certificate is not meant for servers"
        }
        E::BadEncoding => "the certificate cannot be read",
        E::UnhandledCriticalExtension => "the certificate has an unknown critical extension",
        E::Other(error) => uncommon_cause(error),
        _ => "the certificate is not valid",
    }
}

/// rustls passes webpki's rarer errors on without a name of its own, so they are told apart by the
/// name that webpki prints.
fn uncommon_cause(error: &OtherError) -> &'static str {
    match error.to_string().as_str() {
        // That is what `openssl req -x509` makes unless told otherwise. One that is trusted by
        // itself is accepted, so this one is not.
        "CaUsedAsEndEntity" => {
            "the certificate is its own authority and not trusted; --cacert names those that are"
        }
        "UnsupportedCriticalExtension" => "the certificate has an unknown critical extension",
        "UnsupportedCertVersion" => "the certificate is of an old version of X.509",
        _ => "the certificate is not valid",
    }
}

fn alert_cause(alert: AlertDescription) -> &'static str {
    use AlertDescription as A;
    match alert {
        // Servers do not say more. One with a key that this client cannot check has no other alert.
        A::HandshakeFailure => {
            "the server's alert: handshake failure (no common cipher suite, or a kind of key that \
             is not supported, such as P-521)"
        }
        A::ProtocolVersion => "the server's alert: protocol version",
        A::InsufficientSecurity => "the server's alert: insufficient security",
        A::CertificateRequired => "the server's alert: certificate required",
        A::BadCertificate => "the server's alert: bad certificate",
        A::UnsupportedCertificate => "the server's alert: unsupported certificate",
        A::CertificateRevoked => "the server's alert: certificate revoked",
        A::CertificateExpired => "the server's alert: certificate expired",
        A::CertificateUnknown => "the server's alert: certificate unknown",
        A::UnknownCA => "the server's alert: unknown authority",
        A::AccessDenied => "the server's alert: access denied",
        A::DecodeError => "the server's alert: decode error",
        A::DecryptError => "the server's alert: decrypt error",
        A::IllegalParameter => "the server's alert: illegal parameter",
        A::UnexpectedMessage => "the server's alert: unexpected message",
        A::InternalError => "the server's alert: internal error",
        A::UnrecognisedName => "the server's alert: unrecognised name",
        A::NoApplicationProtocol => "the server's alert: no application protocol",
        _ => "the server sent an alert",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(error: RustlsError) -> Option<&'static str> {
        tls_cause(&io::Error::new(io::ErrorKind::InvalidData, error))
    }

    #[test]
    fn each_refusal_of_tls_says_its_reason() {
        let certificate = |error| cause(RustlsError::InvalidCertificate(error));
        let causes = [
            certificate(CertificateError::Expired),
            certificate(CertificateError::NotValidYet),
            certificate(CertificateError::NotValidForName),
            certificate(CertificateError::UnknownIssuer),
            certificate(CertificateError::InvalidPurpose),
            certificate(CertificateError::BadSignature),
            certificate(CertificateError::UnhandledCriticalExtension),
            cause(RustlsError::AlertReceived(AlertDescription::CertificateRequired)),
            cause(RustlsError::AlertReceived(AlertDescription::ProtocolVersion)),
            cause(RustlsError::AlertReceived(AlertDescription::HandshakeFailure)),
        ];
        let different: std::collections::BTreeSet<_> =
            causes.into_iter().map(Option::unwrap).collect();
        assert_eq!(different.len(), causes.len(), "{different:?}");
        assert_eq!(tls_cause(&io::ErrorKind::ConnectionReset.into()), None);
    }
}

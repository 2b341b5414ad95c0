//! A token issuer for trials: OAuth 2.0 client credentials, one ES256 key.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use super::{Clients, crypto};

/// A token issuer. Clones share it.
#[derive(Clone)]
pub struct Issuer(Arc<Inner>);

struct Inner {
    issuer: String,
    audience: String,
    lifetime: Duration,
    clients: Clients,
    key: EncodingKey,
    key_id: String,
    jwks: Value,
}

impl Issuer {
    /// An issuer with a key in PKCS#8, PEM or DER, or a new one.
    ///
    /// # Errors
    /// When the key is not one for ES256.
    pub fn new(
        issuer: String,
        audience: String,
        lifetime: Duration,
        clients: Clients,
        key: Option<&[u8]>,
    ) -> Result<Self, &'static str> {
        crypto::install();
        let random = SystemRandom::new();
        let der = match key {
            Some(bytes) => from_pem(bytes).unwrap_or_else(|| bytes.to_vec()),
            None => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
                .map_err(|_| "no key can be made")?
                .as_ref()
                .to_vec(),
        };
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der, &random)
            .map_err(|_| "it is not a P-256 key in PKCS#8")?;
        // 4, x, y.
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        // Made from the key itself: all replicas with the same key file give it the same id.
        let key_id =
            URL_SAFE_NO_PAD.encode(&digest(&SHA256, pair.public_key().as_ref()).as_ref()[..12]);
        let jwk = json!({
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": key_id,
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
        });
        let (key, jwks) = (EncodingKey::from_ec_der(&der), json!({ "keys": [jwk] }));
        Ok(Self(Arc::new(Inner { issuer, audience, lifetime, clients, key, key_id, jwks })))
    }

    /// The public keys, as a JWK set.
    #[must_use]
    pub fn jwks(&self) -> &Value {
        &self.0.jwks
    }

    pub(super) fn name(&self) -> &str {
        &self.0.issuer
    }

    #[cfg(test)]
    pub(super) fn key(&self) -> &EncodingKey {
        &self.0.key
    }

    pub(super) fn lifetime(&self) -> Duration {
        self.0.lifetime
    }

    pub(super) fn clients(&self) -> &Clients {
        &self.0.clients
    }

    /// A token for a subject, with scopes separated by spaces.
    pub(super) fn sign(&self, subject: &str, scope: &str) -> jsonwebtoken::errors::Result<String> {
        let Inner { issuer, audience, lifetime, key, key_id, .. } = &*self.0;
        let now = jiff::Timestamp::now().as_second();
        let expires = now.saturating_add(i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX));
        let claims = json!({
            "iss": issuer, "aud": audience, "sub": subject, "scope": scope,
            "iat": now, "nbf": now, "exp": expires, "jti": uuid::Uuid::now_v7().to_string(),
        });
        encode(&Header { kid: Some(key_id.clone()), ..Header::new(Algorithm::ES256) }, &claims, key)
    }
}

fn from_pem(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (_, body) = text.split_once("-----BEGIN PRIVATE KEY-----")?;
    let (body, _) = body.split_once("-----END PRIVATE KEY-----")?;
    STANDARD.decode(body.split_whitespace().collect::<String>()).ok()
}

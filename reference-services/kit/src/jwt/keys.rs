//! An issuer's public keys: fetched when needed, and cached.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::{Instant, timeout};

use super::Denied;
use crate::http_client::client;

/// How long to wait for the issuer.
const FETCH: Duration = Duration::from_secs(2);
/// The least time between two fetches. Tokens with invented key ids must not make us ask the issuer
/// all the time.
const PAUSE: Duration = Duration::from_secs(5);
/// How long keys are cached. A withdrawn key is trusted no longer than this, if the issuer
/// can be asked.
const MAX_AGE: Duration = Duration::from_secs(300);
// A key set is a few kilobytes. The bounds keep a wrong or hostile URL from filling the memory.
const MAX_BYTES: usize = 256 << 10;
const MAX_KEYS: usize = 64;

/// A key, and the one algorithm that it is for.
#[derive(Clone, Debug)]
pub(super) struct Key {
    id: Option<String>,
    pub(super) key: DecodingKey,
    pub(super) algorithm: Algorithm,
}

/// The public keys of an issuer, cached.
#[derive(Debug)]
pub struct Keys {
    url: Option<String>,
    client: reqwest::Client,
    known: Mutex<Known>,
    /// Locked during a fetch; the time of the last one.
    asked: tokio::sync::Mutex<Option<Instant>>,
}

#[derive(Debug, Default)]
struct Known {
    keys: Vec<Key>,
    since: Option<Instant>,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

/// Why the keys could not be fetched.
#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error("it is too large")]
    TooLarge,
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("no answer in time")]
    TimedOut,
}

impl Keys {
    /// The keys at a URL, fetched when needed.
    #[must_use]
    pub fn at(url: String) -> Self {
        Self {
            url: Some(url),
            client: client(),
            known: Mutex::default(),
            asked: tokio::sync::Mutex::default(),
        }
    }

    /// Exactly the keys of a JWK set.
    #[must_use]
    pub fn fixed(set: &Value) -> Self {
        let keys = Self { url: None, ..Self::at(String::new()) };
        keys.lock().keys = read(set.to_string().as_bytes()).unwrap_or_default();
        keys
    }

    /// The key with this id; without an id, the only key if there is exactly one.
    pub(super) async fn find(&self, id: Option<&str>) -> Result<Key, Denied> {
        if let Some(key) = self.known(id, true) {
            return Ok(key);
        }
        // An unknown key id may be that of a new key: issuers rotate their keys.
        let asked = self.refresh(id).await;
        self.known(id, false).ok_or(match asked {
            Ok(()) => Denied::Invalid("its key is not known".to_owned()),
            Err(()) => Denied::Unavailable,
        })
    }

    fn known(&self, id: Option<&str>, fresh: bool) -> Option<Key> {
        let known = self.lock();
        let age = known.since.map(|since| since.elapsed());
        if fresh && self.url.is_some() && age.is_none_or(|age| age > MAX_AGE) {
            return None;
        }
        match id {
            Some(_) => known.keys.iter().find(|key| key.id.as_deref() == id).cloned(),
            // Without an id a choice among several keys would be a guess.
            None => known.keys.first().filter(|_| known.keys.len() == 1).cloned(),
        }
    }

    /// Fetches the keys, unless that was done just now. An error means that no keys are
    /// known at all.
    async fn refresh(&self, id: Option<&str>) -> Result<(), ()> {
        let Some(url) = &self.url else { return Ok(()) };
        // An async lock: one request fetches, and the others wait for its result instead
        // of fetching too.
        let mut asked = self.asked.lock().await;
        let just_now = asked.is_some_and(|asked| asked.elapsed() < PAUSE);
        // Looked at again with the lock in hand: another request may have fetched
        // the key meanwhile.
        if just_now || self.known(id, true).is_some() {
            return self.lock().since.map(drop).ok_or(());
        }
        let fetched = timeout(FETCH, self.fetch(url)).await.unwrap_or(Err(FetchError::TimedOut));
        // Also after a failure: an issuer that is down must not be asked with every request.
        *asked = Some(Instant::now());
        let mut known = self.lock();
        match fetched {
            Ok(keys) => *known = Known { keys, since: Some(Instant::now()) },
            Err(error) => {
                tracing::warn!(
                    url,
                    %error,
                    "the issuer's keys cannot be fetched; those that are known stay"
                );
            }
        }
        known.since.map(drop).ok_or(())
    }

    async fn fetch(&self, url: &str) -> Result<Vec<Key>, FetchError> {
        let response = self.client.get(url).send().await?;
        let mut response = response.error_for_status()?;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_BYTES {
                return Err(FetchError::TooLarge);
            }
        }
        Ok(read(&bytes)?)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keys of other kinds are passed over.
fn read(bytes: &[u8]) -> Result<Vec<Key>, serde_json::Error> {
    let set: Set = serde_json::from_slice(bytes)?;
    let usable = |key: Value| serde_json::from_value::<Jwk>(key).ok().and_then(|jwk| usable(&jwk));
    // One key that cannot be used must not take the others with it.
    Ok(set.keys.into_iter().filter_map(usable).take(MAX_KEYS).collect())
}

fn usable(jwk: &Jwk) -> Option<Key> {
    let common = &jwk.common;
    let (algorithm, said) = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => (Algorithm::RS256, KeyAlgorithm::RS256),
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        _ => return None,
    };
    // RFC 7517: a key may be for encryption only, or name another algorithm.
    let signs =
        common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
    let agrees = common.key_algorithm.is_none_or(|algorithm| algorithm == said);
    let key = DecodingKey::from_jwk(jwk).ok().filter(|_| signs && agrees)?;
    Some(Key { id: common.key_id.clone(), key, algorithm })
}

#[cfg(test)]
mod tests;

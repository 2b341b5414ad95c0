//! Checks bearer tokens: the signature's key, issuer and audience, times, and the scope that
//! the request needs.

mod clients;
mod crypto;
mod endpoints;
mod issuer;
mod keys;
mod scopes;

use std::time::Duration;

use http::{HeaderMap, header};
use jsonwebtoken::{Validation, decode, decode_header};
use serde::Deserialize;

pub use clients::Clients;
pub use issuer::Issuer;
pub use keys::Keys;
pub use scopes::Scopes;

/// The requirements on tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `iss`: the required issuer.
    pub issuer: String,
    /// `aud`: the required audience.
    pub audience: String,
    /// Where the issuer's keys are; none if this process is the issuer.
    pub jwks_url: Option<String>,
    /// The tolerated difference of clocks.
    pub leeway: Duration,
    /// The scopes that requests need.
    pub scopes: Scopes,
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The request has no bearer token.
    Missing,
    /// The token is invalid, for this reason.
    Invalid(String),
    /// Its token lacks this scope.
    Insufficient(String),
    /// The issuer's keys cannot be fetched.
    Unavailable,
}

/// Verifies bearer tokens against an issuer's keys.
#[derive(Debug)]
pub struct Verifier {
    settings: Settings,
    keys: Keys,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    sub: Option<String>,
    #[serde(default)]
    scope: Option<String>,
}

impl Verifier {
    /// Checks tokens against these keys.
    #[must_use]
    pub fn new(settings: Settings, keys: Keys) -> Self {
        crypto::install();
        Self { settings, keys }
    }

    /// The settings it was made with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Checks the token of a request for `path`, as the service knows it; gives
    /// the token's subject.
    ///
    /// # Errors
    /// Why it may not.
    pub async fn check(
        &self,
        headers: &HeaderMap,
        method: &http::Method,
        path: &str,
    ) -> Result<Option<String>, Denied> {
        let token = bearer(headers)?;
        let claims = self.claims(token).await?;
        let needed = self.settings.scopes.needed(method, path);
        let granted = claims.scope.unwrap_or_default();
        // All of the needed scopes, in any order: RFC 6749 separates them by spaces.
        if needed
            .split(' ')
            .filter(|scope| !scope.is_empty())
            .all(|scope| granted.split(' ').any(|g| g == scope))
        {
            Ok(claims.sub)
        } else {
            Err(Denied::Insufficient(needed.to_owned()))
        }
    }

    async fn claims(&self, token: &str) -> Result<Claims, Denied> {
        let invalid = |error: jsonwebtoken::errors::Error| Denied::Invalid(reason(&error));
        let header = decode_header(token).map_err(invalid)?;
        // RFC 7515, 4.1.11: extensions that are marked as critical must be understood, or
        // the token refused.
        if header.crit.is_some() {
            return Err(Denied::Invalid("it has extensions that are not understood".to_owned()));
        }
        let key = self.keys.find(header.kid.as_deref()).await?;
        // The key determines the algorithm, never the token: a token must not choose how
        // it is verified.
        let mut validation = Validation::new(key.algorithm);
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_audience(&[&self.settings.audience]);
        // Without this a token that has no `exp` would be good for ever.
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        validation.leeway = self.settings.leeway.as_secs();
        Ok(decode::<Claims>(token, &key.key, &validation).map_err(invalid)?.claims)
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, Denied> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or(Denied::Missing)?;
    // Two headers could be read differently by the gateway and by what follows it.
    if values.next().is_some() {
        return Err(Denied::Invalid("there is more than one".to_owned()));
    }
    let (scheme, token) =
        value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Denied::Missing)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(Denied::Missing) }
}

fn reason(error: &jsonwebtoken::errors::Error) -> String {
    use jsonwebtoken::errors::ErrorKind;
    match error.kind() {
        ErrorKind::ExpiredSignature => "it has expired".to_owned(),
        ErrorKind::ImmatureSignature => "it is not valid yet".to_owned(),
        ErrorKind::InvalidIssuer => "it is of another issuer".to_owned(),
        ErrorKind::InvalidAudience => "it is for another audience".to_owned(),
        ErrorKind::InvalidAlgorithm => "its algorithm is not that of the key".to_owned(),
        ErrorKind::InvalidSignature => "its signature is wrong".to_owned(),
        ErrorKind::MissingRequiredClaim(claim) => format!("it has no {claim}"),
        _ => "it cannot be read".to_owned(),
    }
}

#[cfg(test)]
mod tests;

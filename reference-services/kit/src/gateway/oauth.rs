//! Whether this gateway issues tokens.

use std::time::Duration;

use crate::config::{ConfigError, Env};
use crate::jwt::{Clients, Issuer};

/// Reads `OAUTH_CLIENTS`, without which there is no issuer, `OAUTH_ISSUER`, `OAUTH_AUDIENCE`,
/// `OAUTH_TOKEN_TTL` and `OAUTH_KEY_FILE`. Issuer and audience default to those that are
/// required of tokens.
pub(super) fn issuer(env: &Env) -> Result<Option<Issuer>, ConfigError> {
    if env.text("OAUTH_CLIENTS", "").is_empty() {
        return Ok(None);
    }
    let clients = env.parse("OAUTH_CLIENTS", "", Clients::ACCEPTS, Clients::parse)?;
    let name = env.text("OAUTH_ISSUER", env.text("JWT_ISSUER", "http://localhost:8080")).to_owned();
    let audience = env.text("OAUTH_AUDIENCE", env.text("JWT_AUDIENCE", "brunt")).to_owned();
    let lifetime =
        env.parse("OAUTH_TOKEN_TTL", "5m", "a time of at least 1s, such as 5m", |text| {
            crate::config::parse_duration(text)
                // `exp` counts whole seconds: a shorter lifetime would be none.
                .filter(|lifetime| *lifetime >= Duration::from_secs(1))
        })?;
    let file = env.text("OAUTH_KEY_FILE", "");
    let refused = |error: String| ConfigError {
        name: "OAUTH_KEY_FILE".to_owned(),
        value: file.to_owned(),
        accepts: format!("the file of a P-256 private key in PKCS#8 ({error})"),
    };
    let key = match file {
        "" => None,
        path => Some(std::fs::read(path).map_err(|error| refused(error.to_string()))?),
    };
    let issuer = Issuer::new(name, audience, lifetime, clients, key.as_deref());
    issuer.map(Some).map_err(|error| refused(error.to_owned()))
}

//! What a gateway requires of requests, from its environment and from a file that overrides it.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;

use crate::config::{ConfigError, Env};
use crate::jwt;
use crate::ratelimit::Rate;
use crate::reload::{OverlayError, document};

/// What a gateway requires of requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Policy {
    /// How long a request may take.
    pub(super) deadline: Duration,
    /// The rate limit of each client; none is unlimited.
    pub(super) limit: Option<Limit>,
    /// The tokens that requests need; none if they need none.
    pub(super) jwt: Option<jwt::Settings>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    pub(super) rate: Rate,
    pub(super) by: By,
}

/// How requests are attributed to clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The address that they come from.
    Ip,
    /// The subject of their token.
    Subject,
    /// The value of this header, if it is one of these keys; the address otherwise.
    Header { name: String, keys: BTreeSet<String> },
}

/// The file's content. Each setting in it overrides its variable.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct File {
    timeout: Option<String>,
    rate_limit: RateLimit,
    jwt: Jwt,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct RateLimit {
    rate: Option<String>,
    burst: Option<u32>,
    by: Option<String>,
    keys: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Jwt {
    issuer: Option<String>,
    audience: Option<String>,
    jwks_url: Option<String>,
    leeway: Option<String>,
    scopes: Option<Vec<String>>,
}

impl Policy {
    pub(super) fn read(env: &Env) -> Result<Self, ConfigError> {
        let jwt = read_jwt(env)?;
        let limit = read_limit(env)?;
        // Found at the start: such a limit would let every request share one bucket.
        if jwt.is_none() && limit.as_ref().is_some_and(|limit| limit.by == By::Subject) {
            return Err(refused(
                "RATE_LIMIT_BY",
                "subject",
                "ip or header:NAME, as without JWT_ISSUER there are no subjects",
            ));
        }
        Ok(Self { deadline: env.duration("GATEWAY_TIMEOUT", "10s")?, limit, jwt })
    }

    /// The same with a file's text, which overrides the environment.
    pub(super) fn overlaid(env: &Env, text: &str) -> Result<Self, OverlayError> {
        let file: File = document(text)?;
        Ok(Self::read(&file.over(env.clone()))?)
    }
}

impl File {
    fn over(self, env: Env) -> Env {
        let settings = [
            ("GATEWAY_TIMEOUT", self.timeout),
            ("RATE_LIMIT", self.rate_limit.rate),
            ("RATE_LIMIT_BURST", self.rate_limit.burst.map(|burst| burst.to_string())),
            ("RATE_LIMIT_BY", self.rate_limit.by),
            ("RATE_LIMIT_KEYS", self.rate_limit.keys.map(|keys| keys.join(","))),
            ("JWT_ISSUER", self.jwt.issuer),
            ("JWT_AUDIENCE", self.jwt.audience),
            ("JWT_JWKS_URL", self.jwt.jwks_url),
            ("JWT_LEEWAY", self.jwt.leeway),
            ("JWT_SCOPES", self.jwt.scopes.map(|scopes| scopes.join(","))),
        ];
        // As variables, so that file and environment have one parser, and one wording for errors.
        let there = settings.into_iter().filter_map(|(name, value)| Some((name, value?)));
        there.fold(env, |env, (name, value)| env.with(name, &value))
    }
}

fn read_limit(env: &Env) -> Result<Option<Limit>, ConfigError> {
    let rate = |text: &str| if text == "off" { Some(None) } else { Rate::parse(text).map(Some) };
    let Some(rate) = env.parse("RATE_LIMIT", "off", Rate::ACCEPTS, rate)? else {
        return Ok(None);
    };
    let some = |text: &str| text.parse().ok().filter(|burst| *burst > 0);
    let burst = env.parse(
        "RATE_LIMIT_BURST",
        &rate.requests.to_string(),
        "a number of requests, at least 1",
        some,
    )?;
    let by = match env.parse("RATE_LIMIT_BY", "ip", "ip, subject or header:NAME", By::parse)? {
        By::Header { name, .. } => By::Header { name, keys: read_keys(env)? },
        by => by,
    };
    Ok(Some(Limit { rate: Rate { burst, ..rate }, by }))
}

fn read_keys(env: &Env) -> Result<BTreeSet<String>, ConfigError> {
    let accepts = "the header's values that count as clients, separated by commas; requests with \
                   any other value count by their address";
    env.parse("RATE_LIMIT_KEYS", "", accepts, |text| {
        let keys = text.split(',').map(str::trim).filter(|key| !key.is_empty());
        let keys: BTreeSet<String> = keys.map(str::to_owned).collect();
        (!keys.is_empty()).then_some(keys)
    })
}

fn read_jwt(env: &Env) -> Result<Option<jwt::Settings>, ConfigError> {
    let text = |name| Some(env.text(name, "").to_owned()).filter(|text| !text.is_empty());
    let Some(issuer) = text("JWT_ISSUER") else {
        return Ok(None);
    };
    let audience = env.parse("JWT_AUDIENCE", "", "whom tokens must be for", |text| {
        Some(text.to_owned()).filter(|text| !text.is_empty())
    })?;
    let own = text("OAUTH_CLIENTS").is_some();
    let url = |text: &str| match text {
        "" if own => Some(None),
        url => reqwest::Url::parse(url)
            .ok()
            // The services have no TLS client: it is left out on purpose, see ARCHITECTURE.md.
            .filter(|url| url.scheme() == "http")
            .map(|url| Some(url.to_string())),
    };
    let accepts =
        "the http:// URL of the issuer's keys, unless OAUTH_CLIENTS makes this gateway the issuer";
    Ok(Some(jwt::Settings {
        issuer,
        audience,
        jwks_url: env.parse("JWT_JWKS_URL", "", accepts, url)?,
        leeway: env.duration("JWT_LEEWAY", "30s")?,
        scopes: env.parse("JWT_SCOPES", "", jwt::Scopes::ACCEPTS, jwt::Scopes::parse)?,
    }))
}

impl By {
    fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None if text == "ip" => Some(Self::Ip),
            None if text == "subject" => Some(Self::Subject),
            Some(("header", name)) => {
                let name = name.parse::<http::HeaderName>().ok()?.to_string();
                Some(Self::Header { name, keys: BTreeSet::new() })
            }
            _ => None,
        }
    }
}

fn refused(name: &str, value: &str, accepts: &str) -> ConfigError {
    ConfigError { name: name.to_owned(), value: value.to_owned(), accepts: accepts.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "
timeout: 3s
rateLimit: {rate: 20/s, burst: 40, by: 'header:X-Api-Key', keys: [a, b]}
jwt:
  issuer: http://issuer
  audience: coffee
  jwksUrl: http://issuer/jwks
  scopes:
    - POST /orders orders:write
    - /stocks stocks:read
";

    #[test]
    fn a_gateway_requires_nothing_unless_configured() {
        let policy = Policy::read(&Env::default()).unwrap();
        assert_eq!(policy, Policy { deadline: Duration::from_secs(10), limit: None, jwt: None });
        for text in ["", "# nothing yet\n", "{}"] {
            assert_eq!(Policy::overlaid(&Env::default(), text).unwrap(), policy, "{text:?}");
        }
    }

    #[test]
    fn a_file_and_the_environment_have_the_same_settings() {
        let env = Env::from_pairs([
            ("GATEWAY_TIMEOUT", "3s"),
            ("RATE_LIMIT", "20/s"),
            ("RATE_LIMIT_BURST", "40"),
            ("RATE_LIMIT_BY", "header:X-Api-Key"),
            ("RATE_LIMIT_KEYS", "a, b"),
            ("JWT_ISSUER", "http://issuer"),
            ("JWT_AUDIENCE", "coffee"),
            ("JWT_JWKS_URL", "http://issuer/jwks"),
            ("JWT_SCOPES", "POST /orders orders:write, /stocks stocks:read"),
        ]);
        let policy = Policy::read(&env).unwrap();
        assert!(policy.limit.is_some() && policy.jwt.is_some());
        assert_eq!(Policy::overlaid(&Env::default(), FILE).unwrap(), policy);
        let overlaid =
            Policy::overlaid(&env, "rateLimit: {rate: 'off'}\njwt: {issuer: ''}").unwrap();
        assert_eq!(overlaid, Policy { deadline: Duration::from_secs(3), limit: None, jwt: None });
    }

    #[test]
    fn an_unusable_policy_is_refused_in_one_line() {
        let refusals = [
            "rateLimit: {rate: many}",
            "rateLimit: {rate: 1/s, burst: 0}",
            "rateLimit: {rate: 1/s, by: mood}",
            "rateLimit: {rate: 1/s, by: subject}",
            "rateLimit: {rate: 1/s, by: 'header:X-Api-Key'}",
            "jwt: {issuer: a}",
            "jwt: {issuer: a, audience: b}",
            "jwt: {issuer: a, audience: b, jwksUrl: 'https://no-tls'}",
            "jwt: {issuer: a, audience: b, jwksUrl: 'http://c', scopes: [orders]}",
            "timeout: soon",
            "ratelimit: {}",
            "rateLimit: [",
        ]
        .map(|text| Policy::overlaid(&Env::default(), text).unwrap_err().to_string());
        insta::assert_snapshot!(refusals.join("\n"));
    }
}

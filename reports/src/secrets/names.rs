//! Which names of headers, parameters and fields are those of secrets. Pure.

/// Whole names, of letters and digits only, in small letters.
const NAMES: [&str; 9] = [
    "authorization",
    "proxyauthorization",
    "authentication",
    "cookie",
    "setcookie",
    "pass",
    "pwd",
    "sid",
    "sig",
];

/// Parts of such names.
const PARTS: [&str; 12] = [
    "secret",
    "password",
    "passwd",
    "passphrase",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "sessionid",
    "sessid",
    "credential",
    "signature",
];

/// Ends of names that only say something of a secret, such as `token_type` and `max_tokens`.
const ENDS: [&str; 7] = ["type", "tokens", "count", "url", "uri", "expires", "expiresin"];

/// Whether a value of this name is a secret, however the name is written: `X-API-Key`, `apiKey`.
pub(super) fn is_secret(name: &str) -> bool {
    let bare = name.chars().filter(char::is_ascii_alphanumeric);
    let bare: String = bare.map(|letter| letter.to_ascii_lowercase()).collect();
    let has = |parts: &[&str], is: fn(&str, &str) -> bool| parts.iter().any(|part| is(&bare, part));
    has(&NAMES, |bare, name| bare == name)
        || has(&PARTS, |bare, part| bare.contains(part))
            && !has(&ENDS, |bare, end| bare.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_in_every_spelling() {
        for name in [
            "Authorization",
            "X-API-Key",
            "apiKey",
            "access_token",
            "client-secret",
            "PASSWORD",
            "x-session-id",
            "JSESSIONID",
            "X-Amz-Signature",
            "Authentication",
            "csrfToken",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["Accept", "token_type", "max_tokens", "tokenUrl", "passenger", "side", "key"] {
            assert!(!is_secret(name), "{name}");
        }
    }
}

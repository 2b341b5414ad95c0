//! Tokens that are good, and tokens that someone made to get in.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, Method};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use ring::hmac;
use serde_json::{Value, json};

use super::{Clients, Denied, Issuer, Keys, Scopes, Settings, Verifier};

/// An RSA key's public half, and what its private half, which is gone, has signed:
/// valid until 2100.
const RSA: &str = include_str!("tests/rsa.jwk.json");
const RS256: &str = include_str!("tests/rs256.jwt");
/// The same claims with HS256, and that public key's PEM text as the secret.
const HS256_WITH_PUBLIC_KEY: &str = include_str!("tests/hs256-with-public-key.jwt");

fn issuer() -> Issuer {
    let clients = Clients::parse("app:secret:orders:write").unwrap();
    Issuer::new("http://issuer".into(), "coffee".into(), Duration::from_secs(60), clients, None)
        .unwrap()
}

fn verifier(jwks: &Value) -> Verifier {
    let settings = Settings {
        issuer: "http://issuer".into(),
        audience: "coffee".into(),
        jwks_url: None,
        leeway: Duration::from_secs(5),
        scopes: Scopes::parse("POST /orders orders:write, /stocks stocks:read stocks:audit")
            .unwrap(),
    };
    Verifier::new(settings, Keys::fixed(jwks))
}

async fn check(
    verifier: &Verifier,
    token: &str,
    method: Method,
    path: &str,
) -> Result<Option<String>, Denied> {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    verifier.check(&headers, &method, path).await
}

/// Why a token does not get in.
async fn denied(verifier: &Verifier, token: &str) -> String {
    match check(verifier, token, Method::GET, "/orders").await {
        Err(Denied::Invalid(reason)) => reason,
        other => panic!("{other:?} for {token}"),
    }
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[tokio::test]
async fn a_token_opens_the_paths_of_its_scopes() {
    let issuer = issuer();
    let verifier = verifier(issuer.jwks());
    let token = issuer.sign("app", "orders:write stocks:read").unwrap();
    let outcome = |method, path| check(&verifier, &token, method, path);
    assert_eq!(outcome(Method::POST, "/orders").await, Ok(Some("app".into())));
    assert_eq!(outcome(Method::GET, "/orders/1").await, Ok(Some("app".into())));
    let lacking = Err(Denied::Insufficient("stocks:read stocks:audit".into()));
    assert_eq!(outcome(Method::GET, "/stocks").await, lacking);
}

#[tokio::test]
async fn an_rsa_token_is_accepted_and_its_key_verifies_no_other_algorithm() {
    let verifier = verifier(&json!({ "keys": [serde_json::from_str::<Value>(RSA).unwrap()] }));
    assert_eq!(
        check(&verifier, RS256.trim(), Method::POST, "/orders").await,
        Ok(Some("ann".into()))
    );
    assert_eq!(
        denied(&verifier, HS256_WITH_PUBLIC_KEY.trim()).await,
        "its algorithm is not that of the key"
    );
}

#[tokio::test]
async fn a_request_without_a_token_is_refused_as_such() {
    let verifier = verifier(issuer().jwks());
    let mut headers = HeaderMap::new();
    assert_eq!(verifier.check(&headers, &Method::GET, "/").await, Err(Denied::Missing));
    for other in ["Basic YTpi", "Bearer", ""] {
        headers.insert("authorization", other.parse().unwrap());
        assert_eq!(
            verifier.check(&headers, &Method::GET, "/").await,
            Err(Denied::Missing),
            "{other}"
        );
    }
    headers.append("authorization", "Bearer x".parse().unwrap());
    assert!(matches!(verifier.check(&headers, &Method::GET, "/").await, Err(Denied::Invalid(_))));
}

#[tokio::test]
async fn claims_must_have_our_issuer_and_audience_and_be_current() {
    let issuer = issuer();
    let verifier = verifier(issuer.jwks());
    let fine =
        json!({"iss": "http://issuer", "aud": ["tea", "coffee"], "sub": "a", "exp": now() + 60});
    let signed = |change: &dyn Fn(&mut Value)| {
        let mut claims = fine.clone();
        change(&mut claims);
        issuer.sign_claims(&claims).unwrap()
    };
    let token = signed(&|_| {});
    assert_eq!(check(&verifier, &token, Method::GET, "/orders").await, Ok(Some("a".into())));
    let almost = signed(&|claims| claims["exp"] = json!(now() - 1));
    assert!(
        check(&verifier, &almost, Method::GET, "/orders").await.is_ok(),
        "clocks may differ a little"
    );
    let reasons = [
        denied(&verifier, &signed(&|claims| claims["exp"] = json!(now() - 10))).await,
        denied(&verifier, &signed(&|claims| claims["nbf"] = json!(now() + 60))).await,
        denied(&verifier, &signed(&|claims| claims["iss"] = json!("http://elsewhere"))).await,
        denied(&verifier, &signed(&|claims| claims["aud"] = json!("tea"))).await,
        denied(&verifier, &signed(&|claims| drop(claims.as_object_mut().unwrap().remove("exp"))))
            .await,
        denied(&verifier, &signed(&|claims| drop(claims.as_object_mut().unwrap().remove("aud"))))
            .await,
        denied(&verifier, &signed(&|claims| drop(claims.as_object_mut().unwrap().remove("iss"))))
            .await,
        denied(&verifier, &signed(&|claims| claims["exp"] = json!("never"))).await,
        denied(&verifier, &signed(&|claims| claims["nbf"] = json!("soon"))).await,
    ];
    insta::assert_snapshot!(reasons.join("\n"));
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let issuer = issuer();
    let verifier = verifier(issuer.jwks());
    let kid = issuer.jwks()["keys"][0]["kid"].clone();
    let claims = json!({"iss": "http://issuer", "aud": "coffee", "sub": "a", "exp": now() + 60});
    let forged = |header: Value, sign: &dyn Fn(&[u8]) -> Vec<u8>| {
        let message = format!("{}.{}", part(&header), part(&claims));
        let signature = URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
        format!("{message}.{signature}")
    };
    let nothing: &dyn Fn(&[u8]) -> Vec<u8> = &|_| Vec::new();
    // The public key as the secret of an HMAC: as a point, and as its coordinates in text.
    let point = URL_SAFE_NO_PAD.decode(issuer.jwks()["keys"][0]["x"].as_str().unwrap()).unwrap();
    let with_point = |message: &[u8]| {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &point), message).as_ref().to_vec()
    };
    for algorithm in ["none", "None", "NONE", "", "HS256", "RS256", "ES384"] {
        for sign in [nothing, &with_point] {
            denied(&verifier, &forged(json!({"alg": algorithm, "kid": kid}), sign)).await;
        }
    }
    denied(&verifier, &forged(json!({"kid": kid}), nothing)).await;
    // All zeros once were a signature of anything.
    denied(&verifier, &forged(json!({"alg": "ES256", "kid": kid}), &|_| vec![0; 64])).await;
    // Another's key under our key's name, or brought along.
    let other = Issuer::new(
        "http://issuer".into(),
        "coffee".into(),
        Duration::from_secs(60),
        Clients::parse("a:b").unwrap(),
        None,
    )
    .unwrap();
    let stranger = other.sign("a", "").unwrap();
    assert_eq!(denied(&verifier, &stranger).await, "its key is not known");
    let (_, rest) = stranger.split_once('.').unwrap();
    let renamed = format!("{}.{rest}", part(&json!({"alg": "ES256", "kid": kid})));
    assert_eq!(denied(&verifier, &renamed).await, "its signature is wrong");
    let brought = json!({"alg": "ES256", "kid": kid, "jwk": other.jwks()["keys"][0]});
    denied(&verifier, &format!("{}.{rest}", part(&brought))).await;
    let critical = json!({"alg": "ES256", "kid": kid, "crit": ["exp"]});
    assert_eq!(
        denied(&verifier, &forged(critical, nothing)).await,
        "it has extensions that are not understood"
    );
}

#[tokio::test]
async fn malformed_tokens_are_refused() {
    let issuer = issuer();
    let verifier = verifier(issuer.jwks());
    let token = issuer.sign("app", "").unwrap();
    let (message, _) = token.rsplit_once('.').unwrap();
    for bad in [
        "x",
        "..",
        "a.b.c",
        "a.b.c.d",
        message,
        &format!("{message}."),
        &token[1..],
        &"x".repeat(100_000),
    ] {
        denied(&verifier, bad).await;
    }
    for at in (0..token.len()).step_by(7) {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        denied(&verifier, std::str::from_utf8(&changed).unwrap()).await;
    }
}

#[tokio::test]
async fn encryption_keys_do_not_verify_signatures() {
    let issuer = issuer();
    let token = issuer.sign("app", "").unwrap();
    for (field, value) in [("use", "enc"), ("alg", "ES384"), ("crv", "P-384"), ("kty", "oct")] {
        let mut jwks = issuer.jwks().clone();
        jwks["keys"][0][field] = json!(value);
        assert_eq!(denied(&verifier(&jwks), &token).await, "its key is not known", "{field}");
    }
}

#[test]
fn an_issuer_accepts_only_a_usable_key() {
    let with = |key: &[u8]| {
        Issuer::new(
            "i".into(),
            "a".into(),
            Duration::from_secs(1),
            Clients::parse("a:b").unwrap(),
            Some(key),
        )
        .err()
    };
    assert_eq!(with(b"no key"), Some("it is not a P-256 key in PKCS#8"));
    assert_eq!(with(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"), with(b""));
    let own = Issuer::new(
        "i".into(),
        "a".into(),
        Duration::from_secs(1),
        Clients::parse("a:b").unwrap(),
        None,
    )
    .unwrap();
    let again = own.with_same_key();
    assert_eq!(own.jwks(), again.jwks());
}

impl Issuer {
    fn sign_claims(&self, claims: &Value) -> jsonwebtoken::errors::Result<String> {
        let kid = self.jwks()["keys"][0]["kid"].as_str().map(str::to_owned);
        encode(&Header { kid, ..Header::new(Algorithm::ES256) }, claims, self.key())
    }

    /// As if its key had been kept in a file, as PEM.
    fn with_same_key(&self) -> Self {
        let der: &EncodingKey = self.key();
        let text = base64::engine::general_purpose::STANDARD.encode(der.as_bytes());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n");
        let clients = Clients::parse("a:b").unwrap();
        Self::new("i".into(), "a".into(), Duration::from_secs(1), clients, Some(pem.as_bytes()))
            .unwrap()
    }
}

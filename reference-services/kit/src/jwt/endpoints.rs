//! The issuer's HTTP endpoints: RFC 6749's token endpoint, and RFC 8414's discovery documents.

use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Issuer;

#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    grant_type: String,
    scope: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

/// An error of RFC 6749, 5.2.
type Refusal = (StatusCode, &'static str);

const INVALID_CLIENT: Refusal = (StatusCode::UNAUTHORIZED, "invalid_client");

impl Issuer {
    /// `POST /oauth/token`, which checks secrets and signs.
    pub fn token_route(&self) -> Router {
        Router::new().route("/oauth/token", post(token)).with_state(self.clone())
    }

    /// `/.well-known/jwks.json` and the discovery documents.
    pub fn discovery_routes(&self) -> Router {
        let discovery = get(|State(issuer): State<Self>| async move { Json(issuer.discovery()) });
        Router::new()
            .route(
                "/.well-known/jwks.json",
                get(|State(issuer): State<Self>| async move { Json(issuer.jwks().clone()) }),
            )
            .route("/.well-known/openid-configuration", discovery.clone())
            .route("/.well-known/oauth-authorization-server", discovery)
            .with_state(self.clone())
    }

    fn discovery(&self) -> Value {
        let issuer = self.name();
        json!({
            "issuer": issuer,
            "token_endpoint": format!("{issuer}/oauth/token"),
            "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
            "grant_types_supported": ["client_credentials"],
            "response_types_supported": [],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        })
    }

    fn issue(&self, headers: &HeaderMap, request: &Request) -> Result<Value, Refusal> {
        if request.grant_type != "client_credentials" {
            return Err((StatusCode::BAD_REQUEST, "unsupported_grant_type"));
        }
        let (id, secret) = basic(headers)
            .or_else(|| Some((request.client_id.clone()?, request.client_secret.clone()?)))
            .ok_or(INVALID_CLIENT)?;
        // The same refusal for an unknown client and for a wrong secret: it must not tell
        // which ids exist.
        let client = self.clients().authenticate(&id, &secret).ok_or(INVALID_CLIENT)?;
        let scopes: Vec<&str> = match &request.scope {
            Some(wanted) => wanted.split_whitespace().collect(),
            None => client.scopes.iter().map(String::as_str).collect(),
        };
        // RFC 6749 would allow to grant fewer scopes; a refusal is easier to understand than a
        // token that lacks one.
        if !scopes.iter().all(|scope| client.scopes.iter().any(|granted| granted == scope)) {
            return Err((StatusCode::BAD_REQUEST, "invalid_scope"));
        }
        let scope = scopes.join(" ");
        let token = self
            .sign(&id, &scope)
            .map_err(|_| (StatusCode::INTERNAL_SERVER_ERROR, "server_error"))?;
        let expires_in = self.lifetime().as_secs();
        Ok(json!({
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": expires_in,
            "scope": scope,
        }))
    }
}

async fn token(
    State(issuer): State<Issuer>,
    headers: HeaderMap,
    form: Result<Form<Request>, FormRejection>,
) -> Response {
    let outcome = match form {
        Ok(Form(request)) => issuer.issue(&headers, &request),
        Err(_) => Err((StatusCode::BAD_REQUEST, "invalid_request")),
    };
    // RFC 6749, 5.1: a token must not end up in a cache.
    let uncached = [(header::CACHE_CONTROL, "no-store")];
    match outcome {
        Ok(token) => (uncached, Json(token)).into_response(),
        Err((StatusCode::UNAUTHORIZED, error)) => {
            let challenge = [(header::WWW_AUTHENTICATE, "Basic realm=\"oauth\"")];
            (StatusCode::UNAUTHORIZED, uncached, challenge, Json(json!({ "error": error })))
                .into_response()
        }
        Err((status, error)) => (status, uncached, Json(json!({ "error": error }))).into_response(),
    }
}

/// The client's id and secret: RFC 6749 allows both a header and the body.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let (scheme, value) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let bytes =
        STANDARD.decode(value.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let (id, secret) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

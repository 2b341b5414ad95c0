//! Ways around what a gateway requires.

use http::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{BOUND, ISSUER, start};

#[tokio::test]
async fn a_scope_rule_is_no_other_by_another_spelling_of_the_path() {
    let rules = "/orders orders:read, /orders/1 orders:write";
    let gateway = start(&[ISSUER[0], ISSUER[1], ISSUER[2], ("JWT_SCOPES", rules)]).await;
    let reader = gateway.token("reader", "r").await;
    for (path, expected) in [
        ("/orders/2", 200),
        ("/orders/1", 403),
        ("/orders/%31", 403),
        ("/bookings/%31/cancel", 403),
        // No spelling of an id, so the service has no such order.
        ("/orders/01", 200),
        ("/orders/x/../1", 400),
    ] {
        // Over a socket, as a client's library would resolve the dots itself.
        let mut client = TcpStream::connect(gateway.url.strip_prefix("http://").unwrap()).await;
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {reader}\r\n\
             connection: close\r\n\r\n"
        );
        let (mut reply, client) = (String::new(), client.as_mut().unwrap());
        client.write_all(head.as_bytes()).await.unwrap();
        timeout(BOUND, client.read_to_string(&mut reply)).await.unwrap().unwrap();
        assert!(reply.starts_with(&format!("HTTP/1.1 {expected} ")), "{path}: {reply}");
    }
}

#[tokio::test]
async fn asking_for_tokens_is_limited_by_address_whatever_else_is_limited_by() {
    for by in ["ip", "subject", "header:X-Api-Key"] {
        let limit =
            [("RATE_LIMIT", "2/10m"), ("RATE_LIMIT_BY", by), ("RATE_LIMIT_KEYS", "a,b,c,d")];
        let gateway = start(&[&ISSUER[..], &limit].concat()).await;
        let mut statuses = Vec::new();
        for key in ["a", "b", "c", "d"] {
            let guess = gateway.client.post(format!("{}/oauth/token", gateway.url));
            let guess = guess.header("content-type", "application/x-www-form-urlencoded");
            let form = "grant_type=client_credentials&client_id=writer&client_secret=guess";
            let answer = guess.header("x-api-key", key).body(form).send().await.unwrap();
            statuses.push(answer.status().as_u16());
        }
        assert_eq!(statuses, [401, 401, 429, 429], "{by}");
        // Others need its keys all the time.
        assert_eq!(gateway.get("/.well-known/jwks.json").await.status(), StatusCode::OK);
    }
}

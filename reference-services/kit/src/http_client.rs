//! The HTTP client of everything that a service calls.

use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;

/// How long to wait for a connection. The services are on one network, where a connection takes
/// milliseconds or fails.
const CONNECT: Duration = Duration::from_secs(1);

/// How long an unused connection is kept: less than a service keeps it, so that no call meets one
/// that is just being closed.
const IDLE: Duration = Duration::from_secs(15);

/// Without the environment's proxy settings: a proxy meant for the internet must not
/// come between services.
pub(crate) fn client() -> Client {
    let builder = Client::builder()
        .no_proxy()
        // A redirect would send a command to an address that nobody configured.
        .redirect(Policy::none())
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        // Requests are small and single: Nagle's algorithm would hold each back
        // for an acknowledgement.
        .tcp_nodelay(true);
    builder.build().unwrap_or_default()
}

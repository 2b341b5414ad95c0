//! Connections to servers: name lookup, sockets, proxies, TLS. No protocol above these.

mod error;
mod lookup;
mod own_limits;
mod server;
mod stream;
mod tls;
mod tunnel;

pub use error::ConnectError;
pub(crate) use error::ServerSetupError;
pub(crate) use server::Server;
pub(crate) use stream::ByteStream;
pub use tls::{TlsError, UnfitPem};

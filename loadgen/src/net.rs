//! Ways to a server: names, sockets, proxies, TLS.

mod error;
mod lookup;
mod server;
mod stream;
mod tls;
mod tunnel;

pub use error::ConnectError;
pub(crate) use error::ServerSetupError;
pub(crate) use server::Server;
pub(crate) use stream::ByteStream;
pub use tls::TlsError;

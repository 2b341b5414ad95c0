//! Ways to a server: names, sockets, proxies, TLS.

mod lookup;
mod server;
mod stream;
mod tls;
mod tunnel;

pub use server::ConnectError;
pub(crate) use server::{OpenedConnection, Server, ServerSetupError};
pub(crate) use stream::{ByteStream, Socket};
pub(crate) use tls::TlsClient;
pub use tls::TlsError;

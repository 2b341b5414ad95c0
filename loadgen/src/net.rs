//! Ways to a server: names, sockets, proxies, TLS.

mod lookup;
mod server;
mod stream;
mod tls;
mod tunnel;

pub(crate) use server::{Opened, Server, Unreached, Unusable};
pub(crate) use stream::{Socket, Stream};
pub(crate) use tls::Tls;
pub use tls::TlsError;

//! A port that can be closed and opened again without losing it.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

use crate::error::ProxyError;

/// The most connections that wait to be accepted.
const BACKLOG: u32 = 1024;

/// Where to listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listen {
    /// On any free port of 127.0.0.1.
    Free,
    /// On this port of 127.0.0.1, and of `::1` where there is one: `localhost` may mean either.
    Port(u16),
    /// On this port of every address; 0 stands for any free one.
    Everywhere(u16),
}

/// A port that belongs to this process whether or not it listens there.
pub(crate) struct ReservedPort {
    addresses: Vec<SocketAddr>,
    /// Bound but not listening: a connection is refused, and no other process is given the port.
    _sockets: Vec<TcpSocket>,
}

impl ReservedPort {
    pub(crate) fn reserve(listen: Listen) -> Result<Self, ProxyError> {
        let port = match listen {
            Listen::Free => 0,
            Listen::Port(port) | Listen::Everywhere(port) => port,
        };
        let fail = |source| ProxyError::binding(port, source);
        let first = match listen {
            Listen::Everywhere(_) => bind_everywhere(port),
            _ => bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
        };
        let first = first.map_err(fail)?;
        let mut addresses = vec![first.local_addr().map_err(fail)?];
        let mut sockets = vec![first];
        if matches!(listen, Listen::Port(_))
            && let Some((address, socket)) = bind_v6(port).map_err(fail)?
        {
            addresses.push(address);
            sockets.push(socket);
        }
        let reserved = Self { addresses, _sockets: sockets };
        // Binding alone does not show a clash with a socket that is bound but does not listen yet.
        reserved.listen().map_err(fail)?;
        Ok(reserved)
    }

    pub(crate) fn number(&self) -> u16 {
        self.addresses[0].port()
    }

    /// Listens until the listeners are dropped.
    pub(crate) fn listen(&self) -> io::Result<Vec<TcpListener>> {
        self.addresses.iter().map(|address| bind(*address)?.listen(BACKLOG)).collect()
    }
}

/// `None` on a machine without IPv6, where the port of 127.0.0.1 is enough.
fn bind_v6(port: u16) -> io::Result<Option<(SocketAddr, TcpSocket)>> {
    let address = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
    match bind(address) {
        Ok(socket) => Ok(Some((address, socket))),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(error),
        Err(_no_such_address) => Ok(None),
    }
}

/// One socket for IPv4 and IPv6, where the machine has both.
fn bind_everywhere(port: u16) -> io::Result<TcpSocket> {
    let both = bind(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)));
    match both {
        Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
            bind(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)))
        }
        both => both,
    }
}

/// With SO_REUSEADDR two sockets may be bound to one port as long as the other does not listen.
fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

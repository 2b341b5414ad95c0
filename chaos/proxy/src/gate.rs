//! A port that can be closed and opened again without losing it.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

use crate::ProxyError;

/// Connections that wait to be accepted, at most.
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

/// A port that is ours whether or not we listen on it.
pub(crate) struct Gate {
    addresses: Vec<SocketAddr>,
    /// Bound but not listening: a connection is refused, and nobody else is given the port.
    holders: Vec<TcpSocket>,
}

impl Gate {
    pub(crate) fn reserve(listen: Listen) -> Result<Self, ProxyError> {
        let port = match listen {
            Listen::Free => 0,
            Listen::Port(port) | Listen::Everywhere(port) => port,
        };
        let fail = |source| ProxyError::binding(port, source);
        let first = match listen {
            Listen::Everywhere(_) => everywhere(port),
            _ => bound(SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
        };
        let first = first.map_err(fail)?;
        let mut gate =
            Self { addresses: vec![first.local_addr().map_err(fail)?], holders: vec![first] };
        if matches!(listen, Listen::Port(_)) {
            gate.reserve_v6(port).map_err(fail)?;
        }
        // Binding alone does not show a clash with a socket that is bound but does not listen yet.
        gate.open().map_err(fail)?;
        Ok(gate)
    }

    fn reserve_v6(&mut self, port: u16) -> io::Result<()> {
        let address = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
        match bound(address) {
            Ok(socket) => {
                self.addresses.push(address);
                self.holders.push(socket);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(error),
            Err(_no_such_address) => Ok(()),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.addresses[0].port()
    }

    /// Listens until the listeners are dropped.
    pub(crate) fn open(&self) -> io::Result<Vec<TcpListener>> {
        self.addresses.iter().map(|address| bound(*address)?.listen(BACKLOG)).collect()
    }
}

/// One socket for the addresses of both kinds, where the system has both.
fn everywhere(port: u16) -> io::Result<TcpSocket> {
    let both = bound(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)));
    match both {
        Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
            bound(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)))
        }
        both => both,
    }
}

/// With SO_REUSEADDR two sockets may be bound to one port as long as the other does not listen.
fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

//! Free ports for replicas.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Range;
use std::sync::atomic::{AtomicU16, Ordering::Relaxed};

use tokio::net::TcpSocket;

/// The lowest port to hand out.
const LOWEST: u16 = 20_000;
/// Where ephemeral ports begin on Linux unless configured otherwise.
const EPHEMERAL: u16 = 32_768;

/// Hands out free ports; one that was handed out comes again only after all others.
///
/// They lie below the ephemeral ports: between here and the moment the replica listens, no outgoing
/// connection can be given one.
#[derive(Debug)]
pub(crate) struct FreePorts {
    range: Range<u16>,
    next: AtomicU16,
}

impl FreePorts {
    pub(crate) fn new() -> Self {
        let end = first_ephemeral().unwrap_or(EPHEMERAL).max(LOWEST + 1);
        Self {
            range: LOWEST..end,
            // Systems that run side by side start at different places.
            next: AtomicU16::new(fastrand::u16(..end - LOWEST)),
        }
    }

    pub(crate) fn pick(&self) -> io::Result<u16> {
        let candidates = self.range.len();
        // Onwards from the last one, which its replica may not have bound yet.
        for _ in 0..candidates {
            let step = usize::from(self.next.fetch_add(1, Relaxed)) % candidates;
            let port = self.range.start + u16::try_from(step).unwrap_or_default();
            if is_free(port) {
                return Ok(port);
            }
        }
        Err(io::Error::new(
            io::ErrorKind::AddrInUse,
            format!("no port from {} to {} is free", self.range.start, self.range.end - 1),
        ))
    }
}

fn is_free(port: u16) -> bool {
    // On every address, since that is where some programs listen.
    let address = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
    TcpSocket::new_v4().is_ok_and(|socket| socket.bind(address).is_ok())
}

fn first_ephemeral() -> Option<u16> {
    let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok()?;
    range.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::net::TcpListener;

    /// One test, as two at the same time would take ports from each other.
    #[test]
    fn ports_that_are_handed_out_are_free_and_differ() {
        let ports = FreePorts::new();
        let picked: HashSet<u16> = (0..50).map(|_| ports.pick().unwrap()).collect();
        assert_eq!(picked.len(), 50);
        for port in picked {
            TcpListener::bind(("127.0.0.1", port)).unwrap();
        }
        let first = ports.pick().unwrap();
        let holder = TcpListener::bind(("127.0.0.1", first + 1)).unwrap();
        assert_ne!(ports.pick().unwrap(), holder.local_addr().unwrap().port());
    }
}

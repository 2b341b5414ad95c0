//! Waiting for connections that are older than an edge proxy: they bypass it until they close.
//! Callers close connections that they do not use. A caller that sends request after request over
//! one connection can only be led elsewhere by starting it again.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};

use brunt_scenarios::timeline::GapKind;

use super::connection_tables::ConnectionTables;
use super::proxies::EdgeProxies;
use crate::changes::changer::Changer;
use crate::observe::gaps::WatchGap;
use crate::observe::services::ClusterServices;
use crate::observe::watcher::Observer;
use crate::observe::workload::Workload;

/// How often the callee's pods are asked for their connections.
const POLL: Duration = Duration::from_secs(1);

/// How the kernel writes that a connection is open.
const ESTABLISHED: &str = "01";

impl EdgeProxies {
    /// Waits until no caller has a connection to the callee itself, as far as its pods can be
    /// asked; after the drain timeout, notes the edges whose calls bypass the proxy. Where a pod
    /// cannot be asked, that is noted too: nobody knows what goes past the proxy then.
    pub(super) async fn drain_connections(
        &self,
        changer: &Changer,
        observer: &Observer,
        services: &ClusterServices,
        (callee, ports): (&str, &[u16]),
    ) {
        let until = tokio::time::Instant::now() + self.drain_timeout;
        let image = services.image(self.image.as_deref());
        let runs_brunt = services.runs_brunt(callee).unwrap_or(false);
        let workload = services.workloads.get(callee);
        let container = workload.and_then(Workload::container).map(|one| one.name.as_str());
        let mut tables = ConnectionTables::new(changer, (container, runs_brunt), image);
        let late = loop {
            let pods: Vec<String> =
                observer.state().pods(callee).into_iter().map(|pod| pod.name).collect();
            let callers = connected_callers(observer, callee, ports, &tables.read(&pods).await);
            if callers.is_empty() || tokio::time::Instant::now() > until {
                break callers;
            }
            tokio::time::sleep(POLL).await;
        };
        if !late.is_empty() {
            let callers = late.into_iter().collect::<Vec<_>>().join(", ");
            self.note_bypass(format!(
                "{callers} kept connections to {callee} from before the edge proxy was installed, \
                 and what goes over them until they close them meets no fault and is not counted",
            ));
        }
        let unknown = tables.unknown();
        if !unknown.is_empty() {
            self.note_bypass(format!(
                "whether callers kept connections to {callee} from before the edge proxy was \
                 installed is not known, and so is not what goes past it ({})",
                unknown.join("; ")
            ));
        }
    }

    fn note_bypass(&self, what: String) {
        tracing::warn!("{what}");
        let kind = GapKind::Bypassed;
        self.add_bypass(WatchGap { from: Instant::now(), to: None, what, kind });
    }
}

/// The services of the system with connections to the callee's pods, by the tables of these.
fn connected_callers(
    observer: &Observer,
    callee: &str,
    ports: &[u16],
    tables: &[String],
) -> BTreeSet<String> {
    let peers: Vec<IpAddr> = tables.iter().flat_map(|table| connected(table, ports)).collect();
    let state = observer.state();
    let callers = state.all_pods().filter(|pod| !pod.on_host && pod.service != callee);
    callers
        .filter(|pod| pod.address.is_some_and(|address| peers.contains(&address)))
        .map(|pod| pod.service.clone())
        .collect()
}

/// The peers of open connections at these ports, by the kernel's table.
fn connected(table: &str, ports: &[u16]) -> Vec<IpAddr> {
    let peer = |line: &str| {
        let mut fields = line.split_whitespace().skip(1);
        let (here, there, state) = (fields.next()?, fields.next()?, fields.next()?);
        let is_ours = ports.contains(&u16::from_str_radix(here.split_once(':')?.1, 16).ok()?);
        (is_ours && state == ESTABLISHED).then(|| address(there.split_once(':')?.0)).flatten()
    };
    table.lines().filter_map(peer).collect()
}

/// An address as the kernel writes it: words of 32 bits in the machine's own byte order, which is
/// little-endian on every node that brunt has images for.
fn address(hex: &str) -> Option<IpAddr> {
    let word = |start: usize| -> Option<[u8; 4]> {
        Some(u32::from_str_radix(hex.get(start..start + 8)?, 16).ok()?.to_le_bytes())
    };
    match hex.len() {
        8 => Some(Ipv4Addr::from(word(0)?).into()),
        32 => {
            let words = [word(0)?, word(8)?, word(16)?, word(24)?];
            let bytes: [u8; 16] = words.concat().try_into().ok()?;
            // A socket that listens on IPv6 has IPv4 peers as mapped addresses.
            Some(IpAddr::from(Ipv6Addr::from(bytes)).to_canonical())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_connections_at_the_port_are_read_from_the_kernels_table() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 65532
   1: 050212C6:1F90 070112C6:9C40 01 00000000:00000000 00:00000000 00000000 65532
   2: 050212C6:1F90 080112C6:9C41 06 00000000:00000000 00:00000000 00000000 0
   3: 050212C6:1F91 090112C6:9C41 01 00000000:00000000 00:00000000 00000000 0
   4: 0000000000000000FFFF0000050212C6:1F90 0000000000000000FFFF00000A0112C6:AAAA 01 00000000:00000000
   5: 000080FE000000000000000001000000:1F90 000080FE000000000000000002000000:AAAA 01 00000000:00000000
";
        let expected: [IpAddr; 3] =
            ["198.18.1.7", "198.18.1.10", "fe80::2"].map(|address| address.parse().unwrap());
        assert_eq!(connected(table, &[9102, 8080]), expected);
    }
}

//! Connections from before the stand-in came: they go on past it until they close. Callers close
//! what they do not use, so it is waited for; who asks on and on over the same connection cannot be
//! led elsewhere without being started again.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};

use crate::observe::watcher::WatchGap;
use crate::run::ClusterRun;

/// Between two looks.
const LOOK: Duration = Duration::from_secs(1);

/// How the kernel writes that a connection is open.
const ESTABLISHED: &str = "01";

impl ClusterRun {
    /// Waits until no caller is connected with the callee itself, as far as the callee's pods
    /// can be asked.
    pub(super) async fn old_connections_end(&self, callee: &str, port: u16) {
        let until = tokio::time::Instant::now() + self.between.patience;
        loop {
            let old = self.old_connections(callee, port).await;
            if old.is_empty() {
                return;
            }
            if tokio::time::Instant::now() > until {
                self.between.missed(WatchGap {
                    from: Instant::now(),
                    to: None,
                    what: format!(
                        "{} kept connections to {callee} from before the stand-in came, and what goes over them meets no fault \
                         and is not counted; start them again before a run",
                        old.into_iter().collect::<Vec<_>>().join(", ")
                    ),
                });
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Who of the system is connected with the callee's pods.
    async fn old_connections(&self, callee: &str, port: u16) -> BTreeSet<String> {
        let mut peers = Vec::new();
        let pods = self.seen.state().pods(callee);
        for pod in pods {
            // A container without any of these programs cannot be asked.
            let table =
                self.output_of(&pod, self.shows_connections(callee)).await.unwrap_or_default();
            peers.extend(connected(&table, port));
        }
        let state = self.seen.state();
        let callers = state.everybody().filter(|pod| !pod.on_host && pod.service != callee);
        callers
            .filter(|pod| pod.address.is_some_and(|address| peers.contains(&address)))
            .map(|pod| pod.service.clone())
            .collect()
    }

    fn shows_connections(&self, callee: &str) -> &'static [&'static str] {
        match self.runs_brunt(callee) {
            Ok(true) => &["brunt", "connections"],
            _ => &["cat", "/proc/net/tcp", "/proc/net/tcp6"],
        }
    }
}

/// Who is connected with this port, by the kernel's table.
fn connected(table: &str, port: u16) -> Vec<IpAddr> {
    let peer = |line: &str| {
        let mut fields = line.split_whitespace().skip(1);
        let (here, there, state) = (fields.next()?, fields.next()?, fields.next()?);
        let ours = u16::from_str_radix(here.split_once(':')?.1, 16).ok()? == port;
        (ours && state == ESTABLISHED).then(|| address(there.split_once(':')?.0)).flatten()
    };
    table.lines().filter_map(peer).collect()
}

/// Words of 32 bits, each as this machine's kind keeps it: the first byte last.
fn address(hex: &str) -> Option<IpAddr> {
    let word = |start: usize| -> Option<[u8; 4]> {
        Some(u32::from_str_radix(hex.get(start..start + 8)?, 16).ok()?.to_le_bytes())
    };
    match hex.len() {
        8 => Some(Ipv4Addr::from(word(0)?).into()),
        32 => {
            let words = [word(0)?, word(8)?, word(16)?, word(24)?];
            let bytes: Vec<u8> = words.concat();
            let bytes: [u8; 16] = bytes.try_into().ok()?;
            Some(IpAddr::from(Ipv6Addr::from(bytes)).to_canonical())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_table_says_who_is_connected() {
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
        assert_eq!(connected(table, 8080), expected);
    }
}

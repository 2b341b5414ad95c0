//! Where one replica listens, and the endpoints of all.

use std::collections::BTreeMap;
use std::io;

use brunt_proxy::{EndpointAddress, Endpoints, InFlight};

use crate::free_ports::FreePorts;

/// The ports of one replica: the first, and those that have names.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReplicaPorts {
    pub(crate) first: u16,
    pub(crate) named: BTreeMap<String, u16>,
}

impl ReplicaPorts {
    /// Free ones, as many as the service has.
    pub(crate) fn pick<'a>(
        free: &FreePorts,
        names: impl Iterator<Item = &'a String>,
    ) -> io::Result<Self> {
        let first = free.pick()?;
        let named = names.map(|name| Ok((name.clone(), free.pick()?)));
        Ok(Self { first, named: named.collect::<io::Result<_>>()? })
    }
}

/// Waits until all requests that were in flight have been answered, or have failed.
pub(crate) async fn all_answered(in_flight: Vec<InFlight>) {
    for requests in in_flight {
        requests.answered().await;
    }
}

/// The endpoints of a service, at each of its ports.
#[derive(Debug, Clone, Default)]
pub(crate) struct ServiceEndpoints {
    pub(crate) first: Endpoints,
    pub(crate) named: BTreeMap<String, Endpoints>,
}

impl ServiceEndpoints {
    /// Those of a service whose further ports have these names.
    pub(crate) fn new<'a>(first: Endpoints, names: impl Iterator<Item = &'a String>) -> Self {
        Self { first, named: names.map(|name| (name.clone(), Endpoints::default())).collect() }
    }

    pub(crate) fn add(&self, replica: &ReplicaPorts) {
        for (endpoints, port) in self.each(replica) {
            endpoints.add(EndpointAddress::local(port));
        }
    }

    /// Removes a replica. Returns the requests that are in flight to it.
    pub(crate) fn remove(&self, replica: &ReplicaPorts) -> Vec<InFlight> {
        let each = self.each(replica);
        each.map(|(endpoints, port)| endpoints.remove(&EndpointAddress::local(port))).collect()
    }

    fn each<'a>(&'a self, replica: &'a ReplicaPorts) -> impl Iterator<Item = (&'a Endpoints, u16)> {
        let named = self.named.iter();
        let named = named.filter_map(|(name, all)| Some((all, *replica.named.get(name)?)));
        std::iter::once((&self.first, replica.first)).chain(named)
    }
}

//! The proxies: one in front of each service, and one for each service that calls another.

use std::collections::BTreeMap;

use brunt_proxy::{EndpointAddress, Endpoints, Listen, Proxy, ProxyError};
use brunt_scenarios::plan::{Program, Protocol, Service, System};
use brunt_scenarios::timeline::EdgeRecord;
use indexmap::IndexMap;

use crate::error::LocalError;
use crate::launch_spec::CalleeProxy;
use crate::listening_process::listening_process;
use crate::local_edge::LocalEdge;
use crate::options::Ports;
use crate::replica_address::ServiceEndpoints;

#[derive(Debug)]
pub(crate) struct Network {
    endpoints: IndexMap<String, ServiceEndpoints>,
    /// By service and port name, for requests from outside. Only services that brunt starts have
    /// one: brunt does not listen in place of a service that runs already.
    fronts: IndexMap<(String, Option<String>), Proxy>,
    /// By caller and callee.
    edges: IndexMap<(String, String), LocalEdge>,
}

impl Network {
    /// Must be called within a tokio runtime.
    pub(crate) fn start(system: &System, ports: Ports) -> Result<Self, LocalError> {
        let mut network =
            Self { endpoints: IndexMap::new(), fronts: IndexMap::new(), edges: IndexMap::new() };
        for (name, service) in &system.services {
            let endpoints = ServiceEndpoints::new(endpoints(service), service.ports.keys());
            network.endpoints.insert(name.clone(), endpoints);
        }
        // Edges are there from the start: a fault must meet connections that were opened before it.
        for (name, service) in &system.services {
            network.add_fronts(name, service, ports)?;
            for to in service.calls.keys() {
                let callee = (to.as_str(), system.services.get(to));
                let edge = LocalEdge::start(name, callee, &network.endpoints_of(to));
                let edge = edge.map_err(|error| setup_error(name, error))?;
                network.edges.insert((name.clone(), to.clone()), edge);
            }
        }
        Ok(network)
    }

    fn add_fronts(
        &mut self,
        name: &str,
        service: &Service,
        ports: Ports,
    ) -> Result<(), LocalError> {
        if !service.is_ours() {
            return Ok(());
        }
        let endpoints = self.endpoints_of(name);
        self.add_front(name, None, (ports, service.port), endpoints.first, service.protocol)?;
        for (port_name, port) in &service.ports {
            let wanted = (ports, port.port.as_ref().map(|port| port.value));
            let endpoints = endpoints.named.get(port_name).cloned().unwrap_or_default();
            self.add_front(name, Some(port_name), wanted, endpoints, port.protocol)?;
        }
        Ok(())
    }

    fn add_front(
        &mut self,
        name: &str,
        port_name: Option<&str>,
        wanted: (Ports, Option<u16>),
        endpoints: Endpoints,
        protocol: Option<Protocol>,
    ) -> Result<(), LocalError> {
        let listen = match wanted {
            (Ports::Declared, Some(port)) => Listen::Port(port),
            _ => Listen::Free,
        };
        let front = Proxy::start(None, name, listen, endpoints, protocol)
            .map_err(|error| setup_error(name, error))?;
        self.fronts.insert((name.to_owned(), port_name.map(str::to_owned)), front);
        Ok(())
    }

    /// A service's endpoints; an empty set for a service that does not exist.
    pub(crate) fn endpoints_of(&self, service: &str) -> ServiceEndpoints {
        self.endpoints.get(service).cloned().unwrap_or_default()
    }

    /// The proxy in front of a service, if brunt starts it.
    pub(crate) fn front(&self, service: &str) -> Option<&Proxy> {
        self.fronts.get(&(service.to_owned(), None))
    }

    pub(crate) fn edge(&self, from: &str, to: &str) -> Option<&LocalEdge> {
        self.edges.get(&(from.to_owned(), to.to_owned()))
    }

    /// Where a service finds those that it calls.
    pub(crate) fn callees(&self, from: &str, system: &System) -> BTreeMap<String, CalleeProxy> {
        let callees = system.services.get(from).into_iter().flat_map(|caller| caller.calls.keys());
        let found = callees.filter_map(|to| {
            let (edge, callee) = (self.edge(from, to)?, system.services.get(to)?);
            let port = edge.first.port();
            let named = edge.named.iter().map(|(name, proxy)| (name.clone(), proxy.port()));
            Some((to.clone(), CalleeProxy { port, named: named.collect(), url: url(callee, port) }))
        });
        found.collect()
    }

    pub(crate) fn records(&self) -> Vec<EdgeRecord> {
        let mut fronts = IndexMap::<&str, EdgeRecord>::new();
        for ((service, _), front) in &self.fronts {
            let record = front.record();
            match fronts.get_mut(service.as_str()) {
                Some(sum) => sum.add(&record),
                None => drop(fronts.insert(service, record)),
            }
        }
        fronts.into_values().chain(self.edges.values().map(LocalEdge::record)).collect()
    }

    /// Waits until every proxy that leads to this service accepts connections.
    pub(crate) async fn opened(&self, service: &str) {
        for ((name, _), front) in &self.fronts {
            if name == service {
                front.opened().await;
            }
        }
        for ((_, to), edge) in &self.edges {
            if to == service {
                edge.opened().await;
            }
        }
    }
}

fn endpoints(service: &Service) -> Endpoints {
    match &service.program {
        Program::Running { url } => Endpoints::of(EndpointAddress::at(&url.authority())),
        _ => Endpoints::default(),
    }
}

/// A callee's URL with a proxy in its place.
fn url(callee: &Service, port: u16) -> String {
    let host = CalleeProxy::HOST;
    if let Program::Running { url } = &callee.program {
        return url.through(host, port);
    }
    let scheme = match callee.protocol {
        Some(Protocol::Tcp) => "tcp",
        Some(Protocol::Tls) => "https",
        Some(Protocol::Http | Protocol::Http2 | Protocol::Grpc) | None => "http",
    };
    format!("{scheme}://{host}:{port}")
}

fn setup_error(service: &str, error: ProxyError) -> LocalError {
    let service = service.to_owned();
    match error {
        ProxyError::InUse { port } => {
            LocalError::PortInUse { service, port, process: listening_process(port) }
        }
        source => LocalError::Proxy { service, source },
    }
}

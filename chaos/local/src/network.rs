//! The proxies: one in front of each service, and one for each service that calls another.

use std::collections::BTreeMap;

use brunt_proxy::{EndpointAddress, Endpoints, Listen, Proxy, ProxyError};
use brunt_scenarios::plan::{Program, Protocol, Service, System};
use brunt_scenarios::timeline::EdgeRecord;
use indexmap::IndexMap;

use crate::error::LocalError;
use crate::listening_process::listening_process;
use crate::options::Ports;

#[derive(Debug)]
pub(crate) struct Network {
    endpoints: IndexMap<String, Endpoints>,
    /// By service, for requests from outside. Only services that brunt starts have one: brunt does
    /// not listen in place of a service that runs already.
    fronts: IndexMap<String, Proxy>,
    /// By caller and callee.
    edges: IndexMap<(String, String), Proxy>,
}

impl Network {
    /// Must be called within a tokio runtime.
    pub(crate) fn start(system: &System, ports: Ports) -> Result<Self, LocalError> {
        let mut network =
            Self { endpoints: IndexMap::new(), fronts: IndexMap::new(), edges: IndexMap::new() };
        for (name, service) in &system.services {
            network.endpoints.insert(name.clone(), endpoints(name, service)?);
        }
        // Edges are there from the start: a fault must meet connections that were opened before it.
        for (name, service) in &system.services {
            network.add_front(name, service, ports)?;
            for callee in service.calls.keys() {
                let protocol = system.services.get(callee).and_then(|callee| callee.protocol);
                network.add_edge(name, callee, protocol)?;
            }
        }
        Ok(network)
    }

    fn add_front(&mut self, name: &str, service: &Service, ports: Ports) -> Result<(), LocalError> {
        if !service.is_ours() {
            return Ok(());
        }
        let listen = match (ports, service.port) {
            (Ports::Declared, Some(port)) => Listen::Port(port),
            _ => Listen::Free,
        };
        let front = Proxy::start(None, name, listen, self.endpoints_of(name), service.protocol)
            .map_err(|error| setup_error(name, error))?;
        self.fronts.insert(name.to_owned(), front);
        Ok(())
    }

    fn add_edge(
        &mut self,
        from: &str,
        to: &str,
        protocol: Option<Protocol>,
    ) -> Result<(), LocalError> {
        let edge = Proxy::start(Some(from), to, Listen::Free, self.endpoints_of(to), protocol)
            .map_err(|error| setup_error(from, error))?;
        self.edges.insert((from.to_owned(), to.to_owned()), edge);
        Ok(())
    }

    /// A service's endpoints; an empty set for a service that does not exist.
    pub(crate) fn endpoints_of(&self, service: &str) -> Endpoints {
        self.endpoints.get(service).cloned().unwrap_or_default()
    }

    /// The proxy in front of a service, if brunt starts it.
    pub(crate) fn front(&self, service: &str) -> Option<&Proxy> {
        self.fronts.get(service)
    }

    pub(crate) fn edge(&self, from: &str, to: &str) -> Option<&Proxy> {
        self.edges.get(&(from.to_owned(), to.to_owned()))
    }

    /// The environment variables with the addresses of the services that a service calls.
    pub(crate) fn addresses(&self, from: &str, service: &Service) -> BTreeMap<String, String> {
        let callees = service.calls.iter();
        callees
            .filter_map(|(to, variable)| Some((variable.clone()?, self.edge(from, to)?.url())))
            .collect()
    }

    pub(crate) fn records(&self) -> Vec<EdgeRecord> {
        let all = self.fronts.values().chain(self.edges.values());
        all.map(Proxy::record).collect()
    }

    /// Waits until every proxy that leads to this service accepts connections.
    pub(crate) async fn opened(&self, service: &str) {
        if let Some(front) = self.front(service) {
            front.opened().await;
        }
        for ((_, to), edge) in &self.edges {
            if to == service {
                edge.opened().await;
            }
        }
    }
}

fn endpoints(name: &str, service: &Service) -> Result<Endpoints, LocalError> {
    let Program::Running { url } = &service.program else {
        return Ok(Endpoints::default());
    };
    let authority = authority(url)
        .ok_or_else(|| LocalError::Url { service: name.to_owned(), url: url.clone() })?;
    Ok(Endpoints::of(EndpointAddress::at(&authority)))
}

/// `host:port` of a plain URL.
fn authority(url: &str) -> Option<String> {
    let uri: http::Uri = url.parse().ok()?;
    let plain = uri.scheme_str() == Some("http") && uri.path() == "/" && uri.query().is_none();
    let host = uri.host().filter(|_| plain)?;
    Some(format!("{host}:{}", uri.port_u16().unwrap_or(80)))
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

#[cfg(test)]
mod tests {
    use super::authority;

    #[test]
    fn only_http_urls_without_path_or_query_can_be_proxied() {
        let good = [
            ("http://shop:8080", "shop:8080"),
            ("http://127.0.0.1:80/", "127.0.0.1:80"),
            ("http://shop", "shop:80"),
            ("http://[::1]:8080", "[::1]:8080"),
        ];
        for (url, wanted) in good {
            assert_eq!(authority(url).as_deref(), Some(wanted), "{url}");
        }
        for url in ["https://shop", "http://shop/api", "http://shop/?a=b", "shop:8080", ""] {
            assert_eq!(authority(url), None, "{url}");
        }
    }
}

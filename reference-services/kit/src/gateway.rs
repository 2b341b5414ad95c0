//! A system's gateway: the one address for all of its services.

use std::time::Duration;

use axum::Router;
use serde_json::Value;

use crate::config::{Config, ConfigError};
use crate::health::Health;
use crate::lifecycle::Service;
use crate::metrics::Metrics;
use crate::openapi::{Operation, document};
use crate::proxy::{Path, Proxy, Route};
use crate::system::Plan;
use crate::{ServeError, actuator, rest};

/// A service behind the gateway. `API_<SERVICE>_URL` says where it is: one URL, or those of its replicas.
#[derive(Debug)]
pub struct Target {
    /// Its name.
    pub service: &'static str,
    /// Where it listens on this machine, unless the variable says otherwise.
    pub port: u16,
    /// The requests that it gets.
    pub paths: &'static [Path],
}

struct Settings {
    targets: &'static [Target],
    routes: Vec<Route>,
    deadline: Duration,
}

/// Reads a gateway's configuration: where the services are, and `GATEWAY_TIMEOUT`.
///
/// # Errors
/// When a variable has a value that cannot be used.
pub fn plan(config: Config, targets: &'static [Target]) -> Result<Plan, ServeError> {
    Plan::read(
        config,
        |config| Settings::read(config, targets),
        |config, settings| Ok(build(config, settings)),
    )
}

impl Settings {
    fn read(config: &Config, targets: &'static [Target]) -> Result<Self, ConfigError> {
        let mut routes = Vec::new();
        for target in targets {
            let variable = format!("API_{}_URL", target.service.to_uppercase());
            let upstreams = config.upstreams(&variable, &format!("http://127.0.0.1:{}", target.port))?;
            routes
                .extend(target.paths.iter().map(|path| Route { path: *path, upstreams: upstreams.clone() }));
        }
        Ok(Self { targets, routes, deadline: config.env().duration("GATEWAY_TIMEOUT", "10s")? })
    }
}

fn build(config: &Config, settings: Settings) -> Service {
    let (health, metrics) = (Health::default(), Metrics::new(config));
    let proxy = Proxy::new(settings.routes, settings.deadline, &metrics);
    let routes = Router::new().fallback(Proxy::forward).with_state(proxy);
    let api = api(settings.targets);
    let router = rest::surround(actuator::routes(&health, &metrics, &api).merge(routes), &metrics);
    Service { name: config.service, grace: config.grace, health, router, background: Vec::new() }
}

fn api(targets: &[Target]) -> Value {
    let of_target =
        |target: &Target| target.paths.iter().map(|path| operation(path.from())).collect::<Vec<_>>();
    document("gateway", &targets.iter().flat_map(of_target).collect::<Vec<_>>())
}

fn operation(path: &'static str) -> Operation {
    Operation {
        method: "get",
        path,
        summary: "Everything under it goes to the service that has it",
        body: None,
        responses: &[(200, "What the service answers"), (503, "The service cannot be reached")],
    }
}

//! A system's gateway: the one address for all of its services. If configured, it limits rates,
//! checks tokens and issues them.

mod admission;
mod api;
mod oauth;
mod policy;
mod target;

use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use crate::config::{Config, ConfigError, Env};
use crate::health::Health;
use crate::jwt::Issuer;
use crate::lifecycle::{Background, Service};
use crate::metrics::Metrics;
use crate::proxy::{Proxy, Route};
use crate::reload::{self, Overlay};
use crate::system::Plan;
use crate::{ServeError, actuator, rest};
use admission::Admission;
use policy::Policy;

pub use target::Target;

struct Settings {
    targets: &'static [Target],
    routes: Vec<Route>,
    policy: Policy,
    issuer: Option<Issuer>,
    /// The file that `policy` was read from, if it was.
    file: Option<Overlay>,
}

/// A gateway that serves.
#[derive(Clone)]
struct Gateway {
    proxy: Proxy,
    admission: Arc<RwLock<Arc<Admission>>>,
    issuer: Option<Issuer>,
    metrics: Metrics,
}

/// Reads a gateway's configuration: its services, what it requires of requests, and whether it
/// issues tokens. `GATEWAY_CONFIG` names a file that overrides the environment and may change
/// at any time.
///
/// # Errors
/// When a variable or the file has a value that cannot be used.
pub fn plan(config: Config, targets: &'static [Target]) -> Result<Plan, ServeError> {
    Plan::read(
        config,
        |config| Settings::read(config, targets),
        |config, settings| Ok(build(config, settings)),
    )
}

impl Settings {
    fn read(config: &Config, targets: &'static [Target]) -> Result<Self, ConfigError> {
        let env = config.env();
        let mut routes = Vec::new();
        for target in targets {
            let variable = format!("API_{}_URL", target.service.to_uppercase());
            let upstreams =
                config.upstreams(&variable, &format!("http://127.0.0.1:{}", target.port))?;
            routes.extend(
                target.paths.iter().map(|path| Route { path: *path, upstreams: upstreams.clone() }),
            );
        }
        let (policy, file) = Overlay::read(env, "GATEWAY_CONFIG", Policy::read, Policy::overlaid)?;
        Ok(Self { targets, routes, policy, issuer: oauth::issuer(env)?, file })
    }
}

fn build(config: &Config, settings: Settings) -> Service {
    let (health, metrics) = (Health::default(), config.metrics());
    let admission = Admission::new(settings.policy, settings.issuer.as_ref(), None);
    let gateway = Gateway {
        proxy: Proxy::new(settings.routes, &metrics),
        admission: Arc::new(RwLock::new(Arc::new(admission))),
        issuer: settings.issuer,
        metrics: metrics.clone(),
    };
    let mut background: Vec<Background> =
        settings.file.map(|file| gateway.watch(file, config.env().clone())).into_iter().collect();
    background.extend(metrics.tracer().background());
    let zombie = actuator::zombie(&health)
        .route_layer(from_fn_with_state(gateway.clone(), only_the_admitted));
    let probes = actuator::probes(&health, &metrics, &api::api(settings.targets));
    let mut routes = probes.merge(zombie);
    if let Some(issuer) = &gateway.issuer {
        let limited = from_fn_with_state(gateway.clone(), only_at_the_rate);
        routes = routes
            .merge(issuer.token_route().route_layer(limited))
            .merge(issuer.discovery_routes());
    }
    // A fallback, so that the gateway's own paths (health, metrics, tokens) come first.
    let routes = routes.merge(Router::new().fallback(forward).with_state(gateway));
    let router = rest::surround(routes, &metrics);
    Service { name: config.service, grace: config.grace, health, router, background }
}

/// Who may not use the services must not be able to have the gateway restarted either.
async fn only_the_admitted(
    State(gateway): State<Gateway>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let admitted = gateway.admission().admit(&parts, parts.uri.path(), &gateway.metrics).await;
    match admitted {
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
        Err(refusal) => *refusal,
    }
}

/// Asking for tokens takes from the limit as well: each try checks a secret, and a signature costs
/// more than a request that is passed on.
async fn only_at_the_rate(
    State(gateway): State<Gateway>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    match gateway.admission().admit_to_tokens(&parts, &gateway.metrics) {
        Ok(decision) => {
            let mut response = next.run(Request::from_parts(parts, body)).await;
            decision.inspect(|decision| decision.tell(response.headers_mut()));
            response
        }
        Err(refusal) => *refusal,
    }
}

async fn forward(State(gateway): State<Gateway>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let route = match gateway.proxy.route(&parts) {
        Ok(route) => route,
        Err(problem) => return problem.into_response(),
    };
    // A request is served to its end under the policy that it was admitted by.
    let admission = gateway.admission();
    let target = route.path.target(&parts.uri);
    // Scopes are checked against the path that the service knows: an alias must not be a way
    // around a rule.
    let path = target.split('?').next().unwrap_or_default();
    let decision = match admission.admit(&parts, path, &gateway.metrics).await {
        Ok(decision) => decision,
        Err(refusal) => return *refusal,
    };
    let request = Request::from_parts(parts, body);
    let mut response = gateway.proxy.forward(&route, request, admission.deadline()).await;
    decision.inspect(|decision| decision.tell(response.headers_mut()));
    response
}

impl Gateway {
    fn admission(&self) -> Arc<Admission> {
        Arc::clone(&self.admission.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn watch(&self, file: Overlay, env: Env) -> Background {
        let gateway = self.clone();
        reload::watch(file, self.metrics.clone(), move |text| {
            let policy = Policy::overlaid(&env, text)?;
            let admission =
                Admission::new(policy, gateway.issuer.as_ref(), Some(&gateway.admission()));
            // Replaced as a whole: a request sees either the old policy or the new one,
            // never a mixture.
            *gateway.admission.write().unwrap_or_else(PoisonError::into_inner) =
                Arc::new(admission);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests;

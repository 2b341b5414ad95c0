//! The Service and the port by which a service is called, where the system file names them. Pure.

use k8s_openapi::api::core::v1::Service;
use kube::ResourceExt;

use super::container;
use super::front::{self, FrontService, NotAFront};
use super::workload::Workload;
use crate::client::unclear_target::UnclearTarget;

/// Puts the front that is named in place of the one that was found.
///
/// # Errors
/// When there is no such Service or port, or when it leads elsewhere, with what there is.
pub(super) fn apply(
    service: &str,
    workload: &mut Workload,
    services: &[Service],
) -> Result<(), UnclearTarget> {
    let wrong = |why: String| UnclearTarget::NoFront { service: service.to_owned(), why };
    let found = workload.front.as_ref().map(|front| front.name.clone());
    let name = workload.named.service.clone().or(found);
    let is_named = workload.named.service.is_some() || workload.named.port.is_some();
    let Some(name) = name.filter(|_| is_named) else {
        must_have_a_clear_port(service, workload)?;
        return must_have_port(service, workload);
    };
    let there = services.iter().find(|one| one.name_any() == name);
    let there = there.ok_or_else(|| {
        wrong(format!("there is no Service {name}; there are {}", names(services)))
    })?;
    let front = front_of(there, workload).map_err(|error| wrong(error.to_string()))?;
    workload.front = Some(front);
    if workload.named.service.is_some() {
        workload.unclear_fronts = vec![];
    }
    Ok(())
}

fn names(services: &[Service]) -> String {
    let names: Vec<String> = services.iter().map(ResourceExt::name_any).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn front_of(service: &Service, workload: &Workload) -> Result<FrontService, NotAFront> {
    let (port, object) = (workload.named.port.as_deref(), workload.object.to_string());
    front::named(service, port, &object, &workload.labels, &workload.pod)
}

/// Requests to another port than the one that is meant would say nothing about the service.
fn must_have_a_clear_port(service: &str, workload: &Workload) -> Result<(), UnclearTarget> {
    let unclear = workload.front.as_ref().and_then(|front| {
        front.unclear_ports.as_ref().map(|ports| (front.name.clone(), ports.clone()))
    });
    match unclear {
        Some((front, ports)) => {
            Err(UnclearTarget::SeveralPorts { service: service.to_owned(), front, ports })
        }
        None => Ok(()),
    }
}

/// A port that is named where no Service leads to the workload is one of its container.
fn must_have_port(service: &str, workload: &Workload) -> Result<(), UnclearTarget> {
    let Some(port) = workload.named_port() else { return Ok(()) };
    match workload.container().and_then(|one| container::port_of(one, Some(&port))) {
        Some(_) => Ok(()),
        None => Err(UnclearTarget::NoFront {
            service: service.to_owned(),
            why: format!(
                "no Service leads to {}, and its container has no port `{}`",
                workload.object,
                workload.named.port.as_deref().unwrap_or_default()
            ),
        }),
    }
}

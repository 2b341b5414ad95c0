//! Kills replicas. Each is replaced at once, as a deleted pod is, so there is nothing to recover.

use std::time::Duration;

use brunt_scenarios::plan::Pick;

use crate::effect::Effect;
use crate::error::FaultError;
use crate::limits::nothing_to_hit;
use crate::pick::{ReplicaPicker, numbers};
use crate::target::FaultTarget;

/// What is killed of one service.
struct Victims {
    service: String,
    replicas: Vec<u32>,
}

pub(crate) async fn inject<T: FaultTarget>(
    target: &T,
    services: &[String],
    pick: Pick,
    grace: Duration,
    picker: &mut ReplicaPicker<'_>,
) -> Result<Effect, FaultError> {
    // All are picked before the first is killed, so that a refusal has touched nothing.
    let victims = pick_victims(target, services, pick, picker).await?;
    let mut effect = Effect::default();
    for Victims { service, replicas } in victims {
        effect.hits += target.kill(&service, &replicas, grace).await?;
        effect.services.push(service);
    }
    Ok(effect)
}

/// Picks within the limits. With several services and one victim, the service is drawn first,
/// among those of which something runs.
async fn pick_victims<T: FaultTarget>(
    target: &T,
    services: &[String],
    pick: Pick,
    picker: &mut ReplicaPicker<'_>,
) -> Result<Vec<Victims>, FaultError> {
    let mut running = Vec::new();
    for service in services {
        let census = target.census(service).await?;
        let candidates = picker.candidates(target, service, &census).await?;
        // Otherwise the draw could pick a service that is down, and hit nothing.
        if !candidates.is_empty() {
            running.push((service, census, candidates));
        }
    }
    if pick == Pick::One && running.len() > 1 {
        running = vec![running.swap_remove(picker.rng.usize(..running.len()))];
    }
    let mut victims = Vec::new();
    for (service, census, candidates) in running {
        let replicas = picker.pick_of(&candidates, pick);
        picker.limits.check_replicas(service, &census, &replicas)?;
        victims.push(Victims { service: service.clone(), replicas: numbers(&replicas) });
    }
    match victims.is_empty() {
        true => Err(nothing_to_hit(&services.join(", "))),
        false => Ok(victims),
    }
}

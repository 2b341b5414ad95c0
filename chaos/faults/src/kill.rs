//! Kills replicas; each is replaced at once, as a deleted pod is, so there is nothing to undo.

use std::time::Duration;

use brunt_scenarios::plan::Pick;

use crate::limits::{Draw, nothing, numbers};
use crate::target::{Replica, Target};
use crate::{Applied, Effect, FaultError, Undo};

/// Whom to kill: a service's replicas.
pub(crate) struct Victims {
    service: String,
    replicas: Vec<Replica>,
}

/// Draws who is to be killed, within the limits. With several services and one victim, a service is
/// drawn among those of which something runs.
pub(crate) async fn choose<T: Target>(
    target: &T,
    services: &[String],
    pick: Pick,
    draw: &mut Draw<'_>,
) -> Result<Vec<Victims>, FaultError> {
    let mut candidates = Vec::new();
    for service in services {
        let census = target.census(service).await?;
        let among = draw.among(target, service, &census).await?;
        if !among.is_empty() {
            candidates.push((service, census, among));
        }
    }
    if pick == Pick::One && candidates.len() > 1 {
        candidates = vec![candidates.swap_remove(draw.rng.usize(..candidates.len()))];
    }
    let mut all = Vec::new();
    for (service, census, among) in candidates {
        let replicas = draw.picked(&among, pick);
        draw.limits.check_these(service, &census, &replicas)?;
        all.push(Victims { service: service.clone(), replicas });
    }
    if all.is_empty() {
        return Err(nothing(&services.join(", ")));
    }
    Ok(all)
}

pub(crate) async fn apply<T: Target>(
    target: &T,
    victims: Vec<Victims>,
    grace: Duration,
) -> Result<Applied, FaultError> {
    let mut effect = Effect::default();
    for Victims { service, replicas } in victims {
        effect.hits += target.kill(&service, &numbers(&replicas), grace).await?;
        effect.services.push(service);
    }
    Ok(Applied { effect, undo: Undo::Nothing })
}

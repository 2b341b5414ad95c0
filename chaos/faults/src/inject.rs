//! From a planned fault to the file that injects it, and back.

use brunt_scenarios::plan::{FaultKind, NodeFault, NodePick, PlatformFault, ReplicaFilter};

use crate::effect::Effect;
use crate::error::FaultError;
use crate::faults::{
    autoscale, cordon, drain, edge, evict, kill, kill_container, make_zombie, on_nodes,
    on_platform, outage, pause, probe, remove, roll_back, rollout, scale, set_config, set_env,
    stop, stress,
};
use crate::limits::Limits;
use crate::pick::ReplicaPicker;
use crate::target::FaultTarget;

/// A fault that is in force.
#[derive(Debug)]
#[must_use = "a fault that is not recovered stays"]
pub struct InjectedFault {
    effect: Effect,
    undo: Undo,
}

/// What it takes to recover.
#[derive(Debug)]
enum Undo {
    Nothing,
    Stop(stop::Stopped),
    Pause(pause::Paused),
    Scale(scale::Scaled),
    Edge(edge::FaultyEdge),
    Autoscale(autoscale::Autoscaled),
    Platform(on_platform::ChangedService),
    Nodes(on_nodes::FailedNodes),
}

/// Injects a fault.
///
/// # Errors
/// When it would take away more than the limits allow, when there is nothing to hit, or when the
/// target cannot do it. In the first two cases nothing was touched.
pub async fn inject<T: FaultTarget>(
    kind: &FaultKind,
    target: &T,
    limits: &Limits,
    rng: &mut fastrand::Rng,
) -> Result<InjectedFault, FaultError> {
    inject_where(kind, &ReplicaFilter::default(), target, limits, rng).await
}

/// Injects a fault; if it picks replicas, then among those that `only` selects.
///
/// # Errors
/// As [`inject`]; and when the target cannot tell which replicas `only` selects.
pub async fn inject_where<T: FaultTarget>(
    kind: &FaultKind,
    only: &ReplicaFilter,
    target: &T,
    limits: &Limits,
    rng: &mut fastrand::Rng,
) -> Result<InjectedFault, FaultError> {
    let picker = &mut ReplicaPicker { limits, only, rng };
    match kind {
        FaultKind::Kill { services, pick, grace } => {
            kill::inject(target, services, *pick, *grace, picker).await.map(instant)
        }
        FaultKind::Stop { service, grace } => {
            stop::inject(target, service, *grace, limits).await.map(until(Undo::Stop))
        }
        FaultKind::Pause { service, pick } => {
            pause::inject(target, service, *pick, picker).await.map(until(Undo::Pause))
        }
        FaultKind::Scale { service, replicas } => {
            scale::inject(target, service, *replicas, limits).await.map(until(Undo::Scale))
        }
        FaultKind::Rollout { service } => {
            rollout::inject(target, service, limits).await.map(instant)
        }
        FaultKind::MakeZombie { service, path } => {
            make_zombie::inject(target, service, path, picker).await.map(instant)
        }
        FaultKind::Edge { from, to, fault } => {
            edge::inject(target, from, to, *fault).await.map(until(Undo::Edge))
        }
        FaultKind::Platform { service, fault } => {
            inject_by_platform(target, service, fault, picker).await
        }
        FaultKind::Nodes { which, fault } => {
            inject_into_nodes(target, which, *fault, picker).await.map(until(Undo::Nodes))
        }
    }
}

async fn inject_by_platform<T: FaultTarget>(
    target: &T,
    service: &str,
    fault: &PlatformFault,
    picker: &mut ReplicaPicker<'_>,
) -> Result<InjectedFault, FaultError> {
    // One value for all arms: each is used at most once.
    let changed = until(Undo::Platform);
    match fault {
        PlatformFault::Evict(pick) => {
            evict::inject(target, service, *pick, picker).await.map(instant)
        }
        PlatformFault::KillContainer(pick) => {
            kill_container::inject(target, service, *pick, picker).await.map(instant)
        }
        PlatformFault::Remove => remove::inject(target, service, picker.limits).await.map(changed),
        PlatformFault::RollBack => {
            roll_back::inject(target, service, picker.limits).await.map(instant)
        }
        PlatformFault::SetEnv { env, containers } => {
            set_env::inject(target, service, (env, containers), picker.limits).await.map(changed)
        }
        PlatformFault::SetConfig { name, data } => {
            set_config::inject(target, service, name, data).await.map(changed)
        }
        PlatformFault::Autoscale { min, max, target: utilization } => {
            let change = (*min, *max, *utilization).into();
            autoscale::inject(target, service, change).await.map(until(Undo::Autoscale))
        }
        PlatformFault::Probe { which, path } => {
            let path = path.as_deref();
            probe::inject(target, service, *which, path, picker.limits).await.map(changed)
        }
        PlatformFault::Stress { pick, cpu, memory } => {
            stress::inject(target, service, (*pick, *cpu, *memory), picker).await.map(changed)
        }
    }
}

async fn inject_into_nodes<T: FaultTarget>(
    target: &T,
    which: &NodePick,
    fault: NodeFault,
    picker: &mut ReplicaPicker<'_>,
) -> Result<(Effect, on_nodes::FailedNodes), FaultError> {
    match fault {
        NodeFault::Cordon => cordon::inject(target, which, picker).await,
        NodeFault::Drain => drain::inject(target, which, picker).await,
        NodeFault::Outage => outage::inject(target, which, picker).await,
    }
}

/// A fault that is over as soon as it has happened.
fn instant(effect: Effect) -> InjectedFault {
    InjectedFault { effect, undo: Undo::Nothing }
}

/// A fault that lasts until it is recovered.
fn until<U>(undo: fn(U) -> Undo) -> impl FnOnce((Effect, U)) -> InjectedFault {
    move |(effect, changed)| InjectedFault { effect, undo: undo(changed) }
}

impl InjectedFault {
    /// What it hit up to now, as far as that is known before it is recovered.
    pub fn effect(&self) -> &Effect {
        &self.effect
    }

    /// Waits until all of it is in force. May be dropped at any time.
    ///
    /// # Errors
    /// When it never is.
    pub async fn until_in_force<T: FaultTarget>(&self, target: &T) -> Result<(), FaultError> {
        match &self.undo {
            Undo::Stop(stopped) => stop::until_in_force(target, stopped).await,
            Undo::Nodes(failed) => on_nodes::must_be_in_force(failed),
            // These are in force as soon as they are injected.
            Undo::Nothing
            | Undo::Pause(_)
            | Undo::Scale(_)
            | Undo::Edge(_)
            | Undo::Autoscale(_)
            | Undo::Platform(_) => Ok(()),
        }
    }

    /// Undoes the fault, and returns what it hit altogether. Faults that are over at once have
    /// nothing to undo.
    ///
    /// # Errors
    /// When the target cannot do it, or when somebody else has changed meanwhile what this fault
    /// changed: then it is left as it is.
    pub async fn recover<T: FaultTarget>(self, target: &T) -> Result<Effect, FaultError> {
        // What it hit is known to the caller already, should recovering fail.
        let mut effect = self.effect;
        match self.undo {
            Undo::Nothing => {}
            Undo::Stop(stopped) => stop::recover(target, stopped).await?,
            Undo::Pause(paused) => pause::recover(target, paused).await?,
            Undo::Scale(scaled) => scale::recover(target, scaled).await?,
            Undo::Autoscale(autoscaled) => autoscale::recover(target, autoscaled).await?,
            Undo::Platform(changed) => on_platform::recover(target, changed).await?,
            Undo::Nodes(failed) => on_nodes::recover(target, failed).await?,
            // Only the proxy on the edge knows how many requests met the fault.
            Undo::Edge(edge) => effect.hits = edge::recover(target, edge).await?,
        }
        Ok(effect)
    }

    /// Leaves things as they are, for a fault that is not undone, and returns what it hit.
    pub fn keep(self) -> Effect {
        self.effect
    }
}

//! Faults, one a file, each with how it is applied and how it is undone.
//!
//! [`apply`] looks at the target first and refuses a fault that would take away more than the
//! limits allow, before anything is touched. What it returns knows how to put things back: undoing
//! is part of the contract. What a fault is done to, local processes or a cluster, is behind
//! [`Target`].

mod edge;
mod error;
mod kill;
mod limits;
mod observed;
mod pause;
mod platform;
mod rollout;
mod scale;
mod stop;
mod target;
mod zombie;

use brunt_scenarios::plan::{FaultKind, Only};
use limits::Draw;

pub use error::{FaultError, TargetError};
pub use limits::Limits;
pub use observed::Observed;
pub use target::{Census, EdgeHandle, Node, Replica, Target};

/// What a fault hit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effect {
    /// How much: processes, or for a fault between two services the requests that met it.
    pub hits: u64,
    /// The services that were hit; for a fault between two services, caller and callee.
    pub services: Vec<String>,
}

/// A fault that is in force.
#[derive(Debug)]
#[must_use = "a fault that is not recovered stays"]
pub struct Applied {
    effect: Effect,
    undo: Undo,
}

/// What puts things back.
#[derive(Debug)]
enum Undo {
    Nothing,
    Stop(stop::Undo),
    Pause(pause::Undo),
    Scale(scale::Undo),
    Edge(edge::Undo),
    Platform(platform::Undo),
}

/// Applies a fault.
///
/// # Errors
/// When it would take away more than the limits allow, when there is nothing to hit, or when the
/// target cannot do it. In the first two cases nothing was touched.
pub async fn apply<T: Target>(
    kind: &FaultKind,
    target: &T,
    limits: &Limits,
    rng: &mut fastrand::Rng,
) -> Result<Applied, FaultError> {
    apply_where(kind, &Only::default(), target, limits, rng).await
}

/// Applies a fault, to replicas of which something is true if it picks any.
///
/// # Errors
/// As [`apply`]; and when the target knows nothing of what must be true.
pub async fn apply_where<T: Target>(
    kind: &FaultKind,
    only: &Only,
    target: &T,
    limits: &Limits,
    rng: &mut fastrand::Rng,
) -> Result<Applied, FaultError> {
    let draw = &mut Draw { limits, only, rng };
    match kind {
        FaultKind::Kill { services, pick, grace } => {
            let victims = kill::choose(target, services, *pick, draw).await?;
            kill::apply(target, victims, *grace).await
        }
        FaultKind::Stop { service } => stop::apply(target, service, limits).await,
        FaultKind::Pause { service, pick } => pause::apply(target, service, *pick, draw).await,
        FaultKind::Scale { service, replicas } => {
            scale::apply(target, service, *replicas, limits).await
        }
        FaultKind::Rollout { service } => rollout::apply(target, service, limits).await,
        FaultKind::MakeZombie { service, path } => zombie::apply(target, service, path, draw).await,
        FaultKind::Edge { from, to, fault } => edge::apply(target, from, to, *fault).await,
        FaultKind::Platform { service, fault } => {
            platform::apply(target, service, fault, draw).await
        }
        FaultKind::Nodes { which, fault } => {
            platform::apply_to_nodes(target, which, *fault, draw).await
        }
    }
}

impl Applied {
    fn to_processes(service: &str, hits: u64, undo: Undo) -> Self {
        let services = vec![service.to_owned()];
        Self { effect: Effect { hits, services }, undo }
    }

    /// What it hit up to now, as far as that is known before it is undone.
    pub fn effect(&self) -> &Effect {
        &self.effect
    }

    /// Puts things back, and says what the fault hit altogether. Faults that happen at once have
    /// nothing to put back.
    ///
    /// # Errors
    /// When the target cannot do it, or when somebody else has changed meanwhile what this fault
    /// changed: then it is left as it is.
    pub async fn recover<T: Target>(self, target: &T) -> Result<Effect, FaultError> {
        let mut effect = self.effect;
        match self.undo {
            Undo::Nothing => {}
            Undo::Stop(undo) => stop::recover(target, undo).await?,
            Undo::Pause(undo) => pause::recover(target, undo).await?,
            Undo::Scale(undo) => scale::recover(target, undo).await?,
            Undo::Platform(undo) => platform::recover(target, undo).await?,
            Undo::Edge(undo) => effect.hits = edge::recover(target, undo).await?,
        }
        Ok(effect)
    }

    /// Leaves things as they are, for a fault that is not undone, and says what it hit.
    pub fn keep(self) -> Effect {
        self.effect
    }
}

//! What the probes see.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A service's health: shared by its routes, its lifecycle and its background parts.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<State>);

#[derive(Debug, Default)]
struct State {
    zombie: AtomicBool,
    stopping: AtomicBool,
    ended: Mutex<Option<&'static str>>,
}

impl Health {
    /// Makes the service say that it is sick, though it works on.
    pub fn make_zombie(&self) {
        self.0.zombie.store(true, Ordering::Relaxed);
    }

    /// Whether it was made a zombie.
    #[must_use]
    pub fn is_zombie(&self) -> bool {
        self.0.zombie.load(Ordering::Relaxed)
    }

    /// From now on no new requests should come.
    pub fn stop_being_ready(&self) {
        self.0.stopping.store(true, Ordering::Relaxed);
    }

    /// Whether new requests should come.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.0.stopping.load(Ordering::Relaxed)
    }

    /// A part without which the service is no use has ended: only a restart helps.
    pub fn stop_being_alive(&self, part: &'static str) {
        *self.0.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(part);
    }

    /// Why a restart is due, if one is. Other services never are a reason.
    #[must_use]
    pub fn sickness(&self) -> Option<String> {
        if self.is_zombie() {
            return Some("zombie.....".to_owned());
        }
        let ended = *self.0.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.map(|part| format!("{part} has ended"))
    }
}

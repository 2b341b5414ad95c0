//! The state that the probes report.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A service's health. Clones share it: routes, lifecycle and background parts.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<State>);

#[derive(Debug, Default)]
struct State {
    zombie: AtomicBool,
    stopping: AtomicBool,
    ended: Mutex<Option<&'static str>>,
}

impl Health {
    /// Makes the liveness probe fail although the service works.
    pub fn make_zombie(&self) {
        self.0.zombie.store(true, Ordering::Relaxed);
    }

    /// Whether it was made a zombie.
    #[must_use]
    pub fn is_zombie(&self) -> bool {
        self.0.zombie.load(Ordering::Relaxed)
    }

    /// Makes the readiness probe fail: no new requests should be sent.
    pub fn stop_being_ready(&self) {
        self.0.stopping.store(true, Ordering::Relaxed);
    }

    /// Whether the service is ready for new requests.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.0.stopping.load(Ordering::Relaxed)
    }

    /// Records that a background part has ended which the service needs: only a restart helps.
    pub fn stop_being_alive(&self, part: &'static str) {
        *self.0.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(part);
    }

    /// Why a restart is due, if one is. Other services' failures never are a reason.
    #[must_use]
    pub fn sickness(&self) -> Option<String> {
        if self.is_zombie() {
            return Some("zombie.....".to_owned());
        }
        let ended = *self.0.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.map(|part| format!("{part} has ended"))
    }
}

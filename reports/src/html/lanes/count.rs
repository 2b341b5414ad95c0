//! How many replicas a service has over time.

use serde::Serialize;

/// From a moment on, so many replicas were ready and so many ran.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ReplicaCount(pub f64, pub usize, pub usize);

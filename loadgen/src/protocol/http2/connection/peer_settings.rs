//! The server's settings.

/// The server's settings, as far as the client heeds them.
#[derive(Debug)]
pub(super) struct PeerSettings {
    /// Whether they have been received; no request is sent before.
    pub is_known: bool,
    pub streams: usize,
    pub window: i64,
    pub frame: usize,
}

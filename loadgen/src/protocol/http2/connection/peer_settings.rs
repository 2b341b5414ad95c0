//! What a server has said that it allows.

/// What the server allows.
#[derive(Debug)]
pub(super) struct PeerSettings {
    /// It has said so; nothing is sent before.
    pub is_known: bool,
    pub streams: usize,
    pub window: i64,
    pub frame: usize,
}

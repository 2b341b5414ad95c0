//! The statuses of gRPC.

/// The names of the statuses, by their numbers.
pub const STATUSES: [&str; 17] = [
    "ok",
    "cancelled",
    "unknown",
    "invalid_argument",
    "deadline_exceeded",
    "not_found",
    "already_exists",
    "permission_denied",
    "resource_exhausted",
    "failed_precondition",
    "aborted",
    "out_of_range",
    "unimplemented",
    "internal",
    "unavailable",
    "data_loss",
    "unauthenticated",
];

/// The name of a status, if it has one.
pub fn status_name(status: u16) -> Option<&'static str> {
    STATUSES.get(usize::from(status)).copied()
}

/// The status of this name, in small or capital letters.
pub fn status_named(name: &str) -> Option<u16> {
    let place = STATUSES.iter().position(|known| known.eq_ignore_ascii_case(name))?;
    u16::try_from(place).ok()
}

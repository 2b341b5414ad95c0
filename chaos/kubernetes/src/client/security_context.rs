//! The security contexts of pods that runs add, which the strictest pod security standard
//! (`restricted`) lets into a namespace.

use serde_json::{Value, json};

/// The user that brunt's image is built for.
pub(super) const USER: u32 = 65532;

/// The pod's part.
pub(crate) fn of_pod() -> Value {
    json!({
        "runAsNonRoot": true, "runAsUser": USER,
        "seccompProfile": {"type": "RuntimeDefault"},
    })
}

/// The container's part.
pub(crate) fn of_container() -> Value {
    json!({
        "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
        "capabilities": {"drop": ["ALL"]},
    })
}

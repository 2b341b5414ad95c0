//! The security contexts of pods that runs add, which the strictest pod security standard
//! (`restricted`) lets into a namespace.

use serde_json::{Value, json};

/// The pod's part. The user is the one that brunt's image is built for.
pub(crate) fn of_pod() -> Value {
    json!({
        "runAsNonRoot": true, "runAsUser": 65532,
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

//! The gateway's OpenAPI document: its services' own, under the paths that clients write.

use serde_json::{Map, Value, json};

use super::target::Target;
use crate::openapi::{operation_id, refusal, undescribed};
use crate::proxy::Path;

/// The gateway's own answers, which are documented whether or not they are configured.
const OWN: [(&str, &str); 6] = [
    ("401", "A token is needed"),
    ("403", "The token does not allow it"),
    ("413", "Too large"),
    ("429", "Too many requests; Retry-After says when"),
    ("502", "The service closed the connection"),
    ("504", "The service did not answer in time"),
];

pub(super) fn api(targets: &[Target]) -> Value {
    let mut document = undescribed("gateway");
    for target in targets {
        let service = (target.api)();
        for path in target.paths {
            add(&mut document["paths"], path, &service["paths"]);
        }
    }
    document
}

fn add(paths: &mut Value, path: &Path, of_service: &Value) {
    for (known, operations) in of_service.as_object().into_iter().flatten() {
        let Some(asked) = path.source(known) else { continue };
        let methods = operations
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(method, _)| path.allows(&method.to_uppercase()));
        let methods: Map<String, Value> = methods
            .map(|(method, operation)| (method.clone(), passed(operation, method, &asked)))
            .collect();
        if let Some(paths) = paths.as_object_mut().filter(|_| !methods.is_empty()) {
            let entry = paths.entry(asked).or_insert_with(|| json!({}));
            if let Some(entry) = entry.as_object_mut() {
                entry.extend(methods);
            }
        }
    }
}

fn passed(operation: &Value, method: &str, path: &str) -> Value {
    let mut operation = operation.clone();
    operation["operationId"] = json!(operation_id(method, path));
    if let Some(responses) = operation["responses"].as_object_mut() {
        for (status, meaning) in OWN {
            responses.entry(status).or_insert_with(|| refusal(meaning));
        }
    }
    operation
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::{self, fields, whole};

    fn orders() -> Value {
        let order = fields(&[("id", whole(1))]);
        let operations = [
            openapi::get("/orders", "A page of orders").pages(&order),
            openapi::delete("/orders/{id}", "Cancel it").ends(204, "It is gone"),
        ];
        openapi::document("order", &operations)
    }

    #[test]
    fn the_gateways_document_has_paths_as_clients_write_them() {
        const PATHS: &[Path] = &[Path::new("/orders"), Path::alias("/", "/orders").only("GET")];
        let document = api(&[Target { service: "order", port: 1, api: orders, paths: PATHS }]);
        let known: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
        assert_eq!(known, ["/", "/orders", "/orders/{id}"]);
        let end = &document["paths"]["/orders/{id}"]["delete"];
        assert_eq!(end["operationId"], "delete-orders-id");
        let statuses: Vec<_> = end["responses"].as_object().unwrap().keys().collect();
        assert_eq!(statuses, ["204", "401", "403", "404", "413", "429", "502", "503", "504"]);
    }
}

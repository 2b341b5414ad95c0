//! Objects as they are written for kubectl, and the few things about them that differ from cluster
//! to cluster.

use k8s_openapi::ByteString;
use kube::core::DynamicObject;
use serde_json::{Map, Value, json};

use super::error::KubeError;

/// Objects in the order in which they can be made: namespaces first, what needs others after them.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    pub(crate) objects: Vec<DynamicObject>,
}

impl Manifest {
    /// Reads YAML documents.
    ///
    /// # Errors
    /// When one is no YAML, or no object of Kubernetes.
    pub fn parse(text: &str) -> Result<Self, KubeError> {
        let documents: Vec<Value> = serde_saphyr::from_multiple(text).map_err(unreadable)?;
        let objects =
            documents.into_iter().filter(|document| !document.is_null()).map(|document| {
                let object: DynamicObject = serde_json::from_value(document).map_err(unreadable)?;
                match (&object.types, &object.metadata.name) {
                    (Some(_), Some(_)) => Ok(object),
                    _ => Err(KubeError::InvalidManifest {
                        why: "an object without apiVersion, kind or name".to_owned(),
                        source: None,
                    }),
                }
            });
        Ok(Self { objects: objects.collect::<Result<_, _>>()? })
    }

    /// Adds the objects of another one, to be made before these but after the namespaces.
    pub fn put_first(&mut self, other: Self) {
        // An object cannot be made before its namespace is.
        let after = self.objects.iter().take_while(|one| kind(one) == "Namespace").count();
        self.objects.splice(after..after, other.objects);
    }

    /// Puts every object into this namespace; the namespace among them gets its name.
    pub fn into_namespace(&mut self, namespace: &str) {
        for object in &mut self.objects {
            if kind(object) == "Namespace" {
                object.metadata.name = Some(namespace.to_owned());
            } else {
                object.metadata.namespace = Some(namespace.to_owned());
            }
        }
    }

    /// Takes another image wherever `from` stands.
    pub fn use_image(&mut self, from: &str, to: &str) {
        let containers = self.objects.iter_mut().filter_map(|object| {
            object.data.pointer_mut("/spec/template/spec/containers").and_then(Value::as_array_mut)
        });
        for container in containers.flatten() {
            if container.get("image").is_some_and(|image| image == from) {
                container["image"] = json!(to);
            }
        }
    }

    /// Sets one entry of a ConfigMap or a Secret.
    ///
    /// # Errors
    /// When there is no such object among these.
    pub fn set(&mut self, of: &str, name: &str, key: &str, value: &str) -> Result<(), KubeError> {
        let object = self
            .objects
            .iter_mut()
            .find(|one| kind(one) == of && one.metadata.name.as_deref() == Some(name))
            .ok_or_else(|| KubeError::NotInManifest {
                kind: of.to_owned(),
                name: name.to_owned(),
            })?;
        // The data of a Secret is base64, that of a ConfigMap is plain text.
        let value = if of == "Secret" { json!(ByteString(value.into())) } else { json!(value) };
        if let Some(all) = object.data.as_object_mut() {
            let data = all.entry("data").or_insert_with(|| Value::Object(Map::new()));
            data[key] = value;
        }
        Ok(())
    }

    /// The number of objects, that of namespaces included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether the manifest holds no object at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> KubeError {
    KubeError::InvalidManifest { why: error.to_string(), source: Some(Box::new(error)) }
}

/// The object's kind; every object has one, or it is not in a manifest.
pub(crate) fn kind(object: &DynamicObject) -> &str {
    object.types.as_ref().map_or("", |types| types.kind.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "
# A comment alone is no object.
---
apiVersion: v1
kind: Namespace
metadata: {name: coffee}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: coffee}
data: {EVENT_LOG: kafka://kafka:9092, ON: \"true\"}
---
apiVersion: v1
kind: Secret
metadata: {name: store, namespace: coffee}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: order, namespace: coffee}
spec: {template: {spec: {containers: [{name: service, image: brunt}, {name: beside, image: other}]}}}
";

    fn shown(manifest: &Manifest) -> Vec<String> {
        manifest.objects.iter().map(|object| serde_json::to_string(object).unwrap()).collect()
    }

    #[test]
    fn what_differs_from_cluster_to_cluster_can_be_set() {
        let mut manifest = Manifest::parse(TEXT).unwrap();
        manifest.into_namespace("mine");
        manifest.use_image("brunt", "localhost/brunt:dev");
        manifest.set("ConfigMap", "settings", "EVENT_LOG", "kafka://elsewhere:9092").unwrap();
        manifest.set("Secret", "store", "STORE", "postgres://x").unwrap();
        let broker = "apiVersion: v1\nkind: Service\nmetadata: {name: kafka, namespace: mine}";
        manifest.put_first(Manifest::parse(broker).unwrap());
        assert_eq!(
            shown(&manifest),
            [
                r#"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"mine"}}"#,
                r#"{"apiVersion":"v1","kind":"Service","metadata":{"name":"kafka","namespace":"mine"}}"#,
                r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings","namespace":"mine"},"data":{"EVENT_LOG":"kafka://elsewhere:9092","ON":"true"}}"#,
                r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"store","namespace":"mine"},"data":{"STORE":"cG9zdGdyZXM6Ly94"}}"#,
                r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"order","namespace":"mine"},"spec":{"template":{"spec":{"containers":[{"image":"localhost/brunt:dev","name":"service"},{"image":"other","name":"beside"}]}}}}"#,
            ],
        );
    }

    #[test]
    fn what_is_no_object_is_refused() {
        let message = |text: &str| Manifest::parse(text).unwrap_err().to_string();
        assert!(
            message("kind: Pod").contains("without apiVersion, kind or name"),
            "{}",
            message("kind: Pod")
        );
        assert!(message("{").contains("no manifest"));
        let mut manifest = Manifest::parse(TEXT).unwrap();
        assert!(manifest.set("ConfigMap", "other", "A", "b").is_err());
    }
}

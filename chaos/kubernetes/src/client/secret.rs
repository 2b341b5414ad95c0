//! Reading one value of a Secret, for the requests that name it.

use k8s_openapi::api::core::v1::Secret;

use super::call::call_api;
use super::connect::{Cluster, ClusterTarget};
use super::error::KubeError;

/// The value at a key of a Secret in the target's namespace. It needs the right to get this Secret,
/// which the controller's role does not have.
///
/// # Errors
/// When the cluster cannot be reached or refuses, or the Secret has no such key, or no text there.
pub async fn read_secret(
    target: &ClusterTarget,
    name: &str,
    key: &str,
) -> Result<String, KubeError> {
    let cluster = Cluster::connect(target).await?;
    let secrets = cluster.api::<Secret>();
    let secret = call_api(&format!("read Secret {name}"), secrets.get(name)).await?;
    text_of(secret, name, key)
}

fn text_of(secret: Secret, name: &str, key: &str) -> Result<String, KubeError> {
    let mut data = secret.data.unwrap_or_default();
    let unfit = |why: String| KubeError::UnfitSecret { secret: name.to_owned(), why };
    let Some(value) = data.remove(key) else {
        let known: Vec<_> = data.into_keys().collect();
        return Err(unfit(match known.is_empty() {
            true => format!("no key `{key}`; it is empty"),
            false => format!("no key `{key}`; it has: {}", known.join(", ")),
        }));
    };
    String::from_utf8(value.0).map_err(|_| unfit(format!("no text at its key `{key}`")))
}

#[cfg(test)]
mod tests {
    use k8s_openapi::ByteString;

    use super::*;

    fn read(key: &str) -> Result<String, String> {
        let value = |bytes: &[u8]| ByteString(bytes.to_vec());
        let data = [("token", value(b"s3cr3t")), ("image", value(&[0xff, 0xd8]))];
        let data = data.map(|(key, value)| (key.to_owned(), value));
        let secret = Secret { data: Some(data.into()), ..Secret::default() };
        text_of(secret, "login", key).map_err(|error| error.to_string())
    }

    #[test]
    fn a_value_is_read_and_a_wrong_key_names_those_that_there_are() {
        assert_eq!(read("token"), Ok("s3cr3t".to_owned()));
        let error = read("tokn").unwrap_err();
        assert_eq!(error, "Secret login has no key `tokn`; it has: image, token");
        assert_eq!(read("image").unwrap_err(), "Secret login has no text at its key `image`");
    }
}

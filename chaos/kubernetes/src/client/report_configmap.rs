//! What a run leaves on purpose: its report, as a ConfigMap of the namespace, for whoever comes
//! after its pod has gone.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Patch, PatchParams};
use serde_json::{Map, Value, json};

use crate::client::connect::Cluster;
use crate::client::error::KubeError;

/// Whom the API server is told that these fields belong to.
const MANAGER: &str = "brunt";

/// A ConfigMap may hold 1 MiB. Packed bytes are counted as they are; there are names
/// and labels besides.
const MOST: usize = 1_000_000;

/// One file of a report.
#[derive(Debug, Clone)]
pub struct ReportFile {
    /// The file's name.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

impl Cluster {
    /// Leaves files, the most important first, as a ConfigMap, in the place of what it held before.
    /// Each is packed (gzip) but for the first, which is there to be read at once. Returns the
    /// names of those that there was no room for.
    ///
    /// # Errors
    /// When the API server does not take it.
    pub async fn report_to_configmap(
        &self,
        name: &str,
        leaves: &[ReportFile],
    ) -> Result<Vec<String>, KubeError> {
        let (map, left_out) = packed(name, leaves)?;
        let maps = self.api::<ConfigMap>();
        let params = PatchParams::apply(MANAGER).force();
        let patch = Patch::Apply(map);
        let call = maps.patch(name, &params, &patch);
        KubeError::bounded(&format!("leave the report as the ConfigMap {name}"), call).await?;
        Ok(left_out)
    }
}

fn packed(name: &str, leaves: &[ReportFile]) -> Result<(Value, Vec<String>), KubeError> {
    let (mut data, mut binary, mut left_out) = (Map::new(), Map::new(), Vec::new());
    let mut room = MOST;
    for (place, leaf) in leaves.iter().enumerate() {
        let bytes = if place == 0 { leaf.text.clone().into_bytes() } else { gzip(&leaf.text)? };
        let Some(rest) = room.checked_sub(bytes.len()) else {
            left_out.push(leaf.name.clone());
            continue;
        };
        room = rest;
        if place == 0 {
            data.insert(leaf.name.clone(), json!(leaf.text));
        } else {
            binary.insert(format!("{}.gz", leaf.name), json!(ByteString(bytes)));
        }
    }
    let labels = json!({"app.kubernetes.io/name": "brunt-report"});
    let map = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": labels},
        "data": data, "binaryData": binary,
    });
    Ok((map, left_out))
}

fn gzip(text: &str) -> Result<Vec<u8>, KubeError> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish());
    written.map_err(|error| KubeError::Other(format!("cannot pack the report: {error}")))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn leaf(name: &str, text: String) -> ReportFile {
        ReportFile { name: name.to_owned(), text }
    }

    /// Text that packing does not make much shorter.
    fn noise(length: usize) -> String {
        let mut chance = fastrand::Rng::with_seed(1);
        std::iter::repeat_with(|| chance.alphanumeric()).take(length).collect()
    }

    #[test]
    fn the_first_can_be_read_at_once_and_the_others_unpack_to_what_they_were() {
        let page = "<p>all is well</p>".repeat(1000);
        let (map, left_out) = packed(
            "report",
            &[leaf("report.md", "# pass".to_owned()), leaf("report.html", page.clone())],
        )
        .unwrap();
        assert_eq!(left_out, [""; 0]);
        let map: ConfigMap = serde_json::from_value(map).unwrap();
        assert_eq!(map.data.unwrap()["report.md"], "# pass");
        let ByteString(bytes) = map.binary_data.unwrap().remove("report.html.gz").unwrap();
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, page);
    }

    #[test]
    fn what_there_is_no_room_for_is_left_out_and_named() {
        let all = [
            leaf("report.md", "# pass".to_owned()),
            leaf("report.json", noise(3 * MOST)),
            leaf("report.html", noise(1000)),
        ];
        let (map, left_out) = packed("report", &all).unwrap();
        assert_eq!(left_out, ["report.json"]);
        assert!(map["binaryData"]["report.html.gz"].is_string());
    }
}

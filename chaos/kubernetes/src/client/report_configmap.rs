//! The report of a run as a ConfigMap of the namespace, for readers who come when its pod has gone.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::PatchParams;
use serde_json::{Map, Value, json};

use super::connect::Cluster;
use super::error::KubeError;
use super::object::ChangeMode;
use super::write::{MANAGER, Writer};

/// The most bytes of files in one ConfigMap. The API server takes 1 MiB of values altogether;
/// what is left is for names and labels.
const CAPACITY: usize = 1_000_000;

/// One file of a report.
#[derive(Debug, Clone)]
pub struct ReportFile {
    /// The file's name, which becomes its key; `.gz` is appended to those that are packed.
    pub name: String,
    /// The file's whole text.
    pub text: String,
}

impl Cluster {
    /// Stores files, the most important first, in a ConfigMap, in place of its former content. All
    /// but the first are packed (gzip); the first can be read with `kubectl get` alone. Returns the
    /// names of those for which there was no room.
    ///
    /// # Errors
    /// When the API server does not take it.
    pub async fn report_to_configmap(
        &self,
        name: &str,
        files: &[ReportFile],
    ) -> Result<Vec<String>, KubeError> {
        let (map, left_out) = packed(name, files)?;
        let what = format!("leave the report as the ConfigMap {name}");
        let params = PatchParams::apply(MANAGER).force();
        Writer::new(self, "", ChangeMode::Apply)
            .apply(&what, &self.api::<ConfigMap>(), ("ConfigMap", name), &params, &map)
            .await?;
        Ok(left_out)
    }
}

fn packed(name: &str, files: &[ReportFile]) -> Result<(Value, Vec<String>), KubeError> {
    let (mut data, mut binary, mut left_out) = (Map::new(), Map::new(), Vec::new());
    let mut room = CAPACITY;
    for (place, file) in files.iter().enumerate() {
        let bytes = if place == 0 { file.text.clone().into_bytes() } else { gzip(&file.text)? };
        // A later, shorter file may still fit.
        let Some(rest) = room.checked_sub(bytes.len()) else {
            left_out.push(file.name.clone());
            continue;
        };
        room = rest;
        if place == 0 {
            data.insert(file.name.clone(), json!(file.text));
        } else {
            binary.insert(format!("{}.gz", file.name), json!(ByteString(bytes)));
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
    written.map_err(|error| KubeError::Stream {
        what: "cannot pack the report".to_owned(),
        why: error.to_string(),
        source: Some(error),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn file(name: &str, text: String) -> ReportFile {
        ReportFile { name: name.to_owned(), text }
    }

    /// Text that packing does not make much shorter.
    fn noise(length: usize) -> String {
        let mut chance = fastrand::Rng::with_seed(1);
        std::iter::repeat_with(|| chance.alphanumeric()).take(length).collect()
    }

    #[test]
    fn the_first_file_is_plain_and_the_others_unpack_to_what_they_were() {
        let page = "<p>all is well</p>".repeat(1000);
        let (map, left_out) = packed(
            "report",
            &[file("report.md", "# pass".to_owned()), file("report.html", page.clone())],
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
    fn a_file_for_which_there_is_no_room_is_left_out_and_named() {
        let all = [
            file("report.md", "# pass".to_owned()),
            file("report.json", noise(3 * CAPACITY)),
            file("report.html", noise(1000)),
        ];
        let (map, left_out) = packed("report", &all).unwrap();
        assert_eq!(left_out, ["report.json"]);
        assert!(map["binaryData"]["report.html.gz"].is_string());
    }
}

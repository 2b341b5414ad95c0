//! The foreign program, and where its pods get it from.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::ObjectMeta;

/// What an object's values may come to.
const LARGEST: usize = 1 << 20;

/// The ConfigMap that holds it.
pub const NAME: &str = "parcel";

/// Where containers see it.
pub const PATH: &str = "/parcel/parcel";

/// The file, which is built once for all tests.
fn built() -> &'static [u8] {
    static BUILT: OnceLock<Vec<u8>> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster/lab/parcel.c");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("parcel");
        let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        // Static, as its image has no library.
        let flags = ["-Os", "-static", "-s", "-pthread", "-o"];
        let mut build = Command::new(&compiler);
        build.args(flags).arg(&file).arg(source);
        let built = build.output().unwrap_or_else(|error| panic!("{compiler}: {error}"));
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let bytes = std::fs::read(file).unwrap();
        assert!(bytes.len() < LARGEST, "{} bytes are too many for a ConfigMap", bytes.len());
        bytes
    })
}

/// The ConfigMap with the program.
pub fn config_map() -> ConfigMap {
    let file = (NAME.to_owned(), ByteString(built().to_vec()));
    ConfigMap {
        metadata: ObjectMeta { name: Some(NAME.to_owned()), ..ObjectMeta::default() },
        binary_data: Some([file].into()),
        ..ConfigMap::default()
    }
}

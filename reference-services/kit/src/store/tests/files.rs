//! What is told of files that cannot be a store.

use tempfile::TempDir;

use crate::config::Guard;
use crate::outbox::Outbox;
use crate::store::{Kind, Store, StoreError};

const KINDS: [Kind; 2] = [Kind::Sqlite, Kind::Redb];

#[test]
fn an_error_names_the_file_that_is_no_store() {
    for kind in KINDS {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("own").with_extension(kind.extension());
        std::fs::write(&path, "this is a shopping list, and a long one at that: ".repeat(200))
            .unwrap();
        let (outbox, _) = Outbox::new(Guard::On);
        let error = Store::open(&path, kind, outbox).err().unwrap();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{kind:?}: {error}");
        assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    }
}

#[test]
fn an_error_names_the_directory_that_cannot_be_made() {
    for kind in KINDS {
        let directory = TempDir::new().unwrap();
        let file = directory.path().join("file");
        std::fs::write(&file, "").unwrap();
        let (outbox, _) = Outbox::new(Guard::On);
        let error = Store::open(&file.join("own"), kind, outbox).err().unwrap();
        assert!(matches!(error, StoreError::Unwritable { .. }), "{kind:?}: {error}");
    }
}

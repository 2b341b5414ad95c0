//! Where a test of the suite runs: in a file, or on the PostgreSQL server that `POSTGRES_URL`
//! names.

use std::fmt::{self, Display, Formatter};

use tempfile::TempDir;

use crate::config::Guard;
use crate::outbox::Outbox;
use crate::store::{Kind, Store};

/// A place for one store, which is gone when this is dropped.
pub(super) enum Place {
    File {
        directory: TempDir,
        kind: Kind,
    },
    #[cfg(feature = "postgres")]
    Postgres(super::postgres::Schema),
}

/// The URL of the PostgreSQL server that the tests may use.
#[cfg(feature = "postgres")]
pub(super) fn postgres_url() -> String {
    let url = std::env::var("POSTGRES_URL").ok().filter(|url| !url.is_empty());
    url.expect("needs PostgreSQL: set POSTGRES_URL")
}

impl Place {
    pub(super) fn sqlite() -> Self {
        Self::file(Kind::Sqlite)
    }

    pub(super) fn redb() -> Self {
        Self::file(Kind::Redb)
    }

    fn file(kind: Kind) -> Self {
        Self::File { directory: TempDir::new().unwrap(), kind }
    }

    #[cfg(feature = "postgres")]
    pub(super) fn postgres() -> Self {
        Self::Postgres(super::postgres::Schema::new(postgres_url()))
    }

    pub(super) fn open(&self) -> Store {
        let (outbox, _) = Outbox::new(Guard::On);
        match self {
            Self::File { directory, kind } => {
                let path = directory.path().join("own").with_extension(kind.extension());
                Store::open(&path, *kind, outbox).unwrap()
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(schema) => schema.open(schema.url()),
        }
    }
}

impl Display for Place {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { kind, .. } => write!(out, "{kind:?}"),
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => out.write_str("PostgreSQL"),
        }
    }
}

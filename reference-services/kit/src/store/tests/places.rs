//! Where the suite runs: in files always, and on PostgreSQL when `POSTGRES_URL` says where one is.

use std::fmt::{self, Display, Formatter};
use std::io::Write;
use std::sync::Once;

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

pub(super) fn places() -> Vec<Place> {
    let file = |kind| Place::File { directory: TempDir::new().unwrap(), kind };
    let mut places = vec![file(Kind::Sqlite), file(Kind::Redb)];
    #[cfg(feature = "postgres")]
    places.extend(postgres_url().map(|url| Place::Postgres(super::postgres::Schema::new(url))));
    places
}

/// Says plainly, past the test harness, what is left out.
pub(super) fn postgres_url() -> Option<String> {
    static LEFT_OUT: Once = Once::new();
    let url = std::env::var("POSTGRES_URL").ok().filter(|url| !url.is_empty());
    if url.is_none() {
        LEFT_OUT.call_once(|| {
            drop(writeln!(std::io::stderr(), "PostgreSQL is left out: POSTGRES_URL is not set"));
        });
    }
    url
}

impl Place {
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

    /// Whether several replicas may have it open.
    pub(super) fn is_shared(&self) -> bool {
        !matches!(self, Self::File { kind: Kind::Redb, .. })
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

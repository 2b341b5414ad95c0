//! Where the suite runs: on the embedded log always, and on Kafka when `KAFKA_BOOTSTRAP` says where
//! one is.

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use tempfile::TempDir;

use crate::log::{EventLog, SqliteLog};

/// A log with a topic of its own, which is gone when this is dropped.
pub(crate) enum Place {
    File(TempDir),
    #[cfg(feature = "kafka")]
    Kafka(super::kafka::Topic),
}

pub(crate) fn places() -> Vec<Place> {
    let file = Place::File(TempDir::new().unwrap());
    #[cfg(feature = "kafka")]
    return std::iter::once(file).chain(super::kafka::Topic::new().map(Place::Kafka)).collect();
    #[cfg(not(feature = "kafka"))]
    {
        super::left_out("Kafka is left out: the feature `kafka` is off");
        vec![file]
    }
}

impl Place {
    pub(crate) fn open(&self) -> Arc<dyn EventLog> {
        match self {
            Self::File(directory) => {
                Arc::new(SqliteLog::open(&directory.path().join("events.db")).unwrap())
            }
            #[cfg(feature = "kafka")]
            Self::Kafka(topic) => topic.open(),
        }
    }

    pub(crate) fn topic(&self) -> &str {
        match self {
            Self::File(_) => "topic",
            #[cfg(feature = "kafka")]
            Self::Kafka(topic) => topic.name(),
        }
    }

    /// Whether a group can be set back while it has members.
    pub(super) fn rewinds_at_once(&self) -> bool {
        matches!(self, Self::File(_))
    }
}

impl Display for Place {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::File(_) => "SQLite",
            #[cfg(feature = "kafka")]
            Self::Kafka(_) => "Kafka",
        })
    }
}

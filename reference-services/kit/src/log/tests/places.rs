//! Where a test of the suite runs: on the embedded log, or on the Kafka that `KAFKA_BOOTSTRAP`
//! names.

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

impl Place {
    pub(crate) fn embedded() -> Self {
        Self::File(TempDir::new().unwrap())
    }

    #[cfg(feature = "kafka")]
    pub(crate) fn kafka() -> Self {
        Self::Kafka(super::kafka::Topic::new())
    }

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

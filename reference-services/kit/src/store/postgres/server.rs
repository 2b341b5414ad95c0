//! Where the store is, and how to get there again after an outage.

use std::time::Duration;

use postgres::{Config, NoTls};

use super::session::Session;
use crate::store::StoreError;

/// Far more than a server that is there takes.
const CONNECT: Duration = Duration::from_secs(2);
/// How soon a connection to a machine that has vanished is given up.
const VANISHED: Duration = Duration::from_secs(5);

/// What a replica knows of its server.
#[derive(Clone)]
pub(super) struct Server {
    config: Config,
    schema: String,
    /// Whether its last word was that it cannot be reached: an outage is told of once.
    down: bool,
}

impl Server {
    pub(super) fn parse(url: &str, schema: &str) -> Result<Self, StoreError> {
        let mut config: Config = url.parse().map_err(|error: postgres::Error| {
            StoreError::Unusable { place: "that STORE names".to_owned(), reason: told(&error) }
        })?;
        config
            .connect_timeout(CONNECT)
            .tcp_user_timeout(VANISHED)
            .keepalives_idle(VANISHED)
            .keepalives_interval(Duration::from_secs(1))
            .keepalives_retries(3)
            .application_name(schema);
        Ok(Self { config, schema: schema.to_owned(), down: false })
    }

    pub(super) fn connect(&mut self) -> Result<Session, StoreError> {
        let session = self
            .config
            .connect(NoTls)
            .map_err(StoreError::from)
            .and_then(|client| Session::new(client, &self.schema));
        match &session {
            Ok(_) if self.down => {
                self.down = false;
                tracing::info!(schema = self.schema, "the store on PostgreSQL is back");
            }
            Err(StoreError::Unavailable(reason)) if !self.down => {
                self.down = true;
                tracing::warn!(
                    schema = self.schema,
                    reason,
                    "the store on PostgreSQL cannot be reached; requests are refused until it is back"
                );
            }
            _ => {}
        }
        session
    }

    /// Why it is of no use to start. The password stays out of it.
    pub(super) fn unusable(&self, error: &StoreError) -> StoreError {
        let hosts: Vec<String> =
            self.config.get_hosts().iter().map(|host| format!("{host:?}")).collect();
        let database = self.config.get_dbname().unwrap_or("the user's own");
        StoreError::Unusable {
            place: format!(
                "in schema {} of database {database} on {}",
                self.schema,
                hosts.join(", ")
            ),
            reason: error.to_string(),
        }
    }
}

/// With what lies behind it: by itself the library says "db error" or "error connecting to server".
pub(super) fn told(error: &postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

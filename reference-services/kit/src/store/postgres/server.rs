//! The server of the store, and reconnecting after an outage.

use std::time::Duration;

use postgres::{Config, NoTls};

use super::error::ServerError;
use super::session::Session;
use crate::source::source;
use crate::store::StoreError;

/// The connection timeout: far more than a reachable server takes.
const CONNECT: Duration = Duration::from_secs(2);
/// When a connection to a vanished machine is given up.
const VANISHED: Duration = Duration::from_secs(5);

/// A replica's connection settings, and whether the server was reachable.
#[derive(Clone)]
pub(super) struct Server {
    config: Config,
    schema: String,
    /// Whether it was unreachable at the last try: an outage is logged once.
    down: bool,
}

impl Server {
    pub(super) fn parse(url: &str, schema: &str) -> Result<Self, StoreError> {
        let mut config: Config =
            url.parse().map_err(|error: postgres::Error| StoreError::Unusable {
                place: "that STORE names".to_owned(),
                source: source(ServerError(error)),
            })?;
        config
            .connect_timeout(CONNECT)
            // A machine that vanishes without closing its connections would otherwise keep the
            // store waiting for the kernel's retransmissions, some 15 minutes.
            .tcp_user_timeout(VANISHED)
            .keepalives_idle(VANISHED)
            .keepalives_interval(Duration::from_secs(1))
            .keepalives_retries(3)
            // Shows in pg_stat_activity which service a connection belongs to.
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
            // Logged once when it goes and once when it is back; in between every request
            // would log it.
            Ok(_) if self.down => {
                self.down = false;
                tracing::info!(schema = self.schema, "the store on PostgreSQL is back");
            }
            Err(StoreError::Unavailable(error)) if !self.down => {
                self.down = true;
                tracing::warn!(
                    schema = self.schema,
                    %error,
                    "PostgreSQL cannot be reached; requests are refused until it is back"
                );
            }
            _ => {}
        }
        session
    }

    /// The error for a server that refuses the connection. It never contains the password.
    pub(super) fn unusable(&self, error: StoreError) -> StoreError {
        let hosts: Vec<String> =
            self.config.get_hosts().iter().map(|host| format!("{host:?}")).collect();
        let database = self.config.get_dbname().unwrap_or("the user's own");
        StoreError::Unusable {
            place: format!(
                "in schema {} of database {database} on {}",
                self.schema,
                hosts.join(", ")
            ),
            source: source(error),
        }
    }
}

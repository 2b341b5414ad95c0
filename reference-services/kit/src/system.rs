//! A system of services: their names, ports, and how each is built.

use tokio::time::timeout;

use crate::ServeError;
use crate::config::{Config, ConfigError, Defaults, Env};
use crate::lifecycle::{Port, Service, Shutdown};
use crate::telemetry;

/// Several services that make one system.
#[derive(Debug)]
pub struct System {
    /// The name in commands, metrics and messages.
    pub name: &'static str,
    /// What the system consists of, for who starts it: the text of its system file.
    pub file: &'static str,
    /// Its services, in the order in which they should start.
    pub services: &'static [Entry],
}

/// One service of a system.
#[derive(Debug)]
pub struct Entry {
    /// The name in commands, metrics and messages.
    pub name: &'static str,
    /// The port that it listens on unless PORT is set.
    pub port: u16,
    /// Reads all of its configuration.
    pub plan: fn(Config) -> Result<Plan, ServeError>,
}

type Build = dyn FnOnce(&Config) -> Result<Service, ServeError> + Send;

/// A service that has been configured but has not touched port, store or log.
// Two steps: all configuration is read before anything is touched, so that a typing error does not
// leave a half-made store.
pub struct Plan {
    config: Config,
    build: Box<Build>,
}

impl System {
    /// The names of its services.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.services.iter().map(|entry| entry.name)
    }

    /// Reads a service's configuration.
    ///
    /// # Errors
    /// When there is no such service, or a variable has a value that cannot be used.
    pub fn plan(&self, service: &str, env: Env) -> Result<Plan, ServeError> {
        let Some(entry) = self.services.iter().find(|entry| entry.name == service) else {
            let known = self.names().collect::<Vec<_>>().join(", ");
            return Err(ServeError::UnknownService { name: service.to_owned(), known });
        };
        let data_dir = format!(".brunt/up/{}", self.name);
        let defaults = Defaults { service: entry.name, port: entry.port, data_dir: &data_dir };
        let mut config = Config::read(env, defaults)?;
        config.system = self.name;
        (entry.plan)(config)
    }

    /// Runs one service, configured by the environment, until a signal asks it to stop.
    ///
    /// # Errors
    /// When the configuration, the port, the store or the event log cannot be used: each message is
    /// one line that says what to do.
    pub async fn serve(&self, service: &str) -> Result<(), ServeError> {
        let plan = self.plan(service, Env::process())?;
        telemetry::init(plan.config.log_format);
        let mut shutdown = Shutdown::on_signal()?;
        let port = plan.take_port()?;
        if timeout(plan.config.start_delay, shutdown.requested()).await.is_ok() {
            return Ok(());
        }
        let outcome = async { plan.build()?.run(port, shutdown).await }.await;
        telemetry::flush();
        outcome
    }
}

impl Plan {
    /// A plan with settings that only this service has.
    ///
    /// # Errors
    /// When a variable has a value that cannot be used.
    pub fn read<S: Send + 'static>(
        config: Config,
        settings: impl FnOnce(&Config) -> Result<S, ConfigError>,
        build: impl FnOnce(&Config, S) -> Result<Service, ServeError> + Send + 'static,
    ) -> Result<Self, ServeError> {
        let settings = settings(&config)?;
        Ok(Self { config, build: Box::new(move |config| build(config, settings)) })
    }

    /// A plan of a service without settings of its own.
    #[must_use]
    pub fn plain(
        config: Config,
        build: impl FnOnce(&Config) -> Result<Service, ServeError> + Send + 'static,
    ) -> Self {
        Self { config, build: Box::new(build) }
    }

    /// Binds the configured port.
    ///
    /// # Errors
    /// When it cannot be had.
    pub fn take_port(&self) -> Result<Port, ServeError> {
        Port::take(&self.config)
    }

    /// Opens store and log, and builds the service.
    ///
    /// # Errors
    /// When its store or the event log cannot be used.
    pub fn build(self) -> Result<Service, ServeError> {
        (self.build)(&self.config)
    }
}

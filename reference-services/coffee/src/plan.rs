//! What a service will be, all of its configuration read and checked.

use brunt_kit::ServeError;
use brunt_kit::config::{Config, ConfigError, Defaults, Env};
use brunt_kit::lifecycle::{Port, Service};

use crate::{SERVICES, customercenter, gateway, order, product, stock};

const DATA_DIR: &str = ".brunt/up/coffee";

/// A service that has been configured but has not touched port, store or log.
pub struct Plan {
    config: Config,
    settings: Settings,
}

/// What only one service is told.
enum Settings {
    Order(order::Settings),
    Product(product::Settings),
    Stock(stock::Settings),
    Customercenter,
    Gateway(gateway::Settings),
}

impl Plan {
    /// Reads a service's configuration.
    ///
    /// # Errors
    /// When there is no such service, or a variable has a value that cannot be used.
    pub fn read(service: &str, env: Env) -> Result<Self, ServeError> {
        let read = |name, port| Config::read(env, Defaults { service: name, port, data_dir: DATA_DIR });
        Ok(match service {
            "order" => Self::new(read("order", 8081)?, |c| order::Settings::read(c).map(Settings::Order))?,
            "product" => {
                Self::new(read("product", 8082)?, |c| product::Settings::read(c).map(Settings::Product))?
            }
            "stock" => Self::new(read("stock", 8083)?, |c| stock::Settings::read(c).map(Settings::Stock))?,
            "customercenter" => Self::new(read("customercenter", 8084)?, |_| Ok(Settings::Customercenter))?,
            "gateway" => {
                Self::new(read("gateway", 8080)?, |c| gateway::Settings::read(c).map(Settings::Gateway))?
            }
            other => {
                return Err(ServeError::UnknownService {
                    name: other.to_owned(),
                    known: SERVICES.join(", "),
                });
            }
        })
    }

    fn new(
        config: Config,
        settings: impl FnOnce(&Config) -> Result<Settings, ConfigError>,
    ) -> Result<Self, ConfigError> {
        let settings = settings(&config)?;
        Ok(Self { config, settings })
    }

    /// What every service is told.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Takes the configured port.
    ///
    /// # Errors
    /// When it cannot be had.
    pub fn take_port(&self) -> Result<Port, ServeError> {
        Port::take(&self.config)
    }

    /// Opens what the service needs and puts it together.
    ///
    /// # Errors
    /// When its store or the event log cannot be used.
    pub fn build(self) -> Result<Service, ServeError> {
        match self.settings {
            Settings::Order(settings) => order::build(&self.config, settings),
            Settings::Product(settings) => product::build(&self.config, settings),
            Settings::Stock(settings) => stock::build(&self.config, settings),
            Settings::Customercenter => customercenter::build(&self.config),
            Settings::Gateway(settings) => Ok(gateway::build(&self.config, settings)),
        }
    }
}

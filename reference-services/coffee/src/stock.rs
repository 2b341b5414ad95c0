//! Keeps the quantity of each product.

mod domain;
mod events;
mod inbound;
mod outbound;

pub(crate) use inbound::rest::api;

use brunt_kit::ServeError;
use brunt_kit::assembly::Assembly;
use brunt_kit::config::{Config, ConfigError};
use brunt_kit::lifecycle::{Background, Service};
use brunt_kit::store::Kind;

use crate::TOPIC;
use domain::Supply;

/// The settings that only this service has.
pub struct Settings {
    initial: Vec<Supply>,
}

const INITIAL: &str = "Americano=1000000,Hot Tea=1000000,Latte=1000000";

impl Settings {
    /// Reads `INITIAL_STOCK`, such as `Latte:100,Mocha:50`; none by default.
    ///
    /// # Errors
    /// When it is not a list of names and quantities.
    pub fn read(config: &Config) -> Result<Self, ConfigError> {
        let accepts = "unique names with quantities, such as Latte=10,Hot Tea=5, or none";
        Ok(Self { initial: config.env().parse("INITIAL_STOCK", INITIAL, accepts, parse_initial)? })
    }
}

/// Builds the service: its store, routes and background parts.
///
/// # Errors
/// When its store or the event log cannot be used.
pub fn build(config: &Config, settings: Settings) -> Result<Service, ServeError> {
    let assembly = Assembly::open(config, Kind::Sqlite, TOPIC)?;
    let routes = inbound::rest::routes(assembly.store.clone());
    let store = assembly.store.clone();
    let seed = Background::new("seed", |stop| outbound::store::seed(store, settings.initial, stop));
    Ok(assembly.service(routes, &api(), vec![seed]))
}

fn parse_initial(text: &str) -> Option<Vec<Supply>> {
    if text == "none" {
        return Some(Vec::new());
    }
    let mut supplies: Vec<Supply> = Vec::new();
    for entry in text.split(',') {
        let (name, qty) = entry.rsplit_once('=')?;
        let (product_name, qty) =
            (name.trim().to_owned(), qty.trim().parse().ok().filter(|qty| *qty >= 0)?);
        if product_name.is_empty()
            || supplies.iter().any(|other| other.product_name == product_name)
        {
            return None;
        }
        supplies.push(Supply { product_name, qty });
    }
    Some(supplies)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initial_stock_is_read_as_names_and_quantities() {
        let tea = Supply { product_name: "Hot Tea".into(), qty: 5 };
        let latte = Supply { product_name: "Latte".into(), qty: 10 };
        assert_eq!(parse_initial("Hot Tea=5, Latte=10"), Some(vec![tea, latte]));
        assert_eq!(parse_initial("none"), Some(vec![]));
        for bad in ["Latte", "Latte=-1", "Latte=many", "=3", "Latte=1,Latte=2", "Latte=1,"] {
            assert_eq!(parse_initial(bad), None, "{bad:?}");
        }
    }
}

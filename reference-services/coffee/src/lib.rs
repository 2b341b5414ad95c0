//! The coffee chain: a customer orders, the product is made, the stock goes down, and MyPage shows it all.
//!
//! Four services and a gateway. Each owns its store; they meet in the events of one topic, and in two calls: product
//! asks stock, and order asks product before it cancels.

pub mod customercenter;
pub mod gateway;
pub mod order;
mod plan;
pub mod product;
pub mod stock;

use brunt_kit::ServeError;
use brunt_kit::config::Env;
use brunt_kit::lifecycle::Shutdown;
use brunt_kit::telemetry;
use tokio::time::timeout;

pub use plan::Plan;

/// The services, in the order in which they are best started.
pub const SERVICES: &[&str] = &["stock", "product", "order", "customercenter", "gateway"];

/// What the system consists of, for who starts it.
pub const SYSTEM: &str = include_str!("../system.yaml");

/// The topic of all events.
pub const TOPIC: &str = "msacoffeechainsample";

/// Runs one service, configured by the environment, until a signal asks it to stop.
///
/// # Errors
/// When the configuration, the port, the store or the event log cannot be used: each message is one line that says
/// what to do.
pub async fn serve(service: &str) -> Result<(), ServeError> {
    let plan = Plan::read(service, Env::process())?;
    telemetry::init(plan.config().log_format);
    let mut shutdown = Shutdown::on_signal()?;
    let port = plan.take_port()?;
    if timeout(plan.config().start_delay, shutdown.requested()).await.is_ok() {
        return Ok(());
    }
    plan.build()?.run(port, shutdown).await
}

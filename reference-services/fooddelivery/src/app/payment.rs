//! How an order comes to stand: what is wanted is written down, pay is asked outside of any
//! transaction, and only when it is paid for is it an order.
//!
//! When nobody can say whether it is paid for, there is no order, and pay is told so by an event:
//! money that was taken all the same is given back, and a payment that comes later is refused. What
//! a killed process left open is asked again with the same key.

use std::time::Duration;

use brunt_kit::config::Guard;
use brunt_kit::event::Cause;
use brunt_kit::lifecycle::Stop;
use brunt_kit::rest::Problem;
use brunt_kit::store::View;
use tokio::time::timeout;

use super::App;
use super::domain::{Order, Placement};
use super::outbound::calls::Payment;
use super::outbound::store::{self, Begun, Pending, Refusal};

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Places an order. It runs to its end even if the client hangs up, so that nothing stays open.
pub(super) async fn place(
    app: App,
    placement: Placement,
    key: Option<String>,
    cause: Cause,
) -> Result<Order, Problem> {
    let work = async move {
        match app.store.write(move |tx| store::begin(tx, placement, key.as_deref(), &cause)).await?
        {
            Begun::Before(order) => Ok(order),
            Begun::Pending(pending) => settle(&app, pending).await,
        }
    };
    tokio::spawn(work).await.map_err(|_| Problem::unavailable("the order was cut short"))?
}

async fn settle(app: &App, pending: Pending) -> Result<Order, Problem> {
    match app.pay.pay(&pending).await {
        Ok(Payment::Paid) => Ok(stand(app, pending.id).await?),
        Ok(Payment::Refused) => {
            drop_it(app, pending.id).await?;
            Err(Problem::conflict("nothing was ordered: pay refused the payment"))
        }
        Err(error) if app.fail_closed == Guard::Off => {
            tracing::warn!(order = pending.id, %error, "ordered although pay was asked in vain");
            Ok(stand(app, pending.id).await?)
        }
        Err(error) => {
            let id = pending.id;
            let standing = app.store.write(move |tx| store::give_up(tx, id)).await?;
            standing.ok_or_else(|| error.problem("nothing was ordered", "pay"))
        }
    }
}

async fn stand(app: &App, id: i64) -> Result<Order, Refusal> {
    app.store.write(move |tx| store::stand(tx, id)).await
}

async fn drop_it(app: &App, id: i64) -> Result<(), Refusal> {
    app.store.write(move |tx| Ok(tx.remove::<Pending>(id)?)).await
}

/// Asks for what was left open when the process ended, one after the other: all of it needs pay.
pub(super) async fn resume(app: App, stop: Stop) {
    let mut pause = FIRST_PAUSE;
    loop {
        match round(&app).await {
            Ok(()) => return stop.requested().await,
            Err(reason) => tracing::warn!(reason, "payments are open; asking again"),
        }
        // With some jitter, so that what failed together does not come back together.
        if timeout(pause.mul_f64(0.5 + fastrand::f64()), stop.requested()).await.is_ok() {
            return;
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn round(app: &App) -> Result<(), String> {
    let left = app.store.read(|view: &View<'_>| view.all::<Pending>()).await.map_err(text)?;
    for pending in left {
        match app.pay.pay(&pending).await.map_err(text)? {
            Payment::Refused => drop_it(app, pending.id).await.map_err(text)?,
            Payment::Paid => match stand(app, pending.id).await {
                Ok(_) | Err(Refusal::GivenUp) => {}
                Err(error) => return Err(text(error)),
            },
        }
    }
    Ok(())
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests;

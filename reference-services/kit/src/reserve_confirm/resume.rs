//! Asks again for the attempts that a killed process has left.

use std::time::Duration;

use tokio::time::timeout;

use super::{Answer, Attempt, Coordinator, ReserveError, ReservedCommand, transactions};
use crate::calls::CallError;
use crate::lifecycle::Stop;
use crate::store::{StoreError, View};

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Why an attempt stays open for now.
#[derive(Debug, thiserror::Error)]
enum ResumeError<R> {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    Step(#[from] ReserveError<R>),
}

impl<C: ReservedCommand> Coordinator<C> {
    /// Asks for all open attempts until each has its answer, then waits for the stop. It needs
    /// [`Duplicates::Join`](super::Duplicates::Join), as a client may repeat its request meanwhile.
    pub async fn resume(self, stop: Stop) {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.ask_again().await {
                Ok(()) => return stop.requested().await,
                Err(error) => {
                    tracing::warn!(callee = C::CALLEE, %error, "attempts are open; asking again");
                }
            }
            // Random, so that replicas that failed together do not ask together.
            if timeout(pause.mul_f64(0.5 + fastrand::f64()), stop.requested()).await.is_ok() {
                return;
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn ask_again(&self) -> Result<(), ResumeError<C::Rejection>> {
        let open = self.store.read(|view: &View<'_>| view.all::<Attempt<C::Request>>()).await;
        // One after the other: all of them need the same service, and the first that it cannot
        // answer says so for the rest.
        for attempt in open.map_err(ReserveError::from)? {
            let id = attempt.id;
            match self.command.ask(&attempt).await? {
                Answer::Refused(_) => {
                    let released: Result<(), StoreError> =
                        self.store.write(move |tx| transactions::release::<C>(tx, id)).await;
                    released.map_err(ReserveError::from)?;
                }
                Answer::Confirmed => {
                    match self.store.write(move |tx| transactions::confirm::<C>(tx, id)).await {
                        // A request that joined has ended the attempt meanwhile.
                        Ok(_) | Err(ReserveError::TooLate(_)) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
            }
        }
        Ok(())
    }
}

//! The transactions on attempts. Each one removes the attempt that it acts on, so that of two that
//! race for it (a late answer and the sweeper) only the first has an effect.

use super::{Attempt, Duplicates, ReserveError, ReservedCommand};
use crate::store::{Document, StoreError, Tx};

type Row<C> = Attempt<<C as ReservedCommand>::Request>;
type Refused<C> = ReserveError<<C as ReservedCommand>::Rejection>;

/// What reserving has found or begun.
pub(super) enum Reserved<C: ReservedCommand> {
    /// The other service is to be asked.
    Open(Row<C>),
    /// The same request was confirmed before, with the same client key.
    Done(C::Outcome),
}

/// Commits to an attempt: from now on the request survives a kill, but has no outcome yet.
pub(super) fn reserve<C: ReservedCommand>(
    tx: &mut Tx<'_>,
    mut attempt: Row<C>,
) -> Result<Reserved<C>, Refused<C>> {
    if let Some(key) = &attempt.client_key {
        if let Some(open) = tx.find::<Row<C>>(key)?.pop() {
            return match C::DUPLICATES {
                Duplicates::Refuse => Err(ReserveError::InProgress(C::NOUN)),
                // The open attempt, with its key: both requests then ask with one key, and the
                // other service acts once.
                Duplicates::Join if open.request == attempt.request => Ok(Reserved::Open(open)),
                Duplicates::Join => Err(ReserveError::KeyReused(C::NOUN)),
            };
        }
        if let Some(id) = tx.answer::<i64>(&answer_key::<C>(key))? {
            // An outcome may be deleted after its confirmation, as a canceled order is. The key is
            // not free again: its request was executed.
            let done = tx.get::<C::Outcome>(id)?.ok_or(ReserveError::OutcomeRemoved(C::NOUN))?;
            return if C::repeats(&attempt.request, &done) {
                Ok(Reserved::Done(done))
            } else {
                Err(ReserveError::KeyReused(C::NOUN))
            };
        }
    }
    C::check(&attempt.request).map_err(ReserveError::Rejected)?;
    // An id comes back from a released attempt only where no second request can still hold it.
    attempt.id = match C::DUPLICATES {
        Duplicates::Refuse => tx.reserve_id::<C::Outcome>()?,
        Duplicates::Join => tx.next_id::<C::Outcome>()?,
    };
    attempt.callee_key = C::callee_key(attempt.id);
    tx.put(&attempt)?;
    Ok(Reserved::Open(attempt))
}

/// The other service has confirmed: the request gets its outcome.
pub(super) fn confirm<C: ReservedCommand>(
    tx: &mut Tx<'_>,
    id: i64,
) -> Result<C::Outcome, Refused<C>> {
    if let Some(done) = confirmed_by_another::<C>(tx, id)? {
        return Ok(done);
    }
    // Without an attempt, it was canceled before: the compensating event is on its way, and a
    // confirmation now would be undone by it.
    let attempt = take::<C>(tx, id)?.ok_or(ReserveError::TooLate(C::NOT_DONE))?;
    if let Some(key) = &attempt.client_key {
        // Only now: a key whose attempt failed may be used again.
        tx.remember(&answer_key::<C>(key), &id)?;
    }
    Ok(C::confirm(tx, attempt)?)
}

/// Nothing has happened at the other service: the attempt leaves no trace, and its id is free.
pub(super) fn release<C: ReservedCommand>(tx: &mut Tx<'_>, id: i64) -> Result<(), StoreError> {
    if take::<C>(tx, id)?.is_some() && C::DUPLICATES == Duplicates::Refuse {
        tx.release_id::<C::Outcome>(id);
    }
    Ok(())
}

/// Nobody knows what the other service did: there is no outcome, and the compensating event undoes
/// it, whether it has happened or is still to come.
pub(super) fn cancel<C: ReservedCommand>(tx: &mut Tx<'_>, id: i64) -> Result<(), StoreError> {
    take::<C>(tx, id)?.map_or(Ok(()), |attempt| C::cancel(tx, attempt))
}

/// The outcome, if another request that shared the attempt has got it.
pub(super) fn confirmed_by_another<C: ReservedCommand>(
    tx: &Tx<'_>,
    id: i64,
) -> Result<Option<C::Outcome>, StoreError> {
    // Where attempts are not shared, an outcome with this id belongs to another request: the id was
    // released and used again.
    match C::DUPLICATES {
        Duplicates::Refuse => Ok(None),
        Duplicates::Join => tx.get::<C::Outcome>(id),
    }
}

fn take<C: ReservedCommand>(tx: &mut Tx<'_>, id: i64) -> Result<Option<Row<C>>, StoreError> {
    let attempt = tx.get::<Row<C>>(id)?;
    tx.remove::<Row<C>>(id)?;
    Ok(attempt)
}

fn answer_key<C: ReservedCommand>(client_key: &str) -> String {
    format!("{}/{client_key}", C::Outcome::COLLECTION)
}

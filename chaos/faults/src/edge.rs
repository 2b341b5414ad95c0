//! Breaks the connection between two services, and mends it.

use brunt_scenarios::plan::EdgeFault;

use crate::target::{EdgeHandle, Target};
use crate::{Applied, Effect, FaultError};

#[derive(Debug)]
pub(crate) struct Undo {
    from: String,
    to: String,
    handle: EdgeHandle,
}

pub(crate) async fn apply<T: Target>(
    target: &T,
    from: &str,
    to: &str,
    fault: EdgeFault,
) -> Result<Applied, FaultError> {
    let handle = target.break_edge(from, to, fault).await?;
    let (from, to) = (from.to_owned(), to.to_owned());
    Ok(Applied {
        effect: Effect { hits: 0, services: vec![from.clone(), to.clone()] },
        undo: crate::Undo::Edge(Undo { from, to, handle }),
    })
}

/// Says how many requests met it.
pub(crate) async fn recover<T: Target>(target: &T, undo: Undo) -> Result<u64, FaultError> {
    Ok(target.mend_edge(&undo.from, &undo.to, undo.handle).await?)
}

//! Tells one replica to become a zombie: alive, and no longer healthy. Its liveness probe has to
//! undo that.

use brunt_scenarios::plan::Pick;

use crate::limits::{Draw, nothing};
use crate::target::Target;
use crate::{Applied, FaultError, TargetError, Undo};

pub(crate) async fn apply<T: Target>(
    target: &T,
    service: &str,
    path: &str,
    draw: &mut Draw<'_>,
) -> Result<Applied, FaultError> {
    let census = target.census(service).await?;
    let among = draw.among(target, service, &census).await?;
    let chosen = draw.picked(&among, Pick::One);
    let replica = chosen.first().ok_or_else(|| nothing(service))?.number;
    draw.limits.check_these(service, &census, &chosen)?;
    let status = target.get(service, replica, path).await?;
    if !(200..400).contains(&status) {
        let why = format!("GET {path} was answered with {status}");
        return Err(unanswered(service, replica, why).into());
    }
    Ok(Applied::to_processes(service, 1, Undo::Nothing))
}

fn unanswered(service: &str, replica: u32, why: String) -> TargetError {
    TargetError::Unanswered { service: service.to_owned(), replica, why }
}

//! Steps: requests made once, or again until the answer is as expected.

use std::time::{Duration, Instant};

use brunt_scenarios::plan::Step;
use brunt_scenarios::timeline::{Moment, StepRecord};
use brunt_scenarios::units::Period;
use tokio::time::{Instant as Then, timeout_at};
use tracing::debug;

use super::client::{ExchangeError, SystemReply};
use super::context::RunContext;
use super::variables::Variables;
use crate::secrets;

/// Between two tries of a step.
const PAUSE: Duration = Duration::from_millis(100);

/// Makes the step's request, again and again while it may, and saves what is to be saved. Times are
/// counted from `origin`.
pub async fn perform(
    step: &Step,
    context: &RunContext<'_>,
    variables: &mut Variables,
    origin: Instant,
) -> StepRecord {
    let start = Instant::now();
    let mut tries = 0;
    let mut earlier = None;
    loop {
        tries += 1;
        let answer = attempt(step, context, variables, start);
        let answer = context.stop.unless_requested(answer).await;
        let status = answer.as_ref().and_then(|answer| Some(answer.as_ref().ok()?.status));
        let objection = match &answer {
            None => Some("the run was ended".to_owned()),
            // What was wrong before says more than that the last try was cut short.
            Some(Err(StepError::TooLate(_))) if earlier.is_some() => earlier.take(),
            Some(Err(why)) => Some(format!("no answer: {why}")),
            Some(Ok(reply)) => {
                objection(step, reply, variables).or_else(|| save(step, reply, variables))
            }
        };
        let again = step.within.is_some_and(|within| start.elapsed() + PAUSE < within);
        if objection.is_none() || !again || !context.stop.sleep_until(Then::now() + PAUSE).await {
            let (start, end) =
                (Moment::between(origin, start), Moment::between(origin, Instant::now()));
            debug!(step = step.name, tries, status, objection, "made");
            return StepRecord { name: step.name.clone(), start, end, tries, status, objection };
        }
        earlier = objection;
    }
}

/// Why a try has no answer.
#[derive(Debug, thiserror::Error)]
enum StepError {
    #[error("none came within {}", Period(*.0))]
    TooLate(Duration),
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

/// One try. It takes no longer than the step may: the body of an answer may have no end.
async fn attempt(
    step: &Step,
    context: &RunContext<'_>,
    variables: &Variables,
    start: Instant,
) -> Result<SystemReply, StepError> {
    let answer = context.client.make(&step.request, variables);
    let Some(within) = step.within else { return Ok(answer.await?) };
    let answer = timeout_at(Then::from_std(start + within), answer).await;
    Ok(answer.map_err(|_| StepError::TooLate(within))??)
}

fn objection(step: &Step, reply: &SystemReply, variables: &Variables) -> Option<String> {
    let wanted = &step.request.expect;
    if !wanted.takes(reply.status) {
        let statuses: Vec<String> = wanted.status.iter().map(u16::to_string).collect();
        let wanted =
            if statuses.is_empty() { "2xx or 3xx".to_owned() } else { statuses.join(" or ") };
        return Some(format!(
            "answered {}, not {wanted}: {}",
            reply.status,
            beginning(&reply.body)
        ));
    }
    let mut wanted = wanted.clone();
    for (_, value) in &mut wanted.json {
        *value = variables.json(value);
    }
    let texts = wanted.headers.iter_mut().map(|(_, text)| text).chain(&mut wanted.contains);
    texts.for_each(|text| *text = variables.text(text));
    wanted.objection(|name| reply.header(name), &reply.body)
}

/// Saves what the answer must hold; the objection names what it does not.
fn save(step: &Step, reply: &SystemReply, variables: &mut Variables) -> Option<String> {
    if step.save.is_empty() {
        return None;
    }
    let Ok(document) = serde_json::from_slice::<serde_json::Value>(&reply.body) else {
        return Some("the body is not JSON".to_owned());
    };
    for (name, path) in &step.save {
        match path.all(&document).first() {
            Some(value) => variables.save(name, (*value).clone()),
            None => return Some(format!("{path} finds nothing to save as `{name}`")),
        }
    }
    None
}

fn beginning(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    // Before it is cut: no mask would find the half of a secret.
    let text: String = secrets::masked(&text).chars().take(160).collect();
    text.replace(char::is_control, " ")
}

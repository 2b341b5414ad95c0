//! Calls to other services: with a deadline, a circuit breaker and a budget for retries.

mod error;
mod exchange;
mod message;
mod protection;
mod resilience;
mod upstreams;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http::Method;
use serde_json::Value;
use tokio::time::{Instant, sleep_until, timeout_at};

pub use error::CallError;
pub use message::{Context, Reply};
pub use protection::Protection;
pub use resilience::Resilience;
pub use upstreams::Upstreams;

use crate::breaker::CircuitBreaker;
use crate::budget::Budget;
use crate::http_client::client;
use crate::metrics::{Counter, Metrics};
use crate::trace::{Kind, TraceContext};
use exchange::{Ask, exchange};

/// The pause before a retry, in ms. Random, so that calls that failed together are
/// not repeated together.
const PAUSE_MS: std::ops::Range<u64> = 10..50;
/// The most attempts of one call.
// One retry: it repairs a kept-alive connection to a replica that has gone. More would only add
// load to a callee that is down.
const ATTEMPTS: u32 = 2;

/// A client of another service. Clones share its breaker and budget.
#[derive(Clone, Debug)]
pub struct Callee(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: &'static str,
    upstreams: Upstreams,
    client: reqwest::Client,
    protection: Protection,
    care: RwLock<Arc<Care>>,
    metrics: Metrics,
}

/// A protection's settings with their state: breaker and budget.
#[derive(Debug)]
struct Care {
    told: Resilience,
    breaker: CircuitBreaker,
    budget: Budget,
}

impl Care {
    fn new(name: &'static str, told: Resilience, metrics: &Metrics) -> Arc<Self> {
        told.show(metrics);
        let breaker = CircuitBreaker::new(name, told.breaker, metrics);
        Arc::new(Self { told, breaker, budget: Budget::new(told.retry_percent) })
    }
}

impl Callee {
    /// A client of the service at `upstreams`, protected by breaker, budget and deadline. `name`
    /// labels its circuit breaker and metrics.
    #[must_use]
    pub fn new(
        name: &'static str,
        upstreams: Upstreams,
        protection: &Protection,
        metrics: &Metrics,
    ) -> Self {
        let care = RwLock::new(Care::new(name, protection.now(), metrics));
        let (protection, metrics) = (protection.clone(), metrics.clone());
        Self(Arc::new(Inner { name, upstreams, client: client(), protection, care, metrics }))
    }

    /// The protection in force. After a change of settings, breaker and budget start
    /// without a memory.
    fn care(&self) -> Arc<Care> {
        let told = self.0.protection.now();
        let current = Arc::clone(&self.0.care.read().unwrap_or_else(PoisonError::into_inner));
        // Read first: almost every call finds the settings unchanged, and calls must not wait
        // for each other.
        if current.told == told {
            return current;
        }
        let mut current = self.0.care.write().unwrap_or_else(PoisonError::into_inner);
        // Another call may have replaced them while this one waited for the lock.
        if current.told != told {
            *current = Care::new(self.0.name, told, &self.0.metrics);
        }
        Arc::clone(&current)
    }

    /// Sends a GET for `path`, query included.
    ///
    /// # Errors
    /// When there is no answer, or one that says that the service cannot serve now. 404
    /// is an answer.
    pub async fn get(&self, path: &str, context: Context<'_>) -> Result<Reply, CallError> {
        self.call(Method::GET, path, None, context).await
    }

    /// Sends a POST with a JSON body.
    ///
    /// # Errors
    /// As for [`Self::get`]. The command may have had its effect all the same.
    pub async fn post(
        &self,
        path: &str,
        body: &Value,
        context: Context<'_>,
    ) -> Result<Reply, CallError> {
        self.call(Method::POST, path, Some(body), context).await
    }

    /// Sends a PUT with a JSON body.
    ///
    /// # Errors
    /// As for [`Self::post`].
    pub async fn put(
        &self,
        path: &str,
        body: &Value,
        context: Context<'_>,
    ) -> Result<Reply, CallError> {
        self.call(Method::PUT, path, Some(body), context).await
    }

    /// Sends a PATCH with a JSON body.
    ///
    /// # Errors
    /// As for [`Self::post`].
    pub async fn patch(
        &self,
        path: &str,
        body: &Value,
        context: Context<'_>,
    ) -> Result<Reply, CallError> {
        self.call(Method::PATCH, path, Some(body), context).await
    }

    /// Sends a DELETE without a body.
    ///
    /// # Errors
    /// As for [`Self::post`].
    pub async fn delete(&self, path: &str, context: Context<'_>) -> Result<Reply, CallError> {
        self.call(Method::DELETE, path, None, context).await
    }

    /// One call. It is sent again once, within budget and deadline, if the connection could not be
    /// made or broke, and if sending it twice has one effect.
    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        context: Context<'_>,
    ) -> Result<Reply, CallError> {
        let care = self.care();
        let until = care.told.deadline.map(|deadline| Instant::now() + deadline);
        // A command without a key may have had its effect although its answer was lost; to repeat
        // it would be a second command.
        let repeatable = method.is_idempotent() || context.idempotency_key.is_some();
        // Only first attempts earn: retries that earned retries could feed themselves.
        care.budget.deposit();
        let mut left = if repeatable { ATTEMPTS } else { 1 };
        let mut in_doubt = None;
        loop {
            let outcome = self.attempt(&care.breaker, &method, path, body, context, until).await;
            // The first attempt may have had its effect even if the second was not sent.
            let outcome = outcome
                .map_err(|error| in_doubt.filter(|_| error.nothing_was_sent()).unwrap_or(error));
            left -= 1;
            let again = Instant::now() + Duration::from_millis(fastrand::u64(PAUSE_MS));
            let error = outcome.as_ref().err().copied();
            in_doubt = error.filter(|error| !error.nothing_was_sent());
            // A callee that answered 5xx or ran into the deadline is not asked again: it is there,
            // and overloaded or broken.
            let retry = matches!(error, Some(CallError::NotConnected | CallError::Unreachable))
                && left > 0
                // A retry that cannot end before the deadline would only occupy the callee.
                && until.is_none_or(|until| again < until)
                && care.budget.withdraw();
            if !retry {
                return outcome;
            }
            self.0.metrics.add(Counter::CallRetries, &[("callee", self.0.name)]);
            sleep_until(again).await;
        }
    }

    /// Each attempt asks the circuit breaker, so that no more calls arrive than it lets through.
    async fn attempt(
        &self,
        breaker: &CircuitBreaker,
        method: &Method,
        path: &str,
        body: Option<&Value>,
        context: Context<'_>,
        until: Option<Instant>,
    ) -> Result<Reply, CallError> {
        let parent = TraceContext::parse(context.traceparent);
        let mut span =
            self.0.metrics.tracer().span(Kind::Client, format!("{method} {}", self.0.name), parent);
        let traceparent = span.context().to_string();
        let outcome = match breaker.permit() {
            Ok(permit) => {
                let url = format!("{}{path}", self.0.upstreams.next());
                let context = Context { traceparent: &traceparent, ..context };
                let exchange = exchange(&self.0.client, Ask { method, url, body, context });
                let outcome = match until {
                    Some(until) => {
                        timeout_at(until, exchange).await.unwrap_or(Err(CallError::TimedOut))
                    }
                    None => exchange.await,
                };
                // After the deadline too: a timeout is what the breaker must learn of first.
                permit.end(outcome.is_err());
                outcome
            }
            Err(retry_after) => Err(CallError::NotPermitted { retry_after }),
        };
        span.set("url.path", &path);
        match &outcome {
            Ok(reply) => span.set("http.response.status_code", &reply.status.as_u16()),
            Err(error) => {
                span.set("error.type", error);
                span.fail();
            }
        }
        let label = outcome.as_ref().map_or_else(|error| error.label(), |_| "answered");
        self.0.metrics.add(Counter::Calls, &[("callee", self.0.name), ("outcome", label)]);
        outcome
    }
}

#[cfg(test)]
mod tests;

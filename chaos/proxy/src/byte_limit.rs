//! A rate at which bytes pass, shared by all requests of an edge.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use http::{HeaderMap, Request, Response};
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, sleep_until};

/// Timers are up to a millisecond late. Up to this much of it is made up for, since otherwise small
/// messages would pass at a lower rate than the limit.
const CATCH_UP: Duration = Duration::from_millis(2);

/// A limit, until it is lifted.
#[derive(Debug)]
pub(crate) struct ByteLimit {
    bytes_per_second: NonZeroU64,
    /// When the last bytes have passed. The task that holds the lock is passing; others wait
    /// for it in turn, and one that is dropped leaves the queue, as a closed connection's bytes do.
    passed: Mutex<Instant>,
    lifted: watch::Sender<bool>,
    /// Whether bytes had to wait, be it only once.
    has_delayed: AtomicBool,
}

impl ByteLimit {
    pub(crate) fn new(bytes_per_second: NonZeroU64) -> Arc<Self> {
        let (lifted, _) = watch::channel(false);
        let (passed, has_delayed) = (Mutex::new(Instant::now()), AtomicBool::new(false));
        Arc::new(Self { bytes_per_second, passed, lifted, has_delayed })
    }

    pub(crate) fn bytes_per_second(&self) -> NonZeroU64 {
        self.bytes_per_second
    }

    /// How many bytes pass at a time, so that messages come steadily and side by side: those of a
    /// tenth of a second.
    pub(crate) fn slice(&self) -> usize {
        usize::try_from(self.bytes_per_second.get() / 10).unwrap_or(usize::MAX).max(1)
    }

    /// Waits until so many bytes have passed, or the limit is lifted.
    pub(crate) async fn pass(&self, bytes: usize) {
        let mut lifted = self.lifted.subscribe();
        tokio::select! {
            () = self.pass_in_turn(bytes) => {}
            // An error would mean that the limit is gone, while it is borrowed here.
            _ = lifted.wait_for(|lifted| *lifted) => {}
        }
    }

    async fn pass_in_turn(&self, bytes: usize) {
        let mut passed = self.passed.lock().await;
        let earliest = Instant::now().checked_sub(CATCH_UP).unwrap_or_else(Instant::now);
        let takes = bytes as f64 / self.bytes_per_second.get() as f64;
        let until = (*passed).max(earliest) + Duration::from_secs_f64(takes);
        if until > Instant::now() {
            self.has_delayed.store(true, Relaxed);
            sleep_until(until).await;
        }
        // Only now: one that is dropped while it waits has passed nothing.
        *passed = until;
    }

    /// Whether it has made a difference: bytes had to wait for their turn.
    pub(crate) fn has_delayed(&self) -> bool {
        self.has_delayed.load(Relaxed)
    }

    /// Lets everything pass at once, also what waits.
    pub(crate) fn lift(&self) {
        self.lifted.send_replace(true);
    }
}

/// The length of a request's head as HTTP/1.1 writes it.
pub(crate) fn request_head<B>(request: &Request<B>) -> usize {
    let target = request.uri().path_and_query().map_or(1, |target| target.as_str().len());
    request.method().as_str().len() + target + "  HTTP/1.1\r\n".len() + lines(request.headers())
}

/// The length of a reply's head as HTTP/1.1 writes it.
pub(crate) fn reply_head<B>(reply: &Response<B>) -> usize {
    let reason = reply.status().canonical_reason().unwrap_or_default();
    "HTTP/1.1 200 \r\n".len() + reason.len() + lines(reply.headers())
}

/// The header lines and the empty line behind them.
fn lines(headers: &HeaderMap) -> usize {
    let line = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        name.as_str().len() + ": \r\n".len() + value.len()
    };
    headers.iter().map(line).sum::<usize>() + "\r\n".len()
}

#[cfg(test)]
mod tests {
    use tokio::task::JoinSet;

    use super::*;

    fn limit(bytes_per_second: u64) -> Arc<ByteLimit> {
        ByteLimit::new(NonZeroU64::new(bytes_per_second).unwrap())
    }

    /// With the clock paused, tokio's timers still count whole milliseconds.
    const TICK: Duration = Duration::from_millis(1);

    #[tokio::test(start_paused = true)]
    async fn all_who_pass_share_one_rate() {
        let (limit, began) = (limit(1000), Instant::now());
        let mut all = JoinSet::new();
        for _ in 0..4 {
            let limit = Arc::clone(&limit);
            all.spawn(async move { limit.pass(500).await });
        }
        all.join_all().await;
        let took = began.elapsed();
        assert!(took + CATCH_UP >= Duration::from_secs(2), "{took:?}");
        assert!(took <= Duration::from_secs(2) + TICK, "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn time_in_which_nothing_passes_is_not_saved_up() {
        let limit = limit(1000);
        tokio::time::sleep(Duration::from_secs(60)).await;
        let began = Instant::now();
        limit.pass(1000).await;
        assert!(began.elapsed() + CATCH_UP >= Duration::from_secs(1), "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn one_who_gives_up_holds_nobody_up() {
        let (limit, began) = (limit(1000), Instant::now());
        let gave_up = tokio::time::timeout(Duration::from_millis(100), limit.pass(1_000_000)).await;
        assert!(gave_up.is_err());
        limit.pass(100).await;
        assert!(began.elapsed() <= Duration::from_millis(200) + TICK, "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_that_is_lifted_lets_those_pass_who_wait() {
        let (limit, began) = (limit(1), Instant::now());
        let waiting = Arc::clone(&limit);
        let waiting = tokio::spawn(async move { waiting.pass(1_000_000).await });
        tokio::time::sleep(Duration::from_millis(10)).await;
        limit.lift();
        waiting.await.unwrap();
        limit.pass(1_000_000).await;
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_under_which_nothing_waits_has_made_no_difference() {
        let wide = limit(1_000_000_000);
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_millis(1)).await;
            wide.pass(1000).await;
        }
        assert!(!wide.has_delayed());
        let narrow = limit(1000);
        narrow.pass(1000).await;
        assert!(narrow.has_delayed());
    }

    #[test]
    fn a_head_is_as_long_as_http_writes_it() {
        let request = Request::post("/orders?size=2").header("host", "stock").body(()).unwrap();
        assert_eq!(
            request_head(&request),
            "POST /orders?size=2 HTTP/1.1\r\nhost: stock\r\n\r\n".len()
        );
        let reply = Response::builder().status(201).header("etag", "1").body(()).unwrap();
        assert_eq!(reply_head(&reply), "HTTP/1.1 201 Created\r\netag: 1\r\n\r\n".len());
    }
}

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::attempt::due_in;
use super::*;
use crate::calls::Protection;
use crate::config::{Env, Guard};
use crate::event::Cause;
use crate::lifecycle::Stop;
use crate::outbox::Outbox;
use crate::store::{Kind, Store};

const BOUND: Duration = Duration::from_secs(20);
const ON: Guards = Guards { fail_closed: Guard::On, compensation: Guard::On };

/// What is stored when an attempt has ended without an outcome or a cancellation.
const NOTHING: [Vec<i64>; 3] = [Vec::new(), Vec::new(), Vec::new()];

type Reply = Result<Answer, CallError>;

/// Books a seat, which the other service confirms as its script says. `JOIN` says
/// whether duplicates join.
#[derive(Clone, Default)]
struct Book<const JOIN: bool> {
    script: Arc<Mutex<VecDeque<Reply>>>,
    /// The keys with which the other service was asked.
    asked: Arc<Mutex<Vec<String>>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Seat {
    id: i64,
    row: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Canceled(i64);

#[derive(Debug, thiserror::Error)]
#[error("a row is missing")]
struct NoRow;

impl From<NoRow> for Problem {
    fn from(rejection: NoRow) -> Self {
        Self::malformed(rejection.to_string())
    }
}

impl Document for Seat {
    const COLLECTION: &'static str = "seats";

    fn id(&self) -> i64 {
        self.id
    }
}

impl Document for Canceled {
    const COLLECTION: &'static str = "canceled";

    fn id(&self) -> i64 {
        self.0
    }
}

impl<const JOIN: bool> ReservedCommand for Book<JOIN> {
    type Request = String;
    type Outcome = Seat;
    type Rejection = NoRow;

    const CALLEE: &'static str = "theatre";
    const NOUN: &'static str = "seat";
    const NOT_DONE: &'static str = "nothing was booked";
    const DUPLICATES: Duplicates = if JOIN { Duplicates::Join } else { Duplicates::Refuse };

    fn check(request: &String) -> Result<(), NoRow> {
        if request.is_empty() { Err(NoRow) } else { Ok(()) }
    }

    fn callee_key(id: i64) -> String {
        format!("seat-{id}")
    }

    fn repeats(request: &String, outcome: &Seat) -> bool {
        *request == outcome.row
    }

    async fn ask(&self, attempt: &Attempt<String>) -> Reply {
        self.asked.lock().unwrap().push(attempt.callee_key.clone());
        // Gives a second request the time to join.
        tokio::task::yield_now().await;
        self.script.lock().unwrap().pop_front().unwrap_or(Ok(Answer::Confirmed))
    }

    fn confirm(tx: &mut Tx<'_>, attempt: Attempt<String>) -> Result<Seat, StoreError> {
        let seat = Seat { id: attempt.id, row: attempt.request };
        tx.put(&seat)?;
        Ok(seat)
    }

    fn cancel(tx: &mut Tx<'_>, attempt: Attempt<String>) -> Result<(), StoreError> {
        tx.put(&Canceled(attempt.id))
    }
}

struct Office<const JOIN: bool> {
    coordinator: Coordinator<Book<JOIN>>,
    _directory: tempfile::TempDir,
}

impl<const JOIN: bool> Office<JOIN> {
    fn new(guards: Guards, script: impl IntoIterator<Item = Reply>) -> Self {
        let directory = tempfile::TempDir::new().unwrap();
        let (outbox, _sender) = Outbox::new(Guard::On);
        let store = Store::open(&directory.path().join("own.db"), Kind::Sqlite, outbox).unwrap();
        let command =
            Book { script: Arc::new(Mutex::new(script.into_iter().collect())), ..Book::default() };
        let protection = Protection::read(&Env::default()).unwrap();
        let coordinator = Coordinator::new(store, command, protection, guards);
        Self { coordinator, _directory: directory }
    }

    async fn book(&self, row: &str, key: Option<&str>) -> Result<Seat, Problem> {
        let cause = Cause::command(&HeaderMap::new());
        self.coordinator.execute(row.to_owned(), key.map(str::to_owned), cause).await
    }

    /// Reserves and goes no further, as a process does that is killed then.
    async fn reserve(&self, row: &str, key: Option<&str>, patience: Duration) {
        let cause = Cause::command(&HeaderMap::new());
        let attempt = Attempt::new(row.to_owned(), key.map(str::to_owned), patience, cause);
        let reserved = Arc::clone(&self.coordinator.reserved);
        let reserving = self.coordinator.store.write(move |tx| {
            tx.after_commit(move || reserved.notify_one());
            transactions::reserve::<Book<JOIN>>(tx, attempt).map(drop)
        });
        reserving.await.unwrap();
    }

    fn asked(&self) -> Vec<String> {
        self.coordinator.command.asked.lock().unwrap().clone()
    }

    /// The ids of what is stored: attempts, seats, canceled attempts.
    async fn stored(&self) -> [Vec<i64>; 3] {
        let stored: Result<_, StoreError> = self
            .coordinator
            .store
            .read(|view| {
                let attempts = view.all::<Attempt<String>>()?;
                let (seats, canceled) = (view.all::<Seat>()?, view.all::<Canceled>()?);
                Ok([
                    attempts.iter().map(Document::id).collect(),
                    seats.iter().map(Document::id).collect(),
                    canceled.iter().map(Document::id).collect(),
                ])
            })
            .await;
        stored.unwrap()
    }

    async fn until(&self, expected: [Vec<i64>; 3]) {
        let waiting = async {
            while self.stored().await != expected {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(BOUND, waiting).await.expect("the attempts end as expected");
    }
}

fn refused() -> Reply {
    Ok(Answer::Refused("nothing was booked: the theatre is full".to_owned()))
}

#[tokio::test]
async fn a_confirmed_request_has_its_outcome_and_leaves_no_attempt() {
    let office = Office::<false>::new(ON, []);
    assert_eq!(office.book("A", None).await.unwrap(), Seat { id: 1, row: "A".to_owned() });
    assert_eq!(office.asked(), ["seat-1"]);
    assert_eq!(office.stored().await, [vec![], vec![1], vec![]]);
}

#[tokio::test]
async fn a_refused_request_gets_409_and_its_id_is_used_again_unless_duplicates_join() {
    let alone = Office::<false>::new(ON, [refused()]);
    let problem = alone.book("A", None).await.unwrap_err();
    assert_eq!(problem, Problem::conflict("nothing was booked: the theatre is full"));
    assert_eq!(alone.book("A", None).await.unwrap().id, 1);
    let joined = Office::<true>::new(ON, [refused()]);
    assert_eq!(joined.book("A", None).await.unwrap_err().status(), StatusCode::CONFLICT);
    assert_eq!(joined.book("A", None).await.unwrap().id, 2);
    assert_eq!(joined.stored().await, [vec![], vec![2], vec![]]);
}

#[tokio::test]
async fn a_request_that_was_not_sent_is_released_and_one_that_may_have_been_is_canceled() {
    let office = Office::<false>::new(
        ON,
        [Err(CallError::NotConnected), Err(CallError::TimedOut), Ok(Answer::Confirmed)],
    );
    for _ in 0..2 {
        let problem = office.book("A", None).await.unwrap_err();
        assert_eq!(problem.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(problem.message().starts_with("nothing was booked"), "{problem:?}");
    }
    assert_eq!(office.book("A", None).await.unwrap().id, 2, "the canceled one keeps its id");
    assert_eq!(office.stored().await, [vec![], vec![2], vec![1]]);
}

#[tokio::test]
async fn where_duplicates_join_even_a_request_that_was_not_sent_is_canceled() {
    let office = Office::<true>::new(ON, [Err(CallError::NotConnected)]);
    let problem = office.book("A", None).await.unwrap_err();
    assert_eq!(problem.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(office.stored().await, [vec![], vec![], vec![1]]);
}

#[tokio::test]
async fn without_compensation_a_lost_answer_only_releases_the_attempt() {
    let guards = Guards { compensation: Guard::Off, ..ON };
    let office = Office::<false>::new(guards, [Err(CallError::TimedOut)]);
    office.book("A", None).await.unwrap_err();
    assert_eq!(office.stored().await, NOTHING);
}

#[tokio::test]
async fn without_failing_closed_a_request_is_confirmed_that_nobody_answered_for() {
    let guards = Guards { fail_closed: Guard::Off, ..ON };
    let office = Office::<false>::new(guards, [Err(CallError::NotConnected)]);
    assert_eq!(office.book("A", None).await.unwrap().id, 1);
    assert_eq!(office.stored().await, [vec![], vec![1], vec![]]);
}

#[tokio::test]
async fn a_key_that_is_used_again_gives_the_same_outcome_and_refuses_another_request() {
    let office = Office::<false>::new(ON, []);
    let first = office.book("A", Some("k")).await.unwrap();
    assert_eq!(office.book("A", Some("k")).await.unwrap(), first);
    assert_eq!(office.asked().len(), 1);
    let other = office.book("B", Some("k")).await.unwrap_err();
    assert_eq!(other.status(), StatusCode::UNPROCESSABLE_ENTITY);
    // The key is looked up before the request is checked.
    let invalid = office.book("", Some("k")).await.unwrap_err();
    assert_eq!(invalid.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(office.book("", None).await.unwrap_err().status(), StatusCode::BAD_REQUEST);
    let removing = office.coordinator.store.write(|tx| tx.remove::<Seat>(1));
    let removed: Result<(), StoreError> = removing.await;
    removed.unwrap();
    let gone = office.book("A", Some("k")).await.unwrap_err();
    assert_eq!(gone, Problem::not_found("there is no such seat"));
}

#[tokio::test]
async fn while_an_attempt_is_open_its_key_is_refused_or_joined() {
    let alone = Office::<false>::new(ON, []);
    alone.reserve("A", Some("k"), BOUND).await;
    let problem = alone.book("A", Some("k")).await.unwrap_err();
    let message = "the seat with this Idempotency-Key is in progress; try again shortly";
    assert_eq!(problem, Problem::conflict(message).retry_after(1));
    let joined = Office::<true>::new(ON, []);
    joined.reserve("A", Some("k"), BOUND).await;
    let other = joined.book("B", Some("k")).await.unwrap_err();
    assert_eq!(other.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let (one, two) = tokio::join!(joined.book("A", Some("k")), joined.book("A", Some("k")));
    assert_eq!((one.unwrap().id, two.unwrap().id), (1, 1));
    assert!(joined.asked().iter().all(|key| key == "seat-1"), "{:?}", joined.asked());
    assert_eq!(joined.stored().await, [vec![], vec![1], vec![]]);
}

#[tokio::test]
async fn a_confirmation_that_comes_after_the_cancellation_has_no_effect() {
    let office = Office::<false>::new(ON, []);
    office.reserve("A", None, BOUND).await;
    let ended = office.coordinator.store.write(|tx| {
        transactions::cancel::<Book<false>>(tx, 1)?;
        transactions::confirm::<Book<false>>(tx, 1)
    });
    let problem = Problem::from(ended.await.unwrap_err());
    assert_eq!(problem.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(problem.message().contains("took too long"), "{problem:?}");
}

#[tokio::test]
async fn attempts_that_are_due_are_canceled_and_others_stay() {
    let office = Office::<false>::new(ON, []);
    // One that a killed predecessor has left, and then one that is reserved while the sweeper
    // sleeps.
    office.reserve("A", None, Duration::ZERO).await;
    let (stopper, stop) = Stop::manual();
    let running = tokio::spawn(office.coordinator.clone().sweep(stop));
    office.until([vec![], vec![], vec![1]]).await;
    office.reserve("B", None, Duration::ZERO).await;
    office.until([vec![], vec![], vec![1, 2]]).await;
    office.reserve("C", None, Duration::from_secs(3600)).await;
    stopper.send_replace(true);
    running.await.unwrap();
    assert_eq!(office.stored().await, [vec![3], vec![], vec![1, 2]]);
    assert!(due_in(Duration::from_secs(1)) > due_in(Duration::ZERO));
}

/// What becomes of an attempt that a killed process has left, if the other service fails at first.
async fn resumed(answer: Reply) -> [Vec<i64>; 3] {
    let office = Office::<true>::new(ON, [Err(CallError::Unavailable(502)), answer]);
    office.reserve("A", None, Duration::ZERO).await;
    let (stopper, stop) = Stop::manual();
    let running = tokio::spawn(office.coordinator.clone().resume(stop));
    let waiting = async {
        while !office.stored().await[0].is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(BOUND, waiting).await.expect("the other service is asked again");
    assert_eq!(office.asked(), ["seat-1", "seat-1"]);
    stopper.send_replace(true);
    running.await.unwrap();
    office.stored().await
}

#[tokio::test]
async fn an_attempt_that_a_killed_process_has_left_is_asked_for_again_with_the_same_key() {
    assert_eq!(resumed(Ok(Answer::Confirmed)).await, [vec![], vec![1], vec![]]);
    assert_eq!(resumed(refused()).await, NOTHING);
}

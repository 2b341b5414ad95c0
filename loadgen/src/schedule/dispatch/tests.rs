//! Hours of arrivals, at times that are only numbers.

use super::*;

const HOUR: f64 = 3600.0;

fn ramp(from: f64, to: f64, lasts: f64) -> Ramp {
    Ramp { from, to, lasts: Duration::from_secs_f64(lasts) }
}

/// A day: it wakes up, is busy, has a peak, sleeps.
fn day() -> Vec<Ramp> {
    vec![
        ramp(0.0, 2.0, 6.0 * HOUR),
        ramp(2.0, 2.0, 6.0 * HOUR),
        ramp(2.0, 10.0, HOUR),
        ramp(10.0, 2.0, HOUR),
        ramp(0.0, 0.0, 10.0 * HOUR),
    ]
}

fn threads(ramps: &[Ramp], of: usize) -> Vec<Dispatch> {
    (0..of).map(|thread| Dispatch::new(ramps, WorkerShare { thread, of }, 8)).collect()
}

#[test]
fn every_arrival_of_a_day_is_taken_once_and_never_early() {
    let mut threads = threads(&day(), 4);
    let minute = Duration::from_secs(60);
    let mut taken = Vec::new();
    for now in (0..=24 * 60).map(|minutes| minute * minutes) {
        for thread in &mut threads {
            let before = thread.queued(now);
            let due: Vec<_> = std::iter::from_fn(|| thread.take_due(now)).collect();
            assert!(
                before.abs_diff(due.len() as u64) <= 1,
                "{before} counted at {now:?}, {} taken",
                due.len()
            );
            assert!(due.is_sorted() && due.iter().all(|due| *due <= now), "at {now:?}");
            assert_eq!(thread.queued(now), 0);
            taken.extend(due);
        }
    }
    taken.sort();
    let whole = (6.0 + 12.0 + 6.0 + 6.0) * HOUR;
    assert!((taken.len() as f64 - whole).abs() <= 1.0, "{} of {whole}", taken.len());
    let table = Timetable::new(&day());
    assert!(taken.iter().zip(0..).all(|(due, number)| table.at(number) == Some(*due)));
    assert!(threads.iter().all(|thread| thread.next_due().is_none()));
}

#[test]
fn a_queue_of_hours_is_counted_and_not_stored() {
    let mut thread = Dispatch::new(&day(), WorkerShare { thread: 1, of: 2 }, 1);
    let evening = Duration::from_secs(14 * 3600);
    assert!(thread.is_queue_late(evening));
    let all = thread.queued(evening);
    assert!((all as f64 - 30.0 * HOUR / 2.0).abs() <= 1.0, "{all}");
    for taken in 1..=1000 {
        thread.take_due(evening).unwrap();
        assert_eq!(thread.queued(evening), all - taken);
    }
    // Its first is due when the second arrival of all is: N(t) = 2 t² / (2 · 6 h).
    let first = Dispatch::new(&day(), WorkerShare { thread: 1, of: 2 }, 1).next_due().unwrap();
    assert!((first.as_secs_f64() - (6.0 * HOUR).sqrt()).abs() < 1e-6, "{first:?}");
}

#[test]
fn each_thread_gets_its_share_of_connections_and_at_least_one() {
    let of = |connections, of| -> Vec<usize> {
        let share = |thread| Dispatch::new(&day(), WorkerShare { thread, of }, connections);
        (0..of)
            .map(|thread| {
                let mut one = share(thread);
                (0..).take_while(|_| one.reserve_connection()).count()
            })
            .collect()
    };
    assert_eq!(of(8, 3), [3, 3, 2]);
    assert_eq!(of(512, 1), [512]);
    assert_eq!(of(1, 2), [1, 1]);
}

#[test]
fn the_last_used_connection_is_used_first_and_all_are_closed_at_the_end() {
    let mut thread = Dispatch::new(&day(), WorkerShare { thread: 0, of: 1 }, 2);
    let (one, other) = (Rc::new(Mailbox::default()), Rc::new(Mailbox::default()));
    assert!(thread.park(&one) && thread.park(&other));
    assert!(Rc::ptr_eq(&thread.take_idle().unwrap(), &other));
    thread.close();
    assert!(matches!(one.item.get(), Some(MailboxItem::Closed)));
    assert!(!thread.park(&other), "who comes late leaves, too");
}

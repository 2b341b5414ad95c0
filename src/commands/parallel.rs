//! Several runs at the same time.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::Result;

use crate::exit::Exit;

/// Does `work` for each item, at most `at_once` at a time; returns how each ended, in the order of
/// the items. After an error, or a run that was stopped or left a change behind, no other begins.
pub fn all<I: Sync>(
    at_once: usize,
    items: &[I],
    work: impl Fn(&I) -> Result<Exit> + Sync,
) -> Result<Vec<Exit>> {
    let (next, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let ended = Mutex::new(Vec::new());
    // Relaxed is enough: the mutex orders the results, and a run that begins at the very moment of
    // a stop might as well have begun before it.
    let take = || {
        let place = next.fetch_add(1, Ordering::Relaxed);
        items.get(place).filter(|_| !over.load(Ordering::Relaxed)).map(|item| (place, item))
    };
    let worker = || {
        while let Some((place, item)) = take() {
            let end = work(item);
            if matches!(end, Err(_) | Ok(Exit::Aborted | Exit::LeftBehind)) {
                over.store(true, Ordering::Relaxed);
            }
            ended.lock().unwrap_or_else(PoisonError::into_inner).push((place, end));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..at_once {
            scope.spawn(worker);
        }
        worker();
    });
    let mut ended = ended.into_inner().unwrap_or_else(PoisonError::into_inner);
    ended.sort_by_key(|(place, _)| *place);
    ended.into_iter().map(|(_, end)| end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parallel_results_are_in_the_order_of_the_items() {
        let items: Vec<u32> = (0..100).collect();
        let ends =
            all(4, &items, |item| Ok(if item % 3 == 0 { Exit::Fail } else { Exit::Pass })).unwrap();
        assert_eq!(ends.len(), 100);
        assert!(
            ends.iter()
                .enumerate()
                .all(|(place, end)| (*end == Exit::Fail) == place.is_multiple_of(3))
        );
    }

    #[test]
    fn no_run_begins_after_one_that_was_stopped() {
        let items = [1, 2, 3, 4];
        let work = |item: &i32| Ok(if *item == 2 { Exit::Aborted } else { Exit::Pass });
        assert_eq!(all(1, &items, work).unwrap(), [Exit::Pass, Exit::Aborted]);
        assert!(all(2, &items, |_| anyhow::bail!("no")).is_err());
    }
}

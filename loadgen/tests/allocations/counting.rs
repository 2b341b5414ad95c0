//! An allocator that counts what the generator's threads ask for, and nothing else: servers and
//! tests run beside them.
#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// How the names of the generator's threads begin.
const GENERATOR: &[u8] = b"load-";

#[global_allocator]
static COUNTING: Counting = Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static LIVE: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);

thread_local! {
    static THREAD: Cell<Thread> = const { Cell::new(Thread::Unknown) };
}

#[derive(Clone, Copy)]
enum Thread {
    /// Not the generator's; or not yet, since a thread allocates before it has its name.
    Unknown,
    Asking,
    Generator,
}

/// What the generator's threads have allocated so far.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// How often; growing in place counts, too.
    pub allocations: u64,
    /// Bytes that have not been freed.
    pub live: i64,
}

impl Reading {
    pub fn now() -> Self {
        Self { allocations: ALLOCATIONS.load(Ordering::SeqCst), live: LIVE.load(Ordering::SeqCst) }
    }
}

/// The most bytes that were live at once during a piece of work, beyond those that were
/// live before it.
pub fn peak(work: impl FnOnce()) -> i64 {
    let before = LIVE.load(Ordering::SeqCst);
    PEAK.store(before, Ordering::SeqCst);
    work();
    PEAK.load(Ordering::SeqCst) - before
}

struct Counting;

// SAFETY: all memory is the system allocator's, asked for with the layouts given. What is done
// beside that does not unwind, and touches only atomics and a thread-local that needs no
// destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        allocated(0, layout.size());
        // SAFETY: the caller keeps to what `GlobalAlloc` asks, which is what the system allocator
        // asks.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        allocated(0, layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        allocated(layout.size(), size);
        // SAFETY: as above.
        unsafe { System.realloc(place, layout, size) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        if is_generator() {
            LIVE.fetch_sub(layout.size() as i64, Ordering::SeqCst);
        }
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }
}

fn allocated(before: usize, after: usize) {
    if is_generator() {
        ALLOCATIONS.fetch_add(1, Ordering::SeqCst);
        let change = after as i64 - before as i64;
        let live = LIVE.fetch_add(change, Ordering::SeqCst) + change;
        PEAK.fetch_max(live, Ordering::SeqCst);
    }
}

fn is_generator() -> bool {
    match THREAD.get() {
        Thread::Generator => true,
        // The answer is allocated as well.
        Thread::Asking => false,
        Thread::Unknown => {
            THREAD.set(Thread::Asking);
            let named =
                rustix::thread::name().is_ok_and(|name| name.as_bytes().starts_with(GENERATOR));
            THREAD.set(if named { Thread::Generator } else { Thread::Unknown });
            named
        }
    }
}

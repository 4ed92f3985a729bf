//! An allocator that says no. A request is counted where it is large, made while counting is on, and by
//! whatever thread.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

/// From this size on no request that is refused may end the process.
pub const LARGE: usize = 64 * 1024;

static COUNTS: AtomicBool = AtomicBool::new(false);
static SEEN: AtomicUsize = AtomicUsize::new(0);
static REFUSED: AtomicUsize = AtomicUsize::new(usize::MAX);
static LASTS: AtomicBool = AtomicBool::new(false);

/// Begins anew: the large request of this number, from 0, will be refused, and if `lasts` all behind it too.
pub fn refuse(number: usize, lasts: bool) {
    SEEN.store(0, SeqCst);
    REFUSED.store(number, SeqCst);
    LASTS.store(lasts, SeqCst);
}

/// Calls something while requests are counted.
pub fn counted<T>(call: impl FnOnce() -> T) -> T {
    COUNTS.store(true, SeqCst);
    let made = call();
    COUNTS.store(false, SeqCst);
    made
}

/// Counts no more; also where a call panicked, whose message needs memory.
pub fn stop() {
    COUNTS.store(false, SeqCst);
}

/// How many large requests were counted.
pub fn seen() -> usize {
    SEEN.load(SeqCst)
}

fn refuses(bytes: usize) -> bool {
    if bytes < LARGE || !COUNTS.load(SeqCst) {
        return false;
    }
    let (number, refused) = (SEEN.fetch_add(1, SeqCst), REFUSED.load(SeqCst));
    number == refused || number > refused && LASTS.load(SeqCst)
}

/// The system's allocator, but for what it refuses.
pub struct Refusing;

// SAFETY: every request is the system allocator's, or answered with NULL, which is what an allocator says
// where it has no memory; nothing here allocates or unwinds.
unsafe impl GlobalAlloc for Refusing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        if refuses(layout.size()) { std::ptr::null_mut() } else { unsafe { System.alloc(layout) } }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        if refuses(layout.size()) { std::ptr::null_mut() } else { unsafe { System.alloc_zeroed(layout) } }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        if refuses(size) { std::ptr::null_mut() } else { unsafe { System.realloc(pointer, layout, size) } }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

//! Ownership across the boundary: what a `_new` hands out, its `_free` takes back.

/// An object that C holds by pointer.
pub(crate) trait Handle: Sized {
    /// Gives the object to the caller.
    fn into_raw(self) -> *mut Self {
        Box::into_raw(Box::new(self))
    }

    /// Takes the object back and drops it; NULL is fine.
    ///
    /// # Safety
    /// `raw` is NULL, or came from `into_raw` and was not freed yet.
    unsafe fn free(raw: *mut Self) {
        if !raw.is_null() {
            // SAFETY: not NULL, so it came from `into_raw`, and this is its one free.
            drop(unsafe { Box::from_raw(raw) });
        }
    }
}

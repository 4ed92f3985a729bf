//! What every export does at its edges: checks pointers, borrows text and bytes, writes outputs.

use sidekick::{Error, ErrorKind, Result};
use std::ffi::{CStr, c_char, c_void};
use std::fmt::Display;
use std::ptr::NonNull;

/// The length that means "up to the NUL".
pub(crate) const SIDEKICK_NUL: usize = usize::MAX;
/// What a caller passes whose -1 has 32 bits, such as COBOL.
const NUL_OF_32_BITS: usize = u32::MAX as usize;

/// The error of a pointer that is NULL where it must not be.
#[cold]
pub(crate) fn null(what: impl Display) -> Error {
    Error::new(ErrorKind::Argument, format!("{what} is NULL"))
}

/// An object that is read.
///
/// # Safety
/// `pointer` is NULL or points to a live object.
pub(crate) unsafe fn object<'a, T>(pointer: *const T, what: &str) -> Result<&'a T> {
    // SAFETY: this function's own demand.
    unsafe { pointer.as_ref() }.ok_or_else(|| null(what))
}

/// An object that is changed.
///
/// # Safety
/// `pointer` is NULL or points to a live object that nobody else uses meanwhile.
pub(crate) unsafe fn object_mut<'a, T>(pointer: *mut T, what: &str) -> Result<&'a mut T> {
    // SAFETY: this function's own demand.
    unsafe { pointer.as_mut() }.ok_or_else(|| null(what))
}

/// Elements that are read; a count of 0 ignores the pointer.
///
/// # Safety
/// Unless `count` is 0, `pointer` is NULL or points to `count` initialized elements.
#[inline]
pub(crate) unsafe fn elements<'a, T>(pointer: *const T, count: usize, what: impl Display) -> Result<&'a [T]> {
    if count == 0 {
        return Ok(&[]);
    }
    if pointer.is_null() {
        return Err(null(what));
    }
    require_array(pointer, count, what)?;
    // SAFETY: not NULL, aligned, no larger than memory; the rest is this function's own demand.
    Ok(unsafe { std::slice::from_raw_parts(pointer, count) })
}

/// Bytes that are read.
///
/// # Safety
/// As for [`elements`].
pub(crate) unsafe fn bytes<'a>(pointer: *const c_void, count: usize, what: impl Display) -> Result<&'a [u8]> {
    // SAFETY: this function's own demand.
    unsafe { elements(pointer.cast(), count, what) }
}

/// A buffer that is filled; a count of 0 ignores the pointer.
///
/// # Safety
/// Unless `count` is 0, `pointer` is NULL or points to `count` elements that nobody else uses meanwhile. Any
/// value has to be one of a `T`, as it is for numbers: nobody filled the buffer before.
pub(crate) unsafe fn buffer<'a, T>(pointer: *mut T, count: usize, what: &str) -> Result<&'a mut [T]> {
    if count == 0 {
        return Ok(&mut []);
    }
    if pointer.is_null() {
        return Err(null(what));
    }
    require_array(pointer, count, what)?;
    // SAFETY: not NULL, aligned, no larger than memory; the rest is this function's own demand.
    Ok(unsafe { std::slice::from_raw_parts_mut(pointer, count) })
}

/// Bytes that are filled.
///
/// # Safety
/// As for [`buffer`].
pub(crate) unsafe fn byte_buffer<'a>(pointer: *mut c_void, count: usize, what: &str) -> Result<&'a mut [u8]> {
    // SAFETY: this function's own demand.
    unsafe { buffer(pointer.cast(), count, what) }
}

#[inline]
fn require_array<T>(pointer: *const T, count: usize, what: impl Display) -> Result<()> {
    let fits = pointer.is_aligned() && count <= isize::MAX as usize / size_of::<T>();
    if fits { Ok(()) } else { Err(misplaced(what)) }
}

/// The error of elements that cannot be where they are said to be.
#[cold]
fn misplaced(what: impl Display) -> Error {
    Error::new(ErrorKind::Argument, format!("{what} is misaligned or larger than memory"))
}

/// UTF-8 text of a length, or up to its NUL.
///
/// # Safety
/// Unless `length` is 0, `pointer` is NULL, or points to `length` bytes, or for [`SIDEKICK_NUL`] and
/// [`NUL_OF_32_BITS`] to text that a NUL ends.
pub(crate) unsafe fn text<'a>(pointer: *const c_char, length: usize, what: &str) -> Result<&'a str> {
    // SAFETY: this function's own demand.
    unsafe { text_or(pointer, length, what, "") }
}

/// The path of a file, in UTF-8 on every system.
///
/// # Safety
/// As for [`text`].
pub(crate) unsafe fn path_text<'a>(pointer: *const c_char, length: usize, what: &str) -> Result<&'a str> {
    let advice = "; convert a path in the system's own encoding, such as a code page of Windows, to UTF-8";
    // SAFETY: this function's own demand.
    unsafe { text_or(pointer, length, what, advice) }
}

/// UTF-8 text, or an error that ends with advice.
///
/// # Safety
/// As for [`text`].
unsafe fn text_or<'a>(pointer: *const c_char, length: usize, what: &str, advice: &str) -> Result<&'a str> {
    let bytes = if means_nul(length) {
        let start = NonNull::new(pointer.cast_mut()).ok_or_else(|| null(what))?;
        // SAFETY: not NULL, and this function's own demand.
        unsafe { CStr::from_ptr(start.as_ptr()) }.to_bytes()
    } else {
        // SAFETY: this function's own demand.
        unsafe { elements(pointer.cast(), length, what) }?
    };
    if bytes.is_ascii() {
        // SAFETY: ASCII is UTF-8; it is told faster, above all of short text.
        return Ok(unsafe { std::str::from_utf8_unchecked(bytes) });
    }
    std::str::from_utf8(bytes).map_err(|e| {
        let message = format!("{what} is not UTF-8: a bad byte at {}{advice}", e.valid_up_to());
        Error::new(ErrorKind::Argument, message)
    })
}

/// Lengths of real texts need one comparison.
#[inline]
fn means_nul(length: usize) -> bool {
    length >= NUL_OF_32_BITS && (length == NUL_OF_32_BITS || length == SIDEKICK_NUL)
}

/// A copy of a text of any size.
pub(crate) fn copied(text: &str) -> Result<String> {
    let mut copy = String::new();
    let missing = |_| Error::new(ErrorKind::Memory, format!("no memory for {} bytes of text", text.len()));
    copy.try_reserve_exact(text.len()).map_err(missing)?;
    copy.push_str(text);
    Ok(copy)
}

/// A place for an output: checked before the work, written after it.
pub(crate) struct Out<T>(NonNull<T>);

impl<T> Out<T> {
    /// # Safety
    /// `pointer` is NULL or a place for a `T` that nobody else uses meanwhile.
    pub(crate) unsafe fn new(pointer: *mut T, what: &str) -> Result<Out<T>> {
        NonNull::new(pointer).map(Out).ok_or_else(|| null(what))
    }

    pub(crate) fn set(self, value: T) {
        // SAFETY: the demand of `new`, held for the call that made this `Out`.
        unsafe { self.0.write(value) }
    }
}

/// The two places of a borrowed text, or of a view: pointer and length. Who knows the length passes NULL.
pub(crate) struct OutView<T> {
    start: Out<*const T>,
    length: Option<Out<usize>>,
}

impl<T> OutView<T> {
    /// # Safety
    /// Both pointers are as [`Out::new`] demands.
    pub(crate) unsafe fn new(start: *mut *const T, length: *mut usize, what: &str) -> Result<OutView<T>> {
        // SAFETY: this function's own demand.
        let start = unsafe { Out::new(start, what) }?;
        Ok(OutView { start, length: NonNull::new(length).map(Out) })
    }

    pub(crate) fn set(self, view: &[T]) {
        self.set_parts(view.as_ptr(), view.len());
    }

    fn set_parts(self, start: *const T, length: usize) {
        self.start.set(start);
        if let Some(place) = self.length {
            place.set(length);
        }
    }
}

impl OutView<c_char> {
    /// Hands out text that is closed by a NUL, without counting the NUL.
    pub(crate) fn set_text(self, with_nul: &str) {
        self.set_parts(with_nul.as_ptr().cast(), with_nul.len().saturating_sub(1));
    }
}

/// Text from a getter that cannot fail: the pointer is returned, the length goes where it is wanted.
///
/// # Safety
/// `length` is NULL or a place for a length.
pub(crate) unsafe fn return_text(with_nul: &str, length: *mut usize) -> *const c_char {
    if let Some(length) = NonNull::new(length) {
        // SAFETY: this function's own demand.
        unsafe { length.write(with_nul.len().saturating_sub(1)) };
    }
    with_nul.as_ptr().cast()
}

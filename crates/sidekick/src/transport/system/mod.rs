//! All system calls of a connection, so that tests can make each of them fail. What differs between systems
//! has a file for each.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(super) use unix::{CONNECT_CHECK, CONNECTING, DONT_WAIT, READS_MAY_WAIT, Waker, open_socket, poll, send};
#[cfg(windows)]
pub(super) use windows::{
    CONNECT_CHECK, CONNECTING, DONT_WAIT, READS_MAY_WAIT, Waker, open_socket, poll, send,
};

/// A system call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Socket,
    Connect,
    Send,
    Receive,
    Poll,
}

/// Makes a system call.
#[inline(always)]
pub(super) fn call<T>(which: Call, make: impl FnOnce() -> rustix::io::Result<T>) -> rustix::io::Result<T> {
    #[cfg(test)]
    faults::fail_if_injected(which)?;
    let _ = which;
    make()
}

/// Errors in place of system calls, on the calling thread only.
#[cfg(test)]
pub(super) mod faults {
    use super::Call;
    use rustix::io::Errno;
    use std::cell::RefCell;

    struct Fault {
        call: Call,
        error: Errno,
        /// How many calls succeed first, and how many fail after them.
        spared: usize,
        times: usize,
    }

    thread_local! {
        static FAULTS: RefCell<Vec<Fault>> = const { RefCell::new(Vec::new()) };
    }

    /// Removes the faults when it is dropped.
    pub(crate) struct Injected;

    impl Drop for Injected {
        fn drop(&mut self) {
            FAULTS.with_borrow_mut(Vec::clear);
        }
    }

    /// Makes `times` calls fail after the next `spared`.
    pub(crate) fn inject(call: Call, error: Errno, spared: usize, times: usize) -> Injected {
        FAULTS.with_borrow_mut(|faults| faults.push(Fault { call, error, spared, times }));
        Injected
    }

    pub(super) fn fail_if_injected(call: Call) -> rustix::io::Result<()> {
        FAULTS.with_borrow_mut(|faults| {
            let Some(fault) = faults.iter_mut().find(|fault| fault.call == call && fault.times > 0) else {
                return Ok(());
            };
            if fault.spared > 0 {
                fault.spared -= 1;
                return Ok(());
            }
            fault.times -= 1;
            Err(fault.error)
        })
    }
}

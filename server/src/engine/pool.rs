//! Things that serve one user at a time. One is there from the start; others are made when somebody waits.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Makes another one, if that is possible.
type Make<T> = dyn Fn() -> Option<T> + Send + Sync;

pub struct Pool<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    make: Box<Make<T>>,
}

struct State<T> {
    free: Vec<T>,
    /// How many there are, free or in use.
    count: usize,
    most: usize,
    is_making: bool,
}

impl<T: Send + 'static> Pool<T> {
    /// A pool of at most so many.
    pub fn new(first: T, most: usize, make: impl Fn() -> Option<T> + Send + Sync + 'static) -> Arc<Pool<T>> {
        let state = Mutex::new(State { free: vec![first], count: 1, most, is_making: false });
        Arc::new(Pool { state, changed: Condvar::new(), make: Box::new(make) })
    }

    /// Lends one of them. Waits until one is free, or another one is made.
    pub fn lend<R>(self: &Arc<Self>, used: impl FnOnce(&mut T) -> R) -> R {
        let mut one = self.take();
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| used(&mut one)));
        self.state().free.push(one);
        self.changed.notify_one();
        outcome.unwrap_or_else(|panicked| panic::resume_unwind(panicked))
    }

    fn take(self: &Arc<Self>) -> T {
        let mut state = self.state();
        loop {
            if let Some(one) = state.free.pop() {
                return one;
            }
            if state.count < state.most && !state.is_making {
                self.begin_to_make(&mut state);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Makes one in a thread: one of those in use may be free before it is there.
    fn begin_to_make(self: &Arc<Self>, state: &mut State<T>) {
        let pool = Arc::clone(self);
        let begun = thread::Builder::new().name("pool".to_owned()).spawn(move || pool.make_one());
        match begun {
            Ok(_) => state.is_making = true,
            Err(_) => state.most = state.count,
        }
    }

    fn make_one(&self) {
        let made = panic::catch_unwind(AssertUnwindSafe(|| (self.make)())).ok().flatten();
        let mut state = self.state();
        state.is_making = false;
        match made {
            Some(one) => {
                state.free.push(one);
                state.count += 1;
            }
            // What failed once would fail again each time that somebody waits.
            None => state.most = state.count,
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Nothing panics while it holds the lock.
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    /// Only a test that fails waits for so long.
    const LONG: Duration = Duration::from_secs(60);

    /// A pool of numbers in the order in which they were made.
    fn pool(most: usize) -> Arc<Pool<usize>> {
        let made = AtomicUsize::new(1);
        Pool::new(0, most, move || Some(made.fetch_add(1, Ordering::SeqCst)))
    }

    #[test]
    fn users_overlap_up_to_the_most() {
        let pool = pool(3);
        let (began, begins) = mpsc::channel();
        let (let_go, gates): (Vec<_>, Vec<_>) = (0..4).map(|_| mpsc::channel::<()>()).unzip();
        let users: Vec<_> = gates
            .into_iter()
            .map(|gate| {
                let (pool, began) = (Arc::clone(&pool), began.clone());
                let hold = move |one: &mut usize| {
                    began.send(*one).unwrap();
                    gate.recv_timeout(LONG).unwrap();
                };
                thread::spawn(move || pool.lend(hold))
            })
            .collect();
        // Three hold one each; the fourth user waits until one comes back.
        let mut held: Vec<usize> = (0..3).map(|_| begins.recv_timeout(LONG).unwrap()).collect();
        held.sort_unstable();
        assert_eq!(held, [0, 1, 2]);
        assert!(pool.state().free.is_empty() && begins.try_recv().is_err());
        let_go.iter().for_each(|gate| gate.send(()).unwrap());
        assert!(held.contains(&begins.recv_timeout(LONG).unwrap()));
        users.into_iter().for_each(|user| user.join().unwrap());
        let state = pool.state();
        assert_eq!((state.free.len(), state.count), (3, 3));
    }

    #[test]
    fn one_is_enough_for_users_after_one_another() {
        let pool = pool(3);
        assert_eq!([pool.lend(|one| *one), pool.lend(|one| *one)], [0, 0]);
        assert_eq!(pool.state().count, 1);
    }

    #[test]
    fn one_comes_back_from_a_user_who_panics() {
        let pool = pool(1);
        let user = {
            let pool = Arc::clone(&pool);
            thread::spawn(move || pool.lend(|_| panic!("a user")))
        };
        assert!(user.join().is_err());
        assert_eq!(pool.lend(|one| *one), 0);
    }

    #[test]
    fn users_wait_if_none_can_be_made() {
        let makers: [fn() -> Option<usize>; 2] = [|| None, || panic!("no memory")];
        for make in makers {
            let pool = Pool::new(0, 2, make);
            let used = pool.lend(|_| {
                let other = {
                    let pool = Arc::clone(&pool);
                    thread::spawn(move || pool.lend(|one| *one))
                };
                while pool.state().most > 1 {
                    thread::yield_now();
                }
                other
            });
            assert_eq!(used.join().unwrap(), 0);
        }
    }
}

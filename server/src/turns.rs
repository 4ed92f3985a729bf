//! Turns at the processor: a few requests are computed at once, the others wait in lanes that are served in
//! rotation.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// How long a request computes before it lets the next one go on.
const SLICE: Duration = Duration::from_millis(100);

/// Whose requests share a lane: those of one client address to one deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    pub client: IpAddr,
    pub deployment: String,
}

/// A bound on the requests that are computed at once.
pub struct Turns {
    most: usize,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    taken: usize,
    lanes: VecDeque<(Lane, VecDeque<oneshot::Sender<Turn>>)>,
}

impl Queue {
    fn wait(&mut self, lane: &Lane) -> oneshot::Receiver<Turn> {
        let (sender, receiver) = oneshot::channel();
        match self.lanes.iter_mut().find(|(known, _)| known == lane) {
            Some((_, waiting)) => waiting.push_back(sender),
            None => self.lanes.push_back((lane.clone(), VecDeque::from([sender]))),
        }
        receiver
    }

    /// The first of the first lane, which goes to the end of the rotation. Who waits no longer is left out.
    fn next(&mut self) -> Option<(Lane, oneshot::Sender<Turn>)> {
        while let Some((lane, mut waiting)) = self.lanes.pop_front() {
            waiting.retain(|sender| !sender.is_closed());
            let Some(sender) = waiting.pop_front() else {
                continue;
            };
            let key = lane.clone();
            if !waiting.is_empty() {
                self.lanes.push_back((lane, waiting));
            }
            return Some((key, sender));
        }
        None
    }
}

impl Turns {
    pub fn new(most: usize) -> Arc<Turns> {
        Arc::new(Turns { most, queue: Mutex::default() })
    }

    /// Waits for a turn. Who stops waiting loses nothing but the place.
    pub async fn take(self: &Arc<Turns>, lane: Lane) -> Turn {
        loop {
            let waiting = match self.take_free(&lane) {
                Ok(turn) => return turn,
                Err(waiting) => waiting,
            };
            if let Ok(turn) = waiting.await {
                return turn;
            }
        }
    }

    /// The same, blocking the thread.
    fn take_blocking(self: &Arc<Turns>, lane: &Lane) -> Turn {
        loop {
            let waiting = match self.take_free(lane) {
                Ok(turn) => return turn,
                Err(waiting) => waiting,
            };
            if let Ok(turn) = waiting.blocking_recv() {
                return turn;
            }
        }
    }

    /// How many requests are computed.
    pub fn taken(&self) -> usize {
        self.queue().taken
    }

    fn take_free(self: &Arc<Turns>, lane: &Lane) -> Result<Turn, oneshot::Receiver<Turn>> {
        let mut queue = self.queue();
        if queue.taken < self.most {
            queue.taken += 1;
            return Ok(self.turn(lane.clone()));
        }
        Err(queue.wait(lane))
    }

    fn turn(self: &Arc<Turns>, lane: Lane) -> Turn {
        Turn { turns: Arc::clone(self), lane, since: Instant::now() }
    }

    /// Nothing panics while it holds the lock, so the queue behind it is consistent.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A turn, which ends when it is dropped.
pub struct Turn {
    turns: Arc<Turns>,
    lane: Lane,
    since: Instant,
}

impl Turn {
    /// Whether the slice is used up and somebody waits.
    pub fn is_over(&self) -> bool {
        self.since.elapsed() >= SLICE && !self.turns.queue().lanes.is_empty()
    }

    /// Lets the others go on first; blocks the thread until it is this lane's turn again.
    pub fn again(self) -> Option<Turn> {
        let waiting = self.turns.queue().wait(&self.lane);
        drop(self);
        waiting.blocking_recv().ok()
    }

    /// Gives the turn up for as long as something is waited for, then takes one again.
    pub fn pause<T>(self, wait: impl FnOnce() -> T) -> (T, Turn) {
        let (turns, lane) = (Arc::clone(&self.turns), self.lane.clone());
        drop(self);
        let found = wait();
        (found, turns.take_blocking(&lane))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut queue = self.turns.queue();
        let Some((lane, sender)) = queue.next() else {
            queue.taken -= 1;
            return;
        };
        drop(queue);
        // A turn that comes back, because its client has gone, is dropped and goes to the next.
        drop(sender.send(self.turns.turn(lane)));
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn lane(deployment: &str) -> Lane {
        Lane { client: Ipv4Addr::LOCALHOST.into(), deployment: deployment.to_owned() }
    }

    /// The deployments in the order in which those who wait get the one turn there is.
    fn order(
        turns: &Arc<Turns>,
        mut waiting: Vec<(&'static str, oneshot::Receiver<Turn>)>,
    ) -> Vec<&'static str> {
        let mut order = Vec::new();
        while let Some(at) = waiting.iter_mut().position(|(_, receiver)| !receiver.is_empty()) {
            let (name, mut receiver) = waiting.remove(at);
            order.push(name);
            drop(receiver.try_recv());
        }
        assert!(turns.queue().lanes.is_empty());
        assert_eq!(turns.queue().taken, 0);
        order
    }

    #[test]
    fn lanes_are_served_in_rotation() {
        let turns = Turns::new(1);
        let first = turns.take_free(&lane("a")).ok();
        let wait = |name| (name, turns.take_free(&lane(name)).err().expect("no turn is free"));
        let waiting = ["a", "a", "a", "b", "b", "c"].map(wait).into();
        drop(first);
        assert_eq!(order(&turns, waiting), ["a", "b", "c", "a", "b", "a"]);
    }

    #[test]
    fn who_waits_no_longer_is_left_out() {
        let turns = Turns::new(1);
        let first = turns.take_free(&lane("a")).ok();
        let wait = |name| (name, turns.take_free(&lane(name)).err().expect("no turn is free"));
        let mut waiting: Vec<_> = ["a", "a", "b", "b"].map(wait).into();
        waiting.remove(2);
        waiting.remove(0);
        drop(first);
        assert_eq!(order(&turns, waiting), ["a", "b"]);
    }

    #[test]
    fn a_turn_that_is_sent_but_never_received_goes_on() {
        let turns = Turns::new(1);
        let first = turns.take_free(&lane("a")).ok();
        let lost = turns.take_free(&lane("a")).err();
        drop(first);
        drop(lost);
        assert!(turns.take_free(&lane("b")).is_ok());
    }

    #[test]
    fn a_turn_is_given_up_to_who_waits_and_comes_back() {
        let turns = Turns::new(1);
        let mut turn = turns.take_free(&lane("a")).ok().expect("it is free");
        turn.since = Instant::now().checked_sub(SLICE).expect("the clock began earlier");
        assert!(!turn.is_over());
        let other = turns.take_free(&lane("b")).err().expect("no turn is free");
        assert!(turn.is_over());
        let thread = std::thread::spawn(|| turn.again().map(|turn| turn.lane.deployment.clone()));
        drop(other.blocking_recv().expect("it is given up"));
        assert_eq!(thread.join().unwrap().as_deref(), Some("a"));
    }

    #[test]
    fn a_turn_is_others_while_it_pauses() {
        let turns = Turns::new(1);
        let turn = turns.take_free(&lane("a")).ok().expect("it is free");
        let others = || {
            let other = turns.take_free(&lane("b")).ok();
            (other.is_some(), turns.taken())
        };
        let (found, turn) = turn.pause(others);
        assert_eq!(found, (true, 1));
        assert_eq!(turns.taken(), 1);
        drop(turn);
        assert_eq!(turns.taken(), 0);
    }
}

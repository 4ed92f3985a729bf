//! Distinct names in a fixed order, and their look-up.

use crate::error::Result;
use crate::memory::{collected, filled, none_for};
use crate::text::NulString;
use std::sync::Arc;

/// The longest name or label, so that what is made of one stays small.
pub(crate) const MOST_NAME_BYTES: usize = 4096;

/// Distinct names in a fixed order. Look-up is fastest in that order. Clones share the names.
///
/// A name is looked for where the caller expects it, then in the slot of its fingerprint, then among the
/// sorted names. Measured against `hashbrown` with `foldhash`, in instructions: 25 to 45 for a name that is
/// where it is expected, 41 to 98 in any order of 20 names, 75 to 97 of 1000. A number that is added takes
/// about 400 in all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    list: Vec<NulString>,
    /// The fingerprint of each.
    fingerprints: Vec<Fingerprint>,
    /// For each slot, the index of a name whose fingerprint leads there.
    slots: Vec<u32>,
    /// Their indices, sorted by name, for those that no slot leads to.
    sorted: Vec<u32>,
}

impl Names {
    /// Keeps names in their order. The error is the duplicate name.
    pub(crate) fn new(list: Vec<NulString>) -> Result<std::result::Result<Names, NulString>> {
        let count = u32::try_from(list.len()).map_err(|_| none_for(usize::MAX))?;
        let mut sorted = collected(0..count)?;
        sorted.sort_unstable_by_key(|place| list.get(*place as usize).map(NulString::as_str));
        let names = sorted.iter().filter_map(|place| list.get(*place as usize));
        if let Some((name, _)) = names.clone().zip(names.skip(1)).find(|(name, next)| name == next) {
            return Ok(Err(name.clone()));
        }
        let fingerprints = collected(list.iter().map(|name| Fingerprint::of(name.as_bytes())))?;
        let slots = slots(&fingerprints)?;
        Ok(Ok(Names(Arc::new(Shared { list, fingerprints, slots, sorted }))))
    }

    pub(crate) fn list(&self) -> &[NulString] {
        &self.0.list
    }

    /// The index of a name that is probably at `hint`.
    #[inline(always)]
    pub(crate) fn find_near(&self, hint: usize, name: &str) -> Option<usize> {
        let fingerprint = Fingerprint::of(name.as_bytes());
        if self.is_at(hint, &fingerprint, name) {
            Some(hint)
        } else {
            self.find_fingerprint(&fingerprint, name)
        }
    }

    /// The index of a name, without a hint.
    #[inline(always)]
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.find_fingerprint(&Fingerprint::of(name.as_bytes()), name)
    }

    #[inline(always)]
    fn find_fingerprint(&self, fingerprint: &Fingerprint, name: &str) -> Option<usize> {
        let Shared { slots, .. } = &*self.0;
        let place = slots.get(fingerprint.slot(slots.len())).map_or(0, |place| *place as usize);
        if self.is_at(place, fingerprint, name) { Some(place) } else { self.find_sorted(name) }
    }

    #[inline(never)]
    fn find_sorted(&self, name: &str) -> Option<usize> {
        let Shared { list, sorted, .. } = &*self.0;
        let there = |place: &u32| list.get(*place as usize).map(NulString::as_str);
        let found = sorted.binary_search_by(|place| there(place).cmp(&Some(name))).ok()?;
        sorted.get(found).map(|place| *place as usize)
    }

    #[inline(always)]
    fn is_at(&self, place: usize, fingerprint: &Fingerprint, name: &str) -> bool {
        let Shared { list, fingerprints, .. } = &*self.0;
        let same = fingerprints.get(place).is_some_and(|there| there.is(fingerprint));
        same && (fingerprint.is_all() || list.get(place).is_some_and(|there| **there == *name))
    }
}

impl PartialEq for Names {
    fn eq(&self, other: &Names) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.list == other.0.list
    }
}

/// What mostly distinguishes names at once: their length and eight bytes at either end, or all bytes of a
/// shorter one.
#[derive(Clone, Copy, Debug)]
struct Fingerprint {
    first: u64,
    last: u64,
    length: usize,
}

impl Fingerprint {
    #[inline(always)]
    fn of(name: &[u8]) -> Fingerprint {
        let length = name.len();
        match (name.first_chunk(), name.last_chunk()) {
            (Some(first), Some(last)) => {
                Fingerprint { first: u64::from_le_bytes(*first), last: u64::from_le_bytes(*last), length }
            }
            _ => Fingerprint {
                first: name.iter().fold(0, |ends, &byte| ends << 8 | u64::from(byte)),
                last: 0,
                length,
            },
        }
    }

    /// Whether there is nothing of the name but this.
    #[inline(always)]
    fn is_all(&self) -> bool {
        self.length <= 16
    }

    /// Which of so many slots, a power of two, is its.
    #[inline(always)]
    fn slot(&self, slots: usize) -> usize {
        // 2^64 divided by the golden ratio spreads what differs in a few bits (D. Knuth, The Art of Computer
        // Programming 3, 6.4).
        let spread =
            (self.first ^ self.last.rotate_left(32) ^ self.length as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (spread >> 32) as usize & slots.wrapping_sub(1)
    }

    /// Whether two are the same, in one comparison.
    #[inline(always)]
    fn is(&self, other: &Fingerprint) -> bool {
        (self.first ^ other.first) | (self.last ^ other.last) | (self.length ^ other.length) as u64 == 0
    }
}

/// So many slots for each name that two seldom share one.
const SLOTS_A_NAME: usize = 8;

fn slots(fingerprints: &[Fingerprint]) -> Result<Vec<u32>> {
    let count = (fingerprints.len() * SLOTS_A_NAME).next_power_of_two();
    let mut slots = filled(count, 0)?;
    for (place, fingerprint) in fingerprints.iter().enumerate() {
        if let Some(slot) = slots.get_mut(fingerprint.slot(count)) {
            *slot = place as u32;
        }
    }
    Ok(slots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_with_any_hint() {
        for count in [4, 40] {
            // The first two have the same fingerprint.
            let middle = |middle: &str| format!("the start{middle}and the end");
            let first = [middle("1"), middle("2"), "b b".to_owned(), "ç".to_owned()];
            let all = first.into_iter().chain((4..40).map(|number| number.to_string())).take(count);
            let names = Names::new(all.map(NulString::from).collect()).unwrap().unwrap();
            for hint in 0..5 {
                assert_eq!(names.find_near(hint, &middle("2")), Some(1));
                assert_eq!(names.find_near(hint, "b b"), Some(2));
                assert_eq!(names.find_near(hint, "ç"), Some(3));
                assert_eq!((names.find_near(hint, &middle("3")), names.find_near(hint, "d")), (None, None));
            }
            for (place, name) in names.list().iter().enumerate() {
                assert_eq!(names.find(name), Some(place));
            }
            assert_eq!((names.find(&middle("3")), names.find("")), (None, None));
        }
    }

    #[test]
    fn a_name_twice_is_refused() {
        assert_eq!(&*Names::new(vec!["a".into(), "b".into(), "a".into()]).unwrap().unwrap_err(), "a");
    }
}

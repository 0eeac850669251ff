//! What is kept for inspection, bounded by number and by bytes.

use std::collections::VecDeque;
use std::sync::Arc;

/// The most that a [`Shelf`] holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub items: usize,
    pub bytes: usize,
}

/// What something takes in memory, roughly.
pub(super) trait Weigh {
    fn bytes(&self) -> usize;
}

/// Items in the order they came; the oldest leave when there is no room.
///
/// Each has a place that no other gets, also after [`Shelf::clear`], so a reader goes on where it was
/// without a copy of everything.
#[derive(Debug)]
pub(super) struct Shelf<T> {
    items: VecDeque<Arc<T>>,
    bytes: usize,
    first: u64,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self {
            items: VecDeque::new(),
            bytes: 0,
            first: 0,
        }
    }
}

impl<T: Weigh> Shelf<T> {
    /// Takes an item; returns how many others left for it.
    pub fn push(&mut self, item: T, room: Room) -> u64 {
        self.bytes += item.bytes();
        self.items.push_back(Arc::new(item));
        let mut left = 0;
        while self.items.len() > room.items || self.bytes > room.bytes {
            let Some(oldest) = self.items.pop_front() else {
                break;
            };
            self.bytes -= oldest.bytes();
            left += 1;
        }
        self.first += left;
        left
    }

    /// The place of the oldest item.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The place after the newest item.
    pub fn end(&self) -> u64 {
        self.first + self.items.len() as u64
    }

    /// At most `most` items from a place on, and the place after them.
    pub fn from(&self, place: u64, most: usize) -> (Vec<Arc<T>>, u64) {
        let place = place.max(self.first);
        let skipped = usize::try_from(place - self.first).unwrap_or(usize::MAX);
        let items: Vec<_> = self
            .items
            .iter()
            .skip(skipped)
            .take(most)
            .cloned()
            .collect();
        let next = place + items.len() as u64;
        (items, next)
    }

    /// Forgets every item.
    pub fn clear(&mut self) {
        self.first = self.end();
        self.items.clear();
        self.bytes = 0;
    }

    /// All items, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<T>> {
        self.items.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Weigh for &str {
        fn bytes(&self) -> usize {
            self.len()
        }
    }

    #[expect(clippy::redundant_allocation, reason = "what a shelf of texts holds")]
    fn texts<'a>(items: &[Arc<&'a str>]) -> Vec<&'a str> {
        items.iter().map(|item| **item).collect()
    }

    #[test]
    fn the_oldest_leave_by_number_and_by_bytes() {
        let mut shelf = Shelf::default();
        let room = Room {
            items: 3,
            bytes: 10,
        };

        let left: Vec<_> = ["one", "two", "six", "ten", "seventeen"]
            .map(|text| shelf.push(text, room))
            .into();

        assert_eq!(vec![0, 0, 0, 1, 3], left);
        assert_eq!(vec!["seventeen"], texts(&shelf.from(0, 9).0));
        assert_eq!(9, shelf.bytes);
    }

    #[test]
    fn what_has_no_room_at_all_is_not_kept() {
        let mut shelf = Shelf::default();

        let left = shelf.push("too long", Room { items: 3, bytes: 4 });

        assert_eq!((1, 0, 1), (left, shelf.bytes, shelf.end()));
    }

    #[test]
    fn a_reader_goes_on_where_it_was() {
        let mut shelf = Shelf::default();
        let room = Room {
            items: 2,
            bytes: 99,
        };
        shelf.push("a", room);
        let (seen, place) = shelf.from(0, 1);
        shelf.push("b", room);
        shelf.push("c", room);
        shelf.push("d", room);

        let (later, end) = shelf.from(place, 9);

        assert_eq!((vec!["a"], vec!["c", "d"]), (texts(&seen), texts(&later)));
        assert_eq!(shelf.end(), end);
        shelf.clear();
        shelf.push("e", room);
        assert_eq!(vec!["e"], texts(&shelf.from(end, 9).0));
    }
}

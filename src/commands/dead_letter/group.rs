//! Dead letters that travel together, and the search for the bad ones among them.

use std::cell::Cell;
use std::rc::Rc;

/// Events of one request, by their places among the lines, and the search for bad ones that they are
/// a part of.
pub struct Group {
    pub places: Vec<usize>,
    search: Rc<Search>,
}

/// How many requests a search may make without success: as many as a sink's.
struct Search {
    allowance: u32,
    left: Cell<u32>,
}

impl Group {
    /// Events that no search has begun for.
    pub fn new(places: Vec<usize>) -> Self {
        let events = places.len();
        let allowance = 8 * (usize::BITS - events.saturating_sub(1).leading_zeros() + 1);
        let left = Cell::new(allowance);
        Self {
            places,
            search: Rc::new(Search { allowance, left }),
        }
    }

    /// Both halves, the first one last: it is the next to be sent. `None` when the search has used
    /// what it may.
    pub fn halves(&self) -> Option<[Self; 2]> {
        let search = &self.search;
        search.left.set(search.left.get().checked_sub(2)?);
        let (first, second) = self.places.split_at(self.places.len() / 2);
        Some([second, first].map(|places| Self {
            places: places.to_vec(),
            search: Rc::clone(search),
        }))
    }

    /// Some of it got through: the search is worth going on with.
    pub fn progressed(&self) {
        self.search.left.set(self.search.allowance);
    }
}

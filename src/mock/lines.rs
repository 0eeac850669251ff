//! What is kept, a line each, made while it is sent: the stand-in never waits for a reader, and a reader
//! costs no copy of everything.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame};
use serde::Serialize;

use super::shelf::{Shelf, Weigh};
use super::store::{SharedStore, Store};

/// Bytes made before they are handed over.
const CHUNK_BYTES: usize = 64 * 1024;

/// Items taken from the shelf at a time.
const AT_ONCE: usize = 64;

/// The body of a page with one line an item.
pub(super) struct Lines<T> {
    store: SharedStore,
    shelf: fn(&Store) -> &Shelf<T>,
    line: fn(&T) -> String,
    waiting: VecDeque<Arc<T>>,
    next: u64,
    end: u64,
}

impl<T: Weigh> Lines<T> {
    /// The items kept before the place `end`, each as `line` makes it.
    pub fn new(
        store: &SharedStore,
        shelf: fn(&Store) -> &Shelf<T>,
        end: u64,
        line: fn(&T) -> String,
    ) -> Self {
        Self {
            store: store.clone(),
            shelf,
            line,
            waiting: VecDeque::new(),
            next: 0,
            end,
        }
    }

    fn next_item(&mut self) -> Option<Arc<T>> {
        if self.waiting.is_empty() && self.next < self.end {
            let store = self.store.lock();
            let items_of = (self.shelf)(&store);
            let from = self.next.max(items_of.first());
            let left = usize::try_from(self.end.saturating_sub(from)).unwrap_or(AT_ONCE);
            let (items, next) = items_of.from(from, left.min(AT_ONCE));
            self.next = if items.is_empty() { self.end } else { next };
            self.waiting = items.into();
        }
        self.waiting.pop_front()
    }
}

impl<T: Weigh> Body for Lines<T> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let mut chunk = String::new();
        while chunk.len() < CHUNK_BYTES
            && let Some(item) = self.next_item()
        {
            chunk.push_str(&(self.line)(&item));
            chunk.push('\n');
        }
        let frame = (!chunk.is_empty()).then(|| Ok(Frame::data(Bytes::from(chunk))));
        Poll::Ready(frame)
    }
}

/// An item as JSON.
pub(super) fn json(item: &impl Serialize) -> String {
    serde_json::json!(item).to_string()
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;
    use crate::mock::shelf::Room;
    use crate::mock::store::Kept;

    fn keep(store: &SharedStore, count: u64) {
        let room = Room {
            items: 1_000,
            bytes: usize::MAX,
        };
        let records = (0..count).map(|number| Kept {
            request: number,
            timestamp: None,
            text: "x".repeat(1_000),
            group: None,
            discarded: false,
        });
        store.lock().keep(records.collect(), room);
    }

    fn lines(store: &SharedStore) -> Lines<Kept> {
        let end = store.lock().records.end();
        Lines::new(store, |store| &store.records, end, |kept| kept.text.clone())
    }

    fn next(lines: &mut Lines<Kept>) -> Option<usize> {
        let mut context = Context::from_waker(Waker::noop());
        match Pin::new(lines).poll_frame(&mut context) {
            Poll::Ready(Some(Ok(frame))) => frame.data_ref().map(Bytes::len),
            _ => None,
        }
    }

    #[test]
    fn a_page_is_made_a_piece_at_a_time_and_nobody_waits_for_it() {
        let store = SharedStore::default();
        keep(&store, 500);
        let mut lines = lines(&store);

        let first = next(&mut lines).expect("a piece");

        assert!(first < CHUNK_BYTES + 2_000, "{first}");
        keep(&store, 10);
        let mut rest = 0;
        while let Some(bytes) = next(&mut lines) {
            rest += bytes;
        }
        assert_eq!(500 * 1_001, first + rest);
    }

    #[test]
    fn a_page_ends_when_what_it_shows_is_gone() {
        let store = SharedStore::default();
        keep(&store, 500);
        let mut lines = lines(&store);
        let first = next(&mut lines).expect("a piece");

        store.lock().reset();
        keep(&store, 700);

        let rest = next(&mut lines).unwrap_or_default();
        assert!(first + rest < 150 * 1_001, "{first} and {rest}");
        assert!(next(&mut lines).is_none());
    }
}

//! The built-in providers that several folders have, each loaded once.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::{panic, thread};

use super::lock::Lock;
use super::prepare::Order;
use crate::assets::Assets;
use crate::problem::Refusal;
use crate::sink::{LoadedSink, load_provider};

/// Built-in providers, loaded.
#[derive(Debug)]
pub struct Shelf<'a> {
    /// Where they are from.
    pub assets: &'a Assets,
    loaded: BTreeMap<String, LoadedSink>,
}

impl<'a> Shelf<'a> {
    /// Those that the locks name and the orders do not bring, loaded at the same time.
    pub fn of(assets: &'a Assets, orders: &[Order], locks: &[Option<Lock>]) -> Self {
        let pairs = orders.iter().zip(locks);
        let ids: BTreeSet<&str> = pairs
            .flat_map(|(order, lock)| ids(order, lock.as_ref()))
            .collect();
        let ids: Vec<&str> = ids.into_iter().collect();
        let (half, rest) = ids.split_at(ids.len() / 2);
        let loaded = if half.is_empty() {
            load(assets, rest)
        } else {
            thread::scope(|scope| {
                let half = scope.spawn(|| load(assets, half));
                let mut loaded = load(assets, rest);
                let half = half.join();
                loaded.extend(half.unwrap_or_else(|panic| panic::resume_unwind(panic)));
                loaded
            })
        };
        Self {
            assets,
            loaded: loaded.into_iter().collect(),
        }
    }

    /// A built-in provider.
    ///
    /// # Errors
    ///
    /// Those of [`load_provider`].
    pub fn built_in(&self, id: &str) -> Result<Cow<'_, LoadedSink>, Refusal> {
        match self.loaded.get(id) {
            Some(loaded) => Ok(Cow::Borrowed(loaded)),
            None => load_provider(self.assets, id).map(Cow::Owned),
        }
    }
}

fn ids<'a>(order: &'a Order, lock: Option<&'a Lock>) -> impl Iterator<Item = &'a str> {
    let providers = lock.into_iter().flat_map(|lock| &lock.providers);
    let built_in = providers.filter(|(_, provider)| provider.spec.is_none());
    let is_brought = |id: &str| order.sinks.iter().any(|new| new.sink.id == id);
    built_in
        .map(|(id, _)| id.as_str())
        .filter(move |id| !is_brought(id))
}

/// Those that can be loaded: what is wrong with another is said where it is needed.
fn load(assets: &Assets, ids: &[&str]) -> Vec<(String, LoadedSink)> {
    let load = |id: &&str| Some(((*id).to_owned(), load_provider(assets, id).ok()?));
    ids.iter().filter_map(load).collect()
}

//! Reads answers that tell events apart.

use serde_json::{Map, Value};

use super::super::cloud_sink_base::{Outcome, RejectedItem};
use super::answer::{Answer, excerpt};
use super::codes::{Codes, whole_number};

/// Where an answer says what became of each event, and how. Places are JSON pointers; an empty one
/// is the value itself.
#[derive(Debug, Clone, Copy)]
pub struct Items {
    /// Where results stand and how they are told apart.
    pub by: ItemsBy,
    /// The status or code within a result.
    pub code: &'static str,
    /// The error text within a result.
    pub error: Option<&'static str>,
    /// Codes that mean stored.
    pub delivered: Codes,
    /// Codes worth another attempt; all others are refused.
    pub retryable: Codes,
    /// A place and a text that mean refused although the code says stored.
    pub refused_when: Option<(&'static str, &'static str)>,
}

/// Where results stand.
#[derive(Debug, Clone, Copy)]
pub enum ItemsBy {
    /// A list with one for each event, in the order of the request.
    Position(&'static str),
    /// A list of the failed ones, each with its position in the request; all others are stored.
    Id(&'static str, &'static str),
    /// A map from the position in the request to an error; all others are stored.
    Map(&'static str),
    /// How many failed, and nobody knows which.
    Count(&'static str),
}

/// The events of a request by what the answer says of them.
#[derive(Debug, Default)]
struct Sorted {
    rejected: Vec<RejectedItem>,
    retry: Vec<usize>,
}

impl Answer<'_> {
    /// What the answer says of each event.
    ///
    /// One that does not say what became of each cannot be trusted with any: all are sent again.
    #[must_use]
    pub fn items(&self, rules: &Items) -> Outcome {
        self.unless_page(|| {
            let outcome = self.json().and_then(|body| self.read_items(body, rules));
            outcome.unwrap_or_else(|| self.unlisted())
        })
    }

    /// The first bad event is named: it is refused, those after it are sent again, and those before
    /// it are uncertain. Without a name, halves are tried.
    #[must_use]
    pub fn first_bad(&self, pointer: &str) -> Outcome {
        self.unless_page(|| {
            let named = self
                .json()
                .and_then(|body| position(body.pointer(pointer)?));
            let Some(bad) = named.filter(|bad| *bad < self.events()) else {
                return self.bisect();
            };
            let mut rejected: Vec<RejectedItem> = (0..bad).map(RejectedItem::uncertain).collect();
            rejected.push(RejectedItem::refused(bad, self.reason()));
            Outcome::Partial {
                rejected,
                retry: (bad + 1..self.events()).collect(),
            }
        })
    }

    fn read_items(&self, body: &Value, rules: &Items) -> Option<Outcome> {
        let sorted = match rules.by {
            ItemsBy::Position(list) => {
                let items = body.pointer(list)?.as_array()?;
                self.by_position(items, rules)?
            }
            ItemsBy::Id(list, id) => match some(body.pointer(list)) {
                None => Sorted::default(),
                Some(items) => {
                    let each = items.as_array()?.iter();
                    self.failed(
                        each.map(|item| (item.pointer(id).and_then(position), item)),
                        rules,
                    )?
                }
            },
            ItemsBy::Map(map) => match some(body.pointer(map)) {
                None => Sorted::default(),
                Some(errors) => self.by_key(errors.as_object()?, rules)?,
            },
            ItemsBy::Count(place) => return self.counted(some(body.pointer(place))),
        };
        Some(sorted.outcome())
    }

    fn by_position(&self, items: &[Value], rules: &Items) -> Option<Sorted> {
        if items.len() != self.events() {
            return None;
        }
        let needs_code = !rules.delivered.absent && !rules.retryable.absent;
        let mut sorted = Sorted::default();
        for (index, item) in items.iter().enumerate() {
            if needs_code && some(item.pointer(rules.code)).is_none() {
                return None;
            }
            let is_refused = rules.refuses(item);
            if is_refused || !rules.delivered.holds(item.pointer(rules.code)) {
                sorted.add(index, item, rules, is_refused);
            }
        }
        Some(sorted)
    }

    fn by_key(&self, errors: &Map<String, Value>, rules: &Items) -> Option<Sorted> {
        let each = errors.iter();
        self.failed(each.map(|(key, item)| (key.parse().ok(), item)), rules)
    }

    /// Results of those that failed, with their positions.
    fn failed<'i>(
        &self,
        results: impl Iterator<Item = (Option<usize>, &'i Value)>,
        rules: &Items,
    ) -> Option<Sorted> {
        let mut sorted = Sorted::default();
        for (index, item) in results {
            let index = index.filter(|index| *index < self.events())?;
            sorted.add(index, item, rules, rules.refuses(item));
        }
        Some(sorted)
    }

    fn counted(&self, failed: Option<&Value>) -> Option<Outcome> {
        let failed = match failed {
            None => 0,
            Some(count) => usize::try_from(whole_number(count)?).ok()?,
        };
        Some(match failed.min(self.events()) {
            0 => Outcome::Delivered,
            failed => Outcome::Uncertain {
                failed: Some(failed),
                reason: self.reason(),
            },
        })
    }

    fn unlisted(&self) -> Outcome {
        let sent = self.events();
        Outcome::Transient {
            retry_after: self.retry_after(),
            reason: format!(
                "the answer does not say what became of the {sent} events sent: {}",
                self.reason()
            ),
        }
    }
}

impl Items {
    fn refuses(&self, item: &Value) -> bool {
        self.refused_when
            .is_some_and(|(place, text)| item.pointer(place).and_then(Value::as_str) == Some(text))
    }

    /// What a result gives as its reason.
    fn reason(&self, item: &Value) -> String {
        let code = match some(item.pointer(self.code)) {
            None => "no status".to_owned(),
            Some(Value::String(code)) => format!("status {code}"),
            Some(code) => format!("status {code}"),
        };
        let text = self.error.and_then(|place| some(item.pointer(place)));
        match text {
            None => code,
            Some(Value::String(text)) => format!("{code}: {}", excerpt(text.as_bytes())),
            Some(other) => format!("{code}: {}", excerpt(other.to_string().as_bytes())),
        }
    }
}

impl Sorted {
    /// An event that is not stored.
    fn add(&mut self, index: usize, item: &Value, rules: &Items, is_refused: bool) {
        if !is_refused && rules.retryable.holds(item.pointer(rules.code)) {
            self.retry.push(index);
        } else {
            let reason = rules.reason(item);
            self.rejected.push(RejectedItem::refused(index, reason));
        }
    }

    fn outcome(mut self) -> Outcome {
        if self.rejected.is_empty() && self.retry.is_empty() {
            return Outcome::Delivered;
        }
        self.rejected.sort_unstable_by_key(|item| item.index);
        self.retry.sort_unstable();
        Outcome::Partial {
            rejected: self.rejected,
            retry: self.retry,
        }
    }
}

fn some(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

/// A position in the request, a number or its text.
fn position(value: &Value) -> Option<usize> {
    match value {
        Value::String(text) => text.parse().ok(),
        other => usize::try_from(other.as_u64()?).ok(),
    }
}

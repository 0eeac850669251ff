//! The way to a value of a spec, and what is wrong there.

/// One step from a value to a value inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// Into a map.
    Key(&'a str),
    /// Into a list.
    Index(usize),
}

/// The way from the root of a spec to a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct At<'a>(pub Vec<Step<'a>>);

impl<'a> At<'a> {
    /// A section.
    pub fn root(key: &'a str) -> Self {
        Self(vec![Step::Key(key)])
    }

    /// The value under a key.
    pub fn key(&self, key: &'a str) -> Self {
        self.then(Step::Key(key))
    }

    /// An item.
    pub fn index(&self, index: usize) -> Self {
        self.then(Step::Index(index))
    }

    fn then(&self, step: Step<'a>) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Self(steps)
    }
}

/// Something wrong at a place, before it is known where that is in the file.
#[derive(Debug, Clone)]
pub struct Fault<'a> {
    /// The place.
    pub at: At<'a>,
    /// Whether the key is meant instead of the value.
    pub key: bool,
    /// The part of the text that is wrong.
    pub part: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to type instead.
    pub hint: Option<String>,
}

impl<'a> Fault<'a> {
    /// A value is wrong.
    pub fn new(at: &At<'a>, message: impl Into<String>) -> Self {
        Self {
            at: at.clone(),
            key: false,
            part: None,
            message: message.into(),
            hint: None,
        }
    }

    /// A key is wrong, or something under it is missing.
    pub fn of_key(at: &At<'a>, message: impl Into<String>) -> Self {
        Self {
            key: true,
            ..Self::new(at, message)
        }
    }

    /// Only a part of the text.
    pub fn part(mut self, part: &str) -> Self {
        self.part = Some(part.to_owned());
        self
    }

    /// With the remedy.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

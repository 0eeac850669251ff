//! Reads a text from its beginning: each call takes what it recognises, or nothing.

/// What is left of a text.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self(text.as_bytes())
    }

    pub(super) fn is_at_end(self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn one_of(&mut self, wanted: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        wanted.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    pub(super) fn digits(&mut self) -> &'a [u8] {
        let text = self.0;
        let end = text.iter().position(|byte| !byte.is_ascii_digit());
        let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
        self.0 = rest;
        digits
    }

    /// A number of exactly so many digits; more may follow.
    pub(super) fn number(&mut self, width: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(width)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.0 = rest;
        Some(value(digits))
    }

    pub(super) fn short_number(&mut self) -> Option<i64> {
        self.number(2).or_else(|| self.number(1))
    }

    pub(super) fn exponent(&mut self) -> Option<i64> {
        let negative = self.one_of(b"+-") == Some(b'-');
        let digits = self.digits();
        let exponent = value(digits.get(..digits.len().min(3))?);
        (1..=3)
            .contains(&digits.len())
            .then_some(if negative { -exponent } else { exponent })
    }

    pub(super) fn spaces(&mut self) -> Option<()> {
        self.one_of(b" ")?;
        while self.one_of(b" ").is_some() {}
        Some(())
    }

    /// One of some words in any case, as its place among them.
    pub(super) fn word(&mut self, words: &[&str]) -> Option<usize> {
        let place = words.iter().position(|word| {
            self.0
                .get(..word.len())
                .is_some_and(|text| text.eq_ignore_ascii_case(word.as_bytes()))
        })?;
        self.0 = &self.0[words[place].len()..];
        Some(place)
    }
}

/// The number that up to 18 decimal digits stand for.
pub(super) fn value(digits: &[u8]) -> i64 {
    digits
        .iter()
        .fold(0, |value, digit| value * 10 + i64::from(digit - b'0'))
}

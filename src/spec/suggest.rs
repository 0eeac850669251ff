//! What to type instead.

/// Words listed in full in a hint when nothing is close.
const MAX_LISTED: usize = 12;

/// Letters that are enough to be the start of a word.
const MIN_PREFIX: usize = 3;

/// Bytes of a word worth comparing: the time grows with the product of the lengths.
const MAX_LENGTH: usize = 64;

/// The known word closest to `found`, when it is close enough to be a slip or a short form.
pub fn closest<'k, S: AsRef<str>>(found: &str, known: &'k [S]) -> Option<&'k str> {
    if found.len() > MAX_LENGTH {
        return None;
    }
    let found = found.to_ascii_lowercase().replace('-', "_");
    let distance = |word: &str| {
        let word = word.to_ascii_lowercase();
        let short = found.len() >= MIN_PREFIX && word.starts_with(&found);
        let edits = strsim::damerau_levenshtein(&found, &word);
        // `bearer` is no slip of `header`: who errs more than once still begins the word right.
        let begins_alike = found.chars().next() == word.chars().next();
        let slip = edits <= 1 || begins_alike && edits <= word.chars().count() / 3;
        (short || slip).then_some(edits)
    };
    known
        .iter()
        .map(AsRef::as_ref)
        .filter_map(|word| Some((distance(word)?, word)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// The closest word; the list of known ones when nothing is close.
pub fn closest_hint<S: AsRef<str>>(found: &str, known: &[S], lead: &str) -> String {
    if let Some(word) = closest(found, known) {
        return format!("did you mean `{word}`?");
    }
    let mut quoted: Vec<String> = known
        .iter()
        .take(MAX_LISTED)
        .map(|word| format!("`{}`", word.as_ref()))
        .collect();
    if known.len() > MAX_LISTED {
        quoted.push("…".to_owned());
    }
    format!("{lead} {}", quoted.join(", "))
}

/// The hint for a word that is not in a closed list.
pub fn hint_for_word<S: AsRef<str>>(found: &str, known: &[S]) -> String {
    closest_hint(found, known, "known values are")
}

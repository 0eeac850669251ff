//! The values of `--lang`, from the languages there are.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::languages::{self, Language};

/// The word for all languages.
pub const BOTH: &str = "both";

/// The values of an option that names one language.
pub fn one() -> impl TypedValueParser<Value = &'static dyn Language> {
    let values = languages::ALL
        .iter()
        .map(|language| PossibleValue::new(language.name()).help(language.summary()));
    // The parser before it takes names of languages only.
    PossibleValuesParser::new(values)
        .map(|word| languages::by_name(&word).unwrap_or_else(languages::default))
}

/// The values of an option that names one language or all.
pub fn one_or_both() -> impl TypedValueParser<Value = Lang> {
    let values = languages::ALL.iter().map(|language| language.name());
    PossibleValuesParser::new(values.chain([BOTH]))
        .map(|word| languages::by_name(&word).map_or(Lang::Both, Lang::One))
}

/// One language, or all.
#[derive(Debug, Clone, Copy)]
pub enum Lang {
    /// This one.
    One(&'static dyn Language),
    /// A folder for each.
    Both,
}

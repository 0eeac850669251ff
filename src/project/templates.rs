//! Templates of a person, held against every sink there is.

use super::plan::plan;
use super::render::render;
use crate::assets::Assets;
use crate::languages;
use crate::problem::Refusal;
use crate::sink::{Sink, load_all};

/// Prints every provider in every language, alone and together; says how many files came of it.
///
/// # Errors
///
/// The first template that is missing or does not fit.
pub fn check(assets: &Assets) -> Result<usize, Refusal> {
    let sinks = load_all(assets)?;
    let all: Vec<&Sink> = sinks.iter().collect();
    let mut count = 0;
    for language in languages::ALL {
        let place = language.own_place("sinks");
        let each = all.chunks(1).chain([all.as_slice()]);
        for sinks in each {
            count += render(assets, &plan(sinks, &*place))?.len();
        }
    }
    Ok(count)
}

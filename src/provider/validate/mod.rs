//! Checks of meaning.
use super::{
    model::Spec,
    node::Node,
    source::{Problems, Source},
};
/// x
pub fn check(_spec: &Spec, _root: &Node, _source: &Source, _problems: &mut Problems) {}

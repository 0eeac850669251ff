//! Settings that nothing refers to.

use super::{At, Validator};
use crate::spec::model::{Endpoint, Transport};
use crate::spec::payload::Leaf;
use crate::spec::resolve::Reference;
use crate::spec::template::{self, Piece};

pub fn check(v: &mut Validator<'_>) {
    // The part of an SDK reads settings by itself.
    if v.spec.transport != Transport::Http || !v.problems.is_empty() {
        return;
    }
    let Some(used) = used(v) else {
        return;
    };
    for name in v
        .spec
        .config
        .keys()
        .filter(|name| !used.contains(&name.as_str()))
    {
        let message = format!("nothing refers to `{name}`");
        let hint = format!(
            "write `{{{name}}}` in an address, a header or a text, `{{ from: config.{name} }}` in a record or body, \
             name it in `auth`, or remove it"
        );
        v.report_key_hint(&At::root("config").key(name), message, hint);
    }
}

/// Settings that something refers to; `None` where that is not known.
fn used<'a>(v: &Validator<'a>) -> Option<Vec<&'a str>> {
    let spec = v.spec;
    let mut used: Vec<&str> = spec.auth.iter().flat_map(|auth| auth.names()).collect();
    if let Some(endpoint) = &spec.endpoint {
        used.extend(spec.override_name());
        used.extend(endpoint.whole.as_deref());
        used.extend(texts(endpoint).flat_map(|text| template::settings(text)));
        if let Some(acknowledgement) = &endpoint.acknowledgement {
            used.extend(acknowledgement.settings());
        }
    }
    if let Some(streams) = &spec.payload.streams {
        used.push(&streams.max_streams);
        let references = streams
            .labels
            .iter()
            .flat_map(|label| label.from.as_slice());
        used.extend(references.filter_map(|text| Reference::parse(text)?.setting()));
    }
    let shapes = v.shapes?;
    for shape in shapes.of_events().chain(&shapes.body) {
        shape.visit(&mut |leaf| match leaf {
            Leaf::Source(source) => {
                used.extend(source.references.iter().filter_map(Reference::setting));
            }
            Leaf::Text(text) => used.extend(text.pieces.iter().flat_map(named)),
            Leaf::Each(each) => used.push(each.setting),
            Leaf::Rest(_) | Leaf::Records(_) => {}
        });
    }
    Some(used)
}

fn named<'s>(piece: &Piece<'s>) -> Vec<&'s str> {
    match piece {
        Piece::Setting(name) => vec![name],
        Piece::Event(references) => references.iter().filter_map(Reference::setting).collect(),
        Piece::Literal(_) | Piece::Now(_) => Vec::new(),
    }
}

fn texts(endpoint: &Endpoint) -> impl Iterator<Item = &String> {
    let health = endpoint.health.iter();
    let health = health.flat_map(|health| health.base.iter().chain([&health.path]));
    let question = endpoint.acknowledgement.iter();
    let question = question.flat_map(|it| [&it.path].into_iter().chain(it.query.values()));
    let base = [&endpoint.base, &endpoint.path].into_iter();
    base.chain(endpoint.query.values())
        .chain(endpoint.headers.values())
        .chain(health)
        .chain(question)
}

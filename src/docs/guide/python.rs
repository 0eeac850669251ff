//! The guide of one provider's Python sink, for `guide/python.md.j2`.

use minijinja::context;

use super::markdown::code;
use super::{context as shared, settings};
use crate::languages::python::{Place, names, settings as options};
use crate::languages::rust::fields::fields;
use crate::project::plan::{Content, Layout, PlannedFile};
use crate::spec::model::Spec;

/// The guide of one provider's Python sink.
#[must_use]
pub fn page(spec: &Spec, place: &Place) -> PlannedFile {
    let options = options::all(spec);
    let environment: Vec<String> = fields(spec)
        .iter()
        .filter(|field| field.spec.required)
        .filter_map(settings::export)
        .collect();
    let plugin = names::plugin(spec);
    let yaml: Vec<String> = settings::yaml(&fields(spec))
        .into_iter()
        .filter(|line| !line.contains("{ env:"))
        .collect();
    PlannedFile {
        path: format!("docs/{}.md", spec.id),
        content: Content::Template {
            asset: "guide/python.md.j2".to_owned(),
            context: context! {
                is_site => false,
                guide => shared(spec, &Layout::Python(place.clone())),
                package => place.package.as_str(),
                install => match &place.distribution {
                    Some(_) => format!("'.[{}]'", spec.id),
                    None => "-e .".to_owned(),
                },
                plugin => plugin.as_str(),
                plugin_key => plugin.replace('-', "_"),
                plugin_upper => plugin.replace('-', "_").to_uppercase(),
                exports => environment,
                required => options.iter().filter(|s| s.spec.required).map(|s| code(s.key)).collect::<Vec<_>>(),
                yaml,
            },
        },
    }
}

//! Examples for settings that must be there and are not given: what previews and guides show.

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::super::model::{Kind, Setting, SettingId, Sink};

/// Adds an example for each setting that is required and not given, and of the credentials for what
/// the way needs that is begun, else the first; their names.
pub fn add_examples(sink: &Sink, values: &mut IndexMap<String, Json>) -> Vec<String> {
    let mut added = Vec::new();
    for setting in missing(sink, values) {
        values.insert(setting.name.clone(), example(setting));
        added.push(setting.name.clone());
    }
    added
}

fn missing<'s>(sink: &'s Sink, values: &IndexMap<String, Json>) -> Vec<&'s Setting> {
    let is_given = |id: SettingId| values.contains_key(&sink.setting(id).name);
    let ways = || sink.credentials.iter().map(|way| way.when.as_slice());
    let is_usable = ways().any(|way| way.iter().copied().all(is_given));
    let begun = ways().find(|way| way.iter().copied().any(is_given));
    let way = begun.or(ways().next()).filter(|_| !is_usable);
    let ids = (0..sink.settings.len()).map(SettingId);
    let needed = ids.filter(|id| {
        let is_required = sink.setting(*id).is_required();
        is_required || way.is_some_and(|way| way.contains(id))
    });
    let missing = needed.filter(|id| !is_given(*id));
    missing.map(|id| sink.setting(id)).collect()
}

fn example(setting: &Setting) -> Json {
    if let Some(example) = &setting.example {
        return example.clone().into();
    }
    match &setting.kind {
        Kind::Url { .. } | Kind::SecretUrl => "https://example.com".into(),
        Kind::Bool => true.into(),
        Kind::Int { min, one_of, .. } => one_of.first().copied().or(*min).unwrap_or(1).into(),
        Kind::Float { min, .. } | Kind::Duration { min, .. } => min.unwrap_or(1.0).into(),
        Kind::Enum(values) => values.first().map(|first| first.value.clone()).into(),
        Kind::List { .. } => vec!["example"].into(),
        Kind::Map => serde_json::json!({"example": "example"}),
        Kind::SecretMap => serde_json::json!({"X-Example": "example-value"}),
        Kind::Text(_) | Kind::Secret(_) => {
            format!("example-{}", setting.name.replace('_', "-")).into()
        }
    }
}

//! The settings of a preview: what is given, and examples for what must be there besides.

use indexmap::IndexMap;
use serde_json::Value as Json;

use crate::commands::{Failure, Result};
use crate::diagnostics::escape;
use crate::sink::interpret::Settings;
use crate::sink::{Kind, Setting, SettingId, Sink};
use crate::spec::suggest::closest_hint;

/// Settings, and the names of those that are only examples.
pub struct Chosen {
    pub settings: Settings,
    pub examples: Vec<String>,
}

/// What is given, and an example for what is required besides.
pub fn choose(sink: &Sink, given: &[String]) -> Result<Chosen> {
    let mut values = read(sink, given)?;
    let mut examples = Vec::new();
    for setting in missing(sink, &values) {
        values.insert(setting.name.clone(), example(setting));
        examples.push(setting.name.clone());
    }
    let settings = Settings::read(sink, &values).map_err(|refused| {
        let each: Vec<String> = refused
            .iter()
            .map(|refusal| format!("`{}` {}", refusal.setting, refusal.message))
            .collect();
        Failure::new(format!("settings cannot work: {}", each.join("; ")))
            .hint("give them with `--set NAME=VALUE`")
    })?;
    Ok(Chosen { settings, examples })
}

fn read(sink: &Sink, given: &[String]) -> Result<IndexMap<String, Json>> {
    let mut values = IndexMap::new();
    for pair in given {
        let Some((name, value)) = pair.split_once('=') else {
            let hint = "write the name, an equals sign and the value: `--set service=checkout`";
            return Err(Failure::new("`--set` takes NAME=VALUE").hint(hint));
        };
        if sink.setting_named(name).is_none() {
            let known: Vec<&str> = sink.settings.iter().map(|setting| &*setting.name).collect();
            let hint = closest_hint(name, &known, "settings are");
            let name = escape(name);
            return Err(Failure::new(format!("no setting `{name}`")).hint(hint));
        }
        values.insert(name.to_owned(), Json::from(value));
    }
    Ok(values)
}

/// Required ones that are not given; of the credentials what the way needs that is begun, else the
/// first.
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
        Kind::Url | Kind::SecretUrl => "https://example.com".into(),
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

//! The settings of a preview: what is given, and examples for what must be there besides.

use indexmap::IndexMap;
use serde_json::Value as Json;

use crate::commands::{Failure, Result};
use crate::diagnostics::{Code, escape};
use crate::sink::Sink;
use crate::sink::interpret::{Settings, add_examples};
use crate::spec::suggest::closest_hint;

/// Settings, and the names of those that are only examples.
pub struct Chosen {
    pub settings: Settings,
    pub examples: Vec<String>,
}

/// What is given, and an example for what is required besides.
pub fn choose(sink: &Sink, given: &[String]) -> Result<Chosen> {
    let mut values = read(sink, given)?;
    let examples = add_examples(sink, &mut values);
    let settings = Settings::read(sink, &values).map_err(|refused| {
        let each: Vec<String> = refused
            .iter()
            .map(|refusal| format!("`{}` {}", refusal.setting, refusal.message))
            .collect();
        Failure::new(
            Code::Settings,
            format!("settings cannot work: {}", each.join("; ")),
        )
        .hint("give them with `--set NAME=VALUE`")
    })?;
    Ok(Chosen { settings, examples })
}

fn read(sink: &Sink, given: &[String]) -> Result<IndexMap<String, Json>> {
    let mut values = IndexMap::new();
    for pair in given {
        let Some((name, value)) = pair.split_once('=') else {
            let hint = "write the name, an equals sign and the value: `--set service=checkout`";
            return Err(Failure::new(Code::Usage, "`--set` takes NAME=VALUE").hint(hint));
        };
        if sink.setting_named(name).is_none() {
            let known: Vec<&str> = sink.settings.iter().map(|setting| &*setting.name).collect();
            let hint = closest_hint(name, &known, "settings are");
            let name = escape(name);
            return Err(Failure::new(Code::UnknownName, format!("no setting `{name}`")).hint(hint));
        }
        values.insert(name.to_owned(), Json::from(value));
    }
    Ok(values)
}

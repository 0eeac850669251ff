//! Settings of two specs held against each other.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::super::model::{Kind, Setting, SettingPresence, Sink};
use super::{Area, Found};

/// New names of settings by their old ones.
pub type Renamed = BTreeMap<String, String>;

/// Compares the sink's own settings; says which are the same under another name.
pub fn compare(old: &Sink, new: &Sink, found: &mut Found) -> Renamed {
    let has = |sink: &Sink, name: &str| sink.setting_named(name).is_some();
    let gone: Vec<&Setting> = old
        .settings
        .iter()
        .filter(|it| !has(new, &it.name))
        .collect();
    let mut fresh: Vec<&Setting> = new
        .settings
        .iter()
        .filter(|it| !has(old, &it.name))
        .collect();
    let mut renamed = Renamed::new();
    for before in gone {
        let Some(at) = fresh.iter().position(|after| is_same(before, after)) else {
            found.breaking(Area::Settings, &before.name, "is removed");
            continue;
        };
        let after = fresh.remove(at);
        found.breaking(
            Area::Settings,
            &before.name,
            format!("is renamed to `{}`", after.name),
        );
        one(before, after, found);
        renamed.insert(before.name.clone(), after.name.clone());
    }
    for setting in fresh {
        let kind = setting.kind_name();
        if setting.is_required() {
            let message = format!("is new and required ({kind})");
            found.breaking(Area::Settings, &setting.name, message);
        } else {
            found.harmless(Area::Settings, &setting.name, format!("is new ({kind})"));
        }
    }
    for before in &old.settings {
        if let Some(id) = new.setting_named(&before.name) {
            one(before, new.setting(id), found);
        }
    }
    renamed
}

/// Whether two settings of different names are one: the same type, and the same words about it or a
/// variable in common.
fn is_same(before: &Setting, after: &Setting) -> bool {
    let shares_variable = before.env.iter().any(|name| after.env.contains(name));
    before.kind_name() == after.kind_name()
        && (shares_variable || before.description == after.description)
}

fn one(before: &Setting, after: &Setting, found: &mut Found) {
    let (was, is) = (before.kind_name(), after.kind_name());
    if was == is {
        range(before, after, found);
    } else {
        found.breaking(
            Area::Settings,
            &after.name,
            format!("was of type {was} and is of type {is}"),
        );
    }
    presence(before, after, found);
    variables(&after.name, &before.env, &after.env, found);
}

/// What a setting takes.
fn range(before: &Setting, after: &Setting, found: &mut Found) {
    let name = &after.name;
    match (&before.kind, &after.kind) {
        (Kind::Enum(was), Kind::Enum(is)) => {
            let words = |values: &[super::super::model::EnumValue]| -> Vec<String> {
                values.iter().map(|value| value.value.clone()).collect()
            };
            members(name, &words(was), &words(is), found);
        }
        (
            Kind::Int { min, max, one_of },
            Kind::Int {
                min: new_min,
                max: new_max,
                one_of: new_one_of,
            },
        ) => {
            bounds(name, (min, max), (new_min, new_max), found);
            if one_of != new_one_of {
                let widened = new_one_of.is_empty()
                    || !one_of.is_empty() && one_of.iter().all(|it| new_one_of.contains(it));
                let message = format!("takes {new_one_of:?} where it took {one_of:?}");
                found.push(!widened, Area::Settings, name, message);
            }
        }
        (
            Kind::Float { min, max } | Kind::Duration { min, max },
            Kind::Float {
                min: new_min,
                max: new_max,
            }
            | Kind::Duration {
                min: new_min,
                max: new_max,
            },
        ) => bounds(name, (min, max), (new_min, new_max), found),
        (Kind::Text(was) | Kind::Secret(was), Kind::Text(is) | Kind::Secret(is)) => {
            let (was, is) = (format!("{was:?}"), format!("{is:?}"));
            match (was.as_str(), is.as_str()) {
                (was, is) if was == is => {}
                (_, "None") => found.harmless(Area::Settings, name, "takes any text now"),
                _ => found.breaking(Area::Settings, name, "what texts it takes is another"),
            }
        }
        _ => {}
    }
}

fn members(name: &str, was: &[String], is: &[String], found: &mut Found) {
    for word in was.iter().filter(|word| !is.contains(word)) {
        found.breaking(Area::Settings, name, format!("no longer takes `{word}`"));
    }
    for word in is.iter().filter(|word| !was.contains(word)) {
        found.harmless(Area::Settings, name, format!("takes `{word}` too"));
    }
}

type Bounds<'a, T> = (&'a Option<T>, &'a Option<T>);

fn bounds<T>(name: &str, was: Bounds<T>, is: Bounds<T>, found: &mut Found)
where
    T: PartialOrd + std::fmt::Display,
{
    let narrower_below = match (was.0, is.0) {
        (None, Some(_)) => true,
        (Some(was), Some(is)) => is > was,
        (_, None) => false,
    };
    let narrower_above = match (was.1, is.1) {
        (None, Some(_)) => true,
        (Some(was), Some(is)) => is < was,
        (_, None) => false,
    };
    if was.0 == is.0 && was.1 == is.1 {
        return;
    }
    let shown = |(min, max): Bounds<T>| {
        let end = |end: &Option<T>| end.as_ref().map_or_else(|| "any".to_owned(), T::to_string);
        format!("{} to {}", end(min), end(max))
    };
    let message = format!("takes {} where it took {}", shown(is), shown(was));
    found.push(
        narrower_below || narrower_above,
        Area::Settings,
        name,
        message,
    );
}

fn presence(before: &Setting, after: &Setting, found: &mut Found) {
    use SettingPresence::{Default, Optional, Required};

    let name = &after.name;
    let value = |value: &Json| {
        format!(
            "`{}`",
            value.as_str().map_or(value.to_string(), str::to_owned)
        )
    };
    match (&before.presence, &after.presence) {
        (was, is) if was == is => {}
        (_, Required) => found.breaking(Area::Settings, name, "is required now"),
        (Required, Optional) => found.harmless(Area::Settings, name, "need not be given any more"),
        (Required, Default(is)) => found.harmless(
            Area::Defaults,
            name,
            format!("need not be given any more; the default is {}", value(is)),
        ),
        (Default(was), Default(is)) => found.breaking(
            Area::Defaults,
            name,
            format!("default {} becomes {}", value(was), value(is)),
        ),
        (Default(was), Optional) => found.breaking(
            Area::Defaults,
            name,
            format!("the default {} is gone", value(was)),
        ),
        (Optional, Default(is)) => found.breaking(
            Area::Defaults,
            name,
            format!("what was not set is {}", value(is)),
        ),
        (Optional, Optional) => {}
    }
}

/// Variables that supply one setting.
fn variables(name: &str, was: &[String], is: &[String], found: &mut Found) {
    for variable in was.iter().filter(|it| !is.contains(it)) {
        let message = format!("no longer supplies `{name}`");
        found.breaking(Area::Environment, variable, message);
    }
    for variable in is.iter().filter(|it| !was.contains(it)) {
        found.harmless(
            Area::Environment,
            variable,
            format!("supplies `{name}` too"),
        );
    }
    let kept = |all: &[String], other: &[String]| -> Vec<String> {
        all.iter()
            .filter(|it| other.contains(it))
            .cloned()
            .collect()
    };
    let (before, after) = (kept(was, is), kept(is, was));
    if before != after {
        let message = format!(
            "of several that are set, the first of `{}` counts",
            after.join("`, `")
        );
        found.breaking(Area::Environment, name, message);
    }
}

/// The delivery settings: what their defaults come to, and their variables.
pub fn delivery(old: &Sink, new: &Sink, found: &mut Found) {
    if old.env_prefix != new.env_prefix {
        let message = format!(
            "variables of delivery settings begin with `{}_` now",
            new.env_prefix
        );
        found.breaking(Area::Environment, &format!("{}_…", old.env_prefix), message);
    }
    let after = new.delivery_settings();
    for before in old.delivery_settings() {
        match after.iter().find(|it| it.name == before.name) {
            None => found.breaking(
                Area::Settings,
                before.name,
                "is no delivery setting any more",
            ),
            Some(is) if is.default != before.default => {
                let message = format!("default {} becomes {}", before.default, is.default);
                found.harmless(Area::Defaults, before.name, message);
            }
            Some(_) => {}
        }
    }
    let encodings = |sink: &Sink| -> Vec<String> {
        let all = sink.compression.iter();
        all.map(|it| format!("{it:?}").to_lowercase()).collect()
    };
    members("compression", &encodings(old), &encodings(new), found);
}

//! Settings for the tests that look for secrets.

use crate::spec::model::{FieldType, Spec};

/// The settings with every secret set, and the user names that passwords need; `None` where the
/// spec has no secret.
#[must_use]
pub fn with_secrets(spec: &Spec, mut settings: serde_json::Value) -> Option<serde_json::Value> {
    let map = settings.as_object_mut()?;
    let fields = spec.config.iter();
    let secrets = fields.filter(|(_, field)| field.kind == FieldType::Secret);
    let secrets: Vec<&String> = secrets.map(|(name, _)| name).collect();
    for name in &secrets {
        let value = format!("example-{}", name.replace('_', "-"));
        map.insert((*name).clone(), value.into());
    }
    for (username, _) in spec.lone_passwords() {
        if !map.contains_key(username) {
            map.insert(username.to_owned(), "user".into());
        }
    }
    (!secrets.is_empty()).then_some(settings)
}

//! Labels that settings ask for, held against what the provider takes when the sink is made: later
//! it would refuse every event.

use std::collections::HashSet;

use super::super::super::cloud_sink_base::ConfigErrors;
use super::label_fields::{LabelField, valid_name};

/// Checks settings one after the other, and how many labels they make together.
#[derive(Debug)]
pub struct LabelCheck {
    most: usize,
    names: HashSet<String>,
    uncounted: &'static [&'static str],
}

impl LabelCheck {
    /// At most `most` labels, of which `named` are there whatever the settings say; `uncounted` ones
    /// come for nothing.
    #[must_use]
    pub fn new(most: usize, named: &[&str], uncounted: &'static [&'static str]) -> Self {
        Self {
            most,
            names: named.iter().map(|name| (*name).to_owned()).collect(),
            uncounted,
        }
    }

    /// Pairs have names that can be made valid.
    pub fn pairs(&mut self, errors: &mut ConfigErrors, setting: &str, pairs: &[(String, String)]) {
        for (name, _) in pairs {
            self.add(errors, setting, name, valid_name(name));
        }
        self.count(errors, setting);
    }

    /// References name parts of an event.
    pub fn fields(&mut self, errors: &mut ConfigErrors, setting: &str, references: &[String]) {
        for reference in references {
            if let Some(field) = LabelField::parse(reference) {
                self.add(errors, setting, reference, field.name);
            } else {
                let known = "`level`, `logger`, `message`, a key such as `context.tenant_id`";
                errors.push(setting, format!("{reference:?} is none of {known}"));
            }
        }
        self.count(errors, setting);
    }

    fn add(&mut self, errors: &mut ConfigErrors, setting: &str, given: &str, name: String) {
        if name.is_empty() || name.starts_with("__") {
            let why = "names are not empty and do not start with `__`, which is reserved";
            errors.push(setting, format!("{given:?} cannot be a label: {why}"));
        } else if !self.uncounted.contains(&name.as_str()) {
            self.names.insert(name);
        }
    }

    fn count(&mut self, errors: &mut ConfigErrors, setting: &str) {
        let (count, most) = (self.names.len(), self.most);
        if count > most {
            errors.push(
                setting,
                format!("makes it {count} labels, {most} are taken: remove some"),
            );
            // Said once, of the setting that goes beyond.
            self.most = usize::MAX;
        }
    }
}

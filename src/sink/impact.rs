//! What a change of a spec is for those who run its sink: what they have to change, and what their
//! backend sees.
//!
//! Nothing is read from the specs' text: settings and limits are held against each other, the worked
//! examples of both are carried out with both, and answers are asked of both.

mod limits;
mod outcomes;
mod settings;
mod wire;

use serde::Serialize;

use super::model::{Scheme, Sink};

/// What a difference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// Names of modules, types and plugins.
    Names,
    /// Settings, their types and what they take.
    Settings,
    /// What holds when nothing is given.
    Defaults,
    /// Environment variables.
    Environment,
    /// What goes over the wire, as the worked examples show it.
    Wire,
    /// What an answer means for the events.
    Outcomes,
    /// What the provider takes.
    Limits,
}

impl Area {
    /// Its name in a report.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Names => "names",
            Self::Settings => "settings",
            Self::Defaults => "defaults",
            Self::Environment => "environment",
            Self::Wire => "wire",
            Self::Outcomes => "outcomes",
            Self::Limits => "limits",
        }
    }
}

/// One difference between two specs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What it is about.
    pub area: Area,
    /// Whether somebody who runs the sink has to act, or gets something else than before.
    pub breaking: bool,
    /// The setting, variable, example or limit.
    pub subject: String,
    /// What was, and what is.
    pub message: String,
}

/// All differences, by area, those that break first.
#[must_use]
pub fn impact(old: &Sink, new: &Sink) -> Vec<Difference> {
    let mut found = Found::default();
    names(old, new, &mut found);
    let renamed = settings::compare(old, new, &mut found);
    settings::delivery(old, new, &mut found);
    credentials(old, new, &mut found);
    wire::compare(old, new, &renamed, &mut found);
    outcomes::compare(old, new, &mut found);
    limits::compare(old, new, &mut found);
    found.0.sort_by_key(|it| (it.area, !it.breaking));
    found.0
}

/// Differences as they are found.
#[derive(Debug, Default)]
struct Found(Vec<Difference>);

impl Found {
    fn breaking(&mut self, area: Area, subject: &str, message: impl Into<String>) {
        self.push(true, area, subject, message);
    }

    fn harmless(&mut self, area: Area, subject: &str, message: impl Into<String>) {
        self.push(false, area, subject, message);
    }

    fn push(&mut self, breaking: bool, area: Area, subject: &str, message: impl Into<String>) {
        self.0.push(Difference {
            area,
            breaking,
            subject: subject.to_owned(),
            message: message.into(),
        });
    }
}

fn names(old: &Sink, new: &Sink, found: &mut Found) {
    for (subject, before, after) in [
        ("id", &old.id, &new.id),
        ("type prefix", &old.type_prefix, &new.type_prefix),
        ("Python plugin", &old.python_plugin, &new.python_plugin),
    ] {
        if before != after {
            found.breaking(
                Area::Names,
                subject,
                format!("`{before}` becomes `{after}`"),
            );
        }
    }
}

/// Ways to authenticate that are gone, or new.
fn credentials(old: &Sink, new: &Sink, found: &mut Found) {
    let ways = |sink: &Sink| -> Vec<String> {
        let each = sink.credentials.iter();
        each.map(|it| {
            let settings = Sink::settings_of(it).into_iter();
            let settings = settings.map(|id| format!("`{}`", sink.setting(id).name));
            let settings = settings.collect::<Vec<_>>().join(", ");
            let scheme = scheme(&it.scheme);
            if settings.is_empty() {
                scheme.to_owned()
            } else {
                format!("{scheme} with {settings}")
            }
        })
        .collect()
    };
    let (before, after) = (ways(old), ways(new));
    for way in before.iter().filter(|way| !after.contains(way)) {
        found.breaking(Area::Settings, "credentials", format!("{way} is gone"));
    }
    for way in after.iter().filter(|way| !before.contains(way)) {
        found.harmless(Area::Settings, "credentials", format!("{way} is new"));
    }
}

const fn scheme(scheme: &Scheme) -> &'static str {
    match scheme {
        Scheme::None => "no authentication",
        Scheme::Header { .. } => "a header",
        Scheme::Basic { .. } => "basic authentication",
        Scheme::Query { .. } => "a parameter of the query",
        Scheme::OAuth2(_) => "OAuth 2.0",
        Scheme::Google { .. } => "a Google identity",
        Scheme::Azure(_) => "an Azure identity",
        Scheme::Sas { .. } => "a shared access signature",
        Scheme::SigV4 { .. } => "AWS signature version 4",
        Scheme::AwsDefaultChain { .. } => "the AWS credential chain",
    }
}

#[cfg(test)]
mod tests;

//! The codes of diagnostics and failures: a short stable word for each kind, and what `explain` says about it.

use serde::{Serialize, Serializer};

/// What kind of problem a diagnostic or a failure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The file as a whole cannot be taken.
    File,
    /// A character that nobody sees.
    HiddenCharacter,
    /// No YAML, or more of YAML than a spec may use.
    Yaml,
    /// The spec that this one starts from.
    Extends,
    /// A key that no spec has.
    UnknownKey,
    /// A key that must be there.
    MissingKey,
    /// A value of another type.
    WrongType,
    /// A word that is none of those expected.
    UnknownWord,
    /// A whole number beyond its range.
    OutOfRange,
    /// A secret in plain sight.
    Secret,
    /// Text that cannot become a comment, heading or cell.
    Text,
    /// Names, addresses and sources.
    Identity,
    /// Settings.
    Config,
    /// Credentials.
    Auth,
    /// The first lines of the request.
    Endpoint,
    /// Body and record.
    Payload,
    /// What the provider accepts, and the delivery defaults against it.
    Limits,
    /// What answers mean.
    Responses,
    /// The guide's prose.
    Docs,
    /// Worked examples that cannot be carried out.
    Vectors,
    /// Something written that nothing reads.
    Unused,
    /// A worked example that is not what the spec means.
    Proof,
    /// Arguments that do not fit.
    Usage,
    /// A name of nothing there is.
    UnknownName,
    /// Something handed in that cannot be used.
    Input,
    /// Settings that a sink would refuse.
    Settings,
    /// The system refused.
    System,
    /// A folder that is not what the command needs.
    Project,
    /// A manifest that cannot take the sink.
    Manifest,
    /// The record of what was generated.
    Lock,
    /// Somebody else is at work.
    Busy,
    /// Templates that cannot be used.
    Templates,
    /// Another program is missing or failed.
    Program,
    /// Events that were not taken.
    Delivery,
    /// Something that must be brought up to date.
    Stale,
    /// The documentation site cannot be built as it is.
    Site,
    /// A bug of ours.
    Internal,
}

/// What `explain` says of a code.
#[derive(Debug, Clone, Copy)]
pub struct Explanation {
    /// One line.
    pub title: &'static str,
    /// Why it is a problem, and what to do.
    pub text: &'static str,
    /// Lines of a spec that have the problem; empty where lines cannot show it.
    pub wrong: &'static str,
    /// The same without it.
    pub right: &'static str,
}

impl Code {
    /// Every code: those of spec files in the order in which a file is looked at, then those of commands.
    pub const ALL: [Self; 37] = [
        Self::File,
        Self::HiddenCharacter,
        Self::Yaml,
        Self::Extends,
        Self::UnknownKey,
        Self::MissingKey,
        Self::WrongType,
        Self::UnknownWord,
        Self::OutOfRange,
        Self::Secret,
        Self::Text,
        Self::Identity,
        Self::Config,
        Self::Auth,
        Self::Endpoint,
        Self::Payload,
        Self::Limits,
        Self::Responses,
        Self::Docs,
        Self::Vectors,
        Self::Unused,
        Self::Proof,
        Self::Usage,
        Self::UnknownName,
        Self::Input,
        Self::Settings,
        Self::System,
        Self::Project,
        Self::Manifest,
        Self::Lock,
        Self::Busy,
        Self::Templates,
        Self::Program,
        Self::Delivery,
        Self::Stale,
        Self::Site,
        Self::Internal,
    ];

    /// The word, as it is printed and typed. It never changes.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::HiddenCharacter => "hidden-character",
            Self::Yaml => "yaml",
            Self::Extends => "extends",
            Self::UnknownKey => "unknown-key",
            Self::MissingKey => "missing-key",
            Self::WrongType => "wrong-type",
            Self::UnknownWord => "unknown-word",
            Self::OutOfRange => "out-of-range",
            Self::Secret => "secret",
            Self::Text => "text",
            Self::Identity => "identity",
            Self::Config => "config",
            Self::Auth => "auth",
            Self::Endpoint => "endpoint",
            Self::Payload => "payload",
            Self::Limits => "limits",
            Self::Responses => "responses",
            Self::Docs => "docs",
            Self::Vectors => "vectors",
            Self::Unused => "unused",
            Self::Proof => "proof",
            Self::Usage => "usage",
            Self::UnknownName => "unknown-name",
            Self::Input => "input",
            Self::Settings => "settings",
            Self::System => "system",
            Self::Project => "project",
            Self::Manifest => "manifest",
            Self::Lock => "lock",
            Self::Busy => "busy",
            Self::Templates => "templates",
            Self::Program => "program",
            Self::Delivery => "delivery",
            Self::Stale => "stale",
            Self::Site => "site",
            Self::Internal => "internal",
        }
    }

    /// The code of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.word() == word)
    }

    /// What it means and what to do.
    #[must_use]
    pub fn explanation(self) -> Explanation {
        super::explanations::of(self)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_leads_back_to_its_code() {
        for code in Code::ALL {
            assert_eq!(Some(code), Code::of(code.word()));
        }
        assert_eq!(None, Code::of("nothing-of-ours"));
    }

    #[test]
    fn every_code_is_explained() {
        for code in Code::ALL {
            let said = code.explanation();

            assert!(!said.title.ends_with('.'), "{}", code.word());
            assert!(said.text.ends_with('.'), "{}", code.word());
            assert_eq!(said.wrong.is_empty(), said.right.is_empty());
            assert_ne!(said.wrong.is_empty(), said.wrong != said.right);
        }
    }
}

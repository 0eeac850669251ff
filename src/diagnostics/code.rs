//! The codes of diagnostics: a short stable word for each kind, and what `explain` says about it.

use serde::{Serialize, Serializer};

/// What kind of problem a diagnostic is about.
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
    /// Every code, in the order in which a file is looked at.
    pub const ALL: [Self; 22] = [
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

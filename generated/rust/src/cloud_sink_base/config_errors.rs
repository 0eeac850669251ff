//! What is wrong with a configuration, all of it at once.

use std::fmt;

/// Every problem found in a sink's settings. Shows names and expectations, never a secret's value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigErrors(Vec<ConfigProblem>);

/// One setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The setting.
    pub name: String,
    /// What is wrong with it.
    pub message: String,
}

impl ConfigErrors {
    /// Adds a problem.
    pub fn push(&mut self, name: impl Into<String>, message: impl Into<String>) {
        self.0.push(ConfigProblem {
            name: name.into(),
            message: message.into(),
        });
    }

    /// The problems, in the order they were found.
    #[must_use]
    pub fn problems(&self) -> &[ConfigProblem] {
        &self.0
    }

    /// Whether `name` already has a problem.
    #[must_use]
    pub fn mentions(&self, name: &str) -> bool {
        self.0.iter().any(|problem| problem.name == name)
    }

    /// `Ok` when there is none.
    ///
    /// # Errors
    ///
    /// Itself when there is one.
    pub fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "setting `{}`: {}", problem.name, problem.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

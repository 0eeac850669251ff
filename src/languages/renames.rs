//! Paths of code that are called otherwise in a person's project.

/// First words of paths, and what they are there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renames {
    /// How files of code end, `.rs`.
    pub ending: &'static str,
    /// The word as the templates write it, and as it is there.
    pub words: Vec<(String, String)>,
}

impl Renames {
    /// A file's text with the words replaced; absent where nothing is.
    #[must_use]
    pub fn apply(&self, path: &str, text: &str) -> Option<String> {
        if self.words.is_empty() || !path.ends_with(self.ending) {
            return None;
        }
        let replaced = self
            .words
            .iter()
            .fold(text.to_owned(), |text, (from, to)| replace(&text, from, to));
        (replaced != text).then_some(replaced)
    }
}

/// `word::` at the start of a path.
fn replace(text: &str, word: &str, by: &str) -> String {
    let path = format!("{word}::");
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(&path) {
        let before = rest[..at].chars().next_back();
        let is_start = !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
        let is_absolute = rest[..at].ends_with("::")
            && !rest[..at - 2].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '>');
        out.push_str(&rest[..at]);
        out.push_str(if is_start || is_absolute { by } else { word });
        out.push_str("::");
        rest = &rest[at + path.len()..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_word_of_a_path_is_another() {
        let renames = Renames {
            ending: ".rs",
            words: vec![("base64".to_owned(), "base64_0_23".to_owned())],
        };
        let text =
            "use base64::Engine as _;\nlet a = my_base64::x(super::base64::y, ::base64::z);\n";

        assert_eq!(
            Some("use base64_0_23::Engine as _;\nlet a = my_base64::x(super::base64::y, ::base64_0_23::z);\n".to_owned()),
            renames.apply("src/a.rs", text)
        );
        assert_eq!(None, renames.apply("README.md", text));
        assert_eq!(None, renames.apply("src/a.rs", "let base64 = 1;"));
    }
}

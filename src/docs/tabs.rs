//! Tabs as comments that GitHub does not show, and as the site's generator writes them.

/// Stands after the last tab of a group.
pub const CLOSE: &str = "<!-- /tabs -->";

/// What begins a tab: a comment for the site, and a label for readers of the Markdown.
#[must_use]
pub fn open(label: &str) -> String {
    format!("<!-- tab: {label} -->\n**{label}**")
}

/// A page with its tabs as the generator of the site writes them, and fences as it reads them.
#[must_use]
pub fn for_site(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut label: Option<&str> = None;
    let mut lines = text.lines().peekable();
    let mut in_fence = false;
    while let Some(line) = lines.next() {
        let delimits = line.trim_start().starts_with("```");
        if delimits {
            in_fence = !in_fence;
        } else if !in_fence {
            if let Some(name) = tab(line) {
                // Text and a tab must not run into each other.
                out.push_str(&format!("=== \"{name}\"\n\n"));
                label = Some(name);
                lines.next_if(|next| *next == format!("**{name}**"));
                continue;
            }
            if line == CLOSE {
                label = None;
                continue;
            }
        }
        if label.is_some() && !line.is_empty() {
            out.push_str("    ");
        }
        match line {
            _ if delimits => out.push_str(fence(line)),
            row if !in_fence && row.starts_with('|') => out.push_str(&cells(row)),
            line => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

/// The label of a line that begins a tab. Letters only: it stands in quotes.
fn tab(line: &str) -> Option<&str> {
    let label = line.strip_prefix("<!-- tab: ")?.strip_suffix(" -->")?;
    label
        .chars()
        .all(|c| c.is_alphanumeric() || c == ' ')
        .then_some(label)
}

/// A row of a table: in code GitHub needs a backslash before a bar, and the generator shows it.
fn cells(row: &str) -> String {
    let parts = row.split('`').enumerate();
    let parts: Vec<_> = parts
        .map(|(index, part)| {
            if index % 2 == 1 {
                part.replace("\\|", "|")
            } else {
                part.to_owned()
            }
        })
        .collect();
    parts.join("`")
}

/// `rust,ignore` is rustdoc's word.
fn fence(line: &str) -> &str {
    let end = line.find(',').unwrap_or(line.len());
    &line[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_are_indented_and_their_labels_stand_in_them_once() {
        let page = format!(
            "A.\n\n{}\n\n```rust,ignore\nx\n\ny\n```\n\n{CLOSE}\n\nB.\n",
            open("Rust")
        );

        assert_eq!(
            "A.\n\n=== \"Rust\"\n\n\n    ```rust\n    x\n\n    y\n    ```\n\n\nB.\n",
            for_site(&page)
        );
    }

    #[test]
    fn a_marker_in_code_is_code() {
        let page = "```md\n<!-- tab: Rust -->\n<!-- /tabs -->\n```\n";

        assert_eq!(page, for_site(page));
    }

    #[test]
    fn a_bar_in_the_code_of_a_row_needs_no_backslash() {
        assert_eq!("| a\\|b | `c|d` |\n", for_site("| a\\|b | `c\\|d` |\n"));
    }

    #[test]
    fn a_label_with_markup_is_no_tab() {
        assert_eq!(None, tab("<!-- tab: \"onclick -->"));
    }
}

//! Whether generated source uses a name: what a spec says in literals and comments does not count.

/// Whether `word` stands in `source` outside string literals and line comments.
#[must_use]
pub fn mentions(source: &str, word: &str) -> bool {
    source.contains(word) && code(source).contains(word)
}

/// `source` with its string literals empty and without its line comments.
fn code(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find(['"', '/']) {
        let (before, from) = rest.split_at(at);
        code.push_str(before);
        rest = if from.starts_with("//") {
            from.find('\n').map_or("", |end| &from[end..])
        } else if let Some(after) = from.strip_prefix('/') {
            code.push('/');
            after
        } else {
            code.push_str("\"\"");
            after_literal(before, &from[1..])
        };
    }
    code + rest
}

/// What follows the literal whose inside `inside` starts with; `before` tells raw literals apart.
fn after_literal<'s>(before: &str, inside: &'s str) -> &'s str {
    let opening = before.trim_end_matches('#');
    if opening.ends_with('r') {
        let hashes = &before[opening.len()..];
        let end = inside.find(&format!("\"{hashes}"));
        return end.map_or("", |end| &inside[end + 1 + hashes.len()..]);
    }
    let mut escaped = false;
    let end = inside.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map_or("", |end| &inside[end + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_counts() {
        let source = r##"
            // a comment with percent::encode
            f("percent::x \" percent::y \\", '/', b"config.");
            g(r#"json "self." "#, http::set_header(a / b));
        "##;

        for absent in ["percent::", "config.", "self."] {
            assert!(!mentions(source, absent), "{absent}");
        }
        assert!(mentions(source, "http::set_header") && mentions(source, "f("));
    }
}

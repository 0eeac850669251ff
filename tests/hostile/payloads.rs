//! Text that ends a literal, a comment, a cell or a fence somewhere, or looks as if it did.

/// Families of hostile text: each went through some generator unharmed once.
pub const PAYLOADS: [&str; 66] = [
    // Literals.
    "\"",
    "'",
    "\"\"\"",
    "\"); evil(); (\"",
    "\"###",
    "r#\"x\"#",
    "ends in \\",
    "\\",
    "\\\"",
    "\\u{41}\\x41\\N{DASH}",
    "b'x' c\"y\"",
    // Lines.
    "a\nevil!();",
    "a\revil!();",
    "a\r\nevil!();",
    "a\u{85}evil!();",
    "a\u{b}evil\u{c}!();",
    "a\u{2028}evil\u{2029}!();",
    "a\u{0}b",
    "a\u{1b}]0;title\u{7}b",
    "a\tb",
    // Characters that are not seen.
    "\u{202e}evil\u{202c}",
    "\u{2066}a\u{2069}",
    "\u{200b}\u{feff}",
    "\u{fdd0}",
    // Comments.
    "*/ evil!(); /*",
    "// evil",
    "/// evil",
    "# evil",
    "-- evil",
    "#![feature(evil)]",
    "#!/bin/sh",
    "# -*- coding: utf-7 -*-",
    // Doc tests.
    "```\npanic!()\n```",
    "``` panic!() ```",
    "~~~rust",
    "    panic!()",
    "\tpanic!()",
    ">>> evil()",
    "1. one",
    "2) two",
    "- item",
    "* item",
    "***",
    "===",
    "> quoted",
    // Templates.
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{# note #}",
    "${ x } ${{ secrets.TOKEN }}",
    "{} {0} {x:?} %s",
    "}{",
    // Markdown and HTML.
    "<script>alert(1)</script>",
    "``a`b``<img src=x onerror=evil()>`",
    "\\`<img src=x>`",
    "a | b | c",
    "a \\| b",
    "[x](javascript:evil) ![y](https://e.example/b)",
    "[x]: https://e.example",
    "&lt;b&gt; <!-- x -->",
    // TOML, YAML, shell.
    "]\n[dependencies]",
    "key: [1, &a *a] # x",
    "$(evil) `evil`; evil | evil ~ *",
    // Words that lowering could take for its own.
    "self. config. check:: percent:: answer:: reason() lookup(",
    "Secret::expose JsonObject read_items( partial( retry_after( Duration LabelField",
    "ünïcödé 漢字 🦀 e\u{301}",
    "\u{130}\u{df}",
];

/// A word longer than any line, and a closer longer than any hash run Rust takes.
pub fn long() -> [String; 2] {
    ["w".repeat(300), format!("\"{}", "#".repeat(300))]
}

/// Text of the same width with nothing sharp in it. Spaces and path separators stay, because what
/// they separate is meant to be told apart.
pub fn benign(hostile: &str) -> String {
    let width = |c: char| c.escape_debug().count();
    let mut out = String::new();
    for character in hostile.chars() {
        match character {
            ' ' | '/' | ',' | '.' => out.push(character),
            c if c.is_whitespace() => out.push(' '),
            c => out.extend(std::iter::repeat_n('x', width(c))),
        }
    }
    out
}

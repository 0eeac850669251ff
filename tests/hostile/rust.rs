//! What holds for every generated Rust file, whatever the spec says.

use std::collections::HashSet;

use fapilog_gen::languages::PlannedFile;
use fapilog_gen::languages::rust::Place;
use fapilog_gen::project::plan::plan;
use fapilog_gen::sink::Sink;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::{File, Planted, Tongue, has_same_marks, reads_back};

pub(super) const TONGUE: Tongue = Tongue {
    plan: planned,
    is_copied: |path| path.contains("/cloud_sink_"),
    differences,
};

fn planned(sink: &Sink) -> Vec<PlannedFile> {
    let place = Place::Crate {
        name: "hostile-sink".to_owned(),
    };
    plan(&[sink], &place)
}

/// Problems of a file, or the first token that the twin does not have there.
fn differences(file: &File, planted: &[Planted]) -> Vec<String> {
    let File { path, source, twin } = *file;
    // The example in the documentation of the settings has no text of a spec.
    let found = problems(source, !path.ends_with("/settings.rs"));
    if !found.is_empty() {
        let found = found.into_iter();
        return found.map(|problem| format!("{path}: {problem}")).collect();
    }
    let (found, expected) = (tokens(source), tokens(twin));
    let differs = |(_, (a, b)): &(usize, (&Token, &Token))| match (a, b) {
        (Token::Text(found), Token::Text(twin)) => {
            let is_made = path.contains("/tests/") && has_same_marks(twin, found);
            let holds_text = planted.iter().any(|p| twin.contains(&p.twin));
            holds_text && !is_made && !reads_back(twin, found, planted)
        }
        (a, b) => a != b,
    };
    if let Some((index, (a, b))) = found.iter().zip(&expected).enumerate().find(differs) {
        let near = &found[index.saturating_sub(12)..index];
        return vec![format!(
            "{path}: token {a:?} where the twin has {b:?}, after {near:?}"
        )];
    }
    if found.len() == expected.len() {
        return Vec::new();
    }
    vec![format!(
        "{path}: {} tokens, the twin has {}",
        found.len(),
        expected.len()
    )]
}

/// One token as far as its kind goes, and the text of a literal.
#[derive(Debug, Clone, PartialEq)]
enum Token {
    Ident,
    Punct(char),
    Open(char),
    Close,
    Number,
    Text(String),
}

/// The tokens of a file. What only line breaks decide is left out: commas, the block around the
/// body of a match arm, and the lines of doc comments.
fn tokens(source: &str) -> Vec<Token> {
    let stream: TokenStream = source
        .parse()
        .unwrap_or_else(|error| panic!("{error}\n{source}"));
    let mut out = Vec::new();
    flatten(stream, &mut out);
    out
}

fn flatten(stream: TokenStream, out: &mut Vec<Token>) {
    let mut last = [' '; 2];
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Punct(punct) if punct.as_char() == '#' && is_doc(&mut trees) => {
                last = [' '; 2];
            }
            TokenTree::Punct(punct) => {
                last = [last[1], punct.as_char()];
                if punct.as_char() != ',' {
                    out.push(Token::Punct(punct.as_char()));
                }
            }
            TokenTree::Group(group) => {
                let is_arm = last == ['=', '>'] && group.delimiter() == Delimiter::Brace;
                last = [' '; 2];
                if is_arm {
                    flatten(group.stream(), out);
                    continue;
                }
                out.push(Token::Open(match group.delimiter() {
                    Delimiter::Parenthesis => '(',
                    Delimiter::Brace => '{',
                    Delimiter::Bracket => '[',
                    Delimiter::None => ' ',
                }));
                flatten(group.stream(), out);
                out.push(Token::Close);
            }
            TokenTree::Ident(_) => {
                last = [' '; 2];
                out.push(Token::Ident);
            }
            TokenTree::Literal(literal) => {
                last = [' '; 2];
                out.push(match syn::Lit::new(literal) {
                    syn::Lit::Str(text) => Token::Text(text.value()),
                    syn::Lit::ByteStr(bytes) => {
                        Token::Text(String::from_utf8(bytes.value()).expect("UTF-8"))
                    }
                    _ => Token::Number,
                });
            }
        }
    }
}

/// Takes the rest of `#[doc = "…"]` or `#![doc = "…"]`, as doc comments look here.
fn is_doc(trees: &mut std::iter::Peekable<proc_macro2::token_stream::IntoIter>) -> bool {
    let mut ahead = trees.clone();
    let mut next = ahead.next();
    if matches!(&next, Some(TokenTree::Punct(punct)) if punct.as_char() == '!') {
        next = ahead.next();
    }
    let is_doc = match &next {
        Some(TokenTree::Group(group)) => {
            matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(name)) if name == "doc")
        }
        _ => false,
    };
    if is_doc {
        *trees = ahead;
    }
    is_doc
}

/// Problems of one file that a compiler would find, or `cargo test --doc`.
fn problems(source: &str, has_prose: bool) -> Vec<String> {
    let file = match syn::parse_file(source) {
        Ok(file) => file,
        Err(error) => return vec![format!("does not parse: {error}")],
    };
    let mut names = Names::default();
    names.file(&file);
    let mut problems = names.problems;
    if has_prose {
        problems.extend(comments(source));
    }
    problems
}

/// Doc comments are plain paragraphs: what is fenced or indented would run as a test.
fn comments(source: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for line in source.lines() {
        let bare = line.trim_start();
        let doc = bare
            .strip_prefix("///")
            .or_else(|| bare.strip_prefix("//!"));
        let Some(text) = doc else { continue };
        let fence = ["```", "~~~"]
            .iter()
            .any(|fence| text.trim_start().starts_with(fence));
        let indented = text.starts_with("     ") || text.contains('\t');
        let html = text.split('`').step_by(2).any(|prose| {
            let mut pieces = prose.split('<');
            let first = pieces.next().unwrap_or_default();
            let mut before = first;
            pieces.any(|after| {
                let bad = !before.ends_with('\\') && !after.starts_with("http");
                before = after;
                bad
            })
        });
        if fence || indented || html {
            problems.push(format!("a doc comment is not prose: {line}"));
        }
    }
    let hidden = source
        .chars()
        .find(|&c| c != '\n' && fapilog_gen::diagnostics::is_unprintable(c));
    problems.extend(hidden.map(|c| format!("holds the character {c:?}")));
    problems
}

/// Names given twice where Rust takes them once.
#[derive(Default)]
struct Names {
    problems: Vec<String>,
}

impl Names {
    fn once(&mut self, what: &str, names: impl Iterator<Item = String>) {
        let mut seen = HashSet::new();
        for name in names {
            if name != "_" && !seen.insert(name.clone()) {
                self.problems
                    .push(format!("{what} `{name}` is there twice"));
            }
        }
    }
}

impl Names {
    fn file(&mut self, file: &syn::File) {
        let (mut values, mut types) = (Vec::new(), Vec::new());
        for item in &file.items {
            match item {
                syn::Item::Fn(item) => values.push(item.sig.ident.to_string()),
                syn::Item::Const(item) => values.push(item.ident.to_string()),
                syn::Item::Struct(item) => {
                    types.push(item.ident.to_string());
                    let names = item.fields.iter().filter_map(|field| field.ident.as_ref());
                    self.once("the field", names.map(ToString::to_string));
                }
                syn::Item::Enum(item) => {
                    types.push(item.ident.to_string());
                    let names = item
                        .variants
                        .iter()
                        .map(|variant| variant.ident.to_string());
                    self.once("the variant", names);
                }
                syn::Item::Mod(item) => types.push(item.ident.to_string()),
                syn::Item::Use(item) => imported(&item.tree, &mut values, &mut types),
                _ => {}
            }
        }
        self.once("the value", values.into_iter());
        self.once("the type", types.into_iter());
    }
}

/// Upper case names are types; a constant's name has no lower case letters.
fn imported(tree: &syn::UseTree, values: &mut Vec<String>, types: &mut Vec<String>) {
    match tree {
        // Parts are modules.
        syn::UseTree::Path(path)
            if path.ident == "cloud_sink_parts" && !matches!(*path.tree, syn::UseTree::Path(_)) => {
        }
        syn::UseTree::Path(path) => imported(&path.tree, values, types),
        syn::UseTree::Group(group) => {
            group
                .items
                .iter()
                .for_each(|tree| imported(tree, values, types));
        }
        syn::UseTree::Name(name) => {
            let name = name.ident.to_string();
            let is_type = name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase);
            if is_type {
                types.push(name);
            } else if name != "self" {
                values.push(name);
            }
        }
        _ => {}
    }
}

//! Source on one line read into an [`Expr`]: as much of Rust as is emitted. What it cannot read is
//! one text that is never broken.

use super::expr::Expr;
use super::group::Group;

/// An expression.
pub(super) fn expression(source: String) -> Expr {
    read(source, false)
}

/// A pattern.
pub(super) fn pattern(source: String) -> Expr {
    read(source, true)
}

fn read(source: String, is_pattern: bool) -> Expr {
    let mut parser = Parser {
        rest: &source,
        is_pattern,
    };
    match parser.expr() {
        Some(expr) if parser.rest.is_empty() => expr,
        _ => Expr::Text(source),
    }
}

/// The parts of `source` between top-level `separator`s.
pub(super) fn split<'s>(source: &'s str, separator: &str) -> Vec<&'s str> {
    let mut parts = Vec::new();
    let (mut start, mut at, mut depth) = (0, 0, 0_usize);
    while let Some(character) = source[at..].chars().next() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if let Some(length) = literal(&source[at..]) {
            at += length;
        } else if depth == 0 && source[at..].starts_with(separator) {
            parts.push(&source[start..at]);
            at += separator.len();
            start = at;
        } else {
            at += character.len_utf8();
        }
    }
    parts.push(&source[start..]);
    parts
}

struct Parser<'s> {
    rest: &'s str,
    is_pattern: bool,
}

impl<'s> Parser<'s> {
    /// Operands between `|`.
    fn expr(&mut self) -> Option<Expr> {
        let first = self.operand()?;
        let mut operands = vec![first];
        while self.take(" | ") {
            operands.push(self.operand()?);
        }
        match (operands.len(), self.is_pattern) {
            (1, _) => operands.pop(),
            (_, true) => Some(Expr::Alternatives(operands)),
            (_, false) => Some(Expr::Union(operands)),
        }
    }

    fn operand(&mut self) -> Option<Expr> {
        for prefix in ["&mut ", "&", "*"] {
            if self.take(prefix) {
                let inner = self.operand()?;
                return Some(Expr::Prefix(prefix.to_owned(), Box::new(inner)));
            }
        }
        if self.rest.starts_with('|') {
            let end = self.rest[1..].find('|')? + 2;
            let parameters = self.advance(end).to_owned();
            self.take(" ").then_some(())?;
            return Some(Expr::Closure(parameters, Box::new(self.expr()?)));
        }
        self.postfix()
    }

    /// An atom with the calls, links and `?` that follow it.
    fn postfix(&mut self) -> Option<Expr> {
        let mut root = self.atom()?;
        let mut links = Vec::new();
        loop {
            if self.rest.starts_with('.') && !self.rest.starts_with("..") {
                let length = 1 + name(&self.rest[1..]);
                let link = self.advance(length).to_owned();
                links.push(self.called(link)?);
            } else if self.take("?") {
                match links.pop() {
                    Some(link) => links.push(Expr::Try(Box::new(link))),
                    None => root = Expr::Try(Box::new(root)),
                }
            } else {
                break;
            }
        }
        if links.is_empty() {
            return Some(root);
        }
        Some(Expr::Chain(Box::new(root), links))
    }

    fn atom(&mut self) -> Option<Expr> {
        if let Some(length) = literal(self.rest) {
            return Some(Expr::Text(self.advance(length).to_owned()));
        }
        let length = name(self.rest);
        if length == 0 && !self.rest.starts_with(['(', '[']) {
            return None;
        }
        let head = self.advance(length).to_owned();
        if self.take(" { ") {
            return self.structure(head);
        }
        self.called(head)
    }

    /// `head` with the arguments that follow it.
    fn called(&mut self, head: String) -> Option<Expr> {
        let (open, close) = match self.rest.chars().next() {
            Some('(') => ('(', ')'),
            Some('[') if head.is_empty() || head.ends_with('!') => ('[', ']'),
            _ => return Some(Expr::Text(head)),
        };
        self.advance(1);
        let mut items = Vec::new();
        while !self.rest.starts_with(close) {
            if !items.is_empty() {
                self.take(", ").then_some(())?;
            }
            items.push(self.expr()?);
        }
        self.advance(1);
        if items.is_empty() && head.starts_with('.') {
            return Some(Expr::Text(format!("{head}{open}{close}")));
        }
        let is_pattern = self.is_pattern;
        Some(Expr::Group(Group {
            head,
            open,
            items,
            close,
            is_pattern,
        }))
    }

    fn structure(&mut self, head: String) -> Option<Expr> {
        let mut fields = Vec::new();
        loop {
            let length = self.rest.find(": ")?;
            let field = self.advance(length).to_owned();
            self.advance(2);
            fields.push((field, self.expr()?));
            if self.take(" }") {
                return Some(Expr::Struct(head, fields));
            }
            self.take(", ").then_some(())?;
        }
    }

    fn take(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn advance(&mut self, length: usize) -> &'s str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }
}

/// Length of the name, path, number or range at the start of `text`: `a::b::<C>`, `format!`,
/// `1_000`, `-1.5`, `200..=299`, `c[0]`.
fn name(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut previous = ' ';
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    let end = text.find(|c: char| {
        match c {
            '<' if previous == ':' => depth += 1,
            '>' if depth > 0 => depth -= 1,
            _ => {}
        }
        previous = c;
        let is_part = c.is_alphanumeric() || "_:!>".contains(c) || (c == '<' && depth > 0);
        let is_number_part = is_number && "-.=".contains(c);
        !(is_part || is_number_part || depth > 0)
    });
    end.unwrap_or(text.len())
}

/// Length of the string literal at the start of `text`, if there is one.
fn literal(text: &str) -> Option<usize> {
    let quote = text.find('"')?;
    let prefix = &text[..quote];
    let hashes = match prefix.trim_end_matches('#') {
        "r" => Some(prefix.len() - 1),
        "" | "b" if !prefix.ends_with('#') => None,
        _ => return None,
    };
    let inside = &text[quote + 1..];
    if let Some(hashes) = hashes {
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(quote + 1 + inside.find(&end)? + end.len());
    }
    let mut is_escaped = false;
    let end = inside.find(|c| {
        let ends = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    });
    Some(quote + 2 + end?)
}

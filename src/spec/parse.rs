//! From YAML text to a tree of [`Node`]s.
//!
//! Specs use the part of YAML that reads the same to everybody: one document, no anchors, tags,
//! directives or merge keys, only `true` and `false` for booleans, every key once. The parser's
//! events are folded with an explicit stack, under budgets, so that no input can exhaust the stack,
//! the memory or the user's patience.

use std::collections::HashMap;

use serde_json::Number;
use serde_yaml::granit_parser::{self, ErrorKind, Event, Parser, ScalarStyle};

use super::node::{Entry, Node, Value};
use super::source::{Problems, Source, Span};

/// Lists and maps that may stand inside one another.
pub const MAX_DEPTH: usize = 32;

/// Values a file may hold, keys not counted.
pub const MAX_NODES: usize = 50_000;

/// Items of one list, or keys of one map: far above any provider, and what keeps the checks that
/// compare items with each other short.
pub const MAX_ITEMS: usize = 1_000;

/// Bytes of one value or key.
pub const MAX_SCALAR_BYTES: usize = 64 * 1024;

/// Reads the one document of a file.
///
/// Problems that leave the rest readable (a duplicate key, an anchor) are all reported; `None` means
/// that the parser could not go on.
pub fn parse(source: &Source, problems: &mut Problems) -> Option<Node> {
    let options = granit_parser::options! {
        strict_indentation: true,
        disallow_directives: true,
        emit_comments: false,
        // Above our own limit, so that the message is ours; it bounds what the scanner looks ahead.
        flow_nesting_limit: MAX_DEPTH * 2,
        block_nesting_limit: MAX_DEPTH * 2,
    };
    let mut builder = Builder::new(problems);
    for next in Parser::new_from_str_with_options(&source.text, options) {
        let (event, span) = match next {
            Ok(next) => next,
            Err(error) => {
                let mark = error.marker();
                let span = Span::new(mark.line(), mark.col() + 1, 1);
                builder.syntax_error(span, error.kind(), &error.info(), source.line(span.line));
                return None;
            }
        };
        builder
            .event(event, Span::from_parser(&span, source))
            .ok()?;
    }
    builder.root.or_else(|| {
        problems.add(Span::START, "the file is empty");
        None
    })
}

/// The rest of the file cannot be read.
struct Fatal;

/// A list or map that is not finished.
enum Open {
    List(Vec<Node>, Span),
    Map {
        entries: Vec<Entry>,
        seen: HashMap<String, usize>,
        key: Option<(String, Span)>,
        span: Span,
    },
}

struct Builder<'p> {
    problems: &'p mut Problems,
    open: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
}

impl<'p> Builder<'p> {
    fn new(problems: &'p mut Problems) -> Self {
        Self {
            problems,
            open: Vec::new(),
            root: None,
            nodes: 0,
        }
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Fatal> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_properties(anchor, tag.is_some(), span);
                self.scalar(&text, style, span)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.refuse_properties(anchor, tag.is_some(), span);
                self.start(Open::List(Vec::new(), span), span)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.refuse_properties(anchor, tag.is_some(), span);
                let map = Open::Map {
                    entries: Vec::new(),
                    seen: HashMap::new(),
                    key: None,
                    span,
                };
                self.start(map, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.finish(),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.problems
                    .add(span, "aliases are not allowed")
                    .hint("write the value out");
                self.add(Node {
                    span,
                    value: Value::Refused,
                })
            }
            Event::DocumentStart(..) if self.root.is_some() => {
                self.problems
                    .add(span, "a second document starts here")
                    .hint("one file holds one provider");
                Err(Fatal)
            }
            _ => Ok(()),
        }
    }

    fn refuse_properties(&mut self, anchor: usize, tagged: bool, span: Span) {
        if anchor != 0 {
            self.problems
                .add(span, "anchors are not allowed")
                .hint("write the value out wherever it is needed");
        }
        if tagged {
            self.problems
                .add(span, "tags are not allowed")
                .hint("remove the word that starts with `!`");
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span) -> Result<(), Fatal> {
        if text.len() > MAX_SCALAR_BYTES {
            let message = format!(
                "a value of {} bytes, at most {MAX_SCALAR_BYTES} are allowed",
                text.len()
            );
            self.problems.add(span, message);
            return Err(Fatal);
        }
        if let Some(Open::Map { key, .. }) = self.open.last_mut()
            && key.is_none()
        {
            *key = Some((text.to_owned(), span));
            return Ok(());
        }
        let value = if style == ScalarStyle::Plain {
            self.plain(text, span)
        } else {
            Value::Text(text.to_owned())
        };
        self.add(Node { span, value })
    }

    fn plain(&mut self, text: &str, span: Span) -> Value {
        match text {
            "" | "~" | "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ if is_number(text) => {
                if let Some(number) = number(text) {
                    return Value::Number(number);
                }
                self.problems
                    .add(span, "a number out of range")
                    .hint("put it in quotes if it is meant as text");
                Value::Refused
            }
            _ => Value::Text(text.to_owned()),
        }
    }

    fn start(&mut self, open: Open, span: Span) -> Result<(), Fatal> {
        if let Some(Open::Map { key: None, .. }) = self.open.last() {
            self.problems.add(span, "a key must be text");
            return Err(Fatal);
        }
        if self.open.len() == MAX_DEPTH {
            self.too_deep(span);
            return Err(Fatal);
        }
        self.open.push(open);
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Fatal> {
        let node = match self.open.pop() {
            Some(Open::List(items, span)) => Node {
                span,
                value: Value::List(items),
            },
            Some(Open::Map { entries, span, .. }) => Node {
                span,
                value: Value::Map(entries),
            },
            None => return Err(Fatal),
        };
        self.add(node)
    }

    fn add(&mut self, node: Node) -> Result<(), Fatal> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let message = format!("more than {MAX_NODES} values in one file");
            self.problems.add(node.span, message);
            return Err(Fatal);
        }
        let siblings = match self.open.last() {
            Some(Open::List(items, _)) => items.len(),
            Some(Open::Map { entries, .. }) => entries.len(),
            None => 0,
        };
        if siblings == MAX_ITEMS {
            let message = format!("more than {MAX_ITEMS} items in one list or map");
            self.problems.add(node.span, message);
            return Err(Fatal);
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(items, _)) => items.push(node),
            Some(Open::Map {
                entries, seen, key, ..
            }) => match key.take() {
                Some((key, key_span)) => {
                    add_entry(self.problems, entries, seen, key, key_span, node);
                }
                // An alias as a key: reported already, and it has no name to go under.
                None => return Err(Fatal),
            },
        }
        Ok(())
    }

    fn too_deep(&mut self, span: Span) {
        let message = format!("more than {MAX_DEPTH} lists and maps inside one another");
        self.problems.add(span, message);
    }

    fn syntax_error(&mut self, span: Span, kind: &ErrorKind, text: &str, line: &str) {
        match kind {
            ErrorKind::RecursionLimitExceeded => self.too_deep(span),
            ErrorKind::UnknownAnchor => {
                self.problems
                    .add(span, "aliases are not allowed")
                    .hint("write the value out; text that starts with `*` stands in quotes");
            }
            _ => {
                let problem = self.problems.add(span, format!("not valid YAML: {text}"));
                let blank = line.chars().find(|c| c.is_whitespace() && !c.is_ascii());
                if let Some(blank) = blank {
                    let code = u32::from(blank);
                    problem.hint(format!(
                        "a blank of this line is U+{code:04X}: type a plain space"
                    ));
                } else if let Some(hint) = syntax_hint(kind) {
                    problem.hint(hint);
                }
            }
        }
    }
}

fn add_entry(
    problems: &mut Problems,
    entries: &mut Vec<Entry>,
    seen: &mut HashMap<String, usize>,
    key: String,
    key_span: Span,
    value: Node,
) {
    if key == "<<" {
        problems
            .add(key_span, "merge keys are not allowed")
            .hint("write the keys out");
        return;
    }
    if let Some(first) = seen.get(&key) {
        let message = format!("duplicate key `{key}`, first given in line {first}");
        problems.add(key_span, message);
        return;
    }
    seen.insert(key.clone(), key_span.line);
    entries.push(Entry {
        key,
        key_span,
        value,
    });
}

/// JSON's grammar for numbers, with an optional `+`: what every YAML reader agrees is one.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(all_digits)
        && exponent.is_none_or(|e| all_digits(e.strip_prefix(['-', '+']).unwrap_or(e)))
}

/// The number, unless it is too large to keep exactly (a whole one) or at all.
fn number(text: &str) -> Option<Number> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let number: Number = text.parse().ok()?;
    let whole = !text.contains(['.', 'e', 'E']);
    let kept = number.is_i64() || number.is_u64() || !whole || text == "-0";
    (kept && number.as_f64()?.is_finite()).then_some(number)
}

fn syntax_hint(kind: &ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::TabInBlockIndentation
        | ErrorKind::TabNotAllowed
        | ErrorKind::TabInIndentation => Some("indent with spaces"),
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            Some("put text that contains `: ` in quotes")
        }
        ErrorKind::UnexpectedCharacter { .. }
        | ErrorKind::PlainScalarStartsWithDashFlowIndicator => {
            Some("put text that starts with a special character in quotes")
        }
        ErrorKind::InvalidIndentation | ErrorKind::InvalidFlowScalarIndent => {
            Some("check the indentation, and that every `[`, `{` and quote above is closed")
        }
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator => Some(
            "check the indentation here and in the line before, and that text with `{`, `[`, `,` or a quote at its edge stands in quotes",
        ),
        ErrorKind::SimpleKeyExpected => Some("a key is followed by `: `"),
        ErrorKind::DirectiveDisallowed => Some("remove the line that starts with `%`"),
        _ => None,
    }
}

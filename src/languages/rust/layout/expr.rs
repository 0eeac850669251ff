//! Expressions and patterns, and where rustfmt breaks them.

use super::group::Group;
use super::room::Room;
use super::{alternatives, block, chain, parse, width};

/// An expression or pattern as far as line breaks are concerned.
#[derive(Debug, Clone)]
pub enum Expr {
    /// Never broken: a name, a literal.
    Text(String),
    /// `&EXPR` and the like.
    Prefix(String, Box<Self>),
    /// `EXPR?`.
    Try(Box<Self>),
    /// `head(items)`, `head[items]`.
    Group(Group),
    /// A receiver and what follows it, each a `.field` or a `.method(arguments)`.
    Chain(Box<Self>, Vec<Self>),
    /// `Name { field: value }`.
    Struct(String, Vec<(String, Self)>),
    /// `|parameters| EXPR`.
    Closure(String, Box<Self>),
    /// `a | b` as a pattern.
    Alternatives(Vec<Self>),
    /// `a | b` as an expression.
    Union(Vec<Self>),
}

impl Expr {
    /// An expression from its source, which stands on one line.
    pub fn text(source: impl Into<String>) -> Self {
        parse::expression(source.into())
    }

    /// A pattern from its source, which stands on one line.
    pub fn pattern(source: impl Into<String>) -> Self {
        parse::pattern(source.into())
    }

    /// A call of `head`: a function, a macro, a method with its receiver.
    pub fn call(head: impl Into<String>, args: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        let (head, args) = (head.into(), args.into_iter().map(Into::into).collect());
        match head.split_once('.') {
            Some((receiver, method)) => {
                let (receiver, method) = (receiver.to_owned(), format!(".{method}"));
                let call = Self::group(&method, '(', args, ')');
                Self::Chain(Box::new(Self::Text(receiver)), vec![call])
            }
            None => Self::group(&head, '(', args, ')').prefixed(),
        }
    }

    /// An array literal, `head` being empty, `&` or `vec!`.
    pub fn array(head: &str, items: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        Self::group(head, '[', items.into_iter().map(Into::into).collect(), ']').prefixed()
    }

    /// A slice literal, `&[…]`.
    pub fn slice(items: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        Self::array("&", items)
    }

    /// A struct literal.
    pub fn structure(name: &str, fields: impl IntoIterator<Item = (&'static str, Self)>) -> Self {
        let fields = fields.into_iter();
        let fields = fields.map(|(name, value)| (name.to_owned(), value));
        Self::Struct(name.to_owned(), fields.collect())
    }

    fn group(head: &str, open: char, items: Vec<Self>, close: char) -> Self {
        Self::Group(Group {
            head: head.to_owned(),
            open,
            items,
            close,
            is_pattern: false,
        })
    }

    /// The `&` of a group's head on its own.
    fn prefixed(self) -> Self {
        match self {
            Self::Group(mut group) if group.head.starts_with('&') => {
                group.head.remove(0);
                Self::Prefix("&".to_owned(), Box::new(Self::Group(group)))
            }
            other => other,
        }
    }

    /// The expression on one line.
    pub(super) fn flat(&self) -> String {
        let all = |items: &[Self], separator: &str| {
            let items: Vec<_> = items.iter().map(Self::flat).collect();
            items.join(separator)
        };
        match self {
            Self::Text(text) => text.clone(),
            Self::Prefix(prefix, inner) => format!("{prefix}{}", inner.flat()),
            Self::Try(inner) => format!("{}?", inner.flat()),
            Self::Group(group) => group.wrap(&all(&group.items, ", ")),
            Self::Chain(receiver, links) => receiver.flat() + &all(links, ""),
            Self::Struct(name, fields) => {
                let fields = fields.iter();
                let fields: Vec<_> = fields
                    .map(|(name, value)| format!("{name}: {}", value.flat()))
                    .collect();
                format!("{name} {{ {} }}", fields.join(", "))
            }
            Self::Closure(parameters, body) => format!("{parameters} {}", body.flat()),
            Self::Alternatives(items) | Self::Union(items) => all(items, " | "),
        }
    }

    /// The lines of the expression; `None` where rustfmt finds no way to break it.
    pub(super) fn fit(&self, room: Room) -> Option<String> {
        match self {
            // A string literal passes however long it is.
            Self::Text(text) => {
                let is_string = ["\"", "r\"", "r#"]
                    .iter()
                    .any(|start| text.starts_with(start));
                (is_string || width(text) <= room.width).then(|| text.clone())
            }
            Self::Prefix(prefix, inner) => {
                let inner = inner.fit(room.shift(width(prefix))?)?;
                Some(format!("{prefix}{inner}"))
            }
            Self::Try(inner) => Some(inner.fit(room.less(1)?)? + "?"),
            Self::Group(group) => group.fit(room),
            Self::Chain(receiver, links) => chain::fit(receiver, links, room),
            Self::Struct(name, fields) => block::structure(name, fields, room),
            Self::Closure(parameters, body) => block::closure(parameters, body, room),
            Self::Alternatives(items) => alternatives::pattern(items, room),
            Self::Union(items) => alternatives::operands(items, room),
        }
    }

    /// Whether it may begin beside what it is an argument of, and go on below.
    pub(super) fn is_delimited(&self) -> bool {
        match self {
            Self::Prefix(_, inner) | Self::Try(inner) => inner.is_delimited(),
            Self::Group(_) | Self::Struct(..) | Self::Closure(..) => true,
            Self::Chain(_, links) => matches!(links.last(), Some(Self::Group(_))),
            Self::Text(_) | Self::Alternatives(_) | Self::Union(_) => false,
        }
    }

    /// Whether it is a call of a function or a macro.
    pub(super) fn is_call(&self) -> bool {
        match self {
            Self::Prefix(_, inner) | Self::Try(inner) => inner.is_call(),
            Self::Group(group) => !group.head.is_empty() && !group.is_pattern,
            _ => false,
        }
    }

    /// Whether it is a literal, a name or a field.
    pub(super) fn is_simple(&self) -> bool {
        match self {
            Self::Text(text) => text.starts_with('"') || !text.contains(['(', ':']),
            Self::Prefix(_, inner) => inner.is_simple(),
            Self::Chain(receiver, links) => {
                receiver.is_simple() && links.iter().all(|link| matches!(link, Self::Text(_)))
            }
            _ => false,
        }
    }
}

impl From<String> for Expr {
    fn from(source: String) -> Self {
        Self::text(source)
    }
}

impl From<&str> for Expr {
    fn from(source: &str) -> Self {
        Self::text(source)
    }
}

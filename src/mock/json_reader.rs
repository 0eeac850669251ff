//! The reader behind [`super::json`]: recursive descent over the text's bytes.

use std::collections::HashSet;
use std::fmt;

use super::json::{Kind, Node};

/// Deepest nesting accepted: far beyond any real record, far below a stack overflow.
const MAX_DEPTH: usize = 160;

/// Keys up to which a linear search is faster than a set.
const SMALL_OBJECT: usize = 24;

/// Why a text is not JSON as documented.
#[derive(Debug)]
pub(super) struct JsonError {
    offset: usize,
    problem: String,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.offset, self.problem)
    }
}

/// Reads exactly one value; only white space may surround it.
pub(super) fn parse(text: &str) -> Result<Node, JsonError> {
    let mut reader = Reader::at(text, 0);
    let node = reader.value()?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.error("something follows the value"));
    }
    Ok(node)
}

/// Reads the value that starts at or after `from`; `None` when only white space is left.
pub(super) fn parse_next(text: &str, from: usize) -> Result<Option<Node>, JsonError> {
    let mut reader = Reader::at(text, from);
    reader.skip_space();
    if reader.at == text.len() {
        return Ok(None);
    }
    reader.value().map(Some)
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn at(text: &'a str, at: usize) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at,
            depth: 0,
        }
    }

    fn error(&self, problem: impl Into<String>) -> JsonError {
        JsonError {
            offset: self.at,
            problem: problem.into(),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.error(format!("expected `{}`", char::from(byte))))
    }

    fn value(&mut self) -> Result<Node, JsonError> {
        self.skip_space();
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::list)?,
            Some(b'"') => Kind::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Kind::Bool(true))?,
            Some(b'f') => self.word("false", Kind::Bool(false))?,
            Some(b'n') => self.word("null", Kind::Null)?,
            Some(_) => return Err(self.error("expected a value")),
            None => return Err(self.error("the text ends where a value is expected")),
        };
        Ok(Node {
            span: start..self.at,
            kind,
        })
    }

    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<Kind, JsonError>,
    ) -> Result<Kind, JsonError> {
        if self.depth == MAX_DEPTH {
            return Err(self.error(format!("nested deeper than {MAX_DEPTH}")));
        }
        self.depth += 1;
        self.at += 1;
        let kind = read(self)?;
        self.depth -= 1;
        Ok(kind)
    }

    fn object(&mut self) -> Result<Kind, JsonError> {
        let mut members: Vec<(String, Node)> = Vec::new();
        let mut keys = HashSet::new();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Kind::Object(members));
        }
        loop {
            self.skip_space();
            let key = self.string()?;
            // Few keys are compared one by one; many, as a hostile body has, through a set.
            let twice = if members.len() < SMALL_OBJECT {
                members.iter().any(|(name, _)| *name == key)
            } else {
                if keys.is_empty() {
                    keys.extend(members.iter().map(|(name, _)| name.clone()));
                }
                !keys.insert(key.clone())
            };
            if twice {
                return Err(self.error(format!("the key `{key}` stands twice")));
            }
            self.skip_space();
            self.expect(b':')?;
            members.push((key, self.value()?));
            if self.ends(b'}')? {
                return Ok(Kind::Object(members));
            }
        }
    }

    fn list(&mut self) -> Result<Kind, JsonError> {
        let mut elements = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Kind::List(elements));
        }
        loop {
            elements.push(self.value()?);
            if self.ends(b']')? {
                return Ok(Kind::List(elements));
            }
        }
    }

    /// After a member: true at `close`, false at a comma.
    fn ends(&mut self, close: u8) -> Result<bool, JsonError> {
        self.skip_space();
        let found = self.peek();
        if found == Some(close) || found == Some(b',') {
            self.at += 1;
            return Ok(found == Some(close));
        }
        Err(self.error(format!("expected `,` or `{}`", char::from(close))))
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<Kind, JsonError> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            return Ok(kind);
        }
        Err(self.error("expected a value"))
    }

    fn number(&mut self) -> Result<Kind, JsonError> {
        let start = self.at;
        while matches!(
            self.peek(),
            Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')
        ) {
            self.at += 1;
        }
        self.text[start..self.at]
            .parse()
            .map(Kind::Number)
            .map_err(|_| JsonError {
                offset: start,
                problem: format!("`{}` is not a number", &self.text[start..self.at]),
            })
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.expect(b'"')?;
        let mut out = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..0x20)) {
                self.at += 1;
            }
            // The loop stops at ASCII bytes only, so both ends lie between characters.
            out.push_str(&self.text[start..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return Err(self.error("a control character stands unescaped")),
                None => return Err(self.error("a string does not end")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        self.at += 1;
        let letter = self.peek();
        self.at += 1;
        Ok(match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.error("unknown escape")),
        })
    }

    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let first = self.hex4()?;
        let mut code = first;
        if (0xD800..0xDC00).contains(&first) {
            self.expect(b'\\')?;
            self.expect(b'u')?;
            let second = self.hex4()?;
            if !(0xDC00..0xE000).contains(&second) {
                return Err(self.error("a lone surrogate"));
            }
            code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        }
        char::from_u32(code).ok_or_else(|| self.error("a lone surrogate"))
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let digits = self
            .bytes
            .get(self.at..self.at + 4)
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .ok_or_else(|| self.error("expected four hexadecimal digits"))?;
        let code = digits.iter().fold(0, |code, digit| {
            code * 16 + char::from(*digit).to_digit(16).unwrap_or(0)
        });
        self.at += 4;
        Ok(code)
    }
}

//! A `curl` command line, as documentation shows it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::Example;
use crate::diagnostics::Code;
use crate::problem::Problem;

/// Options of curl that take a value and say nothing about the request.
const IGNORED: [&str; 22] = [
    "-o",
    "--output",
    "-w",
    "--write-out",
    "-m",
    "--max-time",
    "--connect-timeout",
    "--retry",
    "--retry-delay",
    "--retry-max-time",
    "-x",
    "--proxy",
    "--cacert",
    "--cert",
    "--key",
    "-e",
    "--referer",
    "-b",
    "--cookie",
    "-c",
    "--cookie-jar",
    "--resolve",
];

/// Reads a command line.
///
/// # Errors
///
/// It is no `curl` command, or asks for what no sink sends.
pub fn from_curl(text: &str) -> Result<Example, Problem> {
    let words = words(text)?;
    let mut words = words.into_iter().skip_while(|word| word == "$");
    if words.next().as_deref() != Some("curl") {
        return Err(
            Problem::new(Code::Input, "the example is no `curl` command")
                .hint("it starts with `curl`; what a browser exports is read by `--from-har`"),
        );
    }
    let mut reading = Reading::default();
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        if is_end(&word) {
            break;
        }
        for (option, value) in split(&word) {
            let mut value = || {
                let found = value.clone().or_else(|| words.next());
                found.ok_or_else(|| {
                    Problem::new(Code::Input, format!("`{option}` has no value behind it"))
                })
            };
            reading.take(&option, &mut value)?;
        }
    }
    reading.finish()
}

/// What ends a command in a shell.
fn is_end(word: &str) -> bool {
    ["|", "||", "&&", "&", ";", ">", ">>", "2>"].contains(&word)
}

/// An option and the value that is written to it: `-XPOST`, `--request=POST`, `-sS`.
fn split(word: &str) -> Vec<(String, Option<String>)> {
    if word.starts_with("--") {
        return match word.split_once('=') {
            Some((option, value)) => vec![(option.to_owned(), Some(value.to_owned()))],
            None => vec![(word.to_owned(), None)],
        };
    }
    let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) else {
        return vec![(String::new(), Some(word.to_owned()))];
    };
    let mut options = Vec::new();
    for (at, letter) in letters.char_indices() {
        let option = format!("-{letter}");
        if "XHdubAoTFmwxeEc".contains(letter) {
            let rest = &letters[at + letter.len_utf8()..];
            let value = Some(rest.to_owned()).filter(|rest| !rest.is_empty());
            options.push((option, value));
            break;
        }
        options.push((option, None));
    }
    options
}

#[derive(Default)]
struct Reading {
    example: Example,
    data: Vec<String>,
    in_query: bool,
    is_json: bool,
}

impl Reading {
    fn take(
        &mut self,
        option: &str,
        value: &mut dyn FnMut() -> Result<String, Problem>,
    ) -> Result<(), Problem> {
        match option {
            "" | "--url" => {
                let url = value()?;
                if self.example.url.is_empty() {
                    self.example.url = url;
                }
            }
            "-X" | "--request" => self.example.method = value()?.to_uppercase(),
            "-H" | "--header" => self.header(&value()?)?,
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" => {
                let data = value()?;
                self.datum(option, data)?;
            }
            "--json" => {
                let data = value()?;
                self.is_json = true;
                self.datum(option, data)?;
            }
            "-G" | "--get" => self.in_query = true,
            "-u" | "--user" => {
                let user = value()?;
                let (user, password) = user.split_once(':').unwrap_or((&user, ""));
                self.example.user = Some((user.to_owned(), password.to_owned()));
            }
            "-F" | "--form" | "-T" | "--upload-file" | "--data-urlencode" | "--form-string" => {
                return Err(Problem::new(
                    Code::Input,
                    format!("`{option}` sends what no sink sends"),
                )
                .hint("use an example whose body is JSON, lines of JSON, or lines of text"));
            }
            "-A" | "--user-agent" => drop(value()?),
            ignored if IGNORED.contains(&ignored) => drop(value()?),
            // Switches: how curl goes about it.
            _ => {}
        }
        Ok(())
    }

    fn header(&mut self, text: &str) -> Result<(), Problem> {
        // `Name:` alone takes a header out.
        match text.split_once(':') {
            Some((name, value)) if !value.trim().is_empty() => {
                let header = (name.trim().to_owned(), value.trim().to_owned());
                self.example.headers.push(header);
                Ok(())
            }
            Some(_) => Ok(()),
            None => Err(Problem::new(
                Code::Input,
                format!("`{}` is no header", crate::diagnostics::escape(text)),
            )
            .hint("a header is `-H 'Name: value'`")),
        }
    }

    fn datum(&mut self, option: &str, data: String) -> Result<(), Problem> {
        if option != "--data-raw" && data.starts_with('@') {
            let file = crate::diagnostics::escape(&data[1..]);
            return Err(
                Problem::new(Code::Input, format!("the body is in the file `{file}`"))
                    .hint(format!("put its text into the command: `{option} '…'`")),
            );
        }
        self.data.push(data);
        Ok(())
    }

    fn finish(mut self) -> Result<Example, Problem> {
        let data = self.data.join("&");
        if self.in_query {
            let mark = if self.example.url.contains('?') {
                '&'
            } else {
                '?'
            };
            self.example.url = format!("{}{mark}{data}", self.example.url);
        } else {
            self.example.body = data;
        }
        if self.example.url.is_empty() {
            return Err(Problem::new(Code::Input, "the command names no address")
                .hint("add the URL: `curl https://…`"));
        }
        if self.example.method.is_empty() {
            let method = if self.example.body.is_empty() {
                "GET"
            } else {
                "POST"
            };
            method.clone_into(&mut self.example.method);
        }
        if self.is_json && !has_header(&self.example, "content-type") {
            let header = ("Content-Type".to_owned(), "application/json".to_owned());
            self.example.headers.push(header);
        }
        basic(&mut self.example);
        Ok(self.example)
    }
}

fn has_header(example: &Example, name: &str) -> bool {
    example
        .headers
        .iter()
        .any(|header| header.0.eq_ignore_ascii_case(name))
}

/// `Authorization: Basic …` is a user and a password.
pub fn basic(example: &mut Example) {
    let is_basic = |header: &(String, String)| {
        let value = header.1.strip_prefix("Basic ").map(str::trim);
        let value = value.filter(|_| header.0.eq_ignore_ascii_case("authorization"));
        let decoded = BASE64.decode(value?).ok()?;
        let text = String::from_utf8(decoded).ok()?;
        let (user, password) = text.split_once(':')?;
        Some((user.to_owned(), password.to_owned()))
    };
    if let Some(user) = example.headers.iter().find_map(is_basic) {
        example.user = Some(user);
        example
            .headers
            .retain(|header| !header.0.eq_ignore_ascii_case("authorization"));
    }
}

/// The words of a command line as a shell takes them apart; variables stay as they are written.
fn words(text: &str) -> Result<Vec<String>, Problem> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('\n') | None => {}
                Some('\r') => drop(characters.next_if_eq(&'\n')),
                Some(other) => word.get_or_insert_default().push(other),
            },
            '\'' => quoted(
                &mut characters,
                word.get_or_insert_default(),
                '\'',
                |_, _| None,
            )?,
            '"' => quoted(
                &mut characters,
                word.get_or_insert_default(),
                '"',
                in_double,
            )?,
            '$' if characters.peek() == Some(&'\'') => {
                characters.next();
                quoted(
                    &mut characters,
                    word.get_or_insert_default(),
                    '\'',
                    in_dollar,
                )?;
            }
            white if white.is_whitespace() => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Ok(words)
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// What stands behind a backslash; `None` where it is one as any other character.
type Escape = fn(char, &mut Characters) -> Option<String>;

fn quoted(
    characters: &mut Characters,
    word: &mut String,
    end: char,
    escape: Escape,
) -> Result<(), Problem> {
    while let Some(character) = characters.next() {
        if character == end {
            return Ok(());
        }
        if character == '\\'
            && let Some(next) = characters.peek().copied()
            && let Some(text) = escape(next, characters)
        {
            word.push_str(&text);
            continue;
        }
        word.push(character);
    }
    Err(Problem::new(
        Code::Input,
        format!("a quote `{end}` of the example is not closed"),
    ))
}

fn in_double(next: char, characters: &mut Characters) -> Option<String> {
    let text = match next {
        '"' | '\\' | '`' | '$' => next.to_string(),
        '\n' => String::new(),
        _ => return None,
    };
    characters.next();
    Some(text)
}

fn in_dollar(next: char, characters: &mut Characters) -> Option<String> {
    let text = match next {
        'n' => "\n".to_owned(),
        't' => "\t".to_owned(),
        'r' => "\r".to_owned(),
        '\'' | '"' | '\\' => next.to_string(),
        'u' => {
            characters.next();
            let digits: String = characters.by_ref().take(4).collect();
            let code = u32::from_str_radix(&digits, 16).ok();
            return Some(code.and_then(char::from_u32).map_or(digits, String::from));
        }
        _ => return None,
    };
    characters.next();
    Some(text)
}

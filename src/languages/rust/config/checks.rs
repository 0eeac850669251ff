//! Checks of a config's values: one statement per check, through the part `check`.

use super::super::pretty::{Expr, condition, line, statement};
use super::super::settings::{Field, Fields, seconds, signed};
use super::super::text::literal;
use super::super::uses::Uses;
use crate::sink::{Form, Kind, Label, Scheme, Sink};
use crate::text::number;

/// The statements of `errors`.
pub fn problems(sink: &Sink, fields: &Fields, uses: &Uses) -> String {
    let mut checks: String = fields.0.iter().map(|field| check(field, uses)).collect();
    checks += &labels(sink, fields, uses);
    checks += &passwords(sink, fields, uses);
    checks += &acknowledgement(sink, fields, uses);
    checks += &credentials(sink, fields, uses);
    checks += &connection(sink, fields, uses);
    if checks.is_empty() {
        return "        ConfigErrors::default()\n".to_owned();
    }
    format!("        let mut errors = ConfigErrors::default();\n{checks}        errors\n")
}

/// Settings that ask for labels ask for ones that the provider takes.
fn labels(sink: &Sink, fields: &Fields, uses: &Uses) -> String {
    let Form::Streams(streams) = &sink.payload.form else {
        return String::new();
    };
    let named = |counts: bool| {
        let names = streams.labels.iter().filter_map(move |label| match label {
            Label::Named {
                name, uncounted, ..
            } if *uncounted != counts => Some(literal(name)),
            _ => None,
        });
        Expr::slice(names)
    };
    let settings = streams.labels.iter().filter_map(|label| match label {
        Label::Named { .. } => None,
        Label::Pairs(id) => Some(("pairs", fields.get(*id))),
        Label::Fields(id) => Some(("fields", fields.get(*id))),
    });
    let checks: String = settings
        .map(|(method, field)| {
            let value = format!("&self.{}", field.name);
            let args = ["&mut errors".to_owned(), field.key(), value];
            line(8, &Expr::call(format!("labels.{method}"), args))
        })
        .collect();
    if checks.is_empty() {
        return checks;
    }
    let most = streams.max_labels.map_or("usize::MAX".to_owned(), number);
    let args = [Expr::from(most), named(true), named(false)];
    let call = Expr::call(format!("{}::LabelCheck::new", uses.module("streams")), args);
    statement(8, "let mut labels = ", &call, ";") + &checks
}

/// A password that no user name goes with is never sent.
fn passwords(sink: &Sink, fields: &Fields, uses: &Uses) -> String {
    let pairs = sink.credentials.iter().filter_map(|one| match one.scheme {
        Scheme::Basic {
            username,
            password: Some(password),
        } => Some((fields.get(username), fields.get(password))),
        _ => None,
    });
    let checks = pairs.filter(|(user, _)| user.setting.is_optional());
    checks
        .map(|(user, password)| {
            let is_set = |field: &Field| {
                if field.setting.is_optional() {
                    format!("self.{}.is_some()", field.name)
                } else {
                    "true".to_owned()
                }
            };
            let pair = |field: &Field| Expr::call("", [field.key(), is_set(field)]);
            let args = [Expr::from("&mut errors"), pair(password), pair(user)];
            line(
                8,
                &Expr::call(format!("{}::goes_with", uses.module("check")), args),
            )
        })
        .collect()
}

/// What the question about an id is made of is set where the question is asked.
fn acknowledgement(sink: &Sink, fields: &Fields, uses: &Uses) -> String {
    let Some((given, when)) = sink.switched_acknowledgement() else {
        return String::new();
    };
    let when = fields.get(when);
    let checks = given.needs(sink).into_iter().map(|id| {
        let needed = fields.get(id);
        let is_on = Expr::call("", [when.key(), format!("self.{}", when.name)]);
        let is_set = Expr::call(
            "",
            [needed.key(), format!("self.{}.is_some()", needed.name)],
        );
        let args = [Expr::from("&mut errors"), is_on, is_set];
        line(
            8,
            &Expr::call(format!("{}::needs", uses.module("check")), args),
        )
    });
    checks.collect()
}

/// A sink whose provider takes no anonymous events needs one complete set of credentials.
fn credentials(sink: &Sink, fields: &Fields, uses: &Uses) -> String {
    let needed = sink.needed_credentials();
    if needed.is_empty() {
        return String::new();
    }
    let pairs = needed.iter().map(|id| {
        let field = fields.get(*id);
        Expr::call("", [field.key(), format!("self.{}.is_some()", field.name)])
    });
    let args = [Expr::from("&mut errors"), Expr::slice(pairs)];
    line(
        8,
        &Expr::call(format!("{}::one_of_set", uses.module("check")), args),
    )
}

/// Files and proxy can be used, and no credentials travel in clear.
fn connection(sink: &Sink, fields: &Fields, uses: &Uses) -> String {
    if !sink.is_http() {
        return String::new();
    }
    let mut checks = "        let connection = &self.connection;\n".to_owned();
    checks += &line(8, &Expr::call("connection.check", ["&mut errors"]));
    let value = |id| format!("&self.{}", fields.get(id).name);
    let addresses: Vec<Expr> = sink
        .addresses()
        .into_iter()
        .map(|id| Expr::call("", [fields.get(id).key(), value(id)]))
        .collect();
    if addresses.is_empty() {
        return checks;
    }
    let has_credentials = match sink.credential_settings() {
        None => Expr::from("true"),
        Some(ids) if ids.is_empty() => Expr::from("false"),
        Some(ids) => Expr::call(
            format!("{}::any_set", uses.module("connection")),
            [Expr::slice(ids.into_iter().map(value))],
        ),
    };
    let has_whole = sink.endpoint().is_some_and(|it| it.whole.is_some());
    let addresses = if has_whole {
        let function = format!("{}::first_set", uses.module("connection"));
        Expr::call(function, [Expr::slice(addresses)])
    } else {
        Expr::slice(addresses)
    };
    let args = [Expr::from("&mut errors"), addresses, has_credentials];
    checks += &line(8, &Expr::call("connection.check_plain_http", args));
    checks
}

/// The checks of one setting, made only when it is set.
fn check(field: &Field, uses: &Uses) -> String {
    let calls = match &field.setting.kind {
        Kind::Text(_) | Kind::Secret(_) | Kind::Url { .. } | Kind::SecretUrl => text_checks(field),
        Kind::Int { .. } | Kind::Float { .. } | Kind::Duration { .. } => number_checks(field, uses),
        Kind::Bool | Kind::Enum(_) | Kind::List { .. } | Kind::Map | Kind::SecretMap => Vec::new(),
    };
    if calls.is_empty() {
        return String::new();
    }
    let is_text = field.setting.is_text();
    let indent = if field.setting.is_optional() { 12 } else { 8 };
    let lines: String = calls
        .into_iter()
        .map(|(function, bound)| {
            let value = match (field.setting.is_optional(), field.setting.is_secret()) {
                (true, true) => "value.expose()".to_owned(),
                (true, false) => "value".to_owned(),
                (false, true) => format!("self.{}.expose()", field.name),
                (false, false) if is_text => format!("&self.{}", field.name),
                (false, false) => format!("self.{}", field.name),
            };
            let args = ["&mut errors".to_owned(), field.key(), value].map(Expr::from);
            let function = format!("{}::{function}", uses.module("check"));
            line(indent, &Expr::call(function, args.into_iter().chain(bound)))
        })
        .collect();
    if !field.setting.is_optional() {
        return lines;
    }
    let reference = if is_text { "&" } else { "" };
    let test = format!("let Some(value) = {reference}self.{}", field.name);
    format!("        {}\n{lines}        }}\n", condition(8, "", &test))
}

/// A function of the part, and against what it holds the value.
type Call = (&'static str, Option<Expr>);

fn text_checks(field: &Field) -> Vec<Call> {
    let given = match &field.setting.kind {
        Kind::Text(check) | Kind::Secret(check) => check.as_ref(),
        _ => None,
    };
    let least = given.and_then(|check| check.min_length);
    let mut calls: Vec<Call> = Vec::new();
    if field.setting.is_required() && least.is_none() {
        calls.push(("not_empty", None));
    }
    calls.extend(least.map(|least| ("min_length", Some(Expr::from(least.to_string())))));
    if let Some(check) = given {
        let most = check.max_length.map(|most| number(most as u64));
        calls.extend(most.map(|most| ("max_length", Some(Expr::from(most)))));
        let texts = [
            ("only", &check.charset),
            ("without", &check.forbid),
            ("not_prefix", &check.not_prefix),
        ];
        for (function, text) in texts {
            calls.extend(
                text.as_ref()
                    .map(|text| (function, Some(Expr::from(literal(text))))),
            );
        }
    }
    if field.setting.in_header {
        calls.push(("header_text", None));
    }
    calls
}

fn number_checks(field: &Field, uses: &Uses) -> Vec<Call> {
    let float = |number: &f64| format!("{number:?}");
    let (min, max, one_of) = match &field.setting.kind {
        Kind::Int { min, max, one_of } => (min.map(signed), max.map(signed), one_of.as_slice()),
        Kind::Float { min, max } => (min.as_ref().map(float), max.as_ref().map(float), &[][..]),
        Kind::Duration { min, max } => {
            if min.is_some() || max.is_some() {
                uses.of("std::time", "Duration");
            }
            (min.map(seconds), max.map(seconds), &[][..])
        }
        _ => return Vec::new(),
    };
    let mut calls: Vec<Call> = Vec::new();
    calls.extend(min.map(|min| ("at_least", Some(Expr::from(min)))));
    calls.extend(max.map(|max| ("at_most", Some(Expr::from(max)))));
    if !one_of.is_empty() {
        let allowed = Expr::slice(one_of.iter().map(|number| signed(*number)));
        calls.push(("one_of", Some(allowed)));
    }
    calls
}

//! Checks of a config's values: one statement per check, through the part `check`.

use super::super::fields::{Field, find, signed};
use super::super::layout::{Expr, Statement, chain, condition, line};
use super::super::text::literal;
use crate::spec::model::{FieldType, Spec};
use crate::text::number;

/// The statements of `errors`.
pub fn problems(spec: &Spec, fields: &[Field]) -> String {
    let checks: String = fields
        .iter()
        .map(check)
        .chain([labels(spec), passwords(spec), credentials(spec)])
        .collect();
    if checks.is_empty() {
        return "        ConfigErrors::default()\n".to_owned();
    }
    format!("        let mut errors = ConfigErrors::default();\n{checks}        errors\n")
}

/// Settings that ask for labels ask for ones that the provider takes.
fn labels(spec: &Spec) -> String {
    let Some(rules) = spec.label_rules() else {
        return String::new();
    };
    let most = rules.most.map_or("usize::MAX".to_owned(), number);
    let names = |names: Vec<&str>| Expr::slice(names.into_iter().map(literal));
    let args = [
        Expr::text(most),
        names(rules.counted),
        names(rules.uncounted),
    ];
    let mut out = line(
        8,
        "let mut labels = ",
        &Expr::call("streams::LabelCheck::new", args),
    );
    for field in rules.settings.iter().filter_map(|key| find(spec, key)) {
        let method = match field.spec.kind {
            FieldType::Map => "labels.pairs",
            _ => "labels.fields",
        };
        let value = format!("&self.{}", field.name);
        let args = ["&mut errors", &literal(field.key), &value].map(str::to_owned);
        out += &line(8, "", &Expr::call(method, args));
    }
    out
}

/// A password that no user name goes with is never sent.
fn passwords(spec: &Spec) -> String {
    let pairs = spec.lone_passwords().into_iter();
    let checks = pairs.filter_map(|(username, password)| {
        let (user, secret) = (find(spec, username)?, find(spec, password)?);
        let mut terms = vec![format!("self.{}.is_none()", user.name)];
        if secret.is_optional() {
            terms.push(format!("self.{}.is_some()", secret.name));
        }
        let condition = condition(8, "", &terms.join(" && "));
        let message = format!("needs `{username}`, which is not set: set both or neither");
        let report = Expr::call("errors.push", [literal(password), literal(&message)]);
        let report = line(12, "", &report);
        Some(format!("        {condition}\n{report}        }}\n"))
    });
    checks.collect()
}

/// A sink whose provider takes no anonymous events needs one complete set of credentials.
fn credentials(spec: &Spec) -> String {
    let needed = spec.needed_credentials();
    let Some(first) = needed.first() else {
        return String::new();
    };
    let fields = needed.iter().filter_map(|key| find(spec, key));
    let unset: Vec<_> = fields
        .map(|field| format!("self.{}.is_none()", field.name))
        .collect();
    let known: Vec<_> = needed.iter().map(|key| format!("`{key}`")).collect();
    let message = format!("no credentials: set {}", known.join(" or "));
    let report = Expr::call("errors.push", [literal(first), literal(&message)]);
    let report = line(12, "", &report);
    let condition = condition(8, "", &unset.join(" && "));
    format!("        {condition}\n{report}        }}\n")
}

/// The checks of one setting, made only when it is set.
fn check(field: &Field) -> String {
    let (calls, by_value) = match field.spec.kind {
        FieldType::String | FieldType::Secret | FieldType::Url => (text_checks(field), false),
        FieldType::Int | FieldType::Float | FieldType::Duration => (number_checks(field), true),
        FieldType::Bool | FieldType::Enum | FieldType::List | FieldType::Map => {
            return String::new();
        }
    };
    if calls.is_empty() {
        return String::new();
    }
    let name = &field.name;
    let condition = field.is_optional().then(|| {
        if by_value {
            format!("let Some({name}) = self.{name}")
        } else {
            format!("let Some({name}) = &self.{name}")
        }
    });
    chain(8, &[(condition, calls)])
}

/// A call of the part: what is checked, and against what.
fn call(function: &str, field: &Field, value: &str, bound: Option<Expr>) -> Statement {
    let key = literal(field.key);
    let args = ["&mut errors", &key, value].map(Expr::text);
    Statement::call(Expr::call(
        format!("check::{function}"),
        args.into_iter().chain(bound),
    ))
}

fn text_checks(field: &Field) -> Vec<Statement> {
    let value = match (field.is_optional(), field.spec.kind) {
        (true, FieldType::Secret) => format!("{}.expose()", field.name),
        (true, _) => field.name.clone(),
        (false, FieldType::Secret) => format!("self.{}.expose()", field.name),
        (false, _) => format!("&self.{}", field.name),
    };
    let given = field.spec.check.as_ref();
    let least = given.and_then(|check| check.min_length);
    let mut bounds = Vec::new();
    if field.spec.required && least.is_none() {
        bounds.push(("not_empty", None));
    }
    bounds.extend(least.map(|least| ("min_length", Some(Expr::text(least.to_string())))));
    if let Some(check) = given {
        let most = check.max_length.map(|most| number(most as u64));
        let texts = [
            ("only", &check.charset),
            ("without", &check.forbid),
            ("not_prefix", &check.not_prefix),
        ];
        bounds.extend(most.map(|most| ("max_length", Some(Expr::text(most)))));
        for (function, text) in texts {
            let text = text.as_ref().map(|text| Expr::text(literal(text)));
            bounds.extend(text.map(|text| (function, Some(text))));
        }
    }
    let calls = bounds.into_iter();
    calls
        .map(|(function, bound)| call(function, field, &value, bound))
        .collect()
}

fn number_checks(field: &Field) -> Vec<Statement> {
    let value = if field.is_optional() {
        field.name.clone()
    } else {
        format!("self.{}", field.name)
    };
    let bound = |bound: f64| match field.spec.kind {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "bounds of whole numbers are whole and small"
        )]
        FieldType::Int => signed(bound as i64),
        FieldType::Duration => format!("Duration::from_secs_f64({bound:?})"),
        _ => format!("{bound:?}"),
    };
    let one_of = &field.spec.one_of;
    let allowed = Expr::slice(one_of.iter().map(|number| signed(*number)));
    let one_of = (!one_of.is_empty()).then_some(("one_of", allowed));
    let limits = [("at_least", field.spec.min), ("at_most", field.spec.max)];
    let limits = limits
        .into_iter()
        .filter_map(|(function, limit)| Some((function, Expr::text(bound(limit?)))));
    limits
        .chain(one_of)
        .map(|(function, limit)| call(function, field, &value, Some(limit)))
        .collect()
}

//! Credentials in headers: the first set that is complete.

use super::super::fields::{Field, find};
use super::super::holes::{all_set, escape_braces};
use super::super::layout::{Expr, Statement, chain};
use super::super::text::literal;
use super::headers;
use crate::spec::model::{Auth, Spec};

/// The statements that set the headers; a set that is always complete ends the search.
pub fn statements(spec: &Spec) -> String {
    let mut branches = Vec::new();
    for auth in &spec.auth {
        let key = match auth {
            Auth::Header { secret, .. } | Auth::Authorization { secret, .. } => secret,
            Auth::Basic { username, .. } => username,
            Auth::None {} | Auth::Query { .. } | Auth::AwsDefaultChain { .. } => continue,
        };
        let Some(field) = find(spec, key) else {
            continue;
        };
        if field.is_optional() {
            let lines = lines(spec, auth, &field, &field.name);
            branches.push((all_set(&[field]), lines));
        } else {
            let place = format!("config.{}", field.name);
            branches.push((None, lines(spec, auth, &field, &place)));
        }
    }
    chain(4, &branches)
}

/// The statements for one set, `value` being the setting that decides about it.
fn lines(spec: &Spec, auth: &Auth, field: &Field, value: &str) -> Vec<Statement> {
    let set = |name: &str, value: String| {
        let setting = literal(field.key);
        let args = [
            "&mut headers".to_owned(),
            headers::name(name),
            setting,
            value,
        ];
        Statement::attempt(Expr::call("http::set_secret_header", args))
    };
    match auth {
        Auth::Header { name, .. } => vec![set(name, format!("{value}.expose()"))],
        Auth::Authorization { word, .. } => {
            let format = literal(&format!("{} {{}}", escape_braces(word)));
            let args = [format, format!("{value}.expose()")];
            vec![
                bind("value", Expr::call("format!", args)),
                set("authorization", "&value".to_owned()),
            ]
        }
        Auth::Basic { password, .. } => {
            let value = if value.contains('.') {
                format!("&{value}")
            } else {
                value.to_owned()
            };
            vec![
                bind(
                    "password",
                    Expr::text(self::password(spec, password.as_deref())),
                ),
                bind(
                    "value",
                    Expr::call("basic_auth::value", [&*value, "password"]),
                ),
                set("authorization", "&value".to_owned()),
            ]
        }
        Auth::None {} | Auth::Query { .. } | Auth::AwsDefaultChain { .. } => Vec::new(),
    }
}

fn bind(name: &str, value: Expr) -> Statement {
    Statement::Line(format!("let {name} = "), value, ";")
}

/// The password as text, empty where there is none.
fn password(spec: &Spec, key: Option<&str>) -> String {
    match key.and_then(|key| find(spec, key)) {
        None => "\"\"".to_owned(),
        Some(field) if field.is_optional() => format!(
            "config.{}.as_ref().map_or(\"\", Secret::expose)",
            field.name
        ),
        Some(field) => format!("config.{}.expose()", field.name),
    }
}

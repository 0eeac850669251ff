//! Credentials of a request: the first set that is complete.

use super::super::pretty::{Expr, condition, line};
use super::super::text::literal;
use super::super::value::Printer;
use crate::sink::{Credentials, Scheme};

/// Where credentials go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Into {
    /// Headers.
    Headers,
    /// The query.
    Query,
}

/// The statements that put those that go there into `request`.
pub fn statements(printer: &Printer, into: Into) -> String {
    let mut out = String::new();
    let all = &printer.sink.credentials;
    let goes_there = |one: &Credentials| match one.scheme {
        Scheme::Query { .. } => into == Into::Query,
        Scheme::Header { .. } | Scheme::Basic { .. } => into == Into::Headers,
        _ => false,
    };
    let Some(last) = all.iter().rposition(goes_there) else {
        return out;
    };
    // Those before the last count where they are complete, wherever they go.
    for credentials in &all[..=last] {
        let start = if out.is_empty() {
            String::new()
        } else {
            "} else ".to_owned()
        };
        let call = call(printer, &credentials.scheme).filter(|_| goes_there(credentials));
        if credentials.when.is_empty() {
            match (call, out.is_empty()) {
                (None, true) => return String::new(),
                (None, false) => break,
                (Some(call), true) => return line(4, &call),
                (Some(call), false) => {
                    return format!("{out}    }} else {{\n{}    }}\n", line(8, &call));
                }
            }
        }
        let set = credentials.when.iter();
        let set: Vec<String> = set
            .map(|id| format!("&{}", printer.fields.shown(*id)))
            .collect();
        let test = format!("{}(&[{}])", printer.uses.base("all_set"), set.join(", "));
        out += &format!("    {}\n", condition(4, &start, &test));
        let elsewhere = "        // They are put into the request elsewhere.\n";
        out += &call.map_or(elsewhere.to_owned(), |call| line(8, &call));
    }
    if out.is_empty() { out } else { out + "    }\n" }
}

/// The call that puts one into `request`; none for those that are fetched or computed.
fn call(printer: &Printer, scheme: &Scheme) -> Option<Expr> {
    let shown = |id| format!("&{}", printer.fields.shown(id));
    match scheme {
        Scheme::Header { name, value } => {
            let value = Expr::slice(printer.config_pieces(value));
            Some(if let Some(name) = name.literal() {
                Expr::call("request.header", [Expr::from(literal(name)), value])
            } else {
                let name = Expr::slice(printer.config_pieces(name));
                Expr::call("request.named_header", [name, value])
            })
        }
        Scheme::Basic { username, password } => {
            let password = password.map_or("&\"\"".to_owned(), shown);
            let function = format!("&{}::credentials", printer.uses.module("basic_auth"));
            let value = Expr::call(function, [shown(*username), password]);
            let args = [Expr::from("\"Authorization\""), Expr::slice([value])];
            Some(Expr::call("request.header", args))
        }
        Scheme::Query { name, secret } => {
            let args = [Expr::from(literal(name)), Expr::slice([shown(*secret)])];
            Some(Expr::call("request.query", args))
        }
        Scheme::None
        | Scheme::OAuth2(_)
        | Scheme::Google { .. }
        | Scheme::Azure(_)
        | Scheme::Sas { .. }
        | Scheme::SigV4 { .. }
        | Scheme::AwsDefaultChain { .. } => None,
    }
}

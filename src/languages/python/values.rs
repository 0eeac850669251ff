//! Values of records and envelopes as statements that make them.

use std::collections::BTreeMap;

use super::layout::{Expr, statement};
use super::module::Module;
use super::names::Names;
use super::settings::{field, json};
use super::text::{WIDTH, f_string_text, literal};
use crate::sink::{
    Chain, EventPart, From, KeyForm, Kind, LevelForm, LevelName, Member, Piece, Rest, RestForm,
    RestShape, RestValues, SettingForm, SettingId, Sink, Text, TextForm, TimeEncoding, Value,
};
use crate::text::width;

/// What runs where a value is there: the indentation, and the expression of the value.
pub type Then<'t, 'a> = &'t mut dyn FnMut(&mut Printer<'a>, usize, Expr);

/// When a source is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Always,
    /// Neither `None` nor empty.
    NotEmpty,
    NotNone,
}

/// A source: what is looked for, and what becomes of it.
struct Found {
    value: Expr,
    presence: Presence,
    /// A function that makes the value of what was found.
    wrap: Option<&'static str>,
}

impl Found {
    fn new(value: Expr, presence: Presence) -> Self {
        Self {
            value,
            presence,
            wrap: None,
        }
    }
}

/// A question whether a value is there, which gives it a name.
struct Test {
    name: String,
    /// The value, where it has no name of its own.
    value: Option<Expr>,
    suffix: &'static str,
}

impl Test {
    fn of(name: &str, suffix: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            value: None,
            suffix,
        }
    }

    /// The condition; where it `is_bound` the value has its name already.
    fn condition(&self, is_bound: bool, is_among_others: bool) -> String {
        let (name, suffix) = (&self.name, self.suffix);
        match self.value.as_ref().filter(|_| !is_bound) {
            None => format!("{name}{suffix}"),
            Some(value) if suffix.is_empty() && !is_among_others => {
                format!("{name} := {}", value.flat())
            }
            Some(value) => format!("({name} := {}){suffix}", value.flat()),
        }
    }
}

/// Prints the statements of one class, function by function.
#[derive(Debug)]
pub struct Printer<'a> {
    /// The sink.
    pub sink: &'a Sink,
    /// What the module imports.
    pub module: Module,
    /// Constants of the module.
    pub constants: Vec<String>,
    /// Statements of `__init__`.
    pub state: Vec<String>,
    /// Statements of the function being printed.
    pub lines: Vec<String>,
    /// Further methods of the class.
    pub methods: Vec<String>,
    /// Names of its variables.
    pub locals: Names,
    attributes: Names,
    settings: BTreeMap<(usize, u8), String>,
    /// Attributes by the expression of their value.
    made: BTreeMap<String, String>,
    /// Key of the value being printed.
    hint: String,
}

impl<'a> Printer<'a> {
    /// A printer of nothing yet.
    #[must_use]
    pub fn new(sink: &'a Sink) -> Self {
        let mut attributes = Names::default();
        for name in [
            "_action",
            "_after",
            "_before",
            "_label_values",
            "_labels",
            "_line",
        ] {
            attributes.keep(name);
        }
        Self {
            sink,
            module: Module::default(),
            constants: Vec::new(),
            state: Vec::new(),
            lines: Vec::new(),
            methods: Vec::new(),
            locals: Names::default(),
            attributes,
            settings: BTreeMap::new(),
            made: BTreeMap::new(),
            hint: "text".to_owned(),
        }
    }

    /// Ends the function being printed.
    pub fn finish(&mut self) -> String {
        self.locals = Names::default();
        std::mem::take(&mut self.lines).join("\n")
    }

    /// Adds a statement.
    pub fn say(&mut self, indent: usize, head: &str, expr: &Expr, tail: &str) {
        self.lines.push(statement(indent, head, expr, tail));
    }

    fn open(&mut self, indent: usize, line: &str) {
        self.lines.push(format!("{:indent$}{line}:", ""));
    }

    /// A value with all it needs before it; one that can be absent is `None` then.
    pub fn whole(&mut self, indent: usize, value: &Value, name: &str) -> Expr {
        if let Value::Object(members) = value {
            return self.object(indent, members, name, true);
        }
        if let Some(expr) = self.pure(value) {
            return expr;
        }
        let name = self.locals.unique("", name);
        self.say(
            indent,
            &format!("{name}: object = "),
            &Expr::text("None"),
            "",
        );
        let head = format!("{name} = ");
        self.when(
            indent,
            value,
            &name.clone(),
            &mut |printer, indent, expr| {
                printer.say(indent, &head, &expr, "");
            },
        );
        Expr::text(name)
    }

    /// A value that is always there and needs no statement.
    fn pure(&mut self, value: &Value) -> Option<Expr> {
        match value {
            Value::Literal(literal) => Some(json(literal)),
            Value::Text(text) => match text.literal() {
                Some(text) => Some(Expr::text(literal(text))),
                None if self.is_certain(text) && Self::is_fixed(text) => {
                    let hint = self.hint.clone();
                    Some(Expr::text(self.fixed_text(text, &hint)))
                }
                None => None,
            },
            Value::Chain(chain) => match chain.sources.as_slice() {
                [only] => {
                    let found = self.source(only);
                    (found.presence == Presence::Always).then_some(found.value)
                }
                _ => None,
            },
            Value::Object(members) => {
                if !members.iter().all(|member| self.is_pure(member)) {
                    return None;
                }
                let items: Option<Vec<(String, Expr)>> = members
                    .iter()
                    .map(|member| match member {
                        Member::Field { key, value } => {
                            self.hint.clone_from(key);
                            Some((literal(key), self.pure(value)?))
                        }
                        Member::Merge { .. } => None,
                    })
                    .collect();
                items.map(Expr::dict)
            }
            Value::List(items) => {
                let items: Option<Vec<Expr>> = items.iter().map(|item| self.pure(item)).collect();
                items.map(Expr::list)
            }
            Value::Encoded {
                value,
                form,
                append,
            } => {
                let is_text = matches!(**value, Value::Text(_));
                let inner = self.pure(value)?;
                Some(self.encoded(inner, is_text, *form, append))
            }
            Value::Records => Some(Expr::text(self.module.part("_body", "RECORDS"))),
            Value::Rest(_) | Value::Each { .. } => None,
        }
    }

    /// Whether a member needs no statement; nothing is printed for the answer.
    fn is_pure(&self, member: &Member) -> bool {
        let Member::Field { value, .. } = member else {
            return false;
        };
        self.is_pure_value(value)
    }

    fn is_pure_value(&self, value: &Value) -> bool {
        match value {
            Value::Literal(_) | Value::Records => true,
            Value::Text(text) => self.is_certain(text) && Self::is_fixed(text),
            Value::Chain(chain) => chain.sources.len() == 1 && chain.is_always(self.sink),
            Value::Object(members) => members.iter().all(|member| self.is_pure(member)),
            Value::List(items) => items.iter().all(|item| self.is_pure_value(item)),
            Value::Encoded { value, .. } => self.is_pure_value(value),
            Value::Rest(_) | Value::Each { .. } => false,
        }
    }

    /// Statements that run `then` where a value is there.
    fn when(&mut self, indent: usize, value: &Value, hint: &str, then: Then<'_, 'a>) {
        hint.clone_into(&mut self.hint);
        if self.is_pure_value(value)
            && let Some(expr) = self.pure(value)
        {
            then(self, indent, expr);
            return;
        }
        match value {
            Value::Text(text) => self.text(indent, text, hint, then),
            Value::Chain(chain) => self.chain(indent, chain, hint, then),
            Value::Object(members) => {
                let object = self.object(indent, members, hint, false);
                then(self, indent, object);
            }
            Value::List(items) => {
                let list = self.list(indent, items, hint);
                then(self, indent, list);
            }
            Value::Rest(rest) => {
                let found = self.rest(rest);
                self.branches(indent, vec![found], hint, then);
            }
            Value::Encoded {
                value,
                form,
                append,
            } => {
                let is_text = matches!(**value, Value::Text(_));
                let (form, append) = (*form, append.clone());
                self.when(indent, value, hint, &mut |printer, indent, expr| {
                    let expr = printer.encoded(expr, is_text, form, &append);
                    then(printer, indent, expr);
                });
            }
            // Items are a list's affair.
            Value::Literal(_) | Value::Records | Value::Each { .. } => {}
        }
    }

    fn encoded(&mut self, value: Expr, is_text: bool, form: TextForm, append: &str) -> Expr {
        let text = match (is_text, append.is_empty()) {
            (true, true) => value,
            (true, false) => Expr::text(format!("{} + {}", value.flat(), literal(append))),
            (false, _) => {
                let append = (!append.is_empty()).then(|| Expr::text(literal(append)));
                let arguments = [value].into_iter().chain(append);
                Expr::call(self.module.part("_text", "json_text"), arguments)
            }
        };
        match form {
            TextForm::JsonText => text,
            TextForm::Base64 => Expr::call(self.module.part("_text", "base64_of"), [text]),
        }
    }

    /// Statements that make an object; the name it has then. One without conditions is made in
    /// one expression, which gets a name only where `is_named`.
    fn object(&mut self, indent: usize, members: &[Member], name: &str, is_named: bool) -> Expr {
        if !is_named
            && members.iter().all(|member| self.is_pure(member))
            && let Some(expr) = self.pure(&Value::Object(members.to_vec()))
        {
            return expr;
        }
        let name = if is_named {
            self.locals.keep(name);
            name.to_owned()
        } else {
            self.locals.unique("", name)
        };
        let certain = members
            .iter()
            .take_while(|member| self.is_pure(member))
            .count();
        let start = self.pure(&Value::Object(members[..certain].to_vec()));
        let head = format!("{name}: dict[str, object] = ");
        self.say(
            indent,
            &head,
            &start.unwrap_or_else(|| Expr::text("{}")),
            "",
        );
        for group in members[certain..].chunk_by(|a, b| {
            nested(a).is_some_and(|(found, _)| nested(b).is_some_and(|(other, _)| found == other))
        }) {
            self.members(indent, group, &name);
        }
        Expr::text(name)
    }

    /// Statements that make an object of texts.
    pub fn texts(&mut self, indent: usize, members: &[(String, Chain)], name: &str) {
        let mut certain = Vec::new();
        let mut rest = members.iter().peekable();
        while let Some((key, chain)) = rest.peek() {
            let (value, true) = self.chain_text(chain) else {
                break;
            };
            certain.push((literal(key), value));
            rest.next();
        }
        let head = format!("{name}: dict[str, str] = ");
        self.say(indent, &head, &Expr::dict(certain), "");
        for (key, chain) in rest {
            let target = format!("{name}[{}] = ", literal(key));
            let (value, is_certain) = self.chain_text(chain);
            let presence = if is_certain {
                Presence::Always
            } else {
                Presence::NotEmpty
            };
            let found = vec![Found::new(value, presence)];
            self.branches(indent, found, key, &mut |printer, indent, expr| {
                printer.say(indent, &target, &expr, "");
            });
        }
    }

    /// Statements of neighbours; those within one object of the event look for it once.
    fn members(&mut self, indent: usize, members: &[Member], object: &str) {
        let outer = members
            .first()
            .and_then(nested)
            .filter(|_| members.len() > 1);
        let Some(((part, key), _)) = outer else {
            for member in members {
                self.member(indent, member, object);
            }
            return;
        };
        let name = self.locals.unique("", key);
        let get = format!("event.{}.get({})", part.name(), literal(key));
        self.open(indent, &format!("if ({name} := {get}) is not None"));
        for member in members {
            let Some((_, rest)) = nested(member) else {
                continue;
            };
            let Member::Field { key, .. } = member else {
                continue;
            };
            let steps = rest.iter().map(|step| Expr::text(literal(step)));
            let value = Expr::call(
                self.module.base("lookup"),
                [Expr::text(&name)].into_iter().chain(steps),
            );
            let target = format!("{object}[{}] = ", literal(key));
            let found = Found::new(value, Presence::NotNone);
            self.branches(
                indent + 4,
                vec![found],
                key,
                &mut |printer, indent, expr| {
                    printer.say(indent, &target, &expr, "");
                },
            );
        }
    }

    fn member(&mut self, indent: usize, member: &Member, object: &str) {
        match member {
            Member::Field { key, value } => {
                let target = format!("{object}[{}] = ", literal(key));
                self.when(indent, value, key, &mut |printer, indent, expr| {
                    printer.say(indent, &target, &expr, "");
                });
            }
            Member::Merge { rest, taken } => {
                let taken = self.taken(taken);
                if rest.shape == RestShape::default() {
                    for part in &rest.parts {
                        let arguments = [
                            object.to_owned(),
                            format!("event.{}", part.part.name()),
                            taken.clone(),
                            literal(&part.clash_prefix),
                        ];
                        let merge = self.module.base("merge");
                        let call = Expr::call(merge, arguments.map(Expr::Text));
                        self.say(indent, "", &call, "");
                    }
                } else {
                    let rest = self.rest_constant(rest);
                    let line =
                        format!("{object}.update({rest}.members(event, {taken}.union({object})))");
                    self.say(indent, "", &Expr::text(line), "");
                }
            }
        }
    }

    fn list(&mut self, indent: usize, items: &[Value], hint: &str) -> Expr {
        let name = self.locals.unique("", hint);
        self.say(
            indent,
            &format!("{name}: list[object] = "),
            &Expr::text("[]"),
            "",
        );
        for item in items {
            if let Value::Each { id, except } = item {
                let items = self.each(*id, except);
                self.say(
                    indent,
                    "",
                    &Expr::call(format!("{name}.extend"), [Expr::text(items)]),
                    "",
                );
                continue;
            }
            let head = format!("{name}.append(");
            self.when(indent, item, hint, &mut |printer, indent, expr| {
                let call = Expr::call(head.trim_end_matches('('), [expr]);
                printer.say(indent, "", &call, "");
            });
        }
        Expr::text(name)
    }

    /// The attribute that holds an item for each pair of a setting.
    fn each(&mut self, id: SettingId, except: &[String]) -> String {
        let field = field(self.sink, id);
        let hint = format!("{}_items", field.setting.name);
        let mut arguments = vec![Expr::text(field.value())];
        if !except.is_empty() {
            let keys = except.iter().map(|key| Expr::text(literal(key)));
            arguments.push(Expr::keyword("without", Expr::tuple(keys)));
        }
        let value = Expr::call(self.module.part("_otlp", "otlp_attributes"), arguments);
        self.stated(&hint, &value)
    }

    /// The attribute that holds the value of a key of a map setting; `None` in it where it has none.
    fn pair(&mut self, id: SettingId, key: &str) -> String {
        let field = field(self.sink, id);
        let get = Expr::call(format!("{}.get", field.value()), [Expr::text(literal(key))]);
        let hint = format!("{}_{key}", field.setting.name);
        self.stated(&hint, &get)
    }

    /// An attribute made ready once; the one there is where it is the same.
    fn stated(&mut self, hint: &str, value: &Expr) -> String {
        if let Some(known) = self.made.get(&value.flat()) {
            return known.clone();
        }
        let name = format!("self.{}", self.attributes.unique("_", hint));
        self.state
            .push(statement(8, &format!("{name} = "), value, ""));
        self.made.insert(value.flat(), name.clone());
        name
    }

    /// A constant, and the name it has; one of the same value is used again.
    fn constant(&mut self, name: &str, kind: &str, value: &Expr) -> String {
        let mut number = 1;
        loop {
            let candidate = if number == 1 {
                name.to_owned()
            } else {
                format!("{name}_{number}")
            };
            let line = statement(0, &format!("{candidate}{kind} = "), value, "");
            if self.constants.contains(&line) {
                return candidate;
            }
            let start = [format!("{candidate} = "), format!("{candidate}: ")];
            let mut constants = self.constants.iter();
            if !constants.any(|known| start.iter().any(|start| known.starts_with(start))) {
                self.constants.push(line);
                return candidate;
            }
            number += 1;
        }
    }

    fn taken(&mut self, keys: &[String]) -> String {
        let keys: Vec<Expr> = keys.iter().map(|key| Expr::text(literal(key))).collect();
        let arguments = if keys.is_empty() {
            vec![]
        } else {
            vec![Expr::tuple(keys)]
        };
        let set = Expr::call("frozenset", arguments);
        self.constant("_TAKEN", ": frozenset[str]", &set)
    }

    fn rest_constant(&mut self, rest: &Rest) -> String {
        let shape = &rest.shape;
        let mut arguments: Vec<Expr> = rest
            .parts
            .iter()
            .map(|part| {
                let pair = [literal(part.part.name()), literal(&part.clash_prefix)];
                Expr::tuple(pair.map(Expr::Text))
            })
            .collect();
        let mut keyword = |name: &str, value: Option<String>| {
            arguments.extend(value.map(|value| Expr::keyword(name, Expr::text(value))));
        };
        let prefix = Some(&shape.prefix).filter(|prefix| !prefix.is_empty());
        keyword("prefix", prefix.map(|text| literal(text)));
        keyword("flatten", shape.flatten.as_deref().map(literal));
        keyword(
            "values",
            match shape.values {
                RestValues::Any => None,
                RestValues::Scalars => Some("Values.SCALARS".to_owned()),
                RestValues::Texts => Some("Values.TEXTS".to_owned()),
            },
        );
        keyword("keys", shape.keys.as_deref().map(literal));
        keyword("most", shape.max.map(crate::text::number));
        if shape.values != RestValues::Any {
            self.module.part("_rest", "Values");
        }
        let call = Expr::call(self.module.part("_rest", "Rest"), arguments);
        self.constant("_REST", "", &call)
    }

    fn rest_value(&mut self, rest: &Rest) -> Expr {
        Expr::text(match rest.parts.as_slice() {
            [only] if rest.shape == RestShape::default() => format!("event.{}", only.part.name()),
            _ => format!("{}.members(event)", self.rest_constant(rest)),
        })
    }

    fn rest(&mut self, rest: &Rest) -> Found {
        let value = self.rest_value(rest);
        let mut found = Found::new(value, Presence::NotEmpty);
        found.wrap = match rest.form {
            RestForm::Object => None,
            RestForm::OtlpAttributes => Some(self.module.part("_otlp", "otlp_attributes")),
            RestForm::JsonText => Some(self.module.part("_text", "json_text")),
        };
        found
    }

    fn chain(&mut self, indent: usize, chain: &Chain, hint: &str, then: Then<'_, 'a>) {
        let mut found = Vec::new();
        for from in &chain.sources {
            let source = self.source(from);
            let is_last = source.presence == Presence::Always;
            found.push(source);
            if is_last {
                break;
            }
        }
        let before = &found[..found.len() - 1];
        let may_be_one = before
            .iter()
            .all(|found| found.presence == Presence::NotEmpty && found.wrap.is_none());
        let last = found
            .last()
            .filter(|last| may_be_one && last.wrap.is_none() && last.presence != Presence::NotNone);
        if let (Some(last), false) = (last, before.is_empty()) {
            let presence = last.presence;
            let values = found.into_iter().map(|found| found.value).collect();
            found = vec![Found::new(Expr::Or(values), presence)];
        }
        self.branches(indent, found, hint, then);
    }

    /// `if`, `elif`, `else`: one branch for each source.
    fn branches(&mut self, indent: usize, found: Vec<Found>, hint: &str, then: Then<'_, 'a>) {
        let mut branches = Vec::new();
        for found in found {
            let (condition, name) = match found.presence {
                Presence::Always => (None, found.value),
                Presence::NotEmpty | Presence::NotNone => {
                    let test = if found.presence == Presence::NotNone {
                        " is not None"
                    } else {
                        ""
                    };
                    let (condition, name) = self.bound(indent, hint, &found.value, test);
                    (Some(condition), Expr::text(name))
                }
            };
            let value = match found.wrap {
                Some(function) => Expr::call(function, [name]),
                None => name,
            };
            branches.push((condition, value));
        }
        let mut word = "if";
        for (condition, value) in branches {
            match condition {
                Some(condition) => self.open(indent, &format!("{word} {condition}")),
                None if word == "if" => {
                    then(self, indent, value);
                    return;
                }
                None => self.open(indent, "else"),
            }
            then(self, indent + 4, value);
            word = "elif";
        }
    }

    /// What asks whether a value is there.
    fn test(&mut self, hint: &str, value: &Expr, suffix: &'static str) -> Test {
        let flat = value.flat();
        let is_name = flat
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
        if is_name {
            return Test::of(&flat, suffix);
        }
        Test {
            name: self.locals.unique("", hint),
            value: Some(value.clone()),
            suffix,
        }
    }

    /// The condition under which a value is there, and the name it has then.
    fn bound(
        &mut self,
        indent: usize,
        hint: &str,
        value: &Expr,
        suffix: &'static str,
    ) -> (String, String) {
        let test = self.test(hint, value, suffix);
        let condition = test.condition(false, false);
        if indent + "elif :".len() + width(&condition) <= WIDTH {
            return (condition, test.name);
        }
        if let Some(value) = &test.value {
            self.say(indent, &format!("{} = ", test.name), value, "");
        }
        (test.condition(true, false), test.name)
    }

    /// A source as a JSON value.
    fn source(&mut self, from: &From) -> Found {
        match from {
            From::Timestamp(encoding) => {
                Found::new(self.time("event.timestamp", *encoding), Presence::Always)
            }
            From::Now(encoding) => {
                let now = self.now();
                Found::new(self.time(&now, *encoding), Presence::Always)
            }
            From::Level(form) => Found::new(Expr::text(self.level(*form)), Presence::Always),
            From::Message => Found::new(Expr::text("event.message"), Presence::Always),
            From::Logger => Found::new(Expr::text("event.logger"), Presence::NotEmpty),
            From::Part(part) => Found::new(
                Expr::text(format!("event.{}", part.name())),
                Presence::NotEmpty,
            ),
            From::Key { part, path, form } => {
                let get = self.get(*part, path);
                let (function, presence) = match form {
                    KeyForm::Json => return Found::new(get, Presence::NotNone),
                    KeyForm::Text => (self.module.base("value_text"), Presence::NotEmpty),
                    KeyForm::Base64 => {
                        (self.module.part("_text", "base64_text"), Presence::NotEmpty)
                    }
                    KeyForm::OtlpValue => {
                        let mut found = Found::new(get, Presence::NotNone);
                        found.wrap = Some(self.module.part("_otlp", "otlp_value"));
                        return found;
                    }
                };
                Found::new(Expr::call(function, [get]), presence)
            }
            From::Setting { id, form } => {
                let setting = self.sink.setting(*id);
                let presence = if from.is_always(self.sink) {
                    Presence::Always
                } else if *form != SettingForm::Json || may_be_empty(&setting.kind) {
                    Presence::NotEmpty
                } else {
                    Presence::NotNone
                };
                Found::new(Expr::text(self.setting(*id, *form)), presence)
            }
            From::Pair { id, key } => {
                Found::new(Expr::text(self.pair(*id, key)), Presence::NotEmpty)
            }
            From::Default(value) => Found::new(json(value), Presence::Always),
        }
    }

    fn get(&mut self, part: EventPart, path: &[String]) -> Expr {
        let part = part.name();
        let steps = path.iter().map(|step| Expr::text(literal(step)));
        if path.len() == 1 {
            return Expr::call(format!("event.{part}.get"), steps);
        }
        let object = Expr::text(format!("event.{part}"));
        Expr::call(
            self.module.base("lookup"),
            [object].into_iter().chain(steps),
        )
    }

    fn now(&mut self) -> String {
        self.module.standard("time");
        "time.time_ns()".to_owned()
    }

    /// A moment as a JSON value.
    fn time(&mut self, nanos: &str, encoding: TimeEncoding) -> Expr {
        let function = match encoding {
            TimeEncoding::UnixS => return Expr::text(format!("{nanos} // 1_000_000_000")),
            TimeEncoding::UnixUs => return Expr::text(format!("{nanos} // 1_000")),
            TimeEncoding::UnixNs => return Expr::text(nanos),
            TimeEncoding::UnixNsText => "str",
            TimeEncoding::UnixMs => self.module.base("unix_millis"),
            TimeEncoding::UnixSeconds => self.module.base("unix_seconds"),
            TimeEncoding::Rfc3339Ms => self.module.base("rfc3339_millis"),
            TimeEncoding::Rfc3339Ns => self.module.base("rfc3339_nanos"),
            TimeEncoding::UnixMsFloat => self.module.part("_text", "unix_micros_as_millis"),
            TimeEncoding::Rfc3339Us => self.module.part("_text", "rfc3339_micros"),
            TimeEncoding::SpacedMs => self.module.part("_text", "spaced_millis"),
            TimeEncoding::SpacedNs => self.module.part("_text", "spaced_nanos"),
        };
        Expr::call(function, [Expr::text(nanos)])
    }

    fn time_text(&mut self, nanos: &str, encoding: TimeEncoding) -> String {
        let value = self.time(nanos, encoding).flat();
        match encoding {
            TimeEncoding::UnixSeconds | TimeEncoding::UnixMsFloat => {
                format!("{}({value})", self.module.part("_text", "json_text"))
            }
            _ if encoding.is_number() => format!("str({value})"),
            _ => value,
        }
    }

    /// The level as a JSON value.
    fn level(&mut self, form: LevelForm) -> String {
        let levels = match (form, &self.sink.payload.levels) {
            (LevelForm::Lower, _) | (LevelForm::Map, None) => return "event.level".to_owned(),
            (LevelForm::Upper, _) => return "event.level.upper()".to_owned(),
            (LevelForm::Map, Some(levels)) => levels,
        };
        let words = LevelName::ALL.iter().zip(&levels.words);
        let unlike_others = words.filter(|(name, word)| match &levels.other {
            Some(other) => *word != other,
            None => word.as_str() != Some(name.name()),
        });
        let items: Vec<(String, Expr)> = unlike_others
            .map(|(name, word)| (literal(name.name()), json(word)))
            .collect();
        let other = levels.other.as_ref().map(|other| json(other).flat());
        let other = other.unwrap_or_else(|| "event.level".to_owned());
        if items.is_empty() {
            return other;
        }
        let name = self.constant("_LEVELS", "", &Expr::dict(items));
        format!("{name}.get(event.level, {other})")
    }

    /// The attribute that holds a setting in a form; `None` in it where the setting is absent.
    pub fn setting(&mut self, id: SettingId, form: SettingForm) -> String {
        let field = field(self.sink, id);
        // What is a text anyway has one form.
        let form = match (form, &field.setting.kind) {
            (
                SettingForm::Text,
                Kind::Text(_) | Kind::Url { .. } | Kind::Secret(_) | Kind::SecretUrl,
            ) => SettingForm::Json,
            (form, _) => form,
        };
        if let Some(known) = self.settings.get(&(id.0, form as u8)) {
            return known.clone();
        }
        let hint = match form {
            SettingForm::Json => field.setting.name.clone(),
            SettingForm::Text => format!("{}_text", field.setting.name),
            SettingForm::OtlpAttributes => format!("{}_attributes", field.setting.name),
        };
        let name = self.attributes.unique("_", &hint);
        let value = field.json(form, &mut self.module);
        let line = statement(8, &format!("self.{name} = "), &Expr::text(value), "");
        self.state.push(line);
        let name = format!("self.{name}");
        self.settings.insert((id.0, form as u8), name.clone());
        name
    }

    /// Whether a text is the same in every request.
    fn is_fixed(text: &Text) -> bool {
        !text.is_of_event() && !text.is_of_request()
    }

    /// Whether every hole of a fixed text is filled.
    fn is_certain(&self, text: &Text) -> bool {
        text.settings().all(|id| !may_be_absent(self.sink, id))
    }

    /// The attribute that holds a fixed text; `None` in it where a setting is absent.
    fn fixed_text(&mut self, text: &Text, hint: &str) -> String {
        if let [Piece::Setting(id)] = text.pieces.as_slice() {
            return self.setting(*id, SettingForm::Text);
        }
        let value = f_string(self.sink, text, &mut self.module);
        let conditions = conditions(self.sink, text);
        let attribute = self.attributes.unique("_", hint);
        let name = format!("self.{attribute}");
        let value = Expr::text(value);
        if conditions.is_empty() {
            self.state
                .push(statement(8, &format!("{name} = "), &value, ""));
        } else {
            self.state
                .push(format!("        {name}: str | None = None"));
            self.state
                .push(format!("        if {}:", conditions.join(" and ")));
            self.state
                .push(statement(12, &format!("{name} = "), &value, ""));
        }
        name
    }

    /// A text, where all its holes are filled.
    fn text(&mut self, indent: usize, text: &Text, hint: &str, then: Then<'_, 'a>) {
        if Self::is_fixed(text) {
            let name = self.fixed_text(text, hint);
            self.open(indent, &format!("if {name} is not None"));
            then(self, indent + 4, Expr::text(name));
            return;
        }
        let mut tests: Vec<Test> = Vec::new();
        let mut parts: Vec<String> = Vec::new();
        for piece in &text.pieces {
            let filled = match piece {
                Piece::Literal(text) => {
                    parts.push(f_string_text(text));
                    continue;
                }
                Piece::Setting(id) => {
                    let name = self.setting(*id, SettingForm::Text);
                    if may_be_absent(self.sink, *id) {
                        tests.push(Test::of(&name, " is not None"));
                    }
                    name
                }
                Piece::Now(encoding) => {
                    let now = self.now();
                    let value = self.time_text(&now, *encoding);
                    self.assigned(indent, "moment", &Expr::text(value))
                }
                Piece::Shared(index) => {
                    let value = Expr::text(format!("shared[{index}]"));
                    tests.push(self.test(hint, &value, " is not None"));
                    tests[tests.len() - 1].name.clone()
                }
                Piece::Event(chain) => {
                    let hint = last_step(chain).unwrap_or(hint);
                    let (value, is_certain) = self.chain_text(chain);
                    if is_certain {
                        self.assigned(indent, hint, &value)
                    } else {
                        tests.push(self.test(hint, &value, ""));
                        tests[tests.len() - 1].name.clone()
                    }
                }
            };
            parts.push(format!("{{{filled}}}"));
        }
        let value = match (text.pieces.as_slice(), parts.as_slice()) {
            ([Piece::Literal(_)] | [], _) => Expr::text(format!("\"{}\"", parts.concat())),
            ([_], [only]) => Expr::text(only.trim_matches(['{', '}'])),
            _ => Expr::text(format!("f\"{}\"", parts.concat())),
        };
        if tests.is_empty() {
            then(self, indent, value);
            return;
        }
        let several = tests.len() > 1;
        let all = |is_bound: bool| {
            let tests = tests.iter().map(|test| test.condition(is_bound, several));
            format!("if {}", tests.collect::<Vec<_>>().join(" and "))
        };
        let mut line = all(false);
        if indent + width(&line) >= WIDTH {
            line = all(true);
            for test in &tests {
                if let Some(value) = &test.value {
                    self.say(indent, &format!("{} = ", test.name), value, "");
                }
            }
        }
        self.open(indent, &line);
        then(self, indent + 4, value);
    }

    /// The name a value has; one that is a name already keeps it.
    fn assigned(&mut self, indent: usize, hint: &str, value: &Expr) -> String {
        let flat = value.flat();
        if flat
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
        {
            return flat;
        }
        let name = self.locals.unique("", hint);
        self.say(indent, &format!("{name} = "), value, "");
        name
    }

    /// The first source that is there, as text, and whether there is always one. Empty text counts
    /// as absent.
    pub fn chain_text(&mut self, chain: &Chain) -> (Expr, bool) {
        let mut texts = Vec::new();
        let mut is_certain = false;
        for from in &chain.sources {
            let text = match from {
                From::Timestamp(encoding) => {
                    is_certain = true;
                    Expr::text(self.time_text("event.timestamp", *encoding))
                }
                From::Now(encoding) => {
                    is_certain = true;
                    let now = self.now();
                    Expr::text(self.time_text(&now, *encoding))
                }
                From::Level(form) => {
                    is_certain = true;
                    let is_text = self
                        .sink
                        .payload
                        .levels
                        .as_ref()
                        .is_none_or(|it| it.is_text);
                    let level = self.level(*form);
                    Expr::text(if *form != LevelForm::Map || is_text {
                        level
                    } else {
                        format!("str({level})")
                    })
                }
                From::Message => Expr::text("event.message"),
                From::Logger => Expr::text("event.logger"),
                From::Part(part) => {
                    let function = self.module.part("_text", "part_text");
                    Expr::call(function, [Expr::text(format!("event.{}", part.name()))])
                }
                From::Key { part, path, form } => {
                    let get = self.get(*part, path);
                    let function = if *form == KeyForm::Base64 {
                        self.module.part("_text", "base64_text")
                    } else {
                        self.module.base("value_text")
                    };
                    Expr::call(function, [get])
                }
                From::Setting { id, .. } => {
                    is_certain = !may_be_absent(self.sink, *id);
                    Expr::text(self.setting(*id, SettingForm::Text))
                }
                From::Pair { id, key } => Expr::text(self.pair(*id, key)),
                From::Default(value) => {
                    let text = value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned);
                    is_certain = !text.is_empty();
                    Expr::text(literal(&text))
                }
            };
            texts.push(text);
            if is_certain {
                break;
            }
        }
        let only = if texts.len() == 1 { texts.pop() } else { None };
        (only.unwrap_or(Expr::Or(texts)), is_certain)
    }

    /// A value as text in a line; statements before it where it needs some.
    pub fn plain(&mut self, indent: usize, value: &Value, hint: &str) -> Expr {
        match value {
            Value::Literal(value) => {
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                Expr::text(literal(&text))
            }
            Value::Chain(chain) => self.chain_text(chain).0,
            Value::Rest(rest) if rest.form != RestForm::OtlpAttributes => {
                let value = self.rest_value(rest);
                Expr::call(self.module.part("_text", "part_text"), [value])
            }
            Value::Text(text) if text.literal().is_some() => {
                Expr::text(literal(text.literal().unwrap_or_default()))
            }
            _ => {
                let is_text = matches!(value, Value::Text(_) | Value::Encoded { .. });
                let name = self.locals.unique("", hint);
                self.say(
                    indent,
                    &format!("{name}: str | None = "),
                    &Expr::text("None"),
                    "",
                );
                let head = format!("{name} = ");
                self.when(indent, value, hint, &mut |printer, indent, expr| {
                    let expr = if is_text {
                        expr
                    } else {
                        Expr::call(printer.module.part("_text", "json_text"), [expr])
                    };
                    printer.say(indent, &head, &expr, "");
                });
                Expr::text(name)
            }
        }
    }
}

/// The object of the event within which a member looks, and the way on from there.
fn nested(member: &Member) -> Option<((EventPart, &str), &[String])> {
    let Member::Field {
        value: Value::Chain(chain),
        ..
    } = member
    else {
        return None;
    };
    match chain.sources.as_slice() {
        [
            From::Key {
                part,
                path,
                form: KeyForm::Json,
            },
        ] if path.len() > 1 => Some(((*part, path[0].as_str()), &path[1..])),
        _ => None,
    }
}

fn last_step(chain: &Chain) -> Option<&str> {
    match chain.sources.first()? {
        From::Key { path, .. } => path.last().map(String::as_str),
        _ => None,
    }
}

fn may_be_empty(kind: &Kind) -> bool {
    !matches!(
        kind,
        Kind::Enum(_) | Kind::Bool | Kind::Int { .. } | Kind::Float { .. } | Kind::Duration { .. }
    )
}

/// Whether a setting that fills a hole may be absent, empty text included.
#[must_use]
pub fn may_be_absent(sink: &Sink, id: SettingId) -> bool {
    let setting = sink.setting(id);
    let may_be_short = match &setting.kind {
        Kind::Text(check) | Kind::Secret(check) => {
            let least = check.as_ref().and_then(|check| check.min_length);
            least.unwrap_or(0) == 0
        }
        kind => may_be_empty(kind) && !matches!(kind, Kind::Url { .. } | Kind::SecretUrl),
    };
    setting.is_optional() || (may_be_short && !setting.is_required())
}

/// The settings a text cannot be without, as conditions.
#[must_use]
pub fn conditions(sink: &Sink, text: &Text) -> Vec<String> {
    let mut found = Vec::new();
    for id in text.settings().filter(|id| may_be_absent(sink, *id)) {
        let condition = field(sink, id).is_set();
        if !found.contains(&condition) {
            found.push(condition);
        }
    }
    found
}

/// A fixed text as an f-string over `config`, each hole as it is.
pub fn f_string(sink: &Sink, text: &Text, module: &mut Module) -> String {
    if let Some(text) = text.literal() {
        return literal(text);
    }
    let mut out = String::from("f\"");
    for piece in &text.pieces {
        match piece {
            Piece::Literal(text) => out += &f_string_text(text),
            Piece::Setting(id) => {
                let text = field(sink, *id).text(module).replace("\"\"", "''");
                out += &format!("{{{text}}}");
            }
            Piece::Now(_) | Piece::Event(_) | Piece::Shared(_) => {}
        }
    }
    out + "\""
}

//! The encoder of one provider: one statement per field, in the order of the spec.

use minijinja::context;
use serde_json::Value;

use super::fields::find;
use super::layout::{Expr, statement, use_names};
use super::levels::{self, LevelTable};
use super::mentions::mentions;
use super::names::{snake, type_prefix, unique};
use super::source::{Source, part_name, sources};
use super::text::{block, byte_literal, literal};
use super::{config, framing, streams};
use crate::provider::model::{
    FieldType, Framing, RecordField, RecordShape, Rest, Spec, ValueEncoding,
};

/// Longest path of keys that stays where it is used.
const INLINE_WIDTH: usize = 34;

/// What the encoder's template needs beyond names.
#[derive(Debug, Default)]
pub struct Encoder {
    /// Constants above the type: paths, taken keys.
    pub constants: Vec<String>,
    /// Settings encoded once, in the order of their first use.
    pub settings: Vec<Setting>,
    /// Statements that write a record.
    pub record: String,
    /// The object inside a wrapper or the line of a stream entry, where there is one.
    pub inner: Option<String>,
    /// The level table, where there is one.
    pub levels: Option<LevelTable>,
    /// Names used from the runtime.
    pub uses: Vec<&'static str>,
}

/// A setting that stands in every record.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Config field.
    pub config: String,
    /// Field of the encoder.
    pub field: String,
    /// Whether it is written as `key:value,key:value`.
    pub comma_pairs: bool,
}

/// Lowers the record shape of `spec`.
#[must_use]
pub fn lower(spec: &Spec) -> Encoder {
    let mut lowering = Lowering {
        spec,
        out: Encoder::default(),
        names: Vec::new(),
    };
    match &spec.payload.record {
        RecordShape::Object {
            fields,
            rest,
            reserved,
            wrap: None,
        } => {
            let body = lowering.object("record", fields, rest, reserved);
            lowering.out.record = body;
        }
        RecordShape::Object {
            fields,
            rest,
            reserved,
            wrap: Some(wrap),
        } => {
            let key = literal(&json_key(&wrap.key));
            let mut record = lowering.object("record", &wrap.fields, &[], &[]);
            record += &format!("        record.raw({key}, |out| {{\n            ");
            let inner = lowering.object("object", fields, rest, reserved);
            record += &format!("{}(event, out);\n        }});\n", inner_path(&inner));
            lowering.out.record = record;
            lowering.out.inner = Some(inner);
        }
        RecordShape::StreamEntry {
            fields,
            rest,
            reserved,
            metadata,
        } => {
            let inner = lowering.object("line", fields, rest, reserved);
            let mut record = format!(
                "        entry.line(|out| {}(event, out));\n",
                inner_path(&inner)
            );
            for field in metadata {
                record += &lowering.field("entry", field);
            }
            lowering.out.record = record;
            lowering.out.inner = Some(inner);
        }
    }
    if matches!(spec.payload.framing, Framing::ActionLines { .. }) {
        lowering.names.push("action".to_owned());
    }
    lowering.out.uses.sort_unstable();
    lowering.out.uses.dedup();
    lowering.out
}

/// The function that writes the inner object.
fn inner_path(inner: &str) -> &'static str {
    if mentions(inner, "self.") {
        "self.write_event"
    } else {
        "Self::write_event"
    }
}

struct Lowering<'a> {
    spec: &'a Spec,
    out: Encoder,
    names: Vec<String>,
}

impl Lowering<'_> {
    /// Statements for the fields and the rest of one object.
    fn object(
        &mut self,
        object: &str,
        fields: &[RecordField],
        rest: &[Rest],
        reserved: &[String],
    ) -> String {
        let mut body: String = fields
            .iter()
            .map(|field| self.field(object, field))
            .collect();
        if rest.iter().any(|rest| rest.into.is_none()) {
            self.taken(fields, rest, reserved);
        }
        for rest in rest {
            body += &merge(object, rest);
        }
        body
    }

    /// The constant with the keys a merged field must not take.
    fn taken(&mut self, fields: &[RecordField], rest: &[Rest], reserved: &[String]) {
        let mut keys: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        keys.extend(rest.iter().filter_map(|rest| rest.into.as_deref()));
        keys.extend(reserved.iter().map(String::as_str));
        let mut seen = Vec::new();
        keys.retain(|key| {
            !seen.contains(key) && {
                seen.push(key);
                true
            }
        });
        let items = keys.iter().map(|key| Expr::text(literal(key)));
        let head = format!("const TAKEN: [&str; {}] = ", keys.len());
        let array = Expr::Array(String::new(), items.collect());
        let constant = statement(0, &head, &array, ";");
        self.out.constants.push(format!(
            "/// Keys of a record that a merged field must not take.\n{constant}"
        ));
    }

    /// The statement of one field.
    fn field(&mut self, object: &str, field: &RecordField) -> String {
        let key = literal(&json_key(&field.name));
        if let Some(constant) = &field.constant {
            return format!(
                "{}\n",
                statement(8, "", &constant_call(object, &key, constant), ";")
            );
        }
        let mut out = String::new();
        for source in sources(&field.from) {
            let write = self.write(object, &key, field, &source);
            let (opening, write) = match (self.condition(field, &source), out.is_empty()) {
                (Some(condition), true) => {
                    (format!("        if {condition} {{\n"), indented(12, write))
                }
                (Some(condition), false) => {
                    (format!(" else if {condition} {{\n"), indented(12, write))
                }
                (None, true) => return indented(8, write),
                (None, false) => (" else {\n".to_owned(), indented(12, write)),
            };
            out += &format!("{opening}{write}        }}");
        }
        out + "\n"
    }

    /// When a source counts as present; `None` for always.
    fn condition(&mut self, field: &RecordField, source: &Source) -> Option<String> {
        match source {
            Source::Message | Source::Level | Source::Timestamp => None,
            Source::Logger => Some("!event.logger.is_empty()".to_owned()),
            Source::Part(part) => Some(format!("!event.{}.is_empty()", part_name(*part))),
            Source::Key(part, path) => {
                self.out.uses.push("lookup");
                let path = self.path(&field.name, path);
                Some(format!(
                    "let Some(value) = lookup(&event.{}, {path})",
                    part_name(*part)
                ))
            }
            Source::Config(name) => {
                let comma_pairs = field.encoding == Some(ValueEncoding::CommaPairs);
                let field = self.setting(name, comma_pairs);
                Some(format!("let Some(value) = &self.{field}"))
            }
        }
    }

    /// Statements that write a source that is present.
    fn write(&mut self, object: &str, key: &str, field: &RecordField, source: &Source) -> Write {
        let call = |method: &str, value: String| {
            Write::Call(Expr::call(
                format!("{object}.{method}"),
                [Expr::text(key), Expr::text(value)],
            ))
        };
        match source {
            Source::Message => call("string", "&event.message".to_owned()),
            Source::Logger => call("string", "&event.logger".to_owned()),
            Source::Level => self.write_level(object, key, field),
            Source::Timestamp => write_timestamp(object, key, field.encoding),
            Source::Part(part) => {
                self.out.uses.push("push_json");
                let value = format!("push_json(out, &event.{});", part_name(*part));
                Write::Closure(format!("{object}.raw({key}"), value)
            }
            Source::Key(..) => call("value", "value".to_owned()),
            Source::Config(_) => call("encoded", "value".to_owned()),
        }
    }

    fn write_level(&mut self, object: &str, key: &str, field: &RecordField) -> Write {
        let lower = "event.level.as_lower()".to_owned();
        let call = |method: &str, value: String| {
            Write::Call(Expr::call(
                format!("{object}.{method}"),
                [Expr::text(key), Expr::text(value)],
            ))
        };
        let is_mapped = field.encoding == Some(ValueEncoding::LevelMap);
        if !is_mapped || self.spec.payload.levels.is_empty() {
            return call("string", lower);
        }
        let name = match &self.out.levels {
            Some(table) => table.function.clone(),
            None => snake(&field.name),
        };
        let table = self
            .out
            .levels
            .get_or_insert_with(|| levels::table(&name, &self.spec.payload.levels));
        let value = format!("{name}(&event.level)");
        self.out.uses.push("Level");
        if table.is_text {
            call("string", value)
        } else {
            call("value", format!("&{value}"))
        }
    }

    /// The path as an expression: in place when short, else a constant.
    fn path(&mut self, field: &str, path: &[String]) -> String {
        let items: Vec<_> = path.iter().map(|key| literal(key)).collect();
        let inline = format!("&[{}]", items.join(", "));
        if inline.chars().count() <= INLINE_WIDTH {
            return inline;
        }
        let stem: String = snake(field).to_uppercase().chars().take(24).collect();
        let name = unique(&format!("{stem}_PATH"), &mut self.names);
        let slice = Expr::slice(items.into_iter().map(Expr::Text));
        let constant = statement(0, &format!("const {name}: &[&str] = "), &slice, ";");
        self.out.constants.push(format!(
            "/// Where an event has `{}`.\n{constant}",
            super::text::plain(&field.replace('`', "'"))
        ));
        name
    }

    /// The encoder's field that holds a setting.
    fn setting(&mut self, config: &str, comma_pairs: bool) -> String {
        let known = self
            .out
            .settings
            .iter()
            .find(|s| s.config == config && s.comma_pairs == comma_pairs);
        if let Some(known) = known {
            return known.field.clone();
        }
        let field = unique(&snake(config), &mut self.names);
        let setting = Setting {
            config: config.to_owned(),
            field: field.clone(),
            comma_pairs,
        };
        self.out.settings.push(setting);
        field
    }
}

/// How a value is written.
enum Write {
    /// One call.
    Call(Expr),
    /// `HEAD, |out| { STATEMENT });`
    Closure(String, String),
}

fn indented(indent: usize, write: Write) -> String {
    match write {
        Write::Call(call) => format!("{}\n", statement(indent, "", &call, ";")),
        Write::Closure(head, inner) => {
            let (space, deeper) = (" ".repeat(indent), " ".repeat(indent + 4));
            format!("{space}{head}, |out| {{\n{deeper}{inner}\n{space}}});\n")
        }
    }
}

fn write_timestamp(object: &str, key: &str, encoding: Option<ValueEncoding>) -> Write {
    let (method, push) = match encoding {
        Some(ValueEncoding::UnixMs) => {
            let value = Expr::text("event.timestamp.as_unix_millis()");
            return Write::Call(Expr::call(
                format!("{object}.i64"),
                [Expr::text(key), value],
            ));
        }
        Some(ValueEncoding::UnixSeconds) => ("raw", "push_unix_seconds"),
        Some(ValueEncoding::UnixNsText) => ("quoted", "push_unix_nanos"),
        Some(ValueEncoding::Rfc3339Ns) => ("quoted", "push_rfc3339_nanos"),
        _ => ("quoted", "push_rfc3339_millis"),
    };
    Write::Closure(
        format!("{object}.{method}({key}"),
        format!("event.timestamp.{push}(out);"),
    )
}

fn merge(object: &str, rest: &Rest) -> String {
    let part = part_name(rest.from);
    let value = Expr::text(format!("&event.{part}"));
    let call = if let Some(key) = &rest.into {
        let key = Expr::text(literal(&json_key(key)));
        Expr::call(format!("{object}.map"), [key, value])
    } else {
        let default = || format!("{part}.");
        let prefix = rest.clash_prefix.clone().unwrap_or_else(default);
        let args = [value, Expr::text("&TAKEN"), Expr::text(literal(&prefix))];
        Expr::call(format!("{object}.merge"), args)
    };
    format!("{}\n", statement(8, "", &call, ";"))
}

fn constant_call(object: &str, key: &str, constant: &Value) -> Expr {
    let (method, value) = match constant {
        Value::String(text) => ("string", literal(text)),
        Value::Number(number) if number.is_i64() => ("i64", number.to_string()),
        other => ("encoded", byte_literal(&other.to_string())),
    };
    Expr::call(
        format!("{object}.{method}"),
        [Expr::text(key), Expr::text(value)],
    )
}

/// A key as it stands between the quotes of JSON.
#[must_use]
pub fn json_key(key: &str) -> String {
    let quoted = Value::from(key).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// What the encoder's template needs.
#[must_use]
pub fn context(spec: &Spec) -> minijinja::Value {
    let lowered = lower(spec);
    let mut fields: Vec<minijinja::Value> = lowered
        .settings
        .iter()
        .map(|setting| state(spec, setting))
        .collect();
    if let Framing::ActionLines { action } = &spec.payload.framing {
        fields.push(context! { name => "action", type => "Vec<u8>", value => framing::action(spec, action).0 });
    }
    for (name, kind, value) in streams::state(spec, &spec.payload.framing) {
        fields.push(context! { name, type => kind, value });
    }
    let mut functions = lowered
        .levels
        .as_ref()
        .map(level_function)
        .unwrap_or_default();
    if let Framing::ActionLines { action } = &spec.payload.framing {
        functions += &framing::action(spec, action).1;
    }
    context! {
        title_doc => config::title(spec),
        prefix => type_prefix(spec),
        uses => uses(spec, &lowered),
        constants => lowered.constants.clone(),
        fields => fields,
        methods => block(methods(spec, &lowered).trim_start_matches('\n')),
        record => block(record(spec, &lowered)),
        payload => block(framing::payload(&spec.payload.framing)),
        functions => block(functions.trim_start_matches('\n')),
    }
}

/// Whether the encoder has settings to encode.
#[must_use]
pub fn needs_constants(spec: &Spec) -> bool {
    !lower(spec).settings.is_empty()
        || matches!(&spec.payload.framing, Framing::ActionLines { action } if !framing::holes(spec, &action.to_string()).is_empty())
}

/// A field of the encoder with a setting encoded once.
fn state(spec: &Spec, setting: &Setting) -> minijinja::Value {
    let Some(field) = find(spec, &setting.config) else {
        return minijinja::Value::UNDEFINED;
    };
    let function = match (field.spec.kind, setting.comma_pairs) {
        (FieldType::Map, true) => "comma_pairs",
        (FieldType::Map, false) => "object",
        (FieldType::List, _) => "list",
        (FieldType::String | FieldType::Url | FieldType::Enum | FieldType::Secret, _) => "text",
        _ => "json",
    };
    let config = format!("config.{}", field.name);
    let is_text = function == "text";
    let value = match (field.is_optional(), is_text) {
        (true, true) if field.spec.kind == FieldType::Enum => {
            format!("{config}.and_then(|choice| constant::text(choice.as_str()))")
        }
        (true, true) => format!("{config}.as_deref().and_then(constant::text)"),
        (true, false) => format!("{config}.as_ref().map(constant::json)"),
        (false, true) => format!("constant::text({})", reference(&field.shown(&config))),
        (false, false) if function == "json" => format!("Some(constant::json(&{config}))"),
        (false, false) => format!("constant::{function}(&{config})"),
    };
    context! { name => setting.field.clone(), type => "Option<Vec<u8>>", value }
}

fn reference(shown: &str) -> String {
    if shown.ends_with(')') {
        shown.to_owned()
    } else {
        format!("&{shown}")
    }
}

fn uses(spec: &Spec, lowered: &Encoder) -> Vec<String> {
    let mut names = vec!["Encoder", "Event", "Group", "Record"];
    names.extend(lowered.uses.iter());
    if mentions(&lowered.record, "JsonObject")
        || !matches!(spec.payload.record, RecordShape::StreamEntry { .. })
    {
        names.push("JsonObject");
    }
    if lowered.inner.is_some() {
        names.push("JsonObject");
    }
    if mentions(&methods(spec, lowered), "lookup(") {
        names.push("lookup");
    }
    let mut lines = Vec::new();
    if lowered.levels.as_ref().is_some_and(|table| !table.is_text) {
        lines.push("use serde_json::Value;".to_owned());
        lines.push(String::new());
    }
    lines.push(use_names("super::super::cloud_sink_base", &names));
    if !lowered.settings.is_empty() || needs_constants(spec) {
        lines.push("use super::super::cloud_sink_parts::constant;".to_owned());
    }
    if matches!(spec.payload.framing, Framing::GroupedStreams { .. }) {
        let mut names = vec!["self", "Labels", "StreamEntry", "Streams"];
        if streams::state(spec, &spec.payload.framing)
            .iter()
            .any(|(_, kind, _)| kind.contains("LabelField"))
        {
            names.push("LabelField");
        }
        lines.push(use_names("super::super::cloud_sink_parts::streams", &names));
    }
    lines.push(format!(
        "use super::config::{}SinkConfig;",
        type_prefix(spec)
    ));
    lines
}

/// The statements of `encode`.
fn record(spec: &Spec, lowered: &Encoder) -> String {
    match &spec.payload.record {
        RecordShape::Object { .. } => format!(
            "        let mut record = JsonObject::begin(out);\n{}        record.end();\n        None\n",
            lowered.record
        ),
        RecordShape::StreamEntry { .. } => format!(
            "        let mut entry = StreamEntry::begin(out, event.timestamp);\n{}        entry.end();\n        Some(self.streams.group(|set| self.write_labels(event, set)))\n",
            lowered.record
        ),
    }
}

/// Methods besides `new`.
fn methods(spec: &Spec, lowered: &Encoder) -> String {
    let mut out = String::new();
    if matches!(spec.payload.framing, Framing::ActionLines { .. }) {
        out += "\n    /// Bytes of the line before each record, its end excepted.\n    #[must_use]\n    pub fn action_len(&self) -> usize {\n        self.action.len()\n    }\n";
    }
    if let Framing::GroupedStreams { labels, .. } = &spec.payload.framing {
        out += &streams::labels(spec, labels);
    }
    if let Some(inner) = &lowered.inner {
        let (object, what) = match spec.payload.record {
            RecordShape::Object { .. } => ("object", "The event inside its wrapper."),
            RecordShape::StreamEntry { .. } => ("line", "The line of a stream's entry."),
        };
        let receiver = if mentions(inner, "self.") {
            "&self, "
        } else {
            ""
        };
        out += &format!(
            "\n    /// {what}\n    fn write_event({receiver}event: &Event, out: &mut Vec<u8>) {{\n        let mut {object} = JsonObject::begin(out);\n{inner}        {object}.end();\n    }}\n"
        );
    }
    out
}

fn level_function(table: &LevelTable) -> String {
    let (name, result) = (
        &table.function,
        if table.is_text { "&str" } else { "Value" },
    );
    let arms: String = table
        .arms
        .iter()
        .map(|arm| format!("        {arm}\n"))
        .collect();
    format!(
        "\n/// The provider's word for a level; others keep their names.\nfn {name}(level: &Level) -> {result} {{\n    match level {{\n{arms}    }}\n}}\n"
    )
}

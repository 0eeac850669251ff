//! The record shape of a spec as statements, and what these need around them.

use super::super::layout::{Expr, line};
use super::super::mentions::mentions;
use super::super::names::{snake, unique};
use super::super::text::literal;
use super::given::{Given, is_setting};
use super::levels::LevelTable;
use crate::languages::common::framing::json_key;
use crate::spec::model::{Framing, RecordField, RecordShape, Rest, Spec};
use crate::spec::resolve::taken_keys;

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
    /// Statements over settings that have a method of their own, so that their caller stays short.
    pub given: Option<Given>,
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
    /// Whether it is written as one text, items or pairs joined by commas.
    pub is_joined: bool,
}

/// Lowers the record shape of `spec`.
#[must_use]
pub fn lower(spec: &Spec) -> Encoder {
    let mut lowering = Lowering {
        spec,
        out: Encoder::default(),
        names: Vec::new(),
    };
    lowering.shape(&spec.payload.record);
    if matches!(spec.payload.framing, Framing::ActionLines { .. }) {
        lowering.names.push("action".to_owned());
    }
    lowering.out.uses.sort_unstable();
    lowering.out.uses.dedup();
    lowering.out
}

pub(super) struct Lowering<'a> {
    pub spec: &'a Spec,
    pub out: Encoder,
    /// Names of constants and of the encoder's fields.
    pub names: Vec<String>,
}

impl Lowering<'_> {
    fn shape(&mut self, shape: &RecordShape) {
        let (record, inner) = match shape {
            RecordShape::Object {
                fields,
                rest,
                reserved,
                wrap: None,
            } => (self.object("record", fields, rest, reserved), None),
            RecordShape::Object {
                fields,
                rest,
                reserved,
                wrap: Some(wrap),
            } => {
                let mut record = self.object("record", &wrap.fields, &[], &[]);
                let inner = self.object("object", fields, rest, reserved);
                let (key, write) = (literal(&json_key(&wrap.key)), inner_path(&inner));
                record += &format!(
                    "        record.raw({key}, |out| {{\n            {write}(event, out);\n        }});\n"
                );
                (record, Some(inner))
            }
            RecordShape::StreamEntry {
                fields,
                rest,
                reserved,
                metadata,
            } => {
                let inner = self.object("line", fields, rest, reserved);
                let write = inner_path(&inner);
                let mut record = format!("        entry.line(|out| {write}(event, out));\n");
                for field in metadata {
                    record += &self.field("entry", field);
                }
                (record, Some(inner))
            }
        };
        self.out.record = record;
        self.out.inner = inner;
    }

    /// Statements for the fields and the rest of one object.
    fn object(
        &mut self,
        object: &str,
        fields: &[RecordField],
        rest: &[Rest],
        reserved: &[String],
    ) -> String {
        let taken = rest.iter().any(|rest| rest.into.is_none());
        let taken = taken.then(|| taken_keys(fields, rest, reserved));
        let fields: Vec<_> = fields
            .iter()
            .map(|field| (is_setting(field), self.field(object, field)))
            .collect();
        let mut body = self.split(object, &fields);
        if let Some(taken) = taken {
            self.taken(&taken);
        }
        for rest in rest {
            body += &merge(object, rest);
        }
        body
    }

    /// The constant with the keys a merged field must not take.
    fn taken(&mut self, keys: &[&str]) {
        let head = format!("const TAKEN: [&str; {}] = ", keys.len());
        let array = Expr::array("", keys.iter().map(|key| literal(key)));
        self.constant(
            "Keys of a record that a merged field must not take.",
            &head,
            &array,
        );
    }

    /// A constant above the type.
    pub fn constant(&mut self, doc: &str, head: &str, value: &Expr) {
        let constant = line(0, head, value);
        let constant = format!("/// {doc}\n{}", constant.trim_end());
        self.out.constants.push(constant);
    }

    /// The encoder's field that holds a setting.
    pub fn setting(&mut self, config: &str, is_joined: bool) -> String {
        let mut known = self.out.settings.iter();
        if let Some(known) = known.find(|s| s.config == config && s.is_joined == is_joined) {
            return known.field.clone();
        }
        let field = unique(&snake(config), &mut self.names);
        self.out.settings.push(Setting {
            config: config.to_owned(),
            field: field.clone(),
            is_joined,
        });
        field
    }
}

/// The function that writes the inner object.
fn inner_path(inner: &str) -> &'static str {
    if mentions(inner, "self.") {
        "self.write_event"
    } else {
        "Self::write_event"
    }
}

/// The statement for the keys of a part that no field names.
fn merge(object: &str, rest: &Rest) -> String {
    let part = format!("&event.{}", rest.from.name());
    let call = match &rest.into {
        Some(key) => Expr::call(format!("{object}.map"), [literal(&json_key(key)), part]),
        None => Expr::call(
            format!("{object}.merge"),
            [part, "&TAKEN".to_owned(), literal(&rest.prefix())],
        ),
    };
    line(8, "", &call)
}

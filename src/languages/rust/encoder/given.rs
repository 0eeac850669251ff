//! Fields that settings give: in a record with many fields they have a method of their own.

use super::super::mentions::mentions;
use super::lower::Lowering;
use crate::spec::model::RecordField;
use crate::spec::resolve::Reference;

/// Lines that the fields of an object may have before some of them get a method of their own.
const BODY_LINES: usize = 18;

/// Lines that are worth one.
const GIVEN_LINES: usize = 5;

/// Statements over settings.
#[derive(Debug)]
pub struct Given {
    /// The variable of the object's writer.
    pub object: String,
    /// The statements.
    pub statements: String,
}

impl Given {
    /// The method that writes them.
    #[must_use]
    pub fn method(&self) -> String {
        let Self { object, statements } = self;
        let event = if mentions(statements, "event.") {
            "event: &Event, "
        } else {
            ""
        };
        format!(
            "\n    /// Fields that settings give, or the event where they do not.\n    fn write_settings(&self, {event}{object}: &mut JsonObject<'_>) {{\n{statements}    }}\n"
        )
    }
}

impl Lowering<'_> {
    /// The statements of `fields`. Of many, those that settings give go to a method of their own.
    pub fn split(&mut self, object: &str, fields: &[(bool, String)]) -> String {
        let statements: String = fields.iter().map(|(_, field)| field.as_str()).collect();
        let runs = fields.chunk_by(|(a, _), (b, _)| a == b);
        let given = runs.filter(|run| run[0].0).max_by_key(|run| run.len());
        let given: String = given
            .unwrap_or_default()
            .iter()
            .map(|(_, field)| field.as_str())
            .collect();
        let is_long = statements.lines().count() > BODY_LINES;
        if !is_long || given.lines().count() < GIVEN_LINES || self.out.given.is_some() {
            return statements;
        }
        let event = if mentions(&given, "event.") {
            "event, "
        } else {
            ""
        };
        let call = format!("        self.write_settings({event}&mut {object});\n");
        let statements = statements.replacen(&given, &call, 1);
        self.out.given = Some(Given {
            object: object.to_owned(),
            statements: given,
        });
        statements
    }
}

/// Whether a setting gives the field, if only by default.
pub(super) fn is_setting(field: &RecordField) -> bool {
    let mut sources = field.from.sources().into_iter();
    field.constant.is_none() && sources.any(|source| matches!(source, Reference::Config(_)))
}

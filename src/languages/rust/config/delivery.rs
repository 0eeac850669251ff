//! Delivery settings whose default differs from the runtime's.

use super::super::text::title;
use crate::spec::model::Spec;
use crate::spec::resolve::DeliveryValue;
use crate::text::number;

/// The function with those settings; empty where the runtime's defaults suit.
pub fn function(spec: &Spec) -> String {
    let fields: String = spec
        .delivery
        .changed()
        .into_iter()
        .map(|(name, value)| format!("        {}: {},\n", field(name), expression(value)))
        .collect();
    if fields.is_empty() {
        return fields;
    }
    format!(
        "/// Delivery settings that suit {}.\nfn delivery() -> DeliveryConfig {{\n    DeliveryConfig {{\n{fields}        ..DeliveryConfig::default()\n    }}\n}}\n",
        title(spec)
    )
}

/// The field of `DeliveryConfig` that holds a setting; its type says the unit.
fn field(setting: &str) -> &str {
    match setting {
        "batch_timeout_seconds" => "batch_timeout",
        "timeout_seconds" => "attempt_timeout",
        other => other,
    }
}

fn expression(value: DeliveryValue) -> String {
    match value {
        DeliveryValue::Count(count) => number(count),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be a small whole number"
        )]
        DeliveryValue::Seconds(whole) if whole.fract() == 0.0 && whole >= 0.0 => {
            format!("Duration::from_secs({})", number(whole as u64))
        }
        DeliveryValue::Seconds(other) => format!("Duration::from_secs_f64({other:?})"),
    }
}

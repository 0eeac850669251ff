//! How a sink is put together: the statements of `parts`.

use super::super::fields::find;
use super::super::text::literal;
use crate::spec::model::{Framing, Spec};

/// A sink over the runtime's HTTP client. An action line is counted once its settings are known.
pub fn http(spec: &Spec) -> String {
    let (prefix, name) = (spec.type_prefix(), literal(&spec.id));
    let (adjust, limits) = match &spec.payload.framing {
        Framing::ActionLines { .. } => (
            "    let mut limits = LIMITS;\n    limits.sizing.record += encoder.action_len();\n",
            "limits",
        ),
        _ => ("", "limits: LIMITS"),
    };
    format!(
        "    let encoder = Arc::new({prefix}Encoder::new(&config));
{adjust}    Ok(SinkParts {{
        name: {name},
        encoder: encoder.clone(),
        {limits},
        delivery: config.delivery.clone(),
        transport: Box::new(move || {{
            let transport = {prefix}Transport::new(&config, encoder)?;
            Ok(Arc::new(transport))
        }}),
    }})\n"
    )
}

/// A sink over the AWS SDK. Its transport takes its options by name; a setting the spec does not
/// have is unset.
pub fn sdk(spec: &Spec) -> String {
    let (prefix, name) = (spec.type_prefix(), literal(&spec.id));
    let options: String = [
        given(spec, "log_group", "String::new()"),
        given(spec, "log_stream", "String::new()"),
        optional(spec, "region"),
        optional(spec, "endpoint_url"),
        given(spec, "create_log_group", "true"),
        given(spec, "create_log_stream", "true"),
    ]
    .concat();
    let retention = match find(spec, "retention_days") {
        Some(_) => {
            "config
            .retention_days
            .and_then(|days| i32::try_from(days).ok())"
        }
        None => "None",
    };
    format!(
        "    let delivery = config.delivery.clone();
    let encoder = Arc::new({prefix}Encoder::new(&config));
    let options = CloudWatchOptions {{
{options}        retention_days: {retention},
        attempt_timeout: delivery.attempt_timeout,
    }};
    Ok(SinkParts {{
        name: {name},
        encoder,
        limits: LIMITS,
        delivery,
        transport: Box::new(move || Ok(Arc::new(CloudWatchTransport::new(options)))),
    }})\n"
    )
}

/// An option that has a value in any case.
fn given(spec: &Spec, key: &str, absent: &str) -> String {
    let value = find(spec, key).map(|field| format!("config.{}", field.name));
    format!("        {key}: {},\n", value.as_deref().unwrap_or(absent))
}

/// An option that may be unset.
fn optional(spec: &Spec, key: &str) -> String {
    let value = match find(spec, key) {
        None => "None".to_owned(),
        Some(field) if field.is_optional() => format!("config.{}", field.name),
        Some(field) => format!("Some(config.{})", field.name),
    };
    format!("        {key}: {value},\n")
}

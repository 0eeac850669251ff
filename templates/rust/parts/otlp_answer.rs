//! Answers of OTLP receivers, which come as protobuf where the request was protobuf.
//!
//! They become the JSON text that the provider's rules read: `ExportLogsServiceResponse` of an answer
//! that says yes, `google.rpc.Status` of one that says no.

/// The JSON text of an answer's body; `None` where the body is not protobuf.
///
/// A receiver that stored everything may answer with nothing at all, which is the empty message.
#[must_use]
pub fn json(status: u16, content_type: Option<&str>, body: &[u8]) -> Option<Vec<u8>> {
    let is_yes = (200..300).contains(&status);
    if body.is_empty() && is_yes {
        return Some(b"{}".to_vec());
    }
    if !content_type.is_some_and(is_protobuf) {
        return None;
    }
    let text = if is_yes {
        let mut members = Vec::new();
        for (number, value) in fields(body)? {
            if let (1, Value::Bytes(partial)) = (number, value) {
                let partial = object(partial, "rejectedLogRecords", "errorMessage")?;
                members.push(format!("\"partialSuccess\":{partial}"));
            }
        }
        // A field that comes twice counts as it came last.
        format!("{{{}}}", members.pop().unwrap_or_default())
    } else {
        object(body, "code", "message")?
    };
    Some(text.into_bytes())
}

/// Whether a content type is that of protobuf.
#[must_use]
pub fn is_protobuf(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    ["application/x-protobuf", "application/protobuf"]
        .iter()
        .any(|known| kind.eq_ignore_ascii_case(known))
}

/// A message of a number and a text as a JSON object.
fn object(message: &[u8], number_name: &str, text_name: &str) -> Option<String> {
    let (mut found, mut text) = (None, None);
    for (number, value) in fields(message)? {
        match (number, value) {
            (1, Value::Number(value)) => found = Some(value),
            (2, Value::Bytes(bytes)) => text = Some(String::from_utf8_lossy(bytes).into_owned()),
            _ => {}
        }
    }
    let found = found.map(|value| format!("\"{number_name}\":{}", value.cast_signed()));
    let text = text.map(|text| format!("\"{text_name}\":{}", serde_json::Value::from(text)));
    let members: Vec<String> = found.into_iter().chain(text).collect();
    Some(format!("{{{}}}", members.join(",")))
}

enum Value<'m> {
    Number(u64),
    Bytes(&'m [u8]),
}

/// Numbers and values of a message's fields; `None` where it is cut off or no message.
fn fields(mut message: &[u8]) -> Option<Vec<(u64, Value<'_>)>> {
    let mut fields = Vec::new();
    while !message.is_empty() {
        let tag = take_varint(&mut message)?;
        let value = match tag & 7 {
            0 => Value::Number(take_varint(&mut message)?),
            1 => Value::Bytes(take(&mut message, 8)?),
            2 => {
                let length = take_varint(&mut message)?;
                Value::Bytes(take(&mut message, usize::try_from(length).ok()?)?)
            }
            5 => Value::Bytes(take(&mut message, 4)?),
            _ => return None,
        };
        fields.push((tag >> 3, value));
    }
    Some(fields)
}

fn take<'m>(message: &mut &'m [u8], length: usize) -> Option<&'m [u8]> {
    let (taken, rest) = message.split_at_checked(length)?;
    *message = rest;
    Some(taken)
}

fn take_varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *take(message, 1)?.first()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

//! A strict reader of OTLP log requests in protobuf, which shares no code with what writes them.
//!
//! It gives the JSON form of the same request, fields in the order they came, and refuses what a
//! receiver would: unknown fields, other wire types, identifiers of another length.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value as Json, json};

/// Messages within messages; a value of an event nests no deeper.
const MAX_DEPTH: usize = 128;

/// The JSON form of a request.
#[derive(Debug, PartialEq)]
pub struct Decoded {
    /// Its text.
    pub json: String,
    /// Bytes of each record on the wire, its tag and length included.
    pub record_bytes: Vec<usize>,
}

/// Messages of `opentelemetry/proto/collector/logs/v1` and those they hold.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Message {
    Request,
    ResourceLogs,
    Resource,
    ScopeLogs,
    Scope,
    LogRecord,
    AnyValue,
    ArrayValue,
    KeyValueList,
    KeyValue,
}

/// Types of fields.
enum Type {
    Text,
    Bytes,
    Identifier(usize),
    Uint32,
    Int64,
    Bool,
    Fixed32,
    Fixed64,
    Double,
    One(Message),
    Many(Message),
}

/// Name and type of a field.
const fn field(message: Message, number: u64) -> Option<(&'static str, Type)> {
    use Message as M;
    Some(match (message, number) {
        (M::Request, 1) => ("resourceLogs", Type::Many(M::ResourceLogs)),
        (M::ResourceLogs, 1) => ("resource", Type::One(M::Resource)),
        (M::ResourceLogs, 2) => ("scopeLogs", Type::Many(M::ScopeLogs)),
        (M::ScopeLogs, 1) => ("scope", Type::One(M::Scope)),
        (M::ScopeLogs, 2) => ("logRecords", Type::Many(M::LogRecord)),
        (M::ResourceLogs | M::ScopeLogs, 3) => ("schemaUrl", Type::Text),
        (M::Scope, 1) => ("name", Type::Text),
        (M::Scope, 2) => ("version", Type::Text),
        (M::Resource, 1) | (M::Scope, 3) | (M::LogRecord, 6) => {
            ("attributes", Type::Many(M::KeyValue))
        }
        (M::Resource, 2) | (M::Scope, 4) | (M::LogRecord, 7) => {
            ("droppedAttributesCount", Type::Uint32)
        }
        (M::LogRecord, 1) => ("timeUnixNano", Type::Fixed64),
        (M::LogRecord, 2) => ("severityNumber", Type::Uint32),
        (M::LogRecord, 3) => ("severityText", Type::Text),
        (M::LogRecord, 5) => ("body", Type::One(M::AnyValue)),
        (M::LogRecord, 8) => ("flags", Type::Fixed32),
        (M::LogRecord, 9) => ("traceId", Type::Identifier(16)),
        (M::LogRecord, 10) => ("spanId", Type::Identifier(8)),
        (M::LogRecord, 11) => ("observedTimeUnixNano", Type::Fixed64),
        (M::LogRecord, 12) => ("eventName", Type::Text),
        (M::AnyValue, 1) => ("stringValue", Type::Text),
        (M::AnyValue, 2) => ("boolValue", Type::Bool),
        (M::AnyValue, 3) => ("intValue", Type::Int64),
        (M::AnyValue, 4) => ("doubleValue", Type::Double),
        (M::AnyValue, 5) => ("arrayValue", Type::One(M::ArrayValue)),
        (M::AnyValue, 6) => ("kvlistValue", Type::One(M::KeyValueList)),
        (M::AnyValue, 7) => ("bytesValue", Type::Bytes),
        (M::ArrayValue, 1) => ("values", Type::Many(M::AnyValue)),
        (M::KeyValueList, 1) => ("values", Type::Many(M::KeyValue)),
        (M::KeyValue, 1) => ("key", Type::Text),
        (M::KeyValue, 2) => ("value", Type::One(M::AnyValue)),
        _ => return None,
    })
}

/// Reads a request.
///
/// # Errors
///
/// What of it is not as documented.
pub fn decode(body: &[u8]) -> Result<Decoded, String> {
    let mut reader = Reader {
        record_bytes: Vec::new(),
    };
    let json = reader.message(Message::Request, body, 0)?;
    Ok(Decoded {
        json: json.to_string(),
        record_bytes: reader.record_bytes,
    })
}

struct Reader {
    record_bytes: Vec<usize>,
}

impl Reader {
    fn message(&mut self, message: Message, bytes: &[u8], depth: usize) -> Result<Json, String> {
        if depth > MAX_DEPTH {
            return Err("protobuf: messages are nested too deep".to_owned());
        }
        let mut found = Map::new();
        if matches!(message, Message::ArrayValue | Message::KeyValueList) {
            found.insert("values".to_owned(), json!([]));
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            let whole = rest.len();
            let tag = varint(&mut rest)?;
            let (name, kind) = field(message, tag >> 3)
                .ok_or_else(|| format!("protobuf: {message:?} has no field {}", tag >> 3))?;
            let wire = wire_value(&mut rest, tag & 7)?;
            let is_list = matches!(kind, Type::Many(_));
            if matches!(kind, Type::Many(Message::LogRecord)) {
                self.record_bytes.push(whole - rest.len());
            }
            let value = self
                .value(&kind, &wire, depth)?
                .ok_or_else(|| format!("protobuf: `{name}` is no {}", expected(&kind)))?;
            if is_list {
                let list = found.entry(name).or_insert_with(|| json!([]));
                list.as_array_mut()
                    .expect("a list under this name")
                    .push(value);
            } else if found.insert(name.to_owned(), value).is_some() {
                return Err(format!("protobuf: `{name}` stands twice"));
            }
        }
        Ok(Json::Object(found))
    }

    /// `None` where the type is another.
    fn value(
        &mut self,
        kind: &Type,
        wire: &Wire<'_>,
        depth: usize,
    ) -> Result<Option<Json>, String> {
        Ok(match (kind, *wire) {
            (Type::One(inner) | Type::Many(inner), Wire::Bytes(bytes)) => {
                Some(self.message(*inner, bytes, depth + 1)?)
            }
            (Type::Text, Wire::Bytes(bytes)) => std::str::from_utf8(bytes).ok().map(Json::from),
            (Type::Bytes, Wire::Bytes(bytes)) => Some(BASE64.encode(bytes).into()),
            (Type::Identifier(length), Wire::Bytes(bytes)) if bytes.len() == *length => {
                let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
                Some(digits.collect::<String>().into())
            }
            (Type::Uint32, Wire::Varint(value)) => u32::try_from(value).ok().map(Json::from),
            (Type::Int64, Wire::Varint(value)) => Some(value.cast_signed().to_string().into()),
            (Type::Bool, Wire::Varint(value)) => (value < 2).then_some(Json::from(value == 1)),
            (Type::Fixed32, Wire::Four(bytes)) => Some(u32::from_le_bytes(bytes).into()),
            (Type::Fixed64, Wire::Eight(bytes)) => {
                Some(u64::from_le_bytes(bytes).to_string().into())
            }
            (Type::Double, Wire::Eight(bytes)) => Some(f64::from_le_bytes(bytes).into()),
            _ => None,
        })
    }
}

const fn expected(kind: &Type) -> &'static str {
    match kind {
        Type::Text => "UTF-8 text",
        Type::Bytes => "bytes",
        Type::Identifier(_) => "identifier of its length",
        Type::Uint32 => "number of 32 bits",
        Type::Int64 => "number of 64 bits",
        Type::Bool => "truth value",
        Type::Fixed32 => "number of four bytes",
        Type::Fixed64 | Type::Double => "number of eight bytes",
        Type::One(_) | Type::Many(_) => "message",
    }
}

/// A value as it stands on the wire.
#[derive(Clone, Copy)]
enum Wire<'b> {
    Varint(u64),
    Eight([u8; 8]),
    Bytes(&'b [u8]),
    Four([u8; 4]),
}

fn wire_value<'b>(rest: &mut &'b [u8], wire: u64) -> Result<Wire<'b>, String> {
    Ok(match wire {
        0 => Wire::Varint(varint(rest)?),
        1 => Wire::Eight(fixed(rest)?),
        2 => {
            let length = varint(rest)?;
            let cut = || format!("protobuf: {length} bytes announced, {} left", rest.len());
            let length = usize::try_from(length).map_err(|_| cut())?;
            let (taken, after) = rest.split_at_checked(length).ok_or_else(cut)?;
            *rest = after;
            Wire::Bytes(taken)
        }
        5 => Wire::Four(fixed(rest)?),
        other => return Err(format!("protobuf: wire type {other}")),
    })
}

fn fixed<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], String> {
    let (taken, after) = rest
        .split_first_chunk()
        .ok_or("protobuf: a number is cut off")?;
    *rest = after;
    Ok(*taken)
}

fn varint(rest: &mut &[u8]) -> Result<u64, String> {
    let mut value = 0_u64;
    for place in 0..10 {
        let (byte, after) = rest.split_first().ok_or("protobuf: a number is cut off")?;
        *rest = after;
        value |= u64::from(byte & 127) << (7 * place);
        if byte & 128 == 0 {
            return Ok(value);
        }
    }
    Err("protobuf: a number is longer than ten bytes".to_owned())
}

#[cfg(test)]
mod tests {
    use super::decode;

    fn problem(body: &[u8]) -> String {
        decode(body).expect_err("refused")
    }

    #[test]
    fn a_request_reads_as_its_json_form() {
        // resourceLogs { scopeLogs { scope { name: "a" } logRecords { severityNumber: 9 } } }
        let body = b"\x0a\x0b\x12\x09\x0a\x03\x0a\x01a\x12\x02\x10\x09";

        let found = decode(body).expect("a request");

        let json = r#"{"resourceLogs":[{"scopeLogs":[{"scope":{"name":"a"},"logRecords":[{"severityNumber":9}]}]}]}"#;
        assert_eq!((json, vec![4]), (&*found.json, found.record_bytes));
    }

    #[test]
    fn what_is_no_request_is_refused() {
        assert_eq!("protobuf: Request has no field 15", problem(b"\x7a\x00"));
        assert_eq!(
            "protobuf: `resourceLogs` is no message",
            problem(b"\x08\x01")
        );
        assert_eq!(
            "protobuf: 5 bytes announced, 1 left",
            problem(b"\x0a\x05\x12")
        );
        assert_eq!(
            "protobuf: `traceId` is no identifier of its length",
            problem(b"\x0a\x07\x12\x05\x12\x03\x4a\x01\x01")
        );
        assert_eq!("protobuf: a number is cut off", problem(b"\x8a"));
        assert_eq!(
            "protobuf: messages are nested too deep",
            problem(&nested(200))
        );
    }

    /// A record whose body is a list of a list of a list.
    fn nested(depth: usize) -> Vec<u8> {
        let mut body = Vec::new();
        let around = [0x0a, 0x12, 0x12, 0x2a].into_iter();
        let tags: Vec<u8> = around
            .chain([0x2a, 0x0a].into_iter().cycle())
            .take(depth)
            .collect();
        for tag in tags.into_iter().rev() {
            let mut outer = vec![tag];
            let mut length = body.len();
            while length >= 128 {
                outer.push(u8::try_from(length % 128).expect("seven bits") | 128);
                length /= 128;
            }
            outer.push(u8::try_from(length).expect("seven bits"));
            outer.append(&mut body);
            body = outer;
        }
        body
    }
}

//! The JSON Schema in the form the structure check walks.
//!
//! Compiled once from [`super::schema`]; knows exactly the constructs that schemars emits for the
//! model's types.

use std::sync::OnceLock;

use serde_json::Value as Json;

/// What a value may be.
#[derive(Debug)]
pub enum Shape {
    /// Anything.
    Any,
    /// Text.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number within bounds, both included.
    Integer {
        /// Least.
        min: i128,
        /// Largest.
        max: i128,
    },
    /// A number.
    Number,
    /// One of these texts.
    Word(Vec<String>),
    /// A list.
    List(Box<Shape>),
    /// A map with free keys.
    Map {
        /// Allowed keys; none means any.
        keys: Vec<String>,
        /// Its values.
        value: Box<Shape>,
    },
    /// A map with known keys.
    Object(Object),
    /// Objects told apart by the value of one key.
    Tagged {
        /// That key.
        tag: String,
        /// Its values, and the object each selects.
        variants: Vec<(String, Object)>,
    },
    /// The first that fits.
    Either(Vec<Shape>),
}

/// A map with known keys.
#[derive(Debug)]
pub struct Object {
    /// Keys and what stands under them, in the order of the type.
    pub fields: Vec<(String, Shape)>,
    /// Keys that must be there.
    pub required: Vec<String>,
}

/// The shape of a whole spec.
pub fn spec() -> &'static Shape {
    static SHAPE: OnceLock<Shape> = OnceLock::new();
    SHAPE.get_or_init(|| {
        let schema = super::schema::cached();
        compile(schema, &schema["$defs"])
    })
}

/// Recursion is bounded by the types: none contains itself.
fn compile(schema: &Json, definitions: &Json) -> Shape {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.trim_start_matches("#/$defs/");
        return compile(&definitions[name], definitions);
    }
    if let Some(alternatives) = schema["oneOf"].as_array() {
        return one_of(alternatives, definitions);
    }
    if let Some(alternatives) = schema["anyOf"].as_array() {
        let shapes = alternatives.iter().map(|a| compile(a, definitions));
        return Shape::Either(shapes.collect());
    }
    match schema["type"].as_str() {
        Some("string") => words(schema).map_or(Shape::Text, Shape::Word),
        Some("boolean") => Shape::Bool,
        Some("integer") => integer(schema),
        Some("number") => Shape::Number,
        Some("array") => Shape::List(Box::new(compile(&schema["items"], definitions))),
        Some("object") if schema.get("properties").is_some() => {
            Shape::Object(object(schema, None, definitions))
        }
        Some("object") => Shape::Map {
            keys: keys(&schema["propertyNames"], definitions),
            value: Box::new(compile(&schema["additionalProperties"], definitions)),
        },
        _ => Shape::Any,
    }
}

fn one_of(alternatives: &[Json], definitions: &Json) -> Shape {
    let all_words: Option<Vec<Vec<String>>> = alternatives.iter().map(words).collect();
    if let Some(words) = all_words {
        return Shape::Word(words.concat());
    }
    let mut tag = String::new();
    let mut variants = Vec::new();
    for alternative in alternatives {
        let fields = alternative["properties"].as_object().into_iter().flatten();
        for (key, field) in fields {
            if let Some(value) = field["const"].as_str() {
                tag.clone_from(key);
                let object = object(alternative, Some(key), definitions);
                variants.push((value.to_owned(), object));
            }
        }
    }
    Shape::Tagged { tag, variants }
}

/// The texts a schema allows, when it lists them.
fn words(schema: &Json) -> Option<Vec<String>> {
    if let Some(word) = schema["const"].as_str() {
        return Some(vec![word.to_owned()]);
    }
    let words = schema["enum"].as_array()?;
    words
        .iter()
        .map(|w| w.as_str().map(str::to_owned))
        .collect()
}

fn keys(schema: &Json, definitions: &Json) -> Vec<String> {
    match compile(schema, definitions) {
        Shape::Word(words) => words,
        _ => Vec::new(),
    }
}

fn integer(schema: &Json) -> Shape {
    if let Some(only) = schema["const"].as_i64() {
        let only = i128::from(only);
        return Shape::Integer {
            min: only,
            max: only,
        };
    }
    let (least, largest) = match schema["format"].as_str() {
        Some("uint8") => (0, i128::from(u8::MAX)),
        Some("uint16") => (0, i128::from(u16::MAX)),
        Some("uint32") => (0, i128::from(u32::MAX)),
        Some("uint" | "uint64") => (0, i128::from(u64::MAX)),
        _ => (i128::from(i64::MIN), i128::from(i64::MAX)),
    };
    Shape::Integer {
        min: schema["minimum"].as_i64().map_or(least, i128::from),
        max: schema["maximum"].as_i64().map_or(largest, i128::from),
    }
}

fn object(schema: &Json, tag: Option<&str>, definitions: &Json) -> Object {
    let fields = schema["properties"].as_object().into_iter().flatten();
    let required = schema["required"].as_array().into_iter().flatten();
    Object {
        fields: fields
            .filter(|(key, _)| Some(key.as_str()) != tag)
            .map(|(key, field)| (key.clone(), compile(field, definitions)))
            .collect(),
        required: required
            .filter_map(Json::as_str)
            .filter(|key| Some(*key) != tag)
            .map(str::to_owned)
            .collect(),
    }
}

//! Compression of request bodies: the parts that do it, the header that names it, the statement
//! that calls it.

use super::super::names::camel;
use super::super::text::literal;
use crate::spec::model::{Encoding, Spec};

/// Parts that compress bodies; each brings a crate of its own.
#[must_use]
pub fn codecs(offered: &[Encoding]) -> Vec<&'static str> {
    let compressed = offered
        .iter()
        .filter(|encoding| **encoding != Encoding::None);
    compressed.map(|encoding| encoding.word()).collect()
}

/// The function that makes bodies.
fn function(encoding: Encoding) -> String {
    match encoding {
        Encoding::None => "http::uncompressed".to_owned(),
        Encoding::Gzip | Encoding::Zstd => format!("{}::compress", encoding.word()),
    }
}

/// Whether some request names its encoding.
pub fn has_header(offered: &[Encoding]) -> bool {
    offered.iter().any(|encoding| *encoding != Encoding::None)
}

/// The statements that add the header.
pub fn header(offered: &[Encoding]) -> String {
    let chosen = "let encoding = HeaderValue::from_static(config.compression.as_str());";
    let insert = "headers.insert(CONTENT_ENCODING, encoding);";
    match offered {
        offered if !has_header(offered) => String::new(),
        [only] => format!(
            "        headers.insert(CONTENT_ENCODING, HeaderValue::from_static({}));\n",
            literal(only.word())
        ),
        offered if offered.contains(&Encoding::None) => format!(
            "        if config.compression != Compression::None {{\n            {chosen}\n            {insert}\n        }}\n"
        ),
        _ => format!("        {chosen}\n        {insert}\n"),
    }
}

/// The statement that makes a body.
pub fn compress(spec: &Spec) -> String {
    let offered = &spec.compression.offered;
    if offered.len() <= 1 {
        let codec = offered.first().copied().unwrap_or(Encoding::None);
        return format!("        let body = {}(write)?;\n", function(codec));
    }
    let arms: String = offered
        .iter()
        .map(|encoding| {
            let (variant, function) = (camel(encoding.word()), function(*encoding));
            format!("            Compression::{variant} => {function}(write)?,\n")
        })
        .collect();
    format!("        let body = match self.compression {{\n{arms}        }};\n")
}

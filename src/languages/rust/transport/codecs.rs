//! Compression of request bodies: the parts that do it, the header that names it, the statement
//! that calls it.

use super::super::names::camel;
use super::super::text::literal;
use crate::spec::model::{Encoding, Spec};

/// Parts that make bodies.
#[must_use]
pub fn codecs(offered: &[Encoding]) -> Vec<&'static str> {
    match offered {
        [] => vec![part(Encoding::None)],
        offered => offered.iter().map(|encoding| part(*encoding)).collect(),
    }
}

fn part(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::None => "uncompressed",
        Encoding::Gzip | Encoding::Zstd => encoding.word(),
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
        let codec = codecs(offered)[0];
        return format!("        let body = {codec}::compress(write)?;\n");
    }
    let arms: String = offered
        .iter()
        .map(|encoding| {
            let (variant, part) = (camel(encoding.word()), part(*encoding));
            format!("            Compression::{variant} => {part}::compress(write)?,\n")
        })
        .collect();
    format!("        let body = match self.compression {{\n{arms}        }};\n")
}

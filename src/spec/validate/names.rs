//! Which texts may become names: modules, types, fields, tests, variables, headers.

/// Settings every sink has; a provider's own field cannot take their name.
pub const DELIVERY_SETTINGS: [&str; 23] = [
    "batch_size",
    "batch_bytes",
    "batch_timeout_seconds",
    "max_retries",
    "retry_base_delay",
    "retry_max_delay",
    "timeout_seconds",
    "delivery_timeout_seconds",
    "max_in_flight",
    "queue_max_events",
    "queue_max_bytes",
    "overflow",
    "block_timeout_seconds",
    "dead_letter_path",
    "dead_letter_max_bytes",
    "ca_file",
    "client_cert_file",
    "client_key_file",
    "proxy",
    "dangerously_allow_plain_http",
    "compression",
    // The structs that hold the others.
    "connection",
    "delivery",
];

/// Words of Rust and Python that cannot be an identifier, or should not.
const KEYWORDS: [&str; 78] = [
    "abstract", "and", "as", "assert", "async", "await", "become", "box", "break", "case", "class",
    "const", "continue", "crate", "def", "del", "do", "dyn", "elif", "else", "enum", "except",
    "extern", "false", "final", "finally", "fn", "for", "from", "gen", "global", "if", "impl",
    "import", "in", "is", "lambda", "let", "loop", "macro", "match", "mod", "move", "mut", "none",
    "nonlocal", "not", "or", "override", "pass", "priv", "pub", "raise", "raw", "ref", "return",
    "safe", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof", "union",
    "unsafe", "unsized", "use", "virtual", "where", "while", "with", "yield", "print", "exec",
    "cls",
];

/// Modules and crates a generated crate already has.
const TAKEN_MODULES: [&str; 31] = [
    "alloc",
    "benches",
    "build",
    "bytes",
    "cloud_sink_base",
    "cloud_sink_parts",
    "config",
    "core",
    "encoder",
    "examples",
    "flate2",
    "http",
    "lib",
    "main",
    "mod",
    "proc_macro",
    "reqwest",
    "serde",
    "serde_json",
    "serde_saphyr",
    "settings",
    "sinks",
    "std",
    "test",
    "tests",
    "tokio",
    "tracing",
    "tracing_core",
    "tracing_subscriber",
    "transport",
    "zstd",
];

/// Names that no file can have on Windows.
const WINDOWS_DEVICES: [&str; 22] = [
    "aux", "con", "nul", "prn", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Why `text` cannot name a module of a generated crate.
pub fn bad_module(text: &str) -> Option<String> {
    if !(2..=32).contains(&text.len()) {
        return Some("it must have 2 to 32 characters".to_owned());
    }
    if let Some(why) = bad_identifier(text) {
        return Some(why);
    }
    if WINDOWS_DEVICES.contains(&text) {
        return Some("Windows has a device of that name".to_owned());
    }
    TAKEN_MODULES
        .contains(&text)
        .then(|| "a generated crate has a module or crate of that name".to_owned())
}

/// Why `text` cannot name a field or a function in Rust and Python.
pub fn bad_identifier(text: &str) -> Option<String> {
    let starts = text.starts_with(|c: char| c.is_ascii_lowercase());
    let inside = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if !starts || !text.bytes().all(inside) || text.len() > 80 {
        let rule = "it must be lower case letters, digits and `_`, a letter first";
        return Some(match text.chars().find(|c| !c.is_ascii()) {
            // Looks like a letter of ours, often.
            Some(other) => format!("{rule}; `{other}` is U+{:04X}", u32::from(other)),
            None => rule.to_owned(),
        });
    }
    if text.ends_with('_') || text.contains("__") {
        return Some("`_` must stand alone between other characters".to_owned());
    }
    KEYWORDS
        .contains(&text)
        .then(|| "it is a keyword in Rust or Python".to_owned())
}

/// Whether `text` is camel case, as types are.
pub fn is_type_name(text: &str) -> bool {
    text.len() <= 40
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Whether `text` is a usual name of an environment variable.
pub fn is_environment_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// Whether `text` is a token of RFC 9110, as header names are.
pub fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// Whether `text` is a media type, parameters allowed.
pub fn is_media_type(text: &str) -> bool {
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().and_then(|essence| essence.split_once('/'));
    essence.is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
        && parts.all(|parameter| {
            let pair = parameter.split_once('=');
            pair.is_some_and(|(key, value)| is_token(key) && is_token(value.trim_matches('"')))
        })
}

/// Whether `text` is a JSON pointer.
pub fn is_pointer(text: &str) -> bool {
    let escapes_end = text
        .split('~')
        .skip(1)
        .all(|rest| rest.starts_with(['0', '1']));
    (text.is_empty() || text.starts_with('/')) && escapes_end
}

/// Why `text` is not an absolute http or https URL without user information.
pub fn bad_url(text: &str) -> Option<&'static str> {
    let Some(rest) = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
    else {
        return Some("it must start with `https://` or `http://`");
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Some("it contains user information");
    }
    if authority.is_empty() || authority.starts_with(':') {
        return Some("it has no host");
    }
    let odd = |c: char| c.is_whitespace() || c.is_control() || "\"<>\\^`|".contains(c);
    text.contains(odd)
        .then_some("it contains a character that must be percent-encoded")
}

//! What words of an example say by themselves: names, placeholders, secrets.

/// Words in the name of what is a secret.
const SECRET_WORDS: [&str; 9] = [
    "apikey",
    "key",
    "token",
    "secret",
    "password",
    "passwd",
    "auth",
    "credential",
    "signature",
];

/// What documentation writes where a user's value goes: `$NAME`, `<name>`, `{name}`, `YOUR_NAME`.
pub fn is_placeholder(value: &str) -> bool {
    let inner = value.trim();
    let is_name = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.'))
    };
    let between = |start: &str, end: &str| {
        let inner = inner
            .strip_prefix(start)
            .and_then(|rest| rest.strip_suffix(end));
        inner.is_some_and(is_name)
    };
    let is_shouted = inner.len() > 3
        && inner.contains('_')
        && inner
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    // `TOKEN`, as it stands in a path.
    let is_shouted_secret = is_secret_name(inner)
        && inner
            .chars()
            .all(|c| c.is_ascii_uppercase() || matches!(c, '_' | '-'));
    between("<", ">")
        || between("${", "}")
        || between("{{", "}}")
        || between("{", "}")
        || inner.strip_prefix('$').is_some_and(is_name)
        || inner.strip_prefix(':').is_some_and(is_name)
        || is_shouted
        || is_shouted_secret
        || ["your-", "your_", "my-"]
            .iter()
            .any(|start| inner.to_lowercase().starts_with(start))
}

/// Whether a name says that what it holds is a secret.
pub fn is_secret_name(name: &str) -> bool {
    let name = name.to_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    SECRET_WORDS.iter().any(|word| {
        words.contains(word) || word.len() > 4 && name.replace(['-', '_'], "").contains(word)
    })
}

/// Whether a value is long and random enough to be a key.
pub fn looks_secret(value: &str) -> bool {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "-_=+/.~".contains(c);
    value.len() >= 20
        && value.chars().all(is_token)
        && value.chars().any(|c| c.is_ascii_digit())
        && value.chars().any(|c| c.is_ascii_alphabetic())
        && longest_run(value) >= 12
}

/// Whether a value is an identifier by its name and its looks: `session` with a UUID, say.
pub fn is_identifier(name: &str, value: &str) -> bool {
    let name = snake(name);
    let is_name = ["id", "uuid", "guid", "session"].contains(&name.as_str())
        || ["_id", "_uuid"].iter().any(|end| name.ends_with(end));
    let groups: Vec<usize> = value.split('-').map(str::len).collect();
    let is_uuid = groups == [8, 4, 4, 4, 12] || groups == [32];
    is_name && is_uuid && value.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

/// The longest run of letters and digits: what dots and dashes part are words.
fn longest_run(value: &str) -> usize {
    let runs = value.split(|c: char| !c.is_ascii_alphanumeric());
    runs.map(str::len).max().unwrap_or(0)
}

/// A word as a setting is named.
pub fn snake(text: &str) -> String {
    let mut name = String::new();
    let mut before = '_';
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            if character.is_ascii_uppercase() && before.is_ascii_lowercase() {
                name.push('_');
            }
            name.push(character.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
        before = character;
    }
    let name = name.trim_matches('_');
    let name = name.strip_prefix("x_").unwrap_or(name);
    if name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name.chars()
            .take(60)
            .collect::<String>()
            .trim_matches('_')
            .to_owned()
    } else {
        format!("value_{}", name.chars().take(40).collect::<String>())
            .trim_matches('_')
            .to_owned()
    }
}

/// Percent-decoded; what is no text stays as it is written.
pub fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|two| std::str::from_utf8(two).ok());
        match hex.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) if bytes[at] == b'%' => {
                out.push(byte);
                at += 3;
            }
            _ => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

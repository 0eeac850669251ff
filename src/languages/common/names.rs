//! From the words of a spec or a folder to names that any language takes, its own words aside.

/// `splunk_hec` → `SplunkHec`. Anything but letters and digits separates words.
#[must_use]
pub fn camel(text: &str) -> String {
    let words = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let joined: String = words
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_ascii_uppercase() + rest
        })
        .collect();
    if joined.starts_with(|c: char| c.is_ascii_digit()) || joined.is_empty() || joined == "Self" {
        format!("V{joined}")
    } else {
        joined
    }
}

/// `datadoghq.com` → `datadoghq_com`; what would start with a digit gets a word in front.
#[must_use]
pub fn snake(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            out.push(character.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    let out = out.trim_end_matches('_');
    if out.is_empty() || out.starts_with(|c: char| c.is_ascii_digit()) {
        format!("value_{out}")
    } else {
        out.to_owned()
    }
}

/// A name of its own among `taken`, which it joins.
pub fn unique(name: &str, taken: &mut Vec<String>) -> String {
    let mut candidate = name.to_owned();
    let mut number = 2;
    while taken.contains(&candidate) {
        candidate = format!("{name}{number}");
        number += 1;
    }
    taken.push(candidate.clone());
    candidate
}

/// A folder's name as a name that cargo and package indexes accept.
#[must_use]
pub fn project_name(folder: &str) -> String {
    let mut name: String = folder
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() || letter == '_' {
                letter
            } else {
                '-'
            }
        })
        .collect();
    // Cargo refuses a leading digit.
    if !name.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        name.insert_str(0, "sink-");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers() {
        assert_eq!("SplunkHec", camel("splunk_hec"));
        assert_eq!("Us5DatadoghqCom", camel("us5.datadoghq.com"));
        assert_eq!("V4xx", camel("4xx"));
        assert_eq!("x_api_key", snake("X-Api-Key"));
        assert_eq!("value_2fast", snake("2fast"));
    }

    #[test]
    fn equal_names_are_told_apart() {
        let mut taken = Vec::new();

        assert_eq!("a", unique("a", &mut taken));
        assert_eq!("a2", unique("a", &mut taken));
    }

    #[test]
    fn folder_names_become_project_names() {
        assert_eq!("datadog-sink", project_name("datadog-sink"));
        assert_eq!("my-sinks-v2", project_name("my sinks.v2"));
        assert_eq!("sink-1st", project_name("1st"));
    }
}

//! Lists in a person's TOML.

use toml_edit::{Array, Value};

/// Appends a text in the layout the list has: one a line, or all in one. Comments stay where they are.
pub fn push(list: &mut Array, text: &str) {
    let previous = list
        .iter()
        .last()
        .and_then(|value| value.decor().prefix())
        .and_then(|prefix| prefix.as_str());
    let mut prefix = match previous {
        None => String::new(),
        Some(prefix) => match prefix.rfind('\n') {
            Some(at) => prefix[at..].to_owned(),
            None => " ".to_owned(),
        },
    };
    // Without a comma at its end, what follows the last item belongs to that item.
    if !list.trailing_comma()
        && let Some(last) = list.iter_mut().last()
    {
        let decor = last.decor_mut();
        let behind = decor.suffix().and_then(|raw| raw.as_str());
        let behind = behind.unwrap_or_default().to_owned();
        decor.set_suffix("");
        let trailing = list.trailing().as_str().unwrap_or_default();
        list.set_trailing(format!("{behind}{trailing}"));
        list.set_trailing_comma(behind.contains('\n'));
    }
    // A comment behind the last item stays behind it.
    let trailing = list.trailing().as_str().unwrap_or_default().to_owned();
    if let Some(at) = trailing.rfind('\n').filter(|_| trailing.contains('#')) {
        prefix.insert_str(0, &trailing[..at]);
        list.set_trailing(&trailing[at..]);
    }
    list.push_formatted(Value::from(text).decorated(prefix, ""));
}

#[cfg(test)]
mod tests {
    use toml_edit::{DocumentMut, Item};

    use super::*;

    fn pushed(text: &str) -> String {
        let mut document: DocumentMut = format!("a = {text}\n").parse().expect("TOML");
        let list = document.get_mut("a").and_then(Item::as_array_mut);
        let list = list.expect("a list");
        push(list, "x");
        push(list, "y");
        let text = document.to_string();
        text["a = ".len()..].trim_end().to_owned()
    }

    #[test]
    fn an_item_joins_a_list_in_its_layout() {
        assert_eq!(r#"["x", "y"]"#, pushed("[]"));
        assert_eq!(r#"["a", "x", "y"]"#, pushed(r#"["a"]"#));
        assert_eq!(
            "[\n  \"a\",\n  \"x\",\n  \"y\",\n]",
            pushed("[\n  \"a\",\n]")
        );
        assert_eq!(
            "[\n  \"a\",\n  \"x\",\n  \"y\",\n]",
            pushed("[\n  \"a\"\n]")
        );
    }

    #[test]
    fn a_comment_stays_with_its_item() {
        for list in ["[\n  \"a\",  # ours\n]", "[\n  \"a\"  # ours\n]"] {
            assert_eq!("[\n  \"a\",  # ours\n  \"x\",\n  \"y\",\n]", pushed(list));
        }
    }
}

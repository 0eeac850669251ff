//! `docs` and `resources`: prose that is there.

use super::identity::require_date;
use super::{At, Validator};
use crate::spec::model::Checked;

/// Pages beside those of providers.
const TAKEN_PAGES: [&str; 3] = ["common-patterns", "index", "readme"];

pub fn check(v: &mut Validator<'_>) {
    let spec = v.spec;
    let docs = &spec.docs;
    let at = At::root("docs");
    let lists = [
        ("prerequisites", &docs.prerequisites),
        ("cost_drivers", &docs.cost_drivers),
        ("cost_tips", &docs.cost_tips),
        ("delivery_notes", &docs.delivery_notes),
    ];
    if let Some(page) = &docs.page {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let taken = TAKEN_PAGES.contains(&page.as_str());
        if page.is_empty() || page.len() > 64 || !page.chars().all(fits) || taken {
            v.report_hint(
                &at.key("page"),
                format!("`{page}` cannot name a page"),
                "use lower-case letters, digits and hyphens, such as `aws-cloudwatch`",
            );
        }
    }
    for (key, list) in lists {
        for (index, text) in list.iter().enumerate() {
            v.require_text(&at.key(key).index(index), text, "this paragraph");
        }
    }
    for (index, checked) in docs.checked.iter().enumerate() {
        check_checked(v, &at.key("checked").index(index), checked);
    }
    for (index, permission) in docs.permissions.iter().enumerate() {
        let at = at.key("permissions").index(index);
        v.require_text(&at.key("title"), &permission.title, "`title`");
        if !(permission.document.is_object() || permission.document.is_array()) {
            let message = "a document is a map or a list";
            v.report_hint(
                &at.key("document"),
                message,
                "write it as the provider takes it",
            );
        }
    }
    for (index, step) in docs.steps.iter().enumerate() {
        let at = at.key("steps").index(index);
        v.require_text(&at.key("title"), &step.title, "`title`");
        v.require_text(&at.key("text"), &step.text, "`text`");
    }
    for (index, trouble) in docs.troubleshooting.iter().enumerate() {
        let at = at.key("troubleshooting").index(index);
        v.require_text(&at.key("symptom"), &trouble.symptom, "`symptom`");
        v.require_text(&at.key("cause"), &trouble.cause, "`cause`");
        v.require_text(&at.key("fix"), &trouble.fix, "`fix`");
    }
    for (index, resource) in spec.resources.iter().enumerate() {
        let at = At::root("resources").index(index);
        v.require_text(&at.key("title"), &resource.title, "`title`");
        v.require_text(
            &at.key("description"),
            &resource.description,
            "`description`",
        );
    }
}

fn check_checked(v: &mut Validator<'_>, at: &At<'_>, checked: &Checked) {
    match (&checked.server, &checked.vendor_client) {
        (Some(server), None) => v.require_text(&at.key("server"), server, "`server`"),
        (None, Some(client)) => v.require_text(&at.key("vendor_client"), client, "`vendor_client`"),
        (Some(_), Some(_)) => v.report_hint(
            at,
            "both `server` and `vendor_client`",
            "write an entry for each",
        ),
        (None, None) => v.report_hint(
            at,
            "neither `server` nor `vendor_client`",
            "name what it was checked with, and its version; without such an entry it is `fake`",
        ),
    }
    require_date(v, &at.key("date"), &checked.date);
}

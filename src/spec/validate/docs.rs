//! `docs` and `resources`: prose that is there.

use super::{At, Validator};

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
    for (key, list) in lists {
        for (index, text) in list.iter().enumerate() {
            v.require_text(&at.key(key).index(index), text, "this paragraph");
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

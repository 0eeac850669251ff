//! What `explain` says about each code, as prose and as lines of a spec.

use super::code::{Code, Explanation};

/// What a code means and what to do.
pub fn of(code: Code) -> Explanation {
    let (title, text, wrong, right) = words(code);
    Explanation {
        title,
        text,
        wrong,
        right,
    }
}

type Words = (&'static str, &'static str, &'static str, &'static str);

/// Title, text, lines that have the problem, lines without it. One flat table.
#[expect(clippy::too_many_lines, reason = "one flat table")]
fn words(code: Code) -> Words {
    match code {
        Code::File => (
            "the file cannot be read as a spec",
            "A spec is one regular file of UTF-8 text, at most 1 MiB. Nothing is known about its contents until it \
             can be read: check the path, the permissions and the encoding.",
            "",
            "",
        ),
        Code::HiddenCharacter => (
            "a character that no editor shows",
            "Control characters, directional marks and zero-width characters change how text looks without being \
             seen, so that a reviewer reads something else than the tool. Remove the character; where a value needs \
             it, the vendor's request cannot be described.",
            "",
            "",
        ),
        Code::Yaml => (
            "not the YAML that a spec may use",
            "Either the text is no YAML, or it uses what specs leave out: anchors, aliases, tags, directives, merge \
             keys, a second document, a key given twice. Text that contains `: ` or ` #`, or starts with a special \
             character, stands in quotes.",
            "summary: Ships events: to Acme",
            "summary: \"Ships events: to Acme\"",
        ),
        Code::Extends => (
            "the spec that this one starts from",
            "`extends` names a built-in provider by its id, or a file by a path that starts with `./` or `../`. The \
             base must be there, must be valid, and must not lead back to this file.",
            "extends: elasticsarch",
            "extends: elasticsearch",
        ),
        Code::UnknownKey => (
            "a key that has no meaning here",
            "Keys are checked strictly, because a misspelled one would be ignored in silence. The hint names the \
             nearest known key. The reference of the spec language lists the keys of each section.",
            "limits: { max_batch_byte: { value: 1000000, source: api } }",
            "limits: { max_batch_bytes: { value: 1000000, source: api } }",
        ),
        Code::MissingKey => (
            "a key that must be there",
            "The section cannot be understood without it. The reference of the spec language says which keys are \
             required.",
            "limits: { max_batch_bytes: { value: 1000000 } }",
            "limits: { max_batch_bytes: { value: 1000000, source: api } }",
        ),
        Code::WrongType => (
            "a value of another type than expected",
            "Numbers and `true` or `false` stand without quotes and units, text that looks like a number stands in \
             quotes, and a list is written as `[a, b]` or with `- ` before each item.",
            "max_batch_events: { value: \"1000\", source: api }",
            "max_batch_events: { value: 1000, source: api }",
        ),
        Code::UnknownWord => (
            "a word that is none of those expected",
            "The key takes one of a few words; the hint lists them, or names the nearest.",
            "responses: { rules: [{ status: [429], outcome: retry }] }",
            "responses: { rules: [{ status: [429], outcome: throttled }] }",
        ),
        Code::OutOfRange => (
            "a whole number beyond its range",
            "The message says where the range ends. An HTTP status is between 100 and 599, and a size or a count is \
             at least 1.",
            "responses: { rules: [{ status: [9000], outcome: paused }] }",
            "responses: { rules: [{ status: [503], outcome: paused }] }",
        ),
        Code::Secret => (
            "a secret in plain sight",
            "A spec is read, copied and committed. Secrets come from the environment, a file or code: a `secret` \
             setting has no default, and its value in a worked example starts with `example-`. If the value was a \
             real one, revoke it.",
            "config: { api_key: { type: secret, default: abc123, description: Key. } }",
            "config: { api_key: { type: secret, required: true, env: [ACME_API_KEY], description: Key. } }",
        ),
        Code::Text => (
            "text that does not fit where it goes",
            "Titles, summaries and descriptions become comments, headings and table cells: they stay on one line \
             and have no tabs. For a long one use `>-`.",
            "",
            "",
        ),
        Code::Identity => (
            "id, names, addresses and sources",
            "The id becomes a module, a type and a file name in every language, so words of a language and of the \
             runtime are taken. Addresses start with `https://`. A source has the date on which it was read, as \
             `2026-11-30`.",
            "id: acme-logs",
            "id: acme_logs",
        ),
        Code::Config => (
            "the provider's settings",
            "A setting's default and example must be values of its own type and pass its own checks. Its variables \
             belong to no other setting. Its name is none of the delivery settings, which every sink has.",
            "config: { batch_size: { type: int, default: 10, description: Events. } }",
            "config: { shard_count: { type: int, default: 10, description: Shards. } }",
        ),
        Code::Auth => (
            "how credentials are attached",
            "Each entry of `auth` is a scheme and the settings it takes its secrets from; the first whose settings \
             are all set is used. The settings must exist and be secrets, and a header is set in one place only.",
            "auth: [{ scheme: header, name: X-Acme-Key, secret: api_kay }]",
            "auth: [{ scheme: header, name: X-Acme-Key, secret: api_key }]",
        ),
        Code::Endpoint => (
            "method, address, query and headers",
            "`base` is scheme and host, `path` starts with `/`, a query stands under `query`. Holes in braces name \
             settings; what an address needs is required or has a default. `override` names the setting that tests, \
             proxies and the stand-in put in place of `base`.",
            "endpoint: { base: \"https://in.acme.example/v2\", path: logs }",
            "endpoint: { base: \"https://in.acme.example\", path: /v2/logs }",
        ),
        Code::Payload => (
            "the shape of body and record",
            "The body is the vendor's example request with its values replaced by where they come from. One place \
             is marked as the records. The record sends the message, and every source has a form where it could \
             have several.",
            "record: { at: { from: timestamp } }",
            "record: { at: { from: timestamp, as: unix_ms } }",
        ),
        Code::Limits => (
            "what the provider accepts",
            "Every number cites a source. Sizes are whole bytes. One event, with its overhead, fits into one request, \
             and the delivery defaults stay within the limits.",
            "max_batch_bytes: { value: 5MB, source: api }",
            "max_batch_bytes: { value: 5000000, source: api }",
        ),
        Code::Responses => (
            "what answers mean",
            "Rules are tried from the top, then the standard ones. A rule has a condition and can be reached; `items` \
             needs the section that says how an answer names its events. An answer that no rule names ends no event: \
             the sink keeps them and pauses.",
            "responses: { rules: [{ outcome: paused }] }",
            "responses: { rules: [{ status: [403], outcome: paused }] }",
        ),
        Code::Docs => (
            "the guide's prose",
            "Prerequisites, steps and troubleshooting are text for people: none is empty, and each step has a title.",
            "docs: { prerequisites: [\"\"] }",
            "docs: { prerequisites: [A key that may write.] }",
        ),
        Code::Vectors => (
            "worked examples that cannot be carried out",
            "A request example gives settings, events and the exact request; an answer example gives the answer and \
             what it comes to. Their settings exist, their names are used once, and required settings are given. \
             `fapilog-gen preview` prints what to paste.",
            "",
            "",
        ),
        Code::Unused => (
            "something written that nothing reads",
            "A setting, a credential or a level map that is never used is a mistake somewhere else, or left over. \
             Use it where it was meant, or take it out.",
            "",
            "",
        ),
        Code::Proof => (
            "a worked example that is not what the spec means",
            "The spec was carried out: the request, the answer's meaning or the limit that came out is not the one \
             the example gives. Compare both with the vendor's documentation, and correct the one that is wrong.",
            "",
            "",
        ),
    }
}

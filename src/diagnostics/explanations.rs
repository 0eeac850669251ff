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
        Code::Usage => (
            "what was typed cannot be done",
            "An option has another form than it takes, or names a file where a folder is needed, or the other way \
             round. The message names the argument; `--help` of the command shows each with an example.",
            "",
            "",
        ),
        Code::UnknownName => (
            "a name of nothing there is",
            "There is no provider, sink, setting or word of that name here. The hint lists those there are, or \
             the nearest one.",
            "",
            "",
        ),
        Code::Input => (
            "what was handed in cannot be used",
            "A command line to copy, an HTTP archive, entries or a report is not of the form that the command \
             reads, or lacks what it needs. Nothing was guessed and nothing was written: correct the input as the \
             hint says.",
            "",
            "",
        ),
        Code::Settings => (
            "settings that a sink would refuse",
            "The sink would not start with these settings: a required one is not set, or a value is beyond its \
             range. The message names each; `fapilog-gen show` lists all of them with their ranges.",
            "",
            "",
        ),
        Code::System => (
            "the system refused",
            "A file or folder could not be read or written, a process not started, or a port not opened. The line \
             `caused by` has the system's own words: check the path, the permissions, and the room on the disk.",
            "",
            "",
        ),
        Code::Project => (
            "the folder is not what the command needs",
            "The folder holds no sink, or holds something that the tool did not write and does not overwrite, or \
             asks for older versions than sinks have. Name another folder, or change what the message names.",
            "",
            "",
        ),
        Code::Manifest => (
            "the manifest cannot take the sink",
            "`Cargo.toml` or `pyproject.toml` has a syntax error, or has a dependency that does not agree with \
             what the sink needs. Nothing was written: correct the entry that the message names.",
            "",
            "",
        ),
        Code::Lock => (
            "the record of what was generated cannot be used",
            "`fapilog-gen.lock` says what was generated and from what, and without it edits cannot be told from \
             generated lines. Restore it from version control; a lock of a newer version needs that version.",
            "",
            "",
        ),
        Code::Busy => (
            "another run is at work on the same files",
            "Two runs on the same files at once would undo each other's work, so the second stops before it \
             changes anything. Run it again when the first one has ended.",
            "",
            "",
        ),
        Code::Templates => (
            "a template is missing or does not fit",
            "A folder given with `--templates` lacks a template of this version, or one of them does not fit what \
             it is rendered from. `fapilog-gen templates export` writes all templates of this version.",
            "",
            "",
        ),
        Code::Program => (
            "another program is missing or failed",
            "Cargo, Python, its package installer or the site generator is not there, or ended with an error. The \
             lines `caused by` are its own; the hint says what it needs and how to get it.",
            "",
            "",
        ),
        Code::Delivery => (
            "the events were not delivered",
            "The backend could not be reached or takes no events now. Events that were not taken are still where \
             they came from, so that the command can be repeated.",
            "",
            "",
        ),
        Code::Stale => (
            "something is not up to date",
            "A generated file is not what its source says, or the documentation has a finding. `cargo run \
             -- generate` writes what is generated; findings in handwritten pages are corrected by hand.",
            "",
            "",
        ),
        Code::Site => (
            "the documentation site cannot be built as it is",
            "A page, or a file of `docs/site/`, names something that is not there or that a reader without a \
             network could not load. The message names the file and what is wrong with it.",
            "",
            "",
        ),
        Code::Internal => (
            "a bug of this program",
            "Something happened that cannot happen if the program is right. Please report it with the command and \
             the message; nothing that you typed is the cause.",
            "",
            "",
        ),
    }
}

//! The provider spec as Rust types: the one description the loader checks against, the JSON
//! Schema is generated from, and every later stage reads.
//!
//! Doc comments here are user documentation: they become the schema's descriptions and the field
//! reference in `providers/README.md`. What a type cannot say (references that resolve, limits that
//! agree) stands in `validate.rs`.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

/// One log backend and everything needed to ship to it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Version of the spec language. Always 1.
    pub spec_version: u32,
    /// Name used on the command line and for modules: lower case, digits and `_`.
    pub id: String,
    /// Name as the vendor writes it.
    pub title: String,
    /// One sentence: what the sink ships to.
    pub summary: String,
    /// Vendor documentation of the API.
    pub docs_url: String,
    /// Names that cannot be derived from `id`.
    #[serde(default)]
    pub names: Names,
    /// Where vendor facts come from; limits cite one by its key.
    pub sources: IndexMap<String, Source>,
    /// The sink's own settings, besides the delivery settings every sink has.
    pub config: IndexMap<String, ConfigField>,
    /// How requests are authenticated: the first entry whose credentials are all set is used.
    pub auth: Vec<Auth>,
    /// Who performs a request.
    #[serde(default)]
    pub transport: Transport,
    /// Where requests go. Required for HTTP, optional for an SDK transport.
    pub endpoint: Option<Endpoint>,
    /// How events become a request body.
    pub payload: Payload,
    /// What the provider accepts.
    pub limits: Limits,
    /// Defaults of the delivery settings that suit this provider.
    #[serde(default)]
    pub delivery: Delivery,
    /// Body compression.
    #[serde(default)]
    pub compression: Compression,
    /// What a response means.
    pub responses: Responses,
    /// What the sink creates on first use.
    #[serde(default)]
    pub resources: Vec<Resource>,
    /// What the vendor answers, for the local stand-in (`fapilog-gen mock`).
    pub answers: Answers,
    /// The guide's prose.
    pub docs: Docs,
    /// Worked examples; they become tests in every language.
    pub vectors: Vectors,
}

/// Names that cannot be derived from `id`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// Prefix of type names, `CloudWatch` for `CloudWatchSink`. Default: `id` in camel case.
    pub type_prefix: Option<String>,
    /// Name of the Python plugin where `id` is taken by fapilog itself.
    pub python_plugin: Option<String>,
}

/// A page or package a vendor fact was read from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it is, in words.
    pub title: String,
    /// Where it is.
    pub url: Option<String>,
    /// The day it was read, `YYYY-MM-DD`.
    pub checked: String,
}

/// One setting of the sink.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigField {
    /// Type of the value.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// What it means, its unit, what the extremes do.
    pub description: String,
    /// Environment variables that supply it, first one set wins.
    #[serde(default)]
    pub env: Vec<String>,
    /// The sink refuses to start without it. Default: false.
    #[serde(default)]
    pub required: bool,
    /// Value used when nothing is set. Never for secrets.
    pub default: Option<serde_json::Value>,
    /// Allowed values of an `enum`.
    #[serde(default)]
    pub values: Vec<EnumValue>,
    /// Value shown in guides and examples.
    pub example: Option<String>,
    /// Further checks of a text value.
    pub check: Option<TextCheck>,
    /// Smallest allowed number.
    pub min: Option<f64>,
    /// Largest allowed number.
    pub max: Option<f64>,
    /// The only allowed numbers of an `int`, ascending; instead of `min` and `max`.
    #[serde(default)]
    pub one_of: Vec<i64>,
    /// In the environment white space ends an item of a `list` too, not only a comma. Default:
    /// false.
    #[serde(default)]
    pub spaced: bool,
}

/// Type of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// Text.
    String,
    /// Text that never prints and never stands in a spec.
    Secret,
    /// Absolute http or https URL without user information.
    Url,
    /// `true` or `false`.
    Bool,
    /// Whole number.
    Int,
    /// Number.
    Float,
    /// Seconds, as a number.
    Duration,
    /// One of `values`.
    Enum,
    /// List of texts; comma separated in the environment.
    List,
    /// Text to text; `key:value,key:value` in the environment.
    Map,
}

/// One allowed value of an `enum`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnumValue {
    /// The value as typed.
    pub value: String,
    /// What it selects.
    pub description: String,
}

/// Further checks of a text value.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextCheck {
    /// Least number of characters.
    pub min_length: Option<usize>,
    /// Largest number of characters.
    pub max_length: Option<usize>,
    /// Characters allowed, as in a bracket expression: `A-Za-z0-9._/#-`.
    pub charset: Option<String>,
    /// Characters refused, listed.
    pub forbid: Option<String>,
    /// Text it must not start with.
    pub not_prefix: Option<String>,
}

/// One way to authenticate.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(tag = "scheme", rename_all = "snake_case", deny_unknown_fields)]
pub enum Auth {
    /// No credentials.
    None {},
    /// A secret in a header of its own.
    Header {
        /// Header name.
        name: String,
        /// Config field with the secret.
        secret: String,
    },
    /// `Authorization: WORD SECRET`.
    Authorization {
        /// The word before the secret: `Bearer`, `Splunk`, `ApiKey`.
        word: String,
        /// Config field with the secret.
        secret: String,
    },
    /// HTTP basic authentication. A password that is set without its user name is refused.
    Basic {
        /// Config field with the user name.
        username: String,
        /// Config field with the password; empty password when absent.
        password: Option<String>,
    },
    /// A secret in the query string.
    Query {
        /// Parameter name.
        name: String,
        /// Config field with the secret.
        secret: String,
    },
    /// The AWS SDK's default credential chain.
    AwsDefaultChain {
        /// Config field with the region.
        region: String,
    },
}

/// Who performs a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// The runtime's HTTP client.
    #[default]
    Http,
    /// The vendor's SDK for `PutLogEvents`.
    AwsCloudwatchLogs,
}

/// Where requests go.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Scheme and host, with `{field}` holes for config fields: `https://intake.{site}`.
    pub base: String,
    /// Config field (a `url`) that replaces `base`, for proxies, private links and tests.
    #[serde(rename = "override")]
    pub override_field: Option<String>,
    /// HTTP method. Default: POST.
    #[serde(default)]
    pub method: Method,
    /// Path after the base, with `{field}` holes, percent-encoded when filled.
    pub path: String,
    /// Query parameters; a value with a `{field}` hole is left out while that field is unset.
    #[serde(default)]
    pub query: IndexMap<String, String>,
    /// Request headers besides content type, encoding and authentication; same rule for holes.
    #[serde(default)]
    pub headers: IndexMap<String, String>,
    /// Cheap reachability test.
    pub health: Option<Health>,
}

/// HTTP method.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// POST.
    #[default]
    Post,
    /// PUT.
    Put,
    /// GET.
    Get,
    /// HEAD.
    Head,
    /// OPTIONS.
    Options,
}

/// Cheap reachability test.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// Method. Default: GET.
    pub method: Option<Method>,
    /// Base when it differs from the endpoint's; replaced by the endpoint's override too.
    pub base: Option<String>,
    /// Path after the base.
    pub path: String,
    /// Send the credentials. Default: true.
    pub authenticated: Option<bool>,
    /// Body to send with a POST.
    pub body: Option<String>,
    /// Statuses that mean healthy.
    pub healthy: Vec<StatusSet>,
}

/// How events become a request body.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// `Content-Type` of the request. Absent only for SDK transports.
    pub content_type: Option<String>,
    /// How records stand together in one body.
    pub framing: Framing,
    /// One record.
    pub record: RecordShape,
    /// Level words the provider expects. A level not listed keeps its lower-case name.
    #[serde(default)]
    pub levels: IndexMap<LevelName, serde_json::Value>,
}

/// How records stand together in one body.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Framing {
    /// `[r,r,r]`.
    JsonArray {},
    /// One record per line, each line ended by a newline.
    Ndjson {},
    /// Records one after the other, nothing between them.
    Concatenated {},
    /// An action line before each record, every line ended by a newline.
    ActionLines {
        /// The action object, one key; its texts may hold `{field}` holes.
        action: serde_json::Value,
    },
    /// An object with the records as one list.
    JsonObject {
        /// Key of the list.
        list: String,
        /// Further keys with constant values, written before the list.
        #[serde(default)]
        constants: IndexMap<String, serde_json::Value>,
    },
    /// Records grouped by label set: `{"streams":[{"stream":{…},"values":[r,r]}]}`.
    GroupedStreams {
        /// Labels of a stream, in order.
        labels: Vec<Label>,
        /// Distinct label sets a sink may create; beyond it dynamic labels become
        /// `overflow_value`. Config field name.
        max_streams: String,
        /// Value that replaces a dynamic label beyond the guard.
        overflow_value: String,
        /// Labels a stream may have. Settings that ask for more are refused.
        max_labels: Option<CountLimit>,
    },
    /// Records handed to an SDK transport one by one.
    Sdk {},
}

/// One label of a stream.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Label name; absent for a map of labels.
    pub name: Option<String>,
    /// The provider does not count the label among `max_labels`. Default: false.
    #[serde(default)]
    pub uncounted: bool,
    /// Where the value comes from, the first that is present wins: references as in a record's
    /// fields; or, without `name`, a `map` config field (all its pairs) or a `list` config field
    /// naming references to take as dynamic labels.
    pub from: OneOrMany,
}

/// One record.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RecordShape {
    /// A JSON object.
    Object {
        /// Keys in the order they are written.
        fields: Vec<RecordField>,
        /// Where the parts of an event not named above go, in order.
        #[serde(default)]
        rest: Vec<Rest>,
        /// Keys a merged field must not take besides those in `fields`.
        #[serde(default)]
        reserved: Vec<String>,
        /// The event object stands under this key of a wrapper object.
        wrap: Option<Wrap>,
    },
    /// `["<unix ns>", "<line>", {metadata}]`, the line being the JSON object of `fields` and `rest`.
    StreamEntry {
        /// Keys of the line's object.
        fields: Vec<RecordField>,
        /// Where the parts of an event not named above go.
        #[serde(default)]
        rest: Vec<Rest>,
        /// Keys a merged field must not take besides those in `fields`.
        #[serde(default)]
        reserved: Vec<String>,
        /// Structured metadata: names and sources; values are sent as text, absent ones left out.
        #[serde(default)]
        metadata: Vec<RecordField>,
    },
}

/// A wrapper object around the event object.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wrap {
    /// Key of the event object; it comes after `fields`.
    pub key: String,
    /// Keys of the wrapper, in order.
    pub fields: Vec<RecordField>,
}

/// One key of a record.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordField {
    /// Key as written.
    pub name: String,
    /// Where the value comes from; the first that is present wins. One of `message`, `level`,
    /// `logger`, `timestamp`, `context`, `diagnostics`, `data`, `context.KEY`, `diagnostics.KEY`,
    /// `data.KEY`, `config.NAME`. A key is taken literally, dots included; `/` steps into a nested
    /// object: `diagnostics.exception/error.type`.
    #[serde(default)]
    pub from: OneOrMany,
    /// A constant instead of a source.
    #[serde(rename = "const")]
    pub constant: Option<serde_json::Value>,
    /// How the value is written. Default: as it is; a `timestamp` needs one.
    #[serde(rename = "as")]
    pub encoding: Option<ValueEncoding>,
}

/// One reference or several.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several, in order.
    Many(Vec<String>),
    /// None.
    #[default]
    #[serde(skip)]
    Absent,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValueEncoding {
    /// Whole milliseconds since 1970, a number.
    UnixMs,
    /// Nanoseconds since 1970, as text.
    UnixNsText,
    /// Seconds since 1970 with three decimals, a number.
    UnixSeconds,
    /// RFC 3339 in UTC with three decimals.
    Rfc3339Ms,
    /// RFC 3339 in UTC with nine decimals.
    Rfc3339Ns,
    /// A map as `key:value,key:value`.
    CommaPairs,
    /// A list as `text,text`.
    CommaList,
    /// Through `payload.levels`.
    LevelMap,
    /// The level's name in lower case.
    LevelLower,
}

/// Where the parts of an event not named by a field go.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rest {
    /// Part of the event.
    pub from: EventPart,
    /// Key of a nested object, or absent: merged into the record itself.
    pub into: Option<String>,
    /// Put before a merged key that is taken, until it is free. Default: the part's name and a dot.
    pub clash_prefix: Option<String>,
}

/// An object within an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventPart {
    /// Correlation and request identifiers.
    Context,
    /// Service, host, process, exception.
    Diagnostics,
    /// What the application logged besides the message.
    Data,
}

/// A level an event can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LevelName {
    /// Finer than debug.
    Trace,
    /// Debug.
    Debug,
    /// Info.
    Info,
    /// Normal but significant.
    Notice,
    /// Warning.
    Warning,
    /// Error.
    Error,
    /// Critical.
    Critical,
    /// Audit trail.
    Audit,
    /// Security relevant.
    Security,
}

/// What the provider accepts.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Events in one request.
    pub max_batch_events: Option<CountLimit>,
    /// Bytes of one request, as the provider counts them.
    pub max_batch_bytes: BytesLimit,
    /// Bytes of one event, as the provider counts them. Where the provider names no such limit: the
    /// largest event that fits into a request.
    pub max_event_bytes: EventLimit,
    /// Oldest event accepted.
    pub max_age: Option<TimeLimit>,
    /// Newest event accepted, ahead of now.
    pub max_ahead: Option<TimeLimit>,
    /// Longest time between the first and the last event of a request; exactly this long is
    /// too long.
    pub max_span: Option<TimeLimit>,
    /// Order the provider needs. Default: none.
    #[serde(default)]
    pub ordering: Ordering,
}

/// A limit that counts things.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CountLimit {
    /// The largest allowed number.
    pub value: u64,
    /// Key in `sources`.
    pub source: String,
}

/// A limit that counts bytes of a request.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BytesLimit {
    /// The largest allowed number.
    pub value: u64,
    /// What is counted. Default: the body before compression.
    #[serde(default)]
    pub basis: SizeBasis,
    /// Bytes added for each event, with basis `records`.
    #[serde(default)]
    pub overhead_per_event: u64,
    /// Key in `sources`.
    pub source: String,
}

/// What a size limit counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SizeBasis {
    /// The whole body before compression, framing included.
    #[default]
    Body,
    /// The records alone plus `overhead_per_event`.
    Records,
}

/// A limit that counts bytes of one event.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventLimit {
    /// The largest allowed number of bytes of one record, overhead not counted.
    pub value: u64,
    /// What happens to a longer one.
    pub policy: OversizePolicy,
    /// Key in `sources`.
    pub source: String,
}

/// What happens to an event that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OversizePolicy {
    /// The message is cut and marked; if that is not enough the event is dead-lettered.
    Truncate,
    /// The event is dead-lettered.
    DeadLetter,
}

/// A limit in time.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeLimit {
    /// Seconds.
    pub seconds: u64,
    /// What the provider does with events beyond it.
    #[serde(default)]
    pub vendor: VendorBehaviour,
    /// Key in `sources`.
    pub source: String,
}

/// What a provider does with events outside its time window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VendorBehaviour {
    /// Refuses them in the response; the sink sends them and reads the answer.
    #[default]
    Refuses,
    /// Accepts the request and discards them; the sink dead-letters them instead of sending.
    Discards,
}

/// Order the provider needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ordering {
    /// Any order.
    #[default]
    None,
    /// Oldest first within a request.
    WithinBatch,
    /// Requests one after the other, in the order events were written.
    AcrossBatches,
}

/// Defaults of the delivery settings that suit this provider.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// Events per request aimed for. Default: the smaller of 1,000 and the limit.
    pub batch_size: Option<u64>,
    /// Bytes per request aimed for. Default: the smaller of 1,000,000 and the limit.
    pub batch_bytes: Option<u64>,
    /// Longest a partial batch waits. Default: 1.
    pub batch_timeout_seconds: Option<f64>,
    /// Retries after the first attempt. Default: 5.
    pub max_retries: Option<u32>,
    /// First backoff, seconds. Default: 0.5.
    pub retry_base_delay: Option<f64>,
    /// Longest backoff, seconds. Default: 30.
    pub retry_max_delay: Option<f64>,
    /// Limit of one attempt. Default: 10.
    pub timeout_seconds: Option<f64>,
    /// Requests sent and not yet answered. Default: 4, or 1 with `across_batches`.
    pub max_in_flight: Option<u64>,
}

/// Body compression.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Compression {
    /// Encodings the sink offers, first is the default. Default: none only.
    #[serde(default)]
    pub offered: Vec<Encoding>,
    /// Key in `sources`.
    pub source: Option<String>,
}

/// A content encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// Not compressed.
    None,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

/// What a response means.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Responses {
    /// JSON pointer to the provider's own code in the body, where the status is not enough.
    pub code: Option<String>,
    /// JSON pointer to the error text; else the start of the body is quoted.
    pub error_text: Option<String>,
    /// First match wins.
    pub rules: Vec<Rule>,
    /// What any other response means. Default: rejected.
    #[serde(default)]
    pub otherwise: OutcomeName,
    /// Per-item results, read when a rule says `items`.
    pub items: Option<Items>,
    /// Where the index of the first bad event stands, read when a rule says `first_bad`.
    pub first_bad: Option<String>,
    /// Header with the delay asked for, seconds or a date. Default: `Retry-After`.
    pub retry_after: Option<String>,
}

/// One rule of a response table.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Statuses: numbers or ranges such as `"500-599"`. Absent: any.
    #[serde(default)]
    pub status: Vec<StatusSet>,
    /// The provider's own codes, numbers or words. Absent: any.
    #[serde(default)]
    pub code: Vec<Code>,
    /// What it means.
    pub outcome: OutcomeName,
    /// Why, in words; becomes a comment and a row of the guide.
    pub note: Option<String>,
}

/// A status or a range of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum StatusSet {
    /// One status.
    One(u16),
    /// `"500-599"`.
    Range(String),
}

/// A provider's own code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Code {
    /// A number.
    Number(i64),
    /// A word.
    Word(String),
}

/// What a response means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeName {
    /// Every event is stored.
    Delivered,
    /// The body says which events are stored (`responses.items`).
    Items,
    /// The body names the first bad event (`responses.first_bad`): it is rejected, those after it
    /// are sent again, those before it are counted as rejected with the reason `uncertain`.
    FirstBad,
    /// Too large: halves are sent again.
    Split,
    /// Some event is bad and the answer does not say which: halves are sent again until it is
    /// found.
    Bisect,
    /// Slow down.
    Throttled,
    /// May work later.
    Transient,
    /// Nothing is wrong with the events: wrong key, missing permission, exhausted quota. The sink
    /// keeps them, says so, and probes slowly.
    Paused,
    /// Never will work.
    #[default]
    Rejected,
}

/// Per-item results.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Items {
    /// JSON pointer to the list; empty for the body itself. Items stand in request order.
    pub list: String,
    /// JSON pointer within an item to its status.
    pub status: String,
    /// JSON pointer within an item to its error text.
    pub error: Option<String>,
    /// Item statuses that mean stored.
    pub delivered: Vec<StatusSet>,
    /// Item statuses worth another attempt; all others are rejected.
    pub retryable: Vec<StatusSet>,
    /// An item with this value is refused although its status says stored.
    pub refused_when: Option<PointerEquals>,
}

/// A JSON pointer and the text expected there.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PointerEquals {
    /// JSON pointer within an item.
    pub pointer: String,
    /// The text.
    pub equals: String,
}

/// What the sink creates on first use, idempotently.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// What it is, in words.
    pub title: String,
    /// When and how it is created.
    pub description: String,
    /// Permissions the credentials need for it.
    #[serde(default)]
    pub permissions: Vec<String>,
}

/// What the vendor answers in each situation. Where no body is documented the status is enough.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// Everything stored.
    pub accepted: Answer,
    /// Missing or wrong credentials.
    pub unauthorized: Option<Answer>,
    /// Body not as documented.
    pub malformed: Answer,
    /// Over a size or count limit.
    pub too_large: Answer,
    /// Slow down.
    pub throttled: Answer,
    /// Server trouble.
    pub unavailable: Answer,
    /// Some events refused. With `responses.items` the body has a hole `{items}` filled from
    /// `item_ok`, `item_rejected` and `item_throttled`; with `responses.first_bad` a hole `{index}`.
    pub partial: Option<Answer>,
    /// One stored item of `partial`, JSON text.
    pub item_ok: Option<String>,
    /// One refused item of `partial`, JSON text.
    pub item_rejected: Option<String>,
    /// One throttled item of `partial`, JSON text.
    pub item_throttled: Option<String>,
}

/// One canned answer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers.
    #[serde(default)]
    pub headers: IndexMap<String, String>,
    /// Body; its hole `{items}` is filled for per-item answers, accepted ones included.
    #[serde(default)]
    pub body: String,
}

/// The guide's prose. Markdown, one paragraph each.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Docs {
    /// What must exist before the sink can start.
    pub prerequisites: Vec<String>,
    /// The way to a first delivered event.
    pub steps: Vec<Step>,
    /// What can go wrong.
    pub troubleshooting: Vec<Trouble>,
    /// What costs money.
    pub cost_drivers: Vec<String>,
    /// How to pay less.
    pub cost_tips: Vec<String>,
    /// What breaks or bounds the delivery guarantee at this provider (duplicates, silent drops).
    pub delivery_notes: Vec<String>,
}

/// One step of the guide.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Heading.
    pub title: String,
    /// Text.
    pub text: String,
}

/// One row of the troubleshooting table.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trouble {
    /// What is seen.
    pub symptom: String,
    /// Why.
    pub cause: String,
    /// What to do.
    pub fix: String,
}

/// Worked examples.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vectors {
    /// Events and settings to the exact request.
    pub requests: Vec<RequestVector>,
    /// Response to outcome.
    pub responses: Vec<ResponseVector>,
    /// Event counts and sizes to the number of requests: each pins one limit at its edge.
    pub limits: Vec<LimitVector>,
    /// Settings that cannot work to the one that is refused.
    #[serde(default)]
    pub settings: Vec<SettingsVector>,
}

/// Events and settings to the exact request.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestVector {
    /// Test name: the behaviour, lower case with `_`.
    pub name: String,
    /// Settings. A secret's value starts with `example-`; a `spaced` list may stand as in the
    /// environment.
    #[serde(default)]
    pub config: IndexMap<String, serde_json::Value>,
    /// Events in the shape fapilog writes.
    pub events: Vec<serde_json::Value>,
    /// Full URL, where an HTTP transport is used.
    pub url: Option<String>,
    /// Full URL of the health check.
    pub health_url: Option<String>,
    /// Headers that must be present, `content-encoding` excepted: those of `endpoint`, the content
    /// type, and what `auth` adds.
    #[serde(default)]
    pub headers: IndexMap<String, String>,
    /// The body before compression, byte for byte. With an SDK transport: the records, one a line.
    pub body: String,
}

/// Response to outcome.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResponseVector {
    /// Test name: the behaviour, lower case with `_`.
    pub name: String,
    /// Events in the request. Default: 1.
    pub events: Option<usize>,
    /// Status. With an SDK transport: of the service error.
    pub status: u16,
    /// Headers.
    #[serde(default)]
    pub headers: IndexMap<String, String>,
    /// Body.
    #[serde(default)]
    pub body: String,
    /// What it means. `items` and `first_bad` are given as `partial`.
    pub outcome: VectorOutcome,
    /// Indices rejected, with outcome `partial`.
    #[serde(default)]
    pub rejected: Vec<usize>,
    /// Indices sent again, with outcome `partial`.
    #[serde(default)]
    pub retry: Vec<usize>,
    /// Delay asked for, seconds, with outcome `throttled` or `transient`.
    pub retry_after_seconds: Option<f64>,
    /// Words of the answer that the outcome's reason must hold.
    pub reason: Option<String>,
}

/// Outcome as a vector names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VectorOutcome {
    /// Every event is stored.
    Delivered,
    /// Some are, some are not.
    Partial,
    /// Halves are sent again because the request is too large.
    Split,
    /// Halves are sent again to find a bad event.
    Bisect,
    /// Slow down.
    Throttled,
    /// May work later.
    Transient,
    /// Events are kept until somebody acts.
    Paused,
    /// Never will work.
    Rejected,
}

/// Event counts and sizes to the number of requests.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitVector {
    /// Test name: the behaviour, lower case with `_`.
    pub name: String,
    /// The limit it pins: a key of `limits`.
    pub limit: String,
    /// How many equal events are written.
    pub events: u64,
    /// Length of each record in bytes as encoded, framing not counted; the message is padded to
    /// reach it.
    pub record_bytes: Option<u64>,
    /// Seconds between one event and the next.
    #[serde(default)]
    pub spacing_seconds: u64,
    /// How long before the clock's now the newest event happened; negative is ahead of it.
    /// Default: 0.
    #[serde(default)]
    pub age_seconds: i64,
    /// How many requests leave.
    pub requests: u64,
    /// How many events are dead-lettered. Default: 0.
    #[serde(default)]
    pub dead_lettered: u64,
    /// How many events leave with their message cut, shorter than `record_bytes`. Default: 0.
    #[serde(default)]
    pub truncated: u64,
}

/// Settings that cannot work to the one that is refused.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsVector {
    /// Test name: the behaviour, lower case with `_`.
    pub name: String,
    /// Settings, all that are required among them. A secret's value starts with `example-`.
    pub config: IndexMap<String, serde_json::Value>,
    /// The only setting that is refused.
    pub refused: String,
}

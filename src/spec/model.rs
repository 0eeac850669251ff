//! The provider spec as Rust types: the one description the loader checks against, the JSON
//! Schema is generated from, and every later stage reads.
//!
//! Doc comments here are user documentation: they become the schema's descriptions and the field
//! reference in `providers/README.md`. What a type cannot say (references that resolve, limits that
//! agree) stands in `validate`; what a [`Shape`] may hold, in `payload`.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

/// One log backend and everything needed to ship to it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Version of the spec language. Always 1.
    pub spec_version: u32,
    /// Another spec that this one starts from: the id of a built-in provider, or a file beside this
    /// one (`./base.yaml`). Maps are merged key by key, to any depth; a list or a value given here
    /// replaces the other; `null` removes it. `id`, `title`, `summary`, `docs_url` and `names` are not
    /// taken over.
    pub extends: Option<String>,
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
    #[serde(default)]
    pub responses: Responses,
    /// What the sink creates on first use.
    #[serde(default)]
    pub resources: Vec<Resource>,
    /// What the vendor answers, for the local stand-in (`fapilog-gen mock`). What is left out follows
    /// from `responses`.
    #[serde(default)]
    pub answers: Answers,
    /// The guide's prose.
    #[serde(default)]
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
    /// Absolute http or https URL that is a secret as a whole, because a key is part of it. Never
    /// prints.
    SecretUrl,
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
    /// Text to text; in the environment `key:value,key:value`, or as OpenTelemetry writes it:
    /// `key=value,key=value`, values percent-encoded.
    Map,
    /// Text to text as `map`, whose values are secrets; each can be given as a `secret` can. Stands in
    /// `endpoint.headers` only: `"*": "{headers}"`.
    SecretMap,
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
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
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
        /// Header name; `"{setting}"` where it comes from a setting.
        name: String,
        /// Config field with the secret.
        secret: String,
        /// Text before the secret, such as `"Key "`.
        #[serde(default)]
        prefix: String,
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
        /// Config field with the user name, a `string` or a `secret`.
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
    /// `OAuth2` client credentials. The token goes into `Authorization: Bearer`; it is kept, renewed
    /// ahead of its end, and once more after a 401.
    #[serde(rename = "oauth2")]
    #[schemars(rename = "oauth2")]
    OAuth2 {
        /// Address of the token endpoint, with `{field}` holes.
        token_url: String,
        /// Config field with the client id.
        client_id: String,
        /// Config field with the client's secret.
        client_secret: String,
        /// Scope to ask for, with `{field}` holes.
        scope: Option<String>,
        /// Further form parameters, with `{field}` holes.
        #[serde(default)]
        parameters: IndexMap<String, String>,
        /// The client goes as basic authentication instead of into the form. Default: false.
        #[serde(default)]
        basic: bool,
    },
    /// A Google identity: a service account's key file, the application default credentials, or the
    /// metadata server, whichever is there.
    Google {
        /// Config field with the path of the key file.
        key_file: Option<String>,
        /// Scope to ask for: `https://www.googleapis.com/auth/logging.write`.
        scope: String,
    },
    /// An Azure identity: a client secret, a workload identity or a managed identity, whichever is
    /// there.
    Azure {
        /// Scope to ask for: `https://monitor.azure.com/.default`.
        scope: String,
        /// Config field with the tenant.
        tenant: Option<String>,
        /// Config field with the client id.
        client: Option<String>,
        /// Config field with the client's secret.
        secret: Option<String>,
        /// Config field with the host of the token endpoint, for sovereign clouds.
        authority: Option<String>,
    },
    /// A shared access signature of Azure, computed and renewed by the sink.
    Sas {
        /// Resource that is signed, with `{field}` holes.
        resource: String,
        /// Config field with the name of the key.
        key_name: String,
        /// Config field with the key.
        key: String,
    },
    /// AWS signature version 4 over HTTP, credentials from the AWS default chain.
    AwsSigv4 {
        /// Service to sign for, with `{field}` holes: `es`, `firehose`.
        service: String,
        /// Config field with the region.
        region: String,
    },
    /// The AWS SDK's default credential chain, for an SDK transport.
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
///
/// A text here may have holes: `{field}` is a config field, `{event:context.tenant_id}` a value of
/// the events, `{now:unix_ms}` the moment of the request; see *Texts with holes*.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Scheme and host, with `{field}` holes: `https://intake.{site}`.
    pub base: String,
    /// Config field (a `url` or `secret_url`) that replaces `base`, for proxies, private links and
    /// tests. Default: the only hole of `base`, where that is such a field.
    #[serde(rename = "override")]
    pub override_field: Option<String>,
    /// Config field (an optional `url`) with the whole address, path included, and a query if need be.
    /// Where it is set, and the field of `override` is not, requests and the health check go there as it
    /// stands. The path is then no longer taken off what the other fields have at their end.
    pub whole: Option<String>,
    /// HTTP method. Default: POST.
    #[serde(default)]
    pub method: Method,
    /// Path after the base, with holes. Empty: the base is the whole address.
    ///
    /// What fills a hole is percent-encoded as a whole. Of the text itself letters, digits and
    /// ``-._~/:@!$&'()*+,;=`` stay, everything else is percent-encoded.
    pub path: String,
    /// Query parameters, with holes; left out while a field or value in it is not set. The key `"*"`
    /// with a `map` field, `"*": "{parameters}"`, makes one of each pair.
    ///
    /// Names and values are percent-encoded as a whole: only letters, digits and `-._~` stay.
    #[serde(default)]
    pub query: IndexMap<String, String>,
    /// Request headers besides content type, encoding and authentication; same rules for holes and
    /// `"*"`.
    #[serde(default)]
    pub headers: IndexMap<String, String>,
    /// Cheap reachability test.
    pub health: Option<Health>,
    /// How the provider says later that it has stored what it took.
    pub acknowledgement: Option<Acknowledgement>,
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

/// How a provider says later that it has stored what it took.
///
/// Its answer to a request carries an id. The sink asks about that id with a POST until the provider
/// acknowledges it: only then are the events delivered. The question has the headers and credentials
/// of the request it is about. A question that fails is asked again; without an acknowledgement in
/// time the events are sent again, so they may be stored twice.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    /// Config field (a `bool`) that turns it on. Absent: it is always on. Fields that `path` and `query`
    /// name must be set where it is.
    pub when: Option<String>,
    /// Path of the question, after the base.
    pub path: String,
    /// Query parameters of the question, with holes for config fields.
    #[serde(default)]
    pub query: IndexMap<String, String>,
    /// Body of the question, JSON; its hole `{id}` is the id as JSON.
    pub body: String,
    /// JSON pointer to the id in the answer to a request; a number or a text.
    pub id: String,
    /// JSON pointer to the place in the answer to the question that is `true` once all is stored; its
    /// hole `{id}` is the id.
    pub acknowledged: String,
    /// Config field (a `duration`) with the longest pause between two questions; the first ones are
    /// closer together.
    pub every: String,
    /// Config field (a `duration`) with the time that an acknowledgement may take.
    pub within: String,
    /// Key in `sources`.
    pub source: String,
}

/// How events become a request body.
///
/// `body` and `record` show what goes over the wire; see *Shapes*. Instead of `body` there can be
/// `lines` or `streams`; with an SDK transport none of them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// `Content-Type` of the request. Default: `application/json`; with `lines: ndjson`
    /// `application/x-ndjson`, with `lines: text` `text/plain; charset=utf-8`, with `protobuf`
    /// `application/x-protobuf`.
    pub content_type: Option<String>,
    /// The request's body, a shape with one place of the records. Default: `{ records: all }`, a list
    /// of them. With `{ records: one }` each request has one event.
    pub body: Option<Shape>,
    /// Instead of `body`: records one after the other.
    pub lines: Option<Lines>,
    /// With `lines: ndjson`: a line before each record, such as
    /// `{ create: { _index: "{index}" } }`.
    pub before: Option<Shape>,
    /// Instead of `body`: entries grouped by their labels, as Loki takes them. `record` is the line.
    pub streams: Option<Streams>,
    /// With `body`: the same shape, sent as protobuf. Rules read an answer that comes as protobuf as
    /// the JSON of the same message, one with an empty body and a good status as `{}`; a trace or
    /// span that is no identifier of 16 or 8 bytes is left out.
    pub protobuf: Option<Protobuf>,
    /// What one event becomes. With `lines: text` one piece or a list of pieces, written one after
    /// the other.
    pub record: Shape,
    /// What `as: level_map` writes for each level: texts or whole numbers, not mixed. A level that is
    /// not listed has the word of `other`; without it, its own name in lower case.
    #[serde(default)]
    pub levels: IndexMap<LevelWord, serde_json::Value>,
    /// Keys that a rest merged into the record must not take, besides those in `record`.
    #[serde(default)]
    pub reserved: Vec<String>,
}

/// YAML that mirrors what goes over the wire; see *Shapes*.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Shape(pub serde_json::Value);

impl JsonSchema for Shape {
    fn schema_name() -> Cow<'static, str> {
        "Shape".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "YAML that mirrors what goes over the wire; see *Shapes* below."
        })
    }
}

/// Records one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Lines {
    /// One JSON value per line, each line ended by a newline.
    Ndjson,
    /// JSON values with nothing between them.
    Concatenated,
    /// Plain text, each record ended by a newline; line breaks within become spaces.
    Text,
}

/// A message of protobuf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Protobuf {
    /// `ExportLogsServiceRequest` of OTLP.
    OtlpLogs,
}

/// Entries grouped by label set: `{"streams":[{"stream":{…},"values":[r,r]}]}`, each
/// `["<unix ns>", "<line>", {metadata}]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Streams {
    /// Labels of a stream, in order; the first to give a name wins.
    pub labels: Vec<Label>,
    /// Distinct label sets a sink may create; beyond it dynamic labels become `overflow_value`.
    /// Config field name.
    pub max_streams: String,
    /// Value that replaces a dynamic label beyond the guard.
    pub overflow_value: String,
    /// Labels a stream may have. Settings that ask for more are refused.
    pub max_labels: Option<CountLimit>,
    /// Structured metadata: names and sources; values are sent as text, absent ones left out.
    #[serde(default)]
    pub metadata: IndexMap<String, Shape>,
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
    /// Where the value comes from, the first that is present wins: references as in a shape; or,
    /// without `name`, a `map` config field (all its pairs) or a `list` config field naming
    /// references to take as dynamic labels.
    pub from: OneOrMany,
}

/// One reference or several.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several, in order.
    Many(Vec<String>),
}

/// How a value is written: the word after `as` in a source, and in `{now:…}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValueEncoding {
    /// A time: whole seconds since 1970, a number.
    UnixS,
    /// A time: whole milliseconds since 1970, a number.
    UnixMs,
    /// A time: milliseconds since 1970 with three decimals, a number.
    UnixMsFloat,
    /// A time: whole microseconds since 1970, a number.
    UnixUs,
    /// A time: whole nanoseconds since 1970, a number.
    UnixNs,
    /// A time: nanoseconds since 1970, as text.
    UnixNsText,
    /// A time: seconds since 1970 with three decimals, a number.
    UnixSeconds,
    /// A time: RFC 3339 in UTC with three decimals.
    Rfc3339Ms,
    /// A time: RFC 3339 in UTC with six decimals.
    Rfc3339Us,
    /// A time: RFC 3339 in UTC with nine decimals.
    Rfc3339Ns,
    /// A time: `2026-01-02 03:04:05.678`, UTC.
    SpacedMs,
    /// A time: `2026-01-02 03:04:05.678901234`, UTC.
    SpacedNs,
    /// The level's name in lower case; what `from: level` is without `as`.
    LevelLower,
    /// The level's name in upper case.
    LevelUpper,
    /// The level through `payload.levels`.
    LevelMap,
    /// A value of the event or a setting as text: a text as it is, others as their JSON text; of
    /// settings a map as `key:value,key:value`, a list as `text,text`.
    Text,
    /// A value of the event as text, in base64.
    Base64,
    /// A value of the event as OTLP writes it: `{"stringValue":…}`.
    OtlpValue,
    /// A `map` setting as OTLP attributes: `[{"key":…,"value":{"stringValue":…}}]`.
    OtlpAttributes,
    /// A `map` setting as `key:value,key:value`.
    CommaPairs,
    /// A `list` setting as `text,text`.
    CommaList,
}

/// What the values of a rest may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RestValues {
    /// Texts, numbers and booleans; others become their JSON text.
    Scalars,
    /// Texts; others become their JSON text.
    Texts,
}

/// What the object of a rest becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RestForm {
    /// `[{"key":…,"value":{"stringValue":…}}]`.
    OtlpAttributes,
    /// One text with its JSON.
    JsonText,
}

/// What a whole object becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextForm {
    /// Its JSON as text.
    JsonText,
    /// Its JSON, of a text the text itself, in base64.
    Base64,
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

/// A level of `payload.levels`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LevelWord {
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
    /// Any level not listed, and any word that is no level. Needed where the words are numbers.
    Other,
}

/// What the provider accepts.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Events in one request.
    pub max_batch_events: Option<CountLimit>,
    /// Bytes of one request, as the provider counts them.
    pub max_batch_bytes: BytesLimit,
    /// Bytes of one event, as the provider counts them. Default: what fits into a request, longer ones
    /// dead-lettered.
    pub max_event_bytes: Option<EventLimit>,
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
    /// The body as it goes over the wire, compressed where it is.
    Wire,
}

/// A limit that counts bytes of one event.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventLimit {
    /// The largest allowed number of bytes of one record, overhead not counted.
    pub value: u64,
    /// What is counted. Default: the record.
    #[serde(default)]
    pub basis: EventBasis,
    /// What happens to a longer one.
    pub policy: OversizePolicy,
    /// Key in `sources`.
    pub source: String,
}

/// What a limit of one event counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventBasis {
    /// The record as it stands in the body.
    #[default]
    Record,
    /// The line of a stream's entry, before it is escaped.
    Line,
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
    /// The sink sends such an event with the nearest time that is taken. Default: false.
    #[serde(default)]
    pub clamp: bool,
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
    /// Environment variables that supply `timeout_seconds` in whole milliseconds, as OpenTelemetry's do;
    /// the first one set wins. The sink's own variable comes before them.
    #[serde(default)]
    pub timeout_milliseconds_env: Vec<String>,
}

/// Body compression.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Compression {
    /// Encodings the sink offers, first is the default. Default: none only.
    #[serde(default)]
    pub offered: Vec<Encoding>,
    /// Environment variables that supply the choice, the first one set wins. The sink's own variable
    /// comes before them.
    #[serde(default)]
    pub env: Vec<String>,
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
///
/// Whatever a rule says, an answer that is a web page is no verdict about events: the sink pauses.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Responses {
    /// Rules that follow `rules`. Default: `http`.
    #[serde(default)]
    pub standard: Standard,
    /// Where the provider's own code stands, where the status is not enough: a JSON pointer into the
    /// body, or `{ header: NAME }`.
    pub code: Option<CodePlace>,
    /// JSON pointer to the error text; else the start of the body is quoted.
    pub error_text: Option<String>,
    /// First match wins. Default: any status from 200 to 299 means `delivered`.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// What any other response means. Default: `paused`.
    #[serde(default)]
    pub otherwise: OutcomeName,
    /// Per-item results, read when a rule says `items`.
    pub items: Option<Items>,
    /// Where the index of the first bad event stands, read when a rule says `first_bad`.
    pub first_bad: Option<String>,
    /// Header with the delay asked for: its name, seconds or a date in it, or its name and unit.
    /// Default: `Retry-After`.
    pub retry_after: Option<RetryAfter>,
}

/// Rules that follow a spec's own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standard {
    /// 400 and 422 `bisect`; 401, 402, 403 and 407 `paused`; 300 to 399, 404 and 405 `paused`; 408 and
    /// 425 `transient`; 413 `split`; 429 `throttled`; 500 to 599 `transient`. A status that a rule of
    /// the spec has taken whole is left out.
    #[default]
    Http,
    /// None.
    None,
}

/// Where the provider's own code stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum CodePlace {
    /// JSON pointer into the body.
    Body(String),
    /// In a header.
    Header(HeaderPlace),
}

/// A header.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeaderPlace {
    /// Its name.
    pub header: String,
}

/// Where the delay that an answer asks for stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RetryAfter {
    /// Header with seconds or an HTTP date.
    Name(String),
    /// Header with another unit.
    Header(RetryHeader),
}

/// A header with a delay.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryHeader {
    /// Its name.
    pub header: String,
    /// Its unit. Default: `seconds`.
    #[serde(default)]
    pub unit: DelayUnit,
}

/// Unit of a delay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DelayUnit {
    /// Seconds, or an HTTP date.
    #[default]
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// The moment to come back, seconds since 1970.
    EpochSeconds,
    /// Seconds after `reset=` among the header's parameters, as in `RateLimit: limit=…, reset=3`.
    Reset,
}

/// One rule of a response table.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Statuses: numbers or ranges such as `"500-599"`. Absent: any.
    #[serde(default)]
    pub status: Vec<StatusSet>,
    /// The provider's own codes: numbers, ranges such as `"4-8"`, words, `absent` (missing or null) and
    /// `present` (there, whatever it is). Absent: any.
    #[serde(default)]
    pub code: Vec<Code>,
    /// Texts, one of which stands in the body. Absent: any.
    #[serde(default)]
    pub text: Vec<String>,
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
    /// A word, a range of numbers such as `"200-299"`, `absent` or `present`.
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
    /// are sent again, those before it are dead-lettered or dropped with the reason `uncertain`.
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
    #[default]
    Paused,
    /// Some events are stored and some lost, and the answer does not say which: none is sent again,
    /// the lost ones, all where their number is not said, are dropped with the reason `uncertain`.
    Uncertain,
    /// Never will work.
    Rejected,
}

/// Per-item results, in one of four forms: `list`, one result for each event in the order sent;
/// `failed` and `by`, a list of the failed ones with the id that `from: position` gave them; `map`,
/// from position to error; `counts`, only how many.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Items {
    /// JSON pointer to the list; empty for the body itself. Items stand in request order.
    pub list: Option<String>,
    /// JSON pointer to the list of failed items; all others are stored.
    pub failed: Option<String>,
    /// With `failed`: JSON pointer within an item to its id.
    pub by: Option<String>,
    /// JSON pointer to the map of failed items; all others are stored.
    pub map: Option<String>,
    /// Only the number of failed events is known. They are not sent again.
    pub counts: Option<Counts>,
    /// JSON pointer within an item to its status. Another word for `code`.
    pub status: Option<String>,
    /// JSON pointer within an item to its code.
    pub code: Option<String>,
    /// JSON pointer within an item to its error text.
    pub error: Option<String>,
    /// With `list`: codes that mean stored, as in a rule.
    #[serde(default)]
    pub delivered: Vec<Code>,
    /// Codes worth another attempt, as in a rule; all others are rejected.
    #[serde(default)]
    pub retryable: Vec<Code>,
    /// With `list`: an item with this value is refused although its code says stored.
    pub refused_when: Option<PointerEquals>,
}

/// Numbers in an answer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// JSON pointer to the number of failed events; absent: none failed.
    pub failed: String,
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

/// What the vendor answers in each situation. Where no body is documented the status is enough; what
/// is left out follows from `responses`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// Everything stored.
    #[serde(default)]
    pub accepted: Answer,
    /// Missing or wrong credentials.
    pub unauthorized: Option<Answer>,
    /// Body not as documented.
    #[serde(default)]
    pub malformed: Answer,
    /// Over a size or count limit.
    #[serde(default)]
    pub too_large: Answer,
    /// Slow down.
    #[serde(default)]
    pub throttled: Answer,
    /// Server trouble.
    #[serde(default)]
    pub unavailable: Answer,
    /// Some events refused. With `responses.items` the body has a hole `{items}` filled from
    /// `item_ok`, `item_rejected` and `item_throttled`: with `list` one for each event, with `failed`
    /// and `map` those that failed, in a map each after its position; with `counts` a hole `{failed}`,
    /// their number; with `responses.first_bad` a hole `{index}`.
    pub partial: Option<Answer>,
    /// One stored item of `partial`, JSON text.
    pub item_ok: Option<String>,
    /// One refused item of `partial`, JSON text. Its hole `{index}` is the event's position.
    pub item_rejected: Option<String>,
    /// One throttled item of `partial`, JSON text. Its hole `{index}` is the event's position.
    pub item_throttled: Option<String>,
}

/// One canned answer.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Docs {
    /// Name of the page on the docs site, when it is not the id: `aws-cloudwatch`. Providers that name
    /// the same one share it.
    #[serde(default)]
    pub page: Option<String>,
    /// What must exist before the sink can start.
    #[serde(default)]
    pub prerequisites: Vec<String>,
    /// What a person pastes where the provider keeps permissions.
    #[serde(default)]
    pub permissions: Vec<Permission>,
    /// The way to a first delivered event.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What can go wrong.
    #[serde(default)]
    pub troubleshooting: Vec<Trouble>,
    /// What costs money.
    #[serde(default)]
    pub cost_drivers: Vec<String>,
    /// How to pay less.
    #[serde(default)]
    pub cost_tips: Vec<String>,
    /// What breaks or bounds the delivery guarantee at this provider (duplicates, silent drops).
    #[serde(default)]
    pub delivery_notes: Vec<String>,
    /// What the sink, or the stand-in that its tests talk to, was checked with. None: the stand-in alone,
    /// which `list` calls `fake`.
    #[serde(default)]
    pub checked: Vec<Checked>,
}

/// One server or client that nobody here wrote. Exactly one of the two.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Checked {
    /// A server that sinks sent to and that gave everything back, with its version; the name tells whether it
    /// is the vendor's.
    #[serde(default)]
    pub server: Option<String>,
    /// A client that the stand-in understood, with its version: the vendor's own, or one that nobody here wrote.
    #[serde(default)]
    pub vendor_client: Option<String>,
    /// Day it was done, `YYYY-MM-DD`.
    pub date: String,
}

impl Checked {
    /// How it was checked, in a word or two.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.server {
            Some(_) => "server",
            None => "vendor client",
        }
    }

    /// What it was checked with.
    #[must_use]
    pub fn with(&self) -> &str {
        let with = self.server.as_ref().or(self.vendor_client.as_ref());
        with.map_or("", String::as_str)
    }
}

/// A document that grants what the sink needs, as the provider takes it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// What it is and where it goes, in a sentence.
    pub title: String,
    /// The document: shown as JSON, so that it is JSON.
    pub document: serde_json::Value,
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
    #[serde(default)]
    pub responses: Vec<ResponseVector>,
    /// Event counts and sizes to the number of requests: each pins one limit at its edge.
    #[serde(default)]
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
    /// Events in the shape fapilog writes. All of them travel in one request, whose moment is
    /// `2026-01-02T03:04:06Z`.
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
    /// With `payload.protobuf`: its bytes in hexadecimal, lower case.
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
    /// Body. With `payload.protobuf` and the header `content-type: application/x-protobuf`: its
    /// bytes in hexadecimal.
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
    /// Some are lost, and the answer does not say which.
    Uncertain,
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

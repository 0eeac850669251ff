//! The lowered form of a spec: what every language, the interpreter, the guide and the tables read.
//!
//! Everything is resolved: settings by index, holes as pieces, statuses and codes as ranges and words,
//! sources as closed enums whose chains end at the first that every event has. Nothing here can fail
//! to be found, and nothing needs a default that a reader would have to know.

use std::ops::RangeInclusive;

use serde_json::Value as Json;

pub use crate::spec::model::{
    Answer, Answers as CannedAnswers, Checked, Docs, Encoding, EnumValue, EventPart, LevelName,
    LimitVector, Method, Ordering, OversizePolicy, RequestVector, Resource, ResponseVector,
    SettingsVector, TextCheck, VectorOutcome, Vectors,
};

/// One log backend, ready to be printed.
#[derive(Debug, Clone)]
pub struct Sink {
    /// Name on the command line and of modules.
    pub id: String,
    /// Name as the vendor writes it.
    pub title: String,
    /// One sentence: what the sink ships to.
    pub summary: String,
    /// Vendor documentation of the API.
    pub docs_url: String,
    /// Prefix of type names: `CloudWatch`.
    pub type_prefix: String,
    /// Name of the Python plugin.
    pub python_plugin: String,
    /// Prefix of environment variables, without a `_` at its end: `LOKI_SINK`.
    pub env_prefix: String,
    /// Where vendor facts come from.
    pub sources: Vec<Source>,
    /// The sink's own settings; a [`SettingId`] is an index into them.
    pub settings: Vec<Setting>,
    /// How requests are authenticated, in order: the first whose settings are all set is used. At
    /// most the last needs none.
    pub credentials: Vec<Credentials>,
    /// Who performs a request.
    pub transport: Transport,
    /// How events become bodies.
    pub payload: Payload,
    /// What the provider accepts.
    pub limits: Limits,
    /// The delivery settings when the user gives none, limits and ordering respected.
    pub delivery: DeliveryDefaults,
    /// Content encodings offered, the default first; never empty.
    pub compression: Vec<Encoding>,
    /// Environment variables that supply the choice among them, the sink's own first.
    pub compression_env: Vec<String>,
    /// Environment variables that supply `timeout_seconds` in milliseconds, after the sink's own.
    pub timeout_milliseconds_env: Vec<String>,
    /// What an answer means.
    pub answers: Answers,
    /// What is created on first use.
    pub resources: Vec<Resource>,
    /// What the vendor answers, for the stand-in.
    pub canned: CannedAnswers,
    /// The guide's prose.
    pub docs: Docs,
    /// Worked examples.
    pub vectors: Vectors,
}

/// Where a vendor fact comes from.
#[derive(Debug, Clone)]
pub struct Source {
    /// Key in the spec.
    pub key: String,
    /// What it is, in words.
    pub title: String,
    /// Where it is.
    pub url: Option<String>,
    /// The day it was read.
    pub checked: String,
}

/// Index into [`Sink::sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceId(pub usize);

/// Index into [`Sink::settings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SettingId(pub usize);

/// One setting of the sink.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Its name in settings.
    pub name: String,
    /// Its type, with what the type needs.
    pub kind: Kind,
    /// What it means, numbers it takes included where there are only a few.
    pub description: String,
    /// Environment variables that supply it, in order; the automatic one is the last where the spec
    /// does not name it.
    pub env: Vec<String>,
    /// What holds when nothing is given.
    pub presence: SettingPresence,
    /// Value shown in guides and examples.
    pub example: Option<String>,
    /// Whether it goes into a header, so that it must be text a header can hold.
    pub in_header: bool,
}

/// Type of a setting.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Text.
    Text(Option<TextCheck>),
    /// Text that never prints.
    Secret(Option<TextCheck>),
    /// Absolute http or https URL without user information.
    Url {
        /// Used as it is; otherwise paths are appended.
        whole: bool,
    },
    /// An absolute URL that is a secret as a whole.
    SecretUrl,
    /// `true` or `false`.
    Bool,
    /// Whole number.
    Int {
        /// Least.
        min: Option<i64>,
        /// Largest.
        max: Option<i64>,
        /// The only ones, ascending; empty: any.
        one_of: Vec<i64>,
    },
    /// Number.
    Float {
        /// Least.
        min: Option<f64>,
        /// Largest.
        max: Option<f64>,
    },
    /// Seconds.
    Duration {
        /// Least.
        min: Option<f64>,
        /// Largest.
        max: Option<f64>,
    },
    /// One of these words.
    Enum(Vec<EnumValue>),
    /// Texts; `spaced`: white space ends an item in the environment too.
    List {
        /// White space ends an item in the environment, not only a comma.
        spaced: bool,
    },
    /// Text to text.
    Map,
    /// Text to text that never prints.
    SecretMap,
}

/// What holds when nothing is given for a setting.
#[derive(Debug, Clone, PartialEq)]
pub enum SettingPresence {
    /// The sink refuses to start.
    Required,
    /// This value; the empty list or map where a collection has no default of its own.
    Default(Json),
    /// It is not set.
    Optional,
}

/// A text with holes, ready to be filled. Never empty pieces next to each other of one kind.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Text {
    /// Pieces in order.
    pub pieces: Vec<Piece>,
}

/// A piece of a [`Text`].
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// As it is.
    Literal(String),
    /// A setting as text: numbers and booleans as JSON writes them, a list joined by commas, a map as
    /// `key:value,key:value`.
    Setting(SettingId),
    /// The moment of the request.
    Now(TimeEncoding),
    /// A value of the event as text; a text with one is left out where it has none. Outside a record
    /// it is a partition: index into [`Payload::partition`].
    Event(Box<Chain>),
    /// A value that all events of a request share: index into [`Payload::partition`].
    Shared(usize),
}

/// How requests are authenticated.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Optional settings that must be set for it to be used; empty: always usable.
    pub when: Vec<SettingId>,
    /// The scheme.
    pub scheme: Scheme,
}

/// A scheme of authentication.
#[derive(Debug, Clone)]
pub enum Scheme {
    /// None.
    None,
    /// A header of its own; its name may come from a setting, its value holds the secret.
    Header {
        /// Name.
        name: Text,
        /// Value.
        value: Text,
    },
    /// HTTP basic authentication.
    Basic {
        /// User name; a text or secret setting.
        username: SettingId,
        /// Password; the empty one when absent or not set.
        password: Option<SettingId>,
    },
    /// A parameter of the query.
    Query {
        /// Name.
        name: String,
        /// The secret.
        secret: SettingId,
    },
    /// `OAuth2` client credentials; the token goes into `Authorization: Bearer`.
    OAuth2(OAuth2),
    /// A Google service account or the metadata server.
    Google {
        /// Setting with the path of the key file.
        key_file: Option<SettingId>,
        /// Scope asked for.
        scope: String,
    },
    /// An Azure identity: client secret, workload identity or managed identity, whichever is there.
    Azure(AzureScheme),
    /// A shared access signature, computed and renewed.
    Sas {
        /// Resource that is signed.
        resource: Text,
        /// Name of the key.
        key_name: SettingId,
        /// The key.
        key: SettingId,
    },
    /// AWS signature version 4 over HTTP, credentials from the default chain.
    SigV4 {
        /// Service name.
        service: Text,
        /// Region.
        region: SettingId,
    },
    /// The AWS SDK's default credential chain, for SDK transports.
    AwsDefaultChain {
        /// Region.
        region: SettingId,
    },
}

/// An Azure identity.
#[derive(Debug, Clone)]
pub struct AzureScheme {
    /// Scope asked for, `https://monitor.azure.com/.default`.
    pub scope: Text,
    /// Tenant.
    pub tenant: Option<SettingId>,
    /// Client.
    pub client: Option<SettingId>,
    /// Its secret.
    pub secret: Option<SettingId>,
    /// Host of the token endpoint, for sovereign clouds.
    pub authority: Option<SettingId>,
}

/// `OAuth2` client credentials.
#[derive(Debug, Clone)]
pub struct OAuth2 {
    /// Address of the token endpoint.
    pub token_url: Text,
    /// Client.
    pub client_id: SettingId,
    /// Its secret.
    pub client_secret: SettingId,
    /// Scope asked for.
    pub scope: Option<Text>,
    /// Further form parameters.
    pub parameters: Vec<(String, Text)>,
    /// The client goes as basic authentication instead of into the form.
    pub basic: bool,
}

/// Who performs a request.
#[derive(Debug, Clone)]
pub enum Transport {
    /// The runtime's HTTP client.
    Http(Endpoint),
    /// The vendor's SDK for `PutLogEvents`; its endpoint is what the stand-in and the guide name.
    AwsCloudwatchLogs(Option<Endpoint>),
}

/// Where requests go.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Scheme and host.
    pub base: Base,
    /// Setting with the whole address, which counts where it is set and the override is not.
    pub whole: Option<SettingId>,
    /// POST, as a rule.
    pub method: Method,
    /// Path after the base; what fills its holes is percent-encoded.
    pub path: Text,
    /// Query in order.
    pub query: Vec<Parameter>,
    /// Headers in order, names as written; content type, encoding and credentials are not among them.
    pub headers: Vec<Parameter>,
    /// Cheap reachability test.
    pub health: Option<Health>,
    /// How the provider says later that it has stored what it took.
    pub acknowledgement: Option<Acknowledgement>,
}

/// Scheme and host of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Base {
    /// What is used unless the override is set.
    pub text: Text,
    /// Setting that replaces it.
    pub replaced_by: Option<SettingId>,
}

/// A header or a parameter of the query.
#[derive(Debug, Clone, PartialEq)]
pub enum Parameter {
    /// A name and a text, left out while an optional setting in it is not set.
    Named {
        /// Name.
        name: String,
        /// Value.
        value: Text,
    },
    /// One for each pair of a map setting.
    Each(SettingId),
}

/// Cheap reachability test.
#[derive(Debug, Clone)]
pub struct Health {
    /// Method.
    pub method: Method,
    /// Scheme and host.
    pub base: Base,
    /// Path after the base.
    pub path: Text,
    /// Whether credentials go along.
    pub authenticated: bool,
    /// Body to send.
    pub body: Option<String>,
    /// Statuses that mean healthy.
    pub healthy: Vec<RangeInclusive<u16>>,
}

/// How a provider says later that it has stored what it took: a question about the id that its answer
/// carries, a POST of JSON with the headers of the request it is about.
#[derive(Debug, Clone)]
pub struct Acknowledgement {
    /// The `bool` setting that turns it on; `None`: it is always on.
    pub when: Option<SettingId>,
    /// Path of the question after the base.
    pub path: Text,
    /// Query of the question; names and texts, those left out of which a setting is not set.
    pub query: Vec<(String, Text)>,
    /// Body of the question around the id.
    pub body: [String; 2],
    /// JSON pointer to the id in the answer to a request.
    pub id: String,
    /// JSON pointer to what is `true` in the answer to the question, around the id.
    pub acknowledged: [String; 2],
    /// The setting with the longest pause between two questions.
    pub every: SettingId,
    /// The setting with the time an acknowledgement may take.
    pub within: SettingId,
}

/// How events become bodies.
#[derive(Debug, Clone)]
pub struct Payload {
    /// `Content-Type`; `None` only for SDK transports.
    pub content_type: Option<String>,
    /// How records stand together.
    pub form: Form,
    /// One record.
    pub record: Record,
    /// Words for levels; `None` where no value asks for them.
    pub levels: Option<Levels>,
    /// Values all events of a request share, because a header, path, query or the body outside the
    /// records names them. Empty: any events travel together.
    pub partition: Vec<Chain>,
}

/// How records stand together in one body.
#[derive(Debug, Clone)]
pub enum Form {
    /// A JSON value with the records, comma separated, in a list at one place. The plain array has
    /// [`Value::Records`] as the whole envelope.
    Envelope {
        /// The value; holds [`Value::Records`] exactly once. No other event reference.
        envelope: Value,
        /// Records begin with this key, whose value is the position in the request as text.
        position: Option<String>,
    },
    /// The body is one record.
    Single,
    /// One text after the other.
    Lines {
        /// Written before each record, ended by a newline, where it does not depend on the event.
        before: Option<Value>,
        /// Whether a newline ends each record.
        newline: bool,
    },
    /// Entries grouped by label set, `{"streams":[{"stream":{…},"values":[r,r]}]}`.
    Streams(Streams),
    /// `ExportLogsServiceRequest` of OTLP as protobuf; `envelope` holds the JSON form's shape.
    OtlpProtobuf {
        /// As in [`Form::Envelope`].
        envelope: Value,
    },
    /// Records handed to an SDK one by one.
    Sdk,
}

/// Grouped streams.
#[derive(Debug, Clone)]
pub struct Streams {
    /// Labels in order; the first to give a name wins.
    pub labels: Vec<Label>,
    /// Setting with the number of distinct label sets.
    pub max_streams: SettingId,
    /// Replaces a dynamic label beyond that number.
    pub overflow_value: String,
    /// Labels a stream may have.
    pub max_labels: Option<u64>,
}

/// One label, or several from a setting.
#[derive(Debug, Clone)]
pub enum Label {
    /// A label with a name of its own.
    Named {
        /// Name.
        name: String,
        /// Value as text.
        value: Chain,
        /// The provider does not count it among the most.
        uncounted: bool,
    },
    /// All pairs of a map setting.
    Pairs(SettingId),
    /// A list setting that names references to take as labels.
    Fields(SettingId),
}

/// One record.
#[expect(clippy::large_enum_variant, reason = "there is one for each sink")]
#[derive(Debug, Clone)]
pub enum Record {
    /// A JSON value, written without spaces.
    Json {
        /// The value.
        value: Value,
        /// Written before it, with a newline, because it depends on the event.
        before: Option<Value>,
    },
    /// Values written as text one after the other; absent ones leave nothing. Line breaks in them
    /// become spaces.
    Text(Vec<Value>),
    /// `["<unix ns>", "<line>", {metadata}]`.
    StreamEntry {
        /// The line, a JSON object or a sequence of texts.
        line: Box<Record>,
        /// Names and values as text; absent ones are left out.
        metadata: Vec<(String, Chain)>,
    },
}

/// A value as it stands in a body or record.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Written in the spec.
    Literal(Json),
    /// Text with holes.
    Text(Text),
    /// The first source that is there.
    Chain(Chain),
    /// An object; stands even when all its members are left out.
    Object(Vec<Member>),
    /// A list; absent items are left out.
    List(Vec<Value>),
    /// The parts of an event as one object, or in another form; absent when nothing is left.
    Rest(Rest),
    /// A value turned into one text.
    Encoded {
        /// What is turned.
        value: Box<Value>,
        /// Into what.
        form: TextForm,
        /// Put after the JSON text before it is encoded: a newline for Firehose.
        append: String,
    },
    /// The place of the records, in an envelope only.
    Records,
    /// In a list only: an item for each pair of a map setting, as OTLP writes attributes; none where
    /// it is empty.
    Each {
        /// The setting.
        id: SettingId,
        /// Keys that have no item here.
        except: Vec<String>,
    },
}

/// What a whole value becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextForm {
    /// Its JSON as text.
    JsonText,
    /// Its JSON (of a text: the text) in base64.
    Base64,
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq)]
pub enum Member {
    /// A key and its value; left out with the value.
    Field {
        /// Key.
        key: String,
        /// Value.
        value: Value,
    },
    /// Members of the event's parts at this place. A key that is taken gets the prefix of its
    /// [`RestPart`] until it is free.
    Merge {
        /// What is merged.
        rest: Rest,
        /// Keys that are taken: those of the object and the reserved ones, each once.
        taken: Vec<String>,
    },
}

/// What the spec names no place for.
#[derive(Debug, Clone, PartialEq)]
pub struct Rest {
    /// Parts in order, later ones merged into earlier ones.
    pub parts: Vec<RestPart>,
    /// How the members are made.
    pub shape: RestShape,
    /// What the object becomes.
    pub form: RestForm,
}

/// One part of the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct RestPart {
    /// Part of the event.
    pub part: EventPart,
    /// Put before a key that is taken.
    pub clash_prefix: String,
}

/// How the members of a rest are made. The plain rest keeps keys and values as they are, nulls left
/// out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RestShape {
    /// Put before every key.
    pub prefix: String,
    /// Nested objects become members whose keys are joined by this. Lists become their JSON text only
    /// where `values` says so.
    pub flatten: Option<String>,
    /// What values may be.
    pub values: RestValues,
    /// Characters keys may have, as in a bracket expression; others become `_`.
    pub keys: Option<String>,
    /// Most members; those beyond it stand together as JSON text under `_rest`.
    pub max: Option<u64>,
}

/// What the values of a rest may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RestValues {
    /// Any JSON value.
    #[default]
    Any,
    /// Texts, numbers and booleans; others become their JSON text.
    Scalars,
    /// Texts; others become their JSON text.
    Texts,
}

/// What the object of a rest becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RestForm {
    /// It stays an object.
    #[default]
    Object,
    /// `[{"key":…,"value":{"stringValue":…}}]`.
    OtlpAttributes,
    /// One text with its JSON.
    JsonText,
}

/// Sources in order: the first that is there is written. Only the last can be one that every event
/// has.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// Never empty.
    pub sources: Vec<From>,
}

/// One source and how it is written.
#[derive(Debug, Clone, PartialEq)]
pub enum From {
    /// The event's time. Always there.
    Timestamp(TimeEncoding),
    /// The moment of encoding, in an envelope that of the request. Always there.
    Now(TimeEncoding),
    /// The event's level. Always there.
    Level(LevelForm),
    /// The event's message. Always there.
    Message,
    /// The event's logger; absent when empty.
    Logger,
    /// A whole part; absent when nothing but nulls is in it.
    Part(EventPart),
    /// A key of a part; absent when missing or null.
    Key {
        /// Part.
        part: EventPart,
        /// Steps into nested objects; never empty.
        path: Vec<String>,
        /// How it is written.
        form: KeyForm,
    },
    /// A setting; absent when not set, and when it is an empty text, list or map.
    Setting {
        /// Which.
        id: SettingId,
        /// How it is written.
        form: SettingForm,
    },
    /// The value of one key of a map setting; absent when it has none, or an empty one.
    Pair {
        /// The setting.
        id: SettingId,
        /// The key.
        key: String,
    },
    /// A value of the spec, the end of a chain. Always there.
    Default(Json),
}

/// How a value of an event is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyForm {
    /// As it is.
    #[default]
    Json,
    /// As text: text as it is, others as their JSON text. An empty text is absent.
    Text,
    /// As text in base64.
    Base64,
    /// `{"stringValue":…}` and so on.
    OtlpValue,
}

/// How a setting is written as a JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SettingForm {
    /// By its type: text, number, boolean, list, object.
    #[default]
    Json,
    /// As one text: `key:value,key:value` or `text,text`; a scalar as in a hole.
    Text,
    /// A map as OTLP attributes.
    OtlpAttributes,
}

/// How a level is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LevelForm {
    /// Its name in lower case.
    Lower,
    /// Its name in upper case.
    Upper,
    /// Through [`Payload::levels`].
    Map,
}

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeEncoding {
    /// Whole seconds since 1970, a number.
    UnixS,
    /// Whole milliseconds, a number.
    UnixMs,
    /// Milliseconds with three decimals, a number.
    UnixMsFloat,
    /// Whole microseconds, a number.
    UnixUs,
    /// Whole nanoseconds, a number.
    UnixNs,
    /// Whole nanoseconds, a text.
    UnixNsText,
    /// Seconds with three decimals, a number.
    UnixSeconds,
    /// RFC 3339 in UTC with three decimals.
    Rfc3339Ms,
    /// RFC 3339 in UTC with six decimals.
    Rfc3339Us,
    /// RFC 3339 in UTC with nine decimals.
    Rfc3339Ns,
    /// `2026-01-02 03:04:05.678`, UTC.
    SpacedMs,
    /// `2026-01-02 03:04:05.678901234`, UTC.
    SpacedNs,
}

/// Words or numbers for levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    /// For each level, in the order of [`LevelName::ALL`]; a text or a whole number. A level the spec
    /// does not name has `other`, else its own name in lower case.
    pub words: [Json; 9],
    /// For words that are no level; `None`: the word itself in lower case. Always there where the
    /// words are numbers.
    pub other: Option<Json>,
    /// Whether all are texts.
    pub is_text: bool,
}

/// What the provider accepts.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Events in one request; `None`: no limit is known.
    pub max_batch_events: Option<Cited<u64>>,
    /// Bytes of one request.
    pub max_batch_bytes: Cited<u64>,
    /// What is counted.
    pub batch_basis: BatchBasis,
    /// Bytes of one event.
    pub max_event_bytes: Cited<u64>,
    /// What is counted.
    pub event_basis: EventBasis,
    /// What happens to a longer one.
    pub oversize: OversizePolicy,
    /// Oldest event.
    pub max_age: Option<TimeLimit>,
    /// Newest event, ahead of now.
    pub max_ahead: Option<TimeLimit>,
    /// Time between the first and the last event of a request.
    pub max_span: Option<Cited<u64>>,
    /// Order the provider needs.
    pub ordering: Ordering,
    /// How the bytes of a request follow from its records.
    pub sizing: Sizing,
}

/// A vendor figure and where it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cited<T> {
    /// The figure.
    pub value: T,
    /// Where it was read.
    pub source: SourceId,
}

/// What a request's limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchBasis {
    /// The body before compression, framing included.
    Body,
    /// The records and an overhead for each.
    Records {
        /// Bytes for each.
        overhead: u64,
    },
    /// The body as it goes over the wire; a body that turns out longer is split before it is sent.
    Wire,
}

/// What an event's limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventBasis {
    /// The record as it stands in the body.
    Record,
    /// The line of a stream's entry, before it is escaped.
    Line,
}

/// `batch + Σ (record length + record) + Σ (group length + group)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizing {
    /// Bytes of a body without records, settings as long as they may be not included.
    pub batch: u64,
    /// Bytes added for each record.
    pub record: u64,
    /// Bytes added for each group besides its text.
    pub group: u64,
}

/// A limit in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimit {
    /// Seconds.
    pub seconds: Cited<u64>,
    /// What the sink does with events beyond it.
    pub policy: TimePolicy,
}

/// What a sink does with events outside a provider's window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimePolicy {
    /// Sends them: the provider refuses them and says so.
    Send,
    /// Dead-letters them: the provider would discard them without a word.
    DeadLetter,
    /// Sends them with the nearest time that is taken.
    Clamp,
}

/// Delivery settings, resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryDefaults {
    /// Events per request aimed for.
    pub batch_size: u64,
    /// Bytes per request aimed for.
    pub batch_bytes: u64,
    /// Longest a partial batch waits.
    pub batch_timeout_seconds: f64,
    /// Retries after the first attempt.
    pub max_retries: u32,
    /// First backoff, seconds.
    pub retry_base_delay: f64,
    /// Longest backoff, seconds.
    pub retry_max_delay: f64,
    /// Limit of one attempt.
    pub timeout_seconds: f64,
    /// Requests sent and not yet answered.
    pub max_in_flight: u64,
}

/// What an answer means.
///
/// Whatever a rule says, an answer that is a web page (content type `text/html`, or a body that
/// starts with `<!doctype` or `<html`, in any case) is no verdict about events: where the rule would
/// say delivered, items, first bad, bisect, uncertain or rejected it is `Paused`.
#[derive(Debug, Clone)]
pub struct Answers {
    /// Where the provider's own code stands; `None` where no rule asks for it.
    pub code: Option<CodePlace>,
    /// JSON pointer to the error text; else the start of the body is quoted.
    pub error_text: Option<String>,
    /// First match wins.
    pub rules: Vec<Rule>,
    /// What any other answer means: `Paused`, unless the spec says otherwise.
    pub otherwise: Outcome,
    /// Per-item results; there where a rule says [`Outcome::Items`].
    pub items: Option<Items>,
    /// JSON pointer to the index of the first bad event; there where a rule says
    /// [`Outcome::FirstBad`].
    pub first_bad: Option<String>,
    /// Where the delay asked for stands.
    pub retry_after: RetryAfter,
}

/// Where the provider's own code stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodePlace {
    /// At a JSON pointer in the body.
    Body(String),
    /// In a header, lower case.
    Header(String),
}

/// Where the delay that an answer asks for stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryAfter {
    /// Header, lower case.
    pub header: String,
    /// Its unit.
    pub unit: DelayUnit,
}

/// Unit of a delay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DelayUnit {
    /// Seconds, or an HTTP date.
    SecondsOrDate,
    /// Milliseconds.
    Milliseconds,
    /// Seconds since 1970.
    EpochSeconds,
    /// `limit=…, reset=SECONDS` among the header's parameters.
    ResetParameter,
}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Statuses; empty: any.
    pub status: Vec<RangeInclusive<u16>>,
    /// Codes; empty: any.
    pub code: Codes,
    /// Texts, one of which stands in the body; empty: any.
    pub text: Vec<String>,
    /// What it means.
    pub outcome: Outcome,
    /// Why, in words.
    pub note: Option<String>,
}

/// What an answer means for the events of its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Every event is stored.
    Delivered,
    /// The body says which events are stored.
    Items,
    /// The body names the first bad event.
    FirstBad,
    /// Too large: halves are sent again.
    Split,
    /// Some event is bad: halves are sent again until it is found.
    Bisect,
    /// Slow down.
    Throttled,
    /// May work later.
    Transient,
    /// The events are fine and are kept; said, probed slowly.
    Paused,
    /// Some are stored and some lost, and the answer does not say which; nothing is sent again.
    Uncertain,
    /// Never will work.
    Rejected,
}

impl Outcome {
    /// Every one.
    pub const ALL: [Self; 10] = [
        Self::Delivered,
        Self::Items,
        Self::FirstBad,
        Self::Split,
        Self::Bisect,
        Self::Throttled,
        Self::Transient,
        Self::Paused,
        Self::Uncertain,
        Self::Rejected,
    ];
}

/// A set of codes or statuses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Codes {
    /// Numbers; a text of digits counts as its number.
    pub numbers: Vec<RangeInclusive<i64>>,
    /// Words.
    pub words: Vec<String>,
    /// A code that is missing or null belongs to the set.
    pub absent: bool,
    /// Any code that is there and not null belongs to the set.
    pub present: bool,
}

/// Per-item results. Pointers are JSON pointers; an empty one is the value itself.
#[derive(Debug, Clone)]
pub struct Items {
    /// Where they stand and how they are told apart.
    pub by: ItemsBy,
    /// Pointer within an item to its status or code.
    pub code: String,
    /// Pointer within an item to its error text.
    pub error: Option<String>,
    /// Codes that mean stored.
    pub delivered: Codes,
    /// Codes worth another attempt; all others are rejected.
    pub retryable: Codes,
    /// A pointer and a text that mean refused although the code says stored.
    pub refused_when: Option<(String, String)>,
}

/// Where per-item results stand.
#[derive(Debug, Clone)]
pub enum ItemsBy {
    /// A list with one item for each event, in the order of the request.
    Position {
        /// Pointer to the list.
        list: String,
    },
    /// A list of the failed ones, each with its position as text; all others are stored.
    Id {
        /// Pointer to the list; absent or null: none failed.
        list: String,
        /// Pointer within an item to the id.
        id: String,
    },
    /// A map from position to error; all others are stored.
    Map {
        /// Pointer to the map; absent or null: none failed.
        map: String,
    },
    /// A number of failed events, and nobody knows which: 0 is delivered, else uncertain.
    Count {
        /// Pointer to the number; absent: 0.
        failed: String,
    },
}

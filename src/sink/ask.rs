//! Questions that several readers ask of a lowered sink, answered once.

use serde_json::Value as Json;

use super::model::{
    Acknowledgement, Chain, Credentials, Endpoint, EnumValue, From, Kind, Member, Piece, Rule,
    Scheme, Setting, SettingId, SettingPresence, Sink, Source, SourceId, Text, TimeEncoding,
    Transport, Value,
};
use crate::text::plain;

impl Sink {
    /// A setting.
    #[must_use]
    pub fn setting(&self, id: SettingId) -> &Setting {
        &self.settings[id.0]
    }

    /// The setting of a name that a person typed.
    #[must_use]
    pub fn setting_named(&self, name: &str) -> Option<SettingId> {
        let found = self
            .settings
            .iter()
            .position(|setting| setting.name == name);
        found.map(SettingId)
    }

    /// Where a vendor fact was read.
    #[must_use]
    pub fn source(&self, id: SourceId) -> &Source {
        &self.sources[id.0]
    }

    /// Where requests go; `None` where an SDK alone knows.
    #[must_use]
    pub fn endpoint(&self) -> Option<&Endpoint> {
        match &self.transport {
            Transport::Http(endpoint) => Some(endpoint),
            Transport::AwsCloudwatchLogs(endpoint) => endpoint.as_ref(),
        }
    }

    /// The setting that sends requests elsewhere, to a stand-in for one.
    #[must_use]
    pub fn address_setting(&self) -> Option<SettingId> {
        let base = &self.endpoint()?.base;
        let is_base = match base.text.pieces.as_slice() {
            [Piece::Setting(id)] => Some(*id),
            _ => None,
        };
        base.replaced_by.or(is_base)
    }

    /// The setting that has events wait for an acknowledgement.
    #[must_use]
    pub fn acknowledgement_switch(&self) -> Option<&Setting> {
        let acknowledgement = self.endpoint()?.acknowledgement.as_ref()?;
        acknowledgement.when.map(|id| self.setting(id))
    }

    /// Whether some credentials are fetched or computed when a request is sent.
    #[must_use]
    pub fn fetches_credentials(&self) -> bool {
        self.credentials.iter().any(|one| one.scheme.is_fetched())
    }

    /// Whether that is so where these settings, and no others, are set.
    pub fn fetches_credentials_with(&self, is_set: impl Fn(&str) -> bool) -> bool {
        let is_complete = |one: &&Credentials| {
            let mut needed = one.when.iter();
            needed.all(|id| is_set(&self.setting(*id).name))
        };
        let first = self.credentials.iter().find(is_complete);
        first.is_some_and(|one| one.scheme.is_fetched())
    }

    /// Whether the runtime's HTTP client performs the requests.
    #[must_use]
    pub fn is_http(&self) -> bool {
        matches!(self.transport, Transport::Http(_))
    }

    /// The settings that credentials of these need.
    #[must_use]
    pub fn settings_of(credentials: &Credentials) -> Vec<SettingId> {
        match &credentials.scheme {
            Scheme::None => Vec::new(),
            Scheme::Header { value, .. } => value.settings().collect(),
            Scheme::Basic { username, password } => {
                std::iter::once(*username).chain(*password).collect()
            }
            Scheme::Query { secret, .. } => vec![*secret],
            Scheme::OAuth2(oauth2) => vec![oauth2.client_id, oauth2.client_secret],
            Scheme::Google { key_file, .. } => key_file.iter().copied().collect(),
            Scheme::Azure(azure) => {
                let settings = [azure.tenant, azure.client, azure.secret];
                settings.into_iter().flatten().collect()
            }
            Scheme::Sas { key_name, key, .. } => vec![*key_name, *key],
            Scheme::SigV4 { region, .. } | Scheme::AwsDefaultChain { region } => vec![*region],
        }
    }

    /// The optional settings one of which must be set because the provider takes no anonymous events;
    /// empty where it does.
    #[must_use]
    pub fn needed_credentials(&self) -> Vec<SettingId> {
        let is_open = |credentials: &Credentials| credentials.when.is_empty();
        if self.credentials.iter().any(is_open) {
            return Vec::new();
        }
        let firsts = self.credentials.iter().filter_map(|c| c.when.first());
        firsts.copied().collect()
    }

    /// The question about what is stored, and the setting that turns it on; `None` where there is no
    /// question, or no such setting.
    #[must_use]
    pub fn switched_acknowledgement(&self) -> Option<(&Acknowledgement, SettingId)> {
        let acknowledgement = self.acknowledgement()?;
        Some((acknowledgement, acknowledgement.when?))
    }

    /// The question about what is stored.
    #[must_use]
    pub fn acknowledgement(&self) -> Option<&Acknowledgement> {
        self.endpoint()?.acknowledgement.as_ref()
    }

    /// Whether reading an answer needs the number of events sent.
    #[must_use]
    pub fn counts_events(&self) -> bool {
        self.answers.items.is_some() || self.answers.first_bad.is_some()
    }
}

impl Setting {
    /// Whether it may be absent.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        self.presence == SettingPresence::Optional
    }

    /// Whether the sink refuses to start without it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.presence == SettingPresence::Required
    }

    /// Its default.
    #[must_use]
    pub fn default(&self) -> Option<&Json> {
        match &self.presence {
            SettingPresence::Default(value) => Some(value),
            SettingPresence::Required | SettingPresence::Optional => None,
        }
    }

    /// Whether its value must never print.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        matches!(
            self.kind,
            Kind::Secret(_) | Kind::SecretUrl | Kind::SecretMap
        )
    }

    /// Whether it holds one text: what counts as absent when it is empty.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(
            self.kind,
            Kind::Text(_) | Kind::Secret(_) | Kind::Url { .. } | Kind::SecretUrl | Kind::Enum(_)
        )
    }

    /// Its type, as a spec names it.
    #[must_use]
    pub const fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Text(_) => "string",
            Kind::Secret(_) => "secret",
            Kind::Url { .. } => "url",
            Kind::SecretUrl => "secret_url",
            Kind::Bool => "bool",
            Kind::Int { .. } => "int",
            Kind::Float { .. } => "float",
            Kind::Duration { .. } => "duration",
            Kind::Enum(_) => "enum",
            Kind::List { .. } => "list",
            Kind::Map => "map",
            Kind::SecretMap => "secret_map",
        }
    }

    /// The values of a choice.
    #[must_use]
    pub fn choices(&self) -> &[EnumValue] {
        match &self.kind {
            Kind::Enum(values) => values,
            _ => &[],
        }
    }

    /// Its default as it is typed: text without its quotes.
    #[must_use]
    pub fn default_text(&self) -> Option<String> {
        let typed = |value: &Json| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        };
        self.default().map(typed)
    }

    /// A value a user might give, on one line; of a secret, that there is one.
    #[must_use]
    pub fn shown_example(&self) -> String {
        if self.is_secret() {
            return "…".to_owned();
        }
        let given = self.example.clone().or_else(|| self.default_text());
        plain(&given.unwrap_or_else(|| "…".to_owned()))
    }

    /// Whether it is a list or a map.
    #[must_use]
    pub fn is_collection(&self) -> bool {
        matches!(self.kind, Kind::List { .. } | Kind::Map | Kind::SecretMap)
    }
}

impl Acknowledgement {
    /// The optional settings without which there is no question.
    #[must_use]
    pub fn needs(&self, sink: &Sink) -> Vec<SettingId> {
        let texts = self.query.iter().map(|(_, text)| text).chain([&self.path]);
        let mut needs: Vec<SettingId> = texts.flat_map(|text| text.conditions(sink)).collect();
        needs.dedup();
        needs
    }
}

impl Text {
    /// The text itself where it has no holes.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The settings in its holes, in order.
    pub fn settings(&self) -> impl Iterator<Item = SettingId> + '_ {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Setting(id) => Some(*id),
            _ => None,
        })
    }

    /// Its optional settings: it is left out while one of them is not set.
    #[must_use]
    pub fn conditions(&self, sink: &Sink) -> Vec<SettingId> {
        let mut found = Vec::new();
        for id in self.settings() {
            if sink.setting(id).is_optional() && !found.contains(&id) {
                found.push(id);
            }
        }
        found
    }

    /// Whether the event decides about it.
    #[must_use]
    pub fn is_of_event(&self) -> bool {
        self.pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Event(_)))
    }

    /// Whether it is made for each request: the moment or a shared value is in it.
    #[must_use]
    pub fn is_of_request(&self) -> bool {
        self.pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Now(_) | Piece::Shared(_)))
    }
}

impl Chain {
    /// Whether there is always a value: its last source is always there.
    #[must_use]
    pub fn is_always(&self, sink: &Sink) -> bool {
        self.sources.last().is_some_and(|from| from.is_always(sink))
    }

    /// Whether the event decides about it.
    #[must_use]
    pub fn is_of_event(&self) -> bool {
        self.sources.iter().any(From::is_of_event)
    }
}

impl From {
    /// Whether it is always there. A required or defaulted text may be empty, which counts as absent.
    #[must_use]
    pub fn is_always(&self, sink: &Sink) -> bool {
        match self {
            Self::Timestamp(_)
            | Self::Now(_)
            | Self::Level(_)
            | Self::Message
            | Self::Default(_) => true,
            Self::Logger | Self::Part(_) | Self::Key { .. } | Self::Pair { .. } => false,
            Self::Setting { id, .. } => {
                let setting = sink.setting(*id);
                let is_enum = matches!(setting.kind, Kind::Enum(_));
                let may_be_empty = (setting.is_text() && !is_enum) || setting.is_collection();
                !setting.is_optional() && !may_be_empty
            }
        }
    }

    /// Whether the event decides about it.
    #[must_use]
    pub fn is_of_event(&self) -> bool {
        matches!(
            self,
            Self::Timestamp(_)
                | Self::Level(_)
                | Self::Message
                | Self::Logger
                | Self::Part(_)
                | Self::Key { .. }
        )
    }
}

impl Value {
    /// Whether it is always there.
    #[must_use]
    pub fn is_always(&self, sink: &Sink) -> bool {
        match self {
            Self::Literal(_) | Self::Object(_) | Self::List(_) | Self::Records => true,
            Self::Text(text) => !text.is_of_event() && text.conditions(sink).is_empty(),
            Self::Chain(chain) => chain.is_always(sink),
            Self::Rest(_) | Self::Each { .. } => false,
            Self::Encoded { value, .. } => value.is_always(sink),
        }
    }

    /// Whether the event decides about any of it.
    #[must_use]
    pub fn is_of_event(&self) -> bool {
        match self {
            Self::Literal(_) | Self::Records | Self::Each { .. } => false,
            Self::Text(text) => text.is_of_event(),
            Self::Chain(chain) => chain.is_of_event(),
            Self::Rest(_) => true,
            Self::Encoded { value, .. } => value.is_of_event(),
            Self::List(items) => items.iter().any(Self::is_of_event),
            Self::Object(members) => members.iter().any(|member| match member {
                Member::Field { value, .. } => value.is_of_event(),
                Member::Merge { .. } => true,
            }),
        }
    }

    /// Whether it is the same in every request of a sink: no event, no moment, no shared value.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        match self {
            Self::Literal(_) | Self::Records | Self::Each { .. } => true,
            Self::Text(text) => !text.is_of_event() && !text.is_of_request(),
            Self::Chain(chain) => chain
                .sources
                .iter()
                .all(|from| !from.is_of_event() && !matches!(from, From::Now(_))),
            Self::Rest(_) => false,
            Self::Encoded { value, .. } => value.is_fixed(),
            Self::List(items) => items.iter().all(Self::is_fixed),
            Self::Object(members) => members.iter().all(|member| match member {
                Member::Field { value, .. } => value.is_fixed(),
                Member::Merge { .. } => false,
            }),
        }
    }
}

impl TimeEncoding {
    /// Whether it writes a JSON number.
    #[must_use]
    pub const fn is_number(self) -> bool {
        !matches!(
            self,
            Self::UnixNsText
                | Self::Rfc3339Ms
                | Self::Rfc3339Us
                | Self::Rfc3339Ns
                | Self::SpacedMs
                | Self::SpacedNs
        )
    }
}

impl Rule {
    /// Whether it needs more than the status.
    #[must_use]
    pub fn is_status_alone(&self) -> bool {
        self.code.is_empty() && self.text.is_empty()
    }
}

impl super::model::Codes {
    /// Whether it holds nothing: in a rule, that it asks for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.words.is_empty() && !self.absent && !self.present
    }

    /// Whether a value found in an answer belongs to it. A text of digits counts as its number.
    #[must_use]
    pub fn holds(&self, found: Option<&Json>) -> bool {
        let Some(found) = found.filter(|found| !found.is_null()) else {
            return self.absent;
        };
        if self.present {
            return true;
        }
        let text = found.as_str();
        let number = found
            .as_i64()
            .or_else(|| text.filter(|text| is_number(text))?.parse().ok());
        number.is_some_and(|number| self.numbers.iter().any(|range| range.contains(&number)))
            || text.is_some_and(|text| self.words.iter().any(|word| word == text))
    }
}

/// Digits as a number is written: no sign but `-`, no leading zero.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_digits && (digits == "0" || !digits.starts_with('0'))
}

impl Scheme {
    /// Whether credentials of it are fetched or computed when a request is sent, and not in settings.
    #[must_use]
    pub const fn is_fetched(&self) -> bool {
        matches!(
            self,
            Self::OAuth2(_)
                | Self::Google { .. }
                | Self::Azure(_)
                | Self::Sas { .. }
                | Self::SigV4 { .. }
        )
    }
}

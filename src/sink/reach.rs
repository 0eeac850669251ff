//! What the settings of a sink say about where its requests go, and what they carry.

use super::model::{
    Base, Form, Kind, Member, Parameter, Piece, Scheme, SettingId, Sink, Text, Value,
};

impl Sink {
    /// Settings that are an address of requests; where a whole address comes among them, in the order in
    /// which they count.
    #[must_use]
    pub fn addresses(&self) -> Vec<SettingId> {
        let endpoint = self.endpoint().filter(|_| self.is_http());
        let health = endpoint.and_then(|endpoint| endpoint.health.as_ref());
        let bases = endpoint.map(|endpoint| &endpoint.base).into_iter();
        let mut ids: Vec<SettingId> = bases
            .chain(health.map(|health| &health.base))
            .flat_map(|base| self.addresses_of(base))
            .chain(endpoint.and_then(|endpoint| endpoint.whole))
            .collect();
        ids.sort_by_key(|id| id.0);
        ids.dedup();
        if let Some(endpoint) = endpoint.filter(|endpoint| endpoint.whole.is_some()) {
            let first = [endpoint.base.replaced_by, endpoint.whole];
            ids.sort_by_key(|id| {
                first
                    .iter()
                    .position(|it| *it == Some(*id))
                    .unwrap_or(first.len())
            });
        }
        ids
    }

    fn addresses_of(&self, base: &Base) -> Vec<SettingId> {
        let pieces = base.text.pieces.iter().filter_map(|piece| match piece {
            Piece::Setting(id) => Some(*id),
            _ => None,
        });
        let is_url =
            |id: &SettingId| matches!(self.setting(*id).kind, Kind::Url { .. } | Kind::SecretUrl);
        pieces.chain(base.replaced_by).filter(is_url).collect()
    }

    /// Settings of which one tells, when it is set, that requests carry credentials; `None` where
    /// they always do.
    #[must_use]
    pub fn credential_settings(&self) -> Option<Vec<SettingId>> {
        let secret = (0..self.settings.len()).map(SettingId);
        let is_secret =
            |id: &SettingId| matches!(self.setting(*id).kind, Kind::Secret(_) | Kind::SecretMap);
        let mut ids: Vec<SettingId> = secret.filter(is_secret).collect();
        for credentials in &self.credentials {
            match credentials.scheme {
                Scheme::None
                | Scheme::Header { .. }
                | Scheme::Basic { .. }
                | Scheme::Query { .. } => {}
                _ if credentials.when.is_empty() => return None,
                _ => ids.extend(&credentials.when),
            }
        }
        ids.sort_by_key(|id| id.0);
        ids.dedup();
        Some(ids)
    }

    /// Names of the settings that credentials are made of: what an answer is about that refuses them.
    #[must_use]
    pub fn credential_names(&self) -> Vec<&str> {
        let of_schemes = self.credentials.iter().flat_map(Self::settings_of);
        let maps = (0..self.settings.len()).map(SettingId);
        let maps = maps.filter(|id| matches!(self.setting(*id).kind, Kind::SecretMap));
        self.names(of_schemes.chain(maps))
    }

    /// Names of the settings that say where events go: what an answer is about that knows no such
    /// place. Of the body, and the lines in it, those without which there is none.
    #[must_use]
    pub fn place_names(&self) -> Vec<&str> {
        let Some(endpoint) = self.endpoint().filter(|_| self.is_http()) else {
            return Vec::new();
        };
        let query = endpoint
            .query
            .iter()
            .filter_map(|parameter| match parameter {
                Parameter::Named { value, .. } => Some(value),
                Parameter::Each(_) => None,
            });
        let texts = [&endpoint.base.text, &endpoint.path]
            .into_iter()
            .chain(query);
        let mut ids: Vec<SettingId> = texts.flat_map(Text::settings).collect();
        match &self.payload.form {
            Form::Envelope {
                envelope: value, ..
            }
            | Form::Lines {
                before: Some(value),
                ..
            }
            | Form::OtlpProtobuf { envelope: value } => {
                let mut found = Vec::new();
                in_texts(value, &mut found);
                ids.extend(
                    found
                        .into_iter()
                        .filter(|id| !self.setting(*id).is_optional()),
                );
            }
            _ => {}
        }
        ids.extend(endpoint.whole);
        ids.extend(endpoint.base.replaced_by);
        self.names(ids.into_iter())
    }

    fn names(&self, ids: impl Iterator<Item = SettingId>) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for id in ids {
            let name = self.setting(id).name.as_str();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The endpoint's own path, where a setting holds the base: users copy whole URLs, and the path
    /// is taken off again. `None` where whole URLs have a setting of their own.
    #[must_use]
    pub fn path_beside(&self, base: &Base) -> Option<String> {
        let endpoint = self.endpoint()?;
        if endpoint.whole.is_some() || self.addresses_of(base).is_empty() {
            return None;
        }
        let pieces = endpoint.path.pieces.iter();
        let texts: Option<String> = pieces
            .map(|piece| match piece {
                Piece::Literal(text) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        let path = texts?.trim_end_matches('/').to_owned();
        (!path.is_empty()).then_some(path)
    }
}

/// The settings in the texts of a value.
fn in_texts(value: &Value, found: &mut Vec<SettingId>) {
    match value {
        Value::Text(text) => found.extend(text.settings()),
        Value::List(items) => items.iter().for_each(|item| in_texts(item, found)),
        Value::Object(members) => {
            for member in members {
                if let Member::Field { value, .. } = member {
                    in_texts(value, found);
                }
            }
        }
        Value::Encoded { value, .. } => in_texts(value, found),
        _ => {}
    }
}

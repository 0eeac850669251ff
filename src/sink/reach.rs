//! What the settings of a sink say about where its requests go, and what they carry.

use super::model::{Base, Kind, Piece, Scheme, SettingId, Sink};

impl Sink {
    /// Settings that are an address of requests.
    #[must_use]
    pub fn addresses(&self) -> Vec<SettingId> {
        let endpoint = self.endpoint().filter(|_| self.is_http());
        let health = endpoint.and_then(|endpoint| endpoint.health.as_ref());
        let bases = endpoint.map(|endpoint| &endpoint.base).into_iter();
        let mut ids: Vec<SettingId> = bases
            .chain(health.map(|health| &health.base))
            .flat_map(|base| self.addresses_of(base))
            .collect();
        ids.sort_by_key(|id| id.0);
        ids.dedup();
        ids
    }

    fn addresses_of(&self, base: &Base) -> Vec<SettingId> {
        let pieces = base.text.pieces.iter().filter_map(|piece| match piece {
            Piece::Setting(id) => Some(*id),
            _ => None,
        });
        let is_url = |id: &SettingId| matches!(self.setting(*id).kind, Kind::Url | Kind::SecretUrl);
        pieces.chain(base.replaced_by).filter(is_url).collect()
    }

    /// Settings of which one tells, when it is set, that requests carry credentials; `None` where
    /// they always do.
    #[must_use]
    pub fn credential_settings(&self) -> Option<Vec<SettingId>> {
        let secret = (0..self.settings.len()).map(SettingId);
        let is_secret = |id: &SettingId| matches!(self.setting(*id).kind, Kind::Secret(_));
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

    /// The endpoint's own path, where a setting holds the base: users copy whole URLs, and the path
    /// is taken off again.
    #[must_use]
    pub fn path_beside(&self, base: &Base) -> Option<String> {
        if self.addresses_of(base).is_empty() {
            return None;
        }
        let pieces = self.endpoint()?.path.pieces.iter();
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

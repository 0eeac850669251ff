//! What to look at when a provider refuses all requests: the settings that its answer is about.

/// Names of the settings that answers can be about.
#[derive(Debug, Clone, Copy)]
pub struct NamedSettings {
    /// Credentials are made of these.
    pub credentials: &'static [&'static str],
    /// These say where events go.
    pub place: &'static [&'static str],
}

impl NamedSettings {
    /// The reason with the settings that an answer of this status is about.
    #[must_use]
    pub fn told(self, status: u16, reason: String) -> String {
        let (first, second): (&[_], &[_]) = match status {
            401 => (self.credentials, &[]),
            403 => (self.credentials, self.place),
            300..=399 | 400 | 404 | 405 | 410 | 421 => (&[], self.place),
            407 => (&["proxy"], &[]),
            _ => (&[], &[]),
        };
        let names: Vec<&str> = first.iter().chain(second).copied().collect();
        if names.is_empty() {
            return reason;
        }
        format!("{reason}; check `{}`", names.join("`, `"))
    }
}

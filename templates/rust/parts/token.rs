//! Keeps what was issued until it is about to end, and has one caller at a time renew it.
//!
//! Needs `credentials.rs` and `http.rs`; crates: `reqwest`, `tokio` (`sync`, `time`).

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use reqwest::header::AUTHORIZATION;
use tokio::time::timeout;

use super::super::cloud_sink_base::{BoxFuture, Secret};
use super::credentials::{
    Clock, Credentials, CredentialsContext, CredentialsError, OutgoingRequest,
};
use super::http::secret_header;

/// How long before its end a token is renewed, or a quarter of its lifetime if that is shorter.
/// Google's metadata server repeats the same token until less than this is left of it.
const RENEWAL_MARGIN: Duration = Duration::from_secs(225);

/// How long before its end a token is no longer sent, or a tenth of its lifetime if that is
/// shorter: clocks differ, and the request takes a while to arrive.
const END_MARGIN: Duration = Duration::from_secs(10);

/// Longest lifetime believed; a longer one is renewed after this.
const MAX_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// Age up to which a refusal of a token that was never taken is the backend's answer, not the
/// token's fault.
const FRESH: Duration = Duration::from_secs(60);

/// Pause after a renewal that failed while the token still holds.
const RENEWAL_PAUSE: Duration = Duration::from_secs(15);

/// What an issuer handed out.
#[derive(Debug, Clone)]
pub struct Issued<T> {
    /// What it is.
    pub value: T,
    /// Its end; absent: it has none.
    pub expires_at: Option<SystemTime>,
}

/// Where values of `T` come from. Never retries; [`Cache`] bounds how long it takes.
pub trait Issuer<T>: fmt::Debug + Send + Sync {
    /// Who is asked, for error messages: `token endpoint HOST`.
    fn name(&self) -> &str;

    /// Asks for a new one.
    fn issue(&self) -> BoxFuture<'_, Result<Issued<T>, CredentialsError>>;
}

/// Credentials that are the value of the `Authorization` header.
#[derive(Debug)]
pub struct TokenCredentials<I> {
    cache: Cache<Secret, I>,
}

impl<I: Issuer<Secret>> TokenCredentials<I> {
    /// Nothing is fetched before the first request.
    pub fn from_issuer(issuer: I, context: &CredentialsContext) -> Self {
        Self {
            cache: Cache::new(issuer, context),
        }
    }
}

impl<I: Issuer<Secret>> Credentials for TokenCredentials<I> {
    fn authorize<'a>(
        &'a self,
        request: &'a mut OutgoingRequest,
    ) -> BoxFuture<'a, Result<u64, CredentialsError>> {
        Box::pin(async {
            let (issue, value) = self.cache.get().await?;
            let Some(header) = secret_header(value.expose()) else {
                return Err(CredentialsError::outage(format!(
                    "{} issued a token that does not fit into a header",
                    self.cache.issuer.name()
                )));
            };
            request.headers.insert(AUTHORIZATION, header);
            Ok(issue)
        })
    }

    fn accepted(&self, issue: u64) {
        self.cache.accepted(issue);
    }

    fn refused(&self, issue: u64) -> bool {
        self.cache.refused(issue)
    }
}

/// The newest value an issuer handed out.
pub struct Cache<T, I> {
    issuer: I,
    clock: Clock,
    fetch_timeout: Duration,
    state: Mutex<State<T>>,
    /// Held by whoever asks the issuer.
    flight: tokio::sync::Mutex<()>,
}

struct State<T> {
    kept: Option<Kept<T>>,
    /// Fetches that have ended; the last one's number is the issue of what it brought.
    fetches: u64,
    /// What the last fetch came to when it brought nothing.
    failure: Option<CredentialsError>,
}

#[derive(Clone)]
struct Kept<T> {
    value: T,
    issue: u64,
    issued_at: SystemTime,
    renew_at: Option<SystemTime>,
    ends_at: Option<SystemTime>,
    is_accepted: bool,
}

impl<T> Kept<T> {
    fn is_due(&self, now: SystemTime) -> bool {
        self.renew_at.is_some_and(|moment| moment <= now)
    }

    fn has_ended(&self, now: SystemTime) -> bool {
        self.ends_at.is_some_and(|moment| moment <= now)
    }
}

impl<T: Clone, I: Issuer<T>> Cache<T, I> {
    /// An empty one.
    pub fn new(issuer: I, context: &CredentialsContext) -> Self {
        Self {
            issuer,
            clock: context.clock.clone(),
            fetch_timeout: context.fetch_timeout(),
            state: Mutex::new(State {
                kept: None,
                fetches: 0,
                failure: None,
            }),
            flight: tokio::sync::Mutex::default(),
        }
    }

    /// A value that holds, and its issue.
    ///
    /// When it is about to end, one caller renews it and the others get the old one at once. When
    /// there is none, all wait for the one that asks, and share what that comes to.
    ///
    /// # Errors
    ///
    /// When there is none that holds and none was issued within the time for it.
    pub async fn get(&self) -> Result<(u64, T), CredentialsError> {
        let (kept, fetches) = self.look();
        match kept {
            Some(kept) if kept.is_due((self.clock)()) => Ok(self.renewed(kept).await),
            Some(kept) => Ok((kept.issue, kept.value)),
            None => self.fetched(fetches).await,
        }
    }

    /// The backend has taken this issue.
    pub fn accepted(&self, issue: u64) {
        let mut state = self.state();
        let kept = state.kept.as_mut();
        if let Some(kept) = kept.filter(|kept| kept.issue == issue) {
            kept.is_accepted = true;
        }
    }

    /// The backend has refused this issue: forgets it unless it is fresh, and says whether it did.
    pub fn refused(&self, issue: u64) -> bool {
        let now = (self.clock)();
        let mut state = self.state();
        let kept = state.kept.as_ref();
        if let Some(kept) = kept.filter(|kept| kept.issue == issue) {
            // Before its issue: the system's clock was set back, and its age is not known.
            let age = now.duration_since(kept.issued_at);
            if !kept.is_accepted && age.is_ok_and(|age| age < FRESH) {
                return false;
            }
            state.kept = None;
        }
        true
    }

    /// A newer value if this caller is the one to renew it and succeeds; the old one otherwise.
    async fn renewed(&self, old: Kept<T>) -> (u64, T) {
        let Ok(_flight) = self.flight.try_lock() else {
            return (old.issue, old.value);
        };
        let (kept, _) = self.look();
        if let Some(kept) = kept.filter(|kept| kept.issue != old.issue) {
            return (kept.issue, kept.value);
        }
        if let Ok(new) = self.fetch().await {
            return new;
        }
        // It still holds: what is wrong is told when it no longer does.
        let pause = (self.clock)() + RENEWAL_PAUSE;
        let mut state = self.state();
        let kept = state.kept.as_mut();
        if let Some(kept) = kept.filter(|kept| kept.issue == old.issue) {
            kept.renew_at = Some(pause);
        }
        drop(state);
        (old.issue, old.value)
    }

    async fn fetched(&self, seen: u64) -> Result<(u64, T), CredentialsError> {
        let flight = timeout(self.fetch_timeout, self.flight.lock()).await;
        let _flight = flight.map_err(|_| self.late())?;
        if let (Some(kept), _) = self.look() {
            return Ok((kept.issue, kept.value));
        }
        if let Some(failure) = self.failure_since(seen) {
            return Err(failure);
        }
        self.fetch().await
    }

    /// Asks the issuer. Only whoever holds `flight` calls this.
    async fn fetch(&self) -> Result<(u64, T), CredentialsError> {
        let answer = timeout(self.fetch_timeout, self.issuer.issue()).await;
        let answer = answer.unwrap_or_else(|_| Err(self.late()));
        let now = (self.clock)();
        let mut state = self.state();
        state.fetches += 1;
        match answer {
            Ok(issued) => {
                let kept = keep(issued, state.fetches, now);
                let new = (kept.issue, kept.value.clone());
                state.kept = Some(kept);
                state.failure = None;
                Ok(new)
            }
            Err(error) => {
                state.failure = Some(error.clone());
                Err(error)
            }
        }
    }

    /// The value that holds, and how many fetches have ended.
    fn look(&self) -> (Option<Kept<T>>, u64) {
        let now = (self.clock)();
        let mut state = self.state();
        if state.kept.as_ref().is_some_and(|kept| kept.has_ended(now)) {
            state.kept = None;
        }
        (state.kept.clone(), state.fetches)
    }

    fn failure_since(&self, seen: u64) -> Option<CredentialsError> {
        let state = self.state();
        state.failure.clone().filter(|_| state.fetches != seen)
    }

    fn late(&self) -> CredentialsError {
        let (name, limit) = (self.issuer.name(), self.fetch_timeout.as_secs_f32());
        CredentialsError::outage(format!("{name}: no answer within {limit} s"))
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn keep<T>(issued: Issued<T>, issue: u64, now: SystemTime) -> Kept<T> {
    let lifetime = issued.expires_at.map(|end| {
        let lifetime = end.duration_since(now).unwrap_or_default();
        lifetime.min(MAX_LIFETIME)
    });
    let before_end = |margin: Duration, share: u32| {
        lifetime.map(|lifetime| now + lifetime - margin.min(lifetime / share))
    };
    Kept {
        value: issued.value,
        issue,
        issued_at: now,
        renew_at: before_end(RENEWAL_MARGIN, 4),
        ends_at: before_end(END_MARGIN, 10),
        is_accepted: false,
    }
}

impl<T, I: fmt::Debug> fmt::Debug for Cache<T, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

//! Batches sent and not yet answered.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::timeout;

use super::waiting::Job;
use super::{DeliveryConfig, HealthError, Outcome, Transport};

/// Attempts under way, each a task, and the jobs they are for.
pub struct InFlight {
    transport: Arc<dyn Transport>,
    attempt_timeout: Duration,
    /// The same, and the time for what an attempt waits for.
    send_timeout: Duration,
    max: usize,
    attempts: JoinSet<Outcome>,
    jobs: HashMap<Id, Job>,
}

impl InFlight {
    pub fn new(transport: Arc<dyn Transport>, delivery: &DeliveryConfig) -> Self {
        Self {
            send_timeout: delivery.attempt_timeout + transport.confirms_within(),
            transport,
            attempt_timeout: delivery.attempt_timeout,
            max: delivery.max_in_flight,
            attempts: JoinSet::new(),
            jobs: HashMap::new(),
        }
    }

    pub fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.jobs.values()
    }

    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    pub fn is_full(&self) -> bool {
        self.jobs.len() >= self.max
    }

    /// Begins an attempt.
    pub fn send(&mut self, job: Job) {
        let (transport, batch) = (Arc::clone(&self.transport), Arc::clone(&job.batch));
        let limit = self.send_timeout;
        let attempt = self.attempts.spawn(async move {
            let answer = timeout(limit, transport.send(&batch)).await;
            answer.unwrap_or_else(|_| Outcome::Transient {
                retry_after: None,
                reason: format!("no answer within {} s", limit.as_secs_f32()),
            })
        });
        self.jobs.insert(attempt.id(), job);
    }

    /// Waits for the next attempt to end; `None` when there is none. Cancelled, it loses nothing.
    pub async fn ended(&mut self) -> Option<(Job, Outcome)> {
        let ended = self.attempts.join_next_with_id().await?;
        self.job_of(ended)
    }

    /// An attempt that has ended already.
    pub fn try_ended(&mut self) -> Option<(Job, Outcome)> {
        let ended = self.attempts.try_join_next_with_id()?;
        self.job_of(ended)
    }

    fn job_of(&mut self, ended: Result<(Id, Outcome), JoinError>) -> Option<(Job, Outcome)> {
        let (id, outcome) = ended.unwrap_or_else(|error| {
            let outcome = Outcome::Transient {
                retry_after: None,
                reason: "the transport panicked".to_owned(),
            };
            (error.id(), outcome)
        });
        self.jobs.remove(&id).map(|job| (job, outcome))
    }

    /// Breaks all attempts off and returns their jobs.
    pub fn abort(&mut self) -> impl Iterator<Item = Job> + use<'_> {
        self.attempts.abort_all();
        self.jobs.drain().map(|(_, job)| job)
    }

    /// Asks the provider whether it would answer; `done` hears of it.
    pub fn check_health(&self, done: oneshot::Sender<Result<(), HealthError>>) {
        let (transport, limit) = (Arc::clone(&self.transport), self.attempt_timeout);
        tokio::spawn(async move {
            let answer = timeout(limit, transport.health_check()).await;
            let answer = answer.unwrap_or_else(|_| Err(HealthError::new("no answer in time")));
            // Whoever asked may have gone.
            let _ = done.send(answer);
        });
    }
}

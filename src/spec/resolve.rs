//! Questions that several stages ask of a spec: what it leaves open, resolved the same way for the
//! validator, the commands, the mock and every target language.

mod config;
mod delivery;
mod record;
mod references;
mod responses;

pub use config::typed;
pub use delivery::{DeliveryDefaults, DeliveryValue};
pub use references::Reference;
pub use responses::{CodeSet, Statuses, statuses};

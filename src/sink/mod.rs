//! The lowered form of a spec and its interpreter: language-free, every name resolved.

mod ask;
mod built_in;
mod delivery;
pub mod interpret;
mod load;
mod lower;
mod model;
pub mod prove;
mod reach;

pub use built_in::{load_all, load_provider};
pub use delivery::{DeliverySetting, DeliveryValue};
pub use load::{LoadedSink, load_file, load_text, load_text_with};
pub use lower::lower;
pub use model::*;

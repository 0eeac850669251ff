//! The lowered form of a spec and its interpreter: language-free, every name resolved.

mod ask;
mod built_in;
mod delivery;
pub mod draft;
pub mod fix;
pub mod impact;
pub mod interpret;
mod load;
mod lower;
mod model;
// What the sinks run, so that worked examples are told of the same bytes.
#[path = "../../templates/rust/parts/otlp_answer.rs"]
mod otlp_answer;
#[path = "../../templates/rust/parts/otlp_bytes.rs"]
mod otlp_bytes;
#[path = "../../templates/rust/parts/otlp_protobuf.rs"]
mod otlp_protobuf;
pub mod prove;
mod reach;

pub use built_in::{load_all, load_provider};
pub use delivery::{DeliverySetting, DeliveryValue};
pub use load::{LoadedSink, load_file, load_file_unproved, load_text, load_text_with};
pub use lower::lower;
pub use model::*;

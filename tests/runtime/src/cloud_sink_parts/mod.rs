//! Every part at once; a generated sink has the ones its provider needs.

#[path = "../../../../templates/rust/parts/gzip.rs"]
pub mod gzip;
#[path = "../../../../templates/rust/parts/http.rs"]
pub mod http;
#[path = "../../../../templates/rust/parts/items.rs"]
pub mod items;
#[path = "../../../../templates/rust/parts/layer.rs"]
pub mod layer;
#[path = "../../../../templates/rust/parts/zstd.rs"]
pub mod zstd;

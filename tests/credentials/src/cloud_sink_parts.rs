//! The parts under test, and those they need.

#[path = "../../../templates/rust/parts/answer.rs"]
pub mod answer;
#[path = "../../../templates/rust/parts/azure.rs"]
pub mod azure;
#[path = "../../../templates/rust/parts/basic_auth.rs"]
pub mod basic_auth;
#[path = "../../../templates/rust/parts/credentials.rs"]
pub mod credentials;
#[path = "../../../templates/rust/parts/google.rs"]
pub mod google;
#[path = "../../../templates/rust/parts/http.rs"]
pub mod http;
#[path = "../../../templates/rust/parts/oauth2.rs"]
pub mod oauth2;
#[path = "../../../templates/rust/parts/percent.rs"]
pub mod percent;
#[path = "../../../templates/rust/parts/sas.rs"]
pub mod sas;
#[path = "../../../templates/rust/parts/scrub.rs"]
pub mod scrub;
#[path = "../../../templates/rust/parts/sigv4.rs"]
pub mod sigv4;
#[path = "../../../templates/rust/parts/token.rs"]
pub mod token;
#[path = "../../../templates/rust/parts/token_endpoint.rs"]
pub mod token_endpoint;

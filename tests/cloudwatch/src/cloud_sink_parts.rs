//! The parts under test.

#[path = "../../../templates/rust/parts/aws_cloudwatch_classify.rs"]
pub mod aws_cloudwatch_classify;
#[path = "../../../templates/rust/parts/aws_cloudwatch_client.rs"]
pub mod aws_cloudwatch_client;
#[path = "../../../templates/rust/parts/aws_cloudwatch_logs.rs"]
pub mod aws_cloudwatch_logs;
#[path = "../../../templates/rust/parts/aws_cloudwatch_place.rs"]
pub mod aws_cloudwatch_place;

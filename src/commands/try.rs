//! x
use super::{Context, Exit, Result};
/// x
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  fapilog-gen try")]
pub struct Args {}
/// x
pub fn run(_: &mut Context, _: &Args) -> Result { Ok(Exit::Done) }

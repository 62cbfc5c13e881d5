//! Temporary: `paigong eval intents` until the binary is wired.
#[path = "../../paigong/src/eval/intents.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod intents;
use clap::Parser as _;
#[derive(clap::Parser)]
struct Cli {
    #[command(flatten)]
    args: intents::Args,
}
fn main() -> anyhow::Result<()> {
    intents::run(Cli::parse().args)
}

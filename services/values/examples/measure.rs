//! Runs the measure while the binary's command line does not stand yet.
#[path = "../../paigong/src/eval/values.rs"]
mod measure;
use clap::Parser;
#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    args: measure::Args,
}
fn main() -> anyhow::Result<()> {
    measure::run(&Cli::parse().args)
}

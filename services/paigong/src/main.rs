//! The binary: reads the configuration, wires the parts, offers them as commands.
#![expect(clippy::print_stdout, reason = "a command line program talks on standard output")]

mod analytics;
mod audit;
mod bench;
mod calendar;
mod chat;
mod configuration;
mod connections;
mod conversations;
mod doctor;
mod eval;
mod keys;
mod knowledge;
mod learning;
mod models;
mod packs;
mod people;
mod runs;
mod secrets;
mod serve;
mod skilltest;
mod stage;
mod telemetry;
mod wiring;
mod worker;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use configuration::Configuration;

/// Task dispatch in Chinese and English: a message in, a task done. 一句话，把事办成。
#[derive(Parser)]
#[command(version, about, max_term_width = 100)]
struct Cli {
    /// A configuration file over the defaults (see config/default.toml).
    #[arg(long, global = true, env = "PAIGONG_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the HTTP interface.
    Serve(serve::Args),
    /// Do queued runs and deliver events, apart from any server; any number of workers share the work.
    Worker,
    /// Bring the database up to this version.
    Migrate,
    /// Check, test, install and publish skill packs.
    #[command(subcommand)]
    Skills(packs::Command),
    /// Import, list and search the documents that an app answers from.
    #[command(subcommand)]
    Knowledge(knowledge::Command),
    /// List conversations, and export one as a test.
    #[command(subcommand)]
    Conversations(conversations::Command),
    /// List runs, stop them, and decide about those that are unknown or dead.
    #[command(subcommand)]
    Runs(runs::Command),
    /// Register outside systems that skills may reach, with their secrets.
    #[command(subcommand)]
    Connections(connections::Command),
    /// What users said that only a language model understood: make it known to the small model.
    #[command(subcommand)]
    Suggestions(learning::Suggestions),
    /// Try the language model, see what it costs, and limit that.
    #[command(subcommand)]
    Llm(learning::Llm),
    /// Create, list and revoke app keys.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Invite and list the people who administer, and reset a password.
    #[command(subcommand)]
    People(people::Command),
    /// Make the facts of turns anew, which the review queue and the numbers rest on.
    #[command(subcommand)]
    Analytics(analytics::Command),
    /// Check that the audit log is what was written.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Make keys for secrets in the database, and seal them anew.
    #[command(subcommand)]
    Secrets(secrets::Command),
    /// Show, import and edit a tenant's working days and its settings for ambiguous dates.
    #[command(subcommand)]
    Calendar(calendar::Command),
    /// List, add and compare encoders, and activate another one while the servers run.
    #[command(subcommand)]
    Models(models::Command),
    /// Measure understanding on labelled data; needs no database.
    #[command(subcommand)]
    Eval(eval::Command),
    /// Talk in the terminal.
    Chat(chat::Args),
    /// Check model, database, migrations, clock and disk, and say what to do.
    Doctor,
    /// Whether the server on this machine is ready; for container health checks.
    Healthcheck,
    /// Measure latency: the raw model, parsing and whole turns, in one process.
    Bench(bench::Args),
    /// Print the OpenAPI document.
    Openapi,
}

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("paigong: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let configuration = Configuration::read(cli.config.as_deref())?;
    match cli.command {
        Command::Serve(args) => serve::run(&configuration, &args),
        Command::Worker => worker::run(&configuration),
        Command::Runs(command) => runs::run(&configuration, command),
        Command::Connections(command) => connections::run(&configuration, command),
        Command::Migrate => wiring::block_on(async {
            let store = wiring::store(&configuration).await?;
            store.migrate().await?;
            println!("the database is up to date");
            Ok(())
        }),
        Command::Skills(command) => packs::run(&configuration, command),
        Command::Knowledge(command) => knowledge::run(&configuration, command),
        Command::Conversations(command) => conversations::run(&configuration, command),
        Command::Suggestions(command) => learning::suggestions(&configuration, command),
        Command::Llm(command) => learning::llm(&configuration, command),
        Command::Keys(command) => keys::run(&configuration, command),
        Command::People(command) => people::run(&configuration, command),
        Command::Analytics(command) => analytics::run(&configuration, &command),
        Command::Audit(command) => audit::run(&configuration, &command),
        Command::Secrets(command) => secrets::run(&configuration, &command),
        Command::Calendar(command) => calendar::run(&configuration, command),
        Command::Models(command) => models::run(&configuration, &command),
        Command::Eval(command) => eval::run(&configuration, command),
        Command::Chat(args) => chat::run(&configuration, &args),
        Command::Doctor => doctor::run(&configuration),
        Command::Healthcheck => doctor::healthcheck(&configuration),
        Command::Bench(args) => bench::run(&configuration, &args),
        Command::Openapi => {
            println!("{}", serde_json::to_string_pretty(&api::document())?);
            Ok(())
        }
    }
}

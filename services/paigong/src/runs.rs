//! `paigong runs …`: the ledger and the queue from the command line.

use anyhow::{Context, bail, ensure};
use dispatch::reap::{self, Cancelled};
use dispatch::retry::Retry;
use dispatch::review::{self, Verdict};
use paigong_core::RunId;
use serde_json::Value;
use store::runs;

use crate::configuration::Configuration;
use crate::wiring;

/// What to do with runs.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// List the runs of an app, newest first: `--status unknown` is what people have to look into, `dead` what was given up.
    List {
        #[command(flatten)]
        of: Of,
        /// Only runs in this state.
        #[arg(long)]
        status: Option<String>,
        /// How many.
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Show one run with its attempts and steps.
    Show {
        #[command(flatten)]
        of: Of,
        /// The run.
        id: uuid::Uuid,
    },
    /// Stop a run that is not begun yet.
    Cancel {
        #[command(flatten)]
        of: Of,
        /// The run.
        id: uuid::Uuid,
    },
    /// Say what became of a run that is unknown, or put one back whose attempts are used up.
    Resolve {
        #[command(flatten)]
        of: Of,
        /// The run.
        id: uuid::Uuid,
        /// Whether it was done.
        #[arg(value_enum)]
        verdict: Said,
        /// With `done`: what came of it, as JSON.
        #[arg(long)]
        result: Option<String>,
        /// How that was found out; for the audit log.
        #[arg(long, default_value = "")]
        note: String,
    },
}

/// Whose runs.
#[derive(clap::Args)]
pub(crate) struct Of {
    /// The tenant.
    #[arg(long, default_value = "demo")]
    tenant: String,
    /// The app.
    #[arg(long, default_value = "demo")]
    app: String,
}

/// What a person has found out.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Said {
    /// It was done.
    Done,
    /// It was not done, and will not be.
    NotDone,
    /// It was not done, and is to be tried again.
    Retry,
}

pub(crate) fn run(configuration: &Configuration, command: Command) -> anyhow::Result<()> {
    wiring::block_on(async {
        let store = wiring::store(configuration).await?;
        let (Command::List { of, .. }
        | Command::Show { of, .. }
        | Command::Cancel { of, .. }
        | Command::Resolve { of, .. }) = &command;
        let caller = wiring::caller(&store, &of.tenant, &of.app).await?;
        let mut tx = store.begin(caller.tenant).await?;
        match command {
            Command::List { status, limit, .. } => {
                let filter = runs::Filter { state: status, ..runs::Filter::default() };
                for run in runs::of_app(&mut tx, caller.app, &filter, limit).await? {
                    print(&run);
                }
            }
            Command::Show { id, .. } => {
                let run =
                    runs::get(&mut tx, caller.app, RunId(id)).await?.context("there is no such run in this app")?;
                print(&run);
                println!("  slots   {}", run.slots);
                run.result.iter().for_each(|result| println!("  result  {result}"));
                for attempt in runs::attempts(&mut tx, run.id).await? {
                    let status = attempt.status.map(|status| format!(" HTTP {status}")).unwrap_or_default();
                    let error = attempt.error.map(|error| format!(" {error}")).unwrap_or_default();
                    let at = attempt.ended_at.format("%F %T");
                    println!("  attempt {}  {at}  {}{status}{error}", attempt.attempt, attempt.outcome);
                }
                runs::steps(&mut tx, run.id).await?.iter().for_each(print);
            }
            Command::Cancel { id, .. } => {
                runs::get(&mut tx, caller.app, RunId(id)).await?.context("there is no such run in this app")?;
                match reap::cancel(&mut tx, RunId(id)).await? {
                    Cancelled::Yes => println!("it will not be done"),
                    Cancelled::Asked => println!("a worker has it in hand and was asked to stop"),
                    Cancelled::TooLate => bail!("it is over, or it may have been done already"),
                }
            }
            Command::Resolve { id, verdict, result, note, .. } => {
                runs::get(&mut tx, caller.app, RunId(id)).await?.context("there is no such run in this app")?;
                let result: Value = match result {
                    Some(text) => serde_json::from_str(&text).context("--result is not JSON")?,
                    None => Value::Null,
                };
                let verdict = match verdict {
                    Said::Done => Verdict::Done(review::rows_of(result)),
                    Said::NotDone => Verdict::NotDone,
                    Said::Retry => Verdict::Retry,
                };
                let tries = Retry::default().tries;
                let done = review::resolve(&mut tx, RunId(id), &verdict, "command line", &note, tries).await?;
                ensure!(done, "only a run that is unknown or dead can be resolved");
                println!("resolved");
            }
        }
        tx.commit().await?;
        Ok(())
    })
}

fn print(run: &runs::Run) {
    let error = run.error.as_ref().and_then(|error| error["message"].as_str()).unwrap_or_default();
    let due = run.due_at.map(|at| format!("due {}  ", at.format("%F %T"))).unwrap_or_default();
    println!("{}  {}  {:<9}  {}  {due}{error}", run.id, run.created_at.format("%F %T"), run.state, run.skill);
}

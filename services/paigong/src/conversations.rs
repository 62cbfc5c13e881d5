//! `paigong conversations …`: what was said, and any conversation as a test.

use agent::export;
use anyhow::{Context, anyhow, bail};
use paigong_core::ConversationId;
use store::Store;
use store::tenants::{self, Tenant};

use crate::configuration::Configuration;
use crate::wiring;

/// What to do with conversations.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// List an app's conversations, newest first: id, time, user, turns, what was typed last.
    List {
        /// The tenant.
        #[arg(long, default_value = "demo")]
        tenant: String,
        /// The app.
        #[arg(long, default_value = "demo")]
        app: String,
        /// Only this end user's.
        #[arg(long)]
        user: Option<String>,
        /// How many at most.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Print a conversation as a test of skills.
    Export {
        /// As a conversation test (`*.test.yaml`), the only form there is.
        #[arg(long, required = true)]
        as_test: bool,
        /// The conversation's id, from `list`.
        id: ConversationId,
    },
}

pub(crate) fn run(configuration: &Configuration, command: Command) -> anyhow::Result<()> {
    wiring::block_on(async {
        let store = wiring::store(configuration).await?;
        match command {
            Command::List { tenant, app, user, limit } => list(&store, &tenant, &app, user.as_deref(), limit).await,
            Command::Export { as_test: _, id } => {
                print!("{}", as_test(&store, id).await?);
                Ok(())
            }
        }
    })
}

async fn list(store: &Store, tenant: &str, app: &str, user: Option<&str>, limit: u32) -> anyhow::Result<()> {
    let found = tenants::list(store).await?.into_iter().find(|one| one.name == tenant);
    let Tenant { id, time_zone, .. } = found.with_context(|| format!("there is no tenant {tenant:?}"))?;
    let mut tx = store.begin(id).await?;
    let app = store::apps::find(&mut tx, app).await?.with_context(|| format!("there is no app {app:?} of {tenant}"))?;
    for one in store::conversations::recent(&mut tx, app.id, user, limit).await? {
        let time = one.updated_at.with_timezone(&time_zone).format("%Y-%m-%d %H:%M");
        let last = if one.last.is_empty() { "(a button or a form)".into() } else { one.last.replace('\n', " ") };
        println!("{}  {time}  {}  {:>3} turns  {last}", one.id, one.end_user, one.turns);
    }
    Ok(())
}

/// The conversation as a file of one test, whichever tenant's it is.
async fn as_test(store: &Store, id: ConversationId) -> anyhow::Result<String> {
    for tenant in tenants::list(store).await? {
        let mut tx = store.begin(tenant.id).await?;
        let Some(conversation) = store::conversations::get(&mut tx, id).await? else { continue };
        let told = export::as_test(&mut tx, id, &conversation.end_user, tenant.time_zone).await?;
        return told
            .map(|told| told.file)
            .map_err(|why| anyhow!("nothing of this conversation can be told as a test: {why}"));
    }
    bail!("there is no conversation {id}")
}

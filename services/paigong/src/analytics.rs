//! `paigong analytics …`: the facts of turns, which the review queue and the numbers rest on.

use agent::projector;
use anyhow::Context;
use store::tenants;

use crate::configuration::Configuration;
use crate::wiring;

/// What to do with the facts.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make the facts of all turns anew, of every tenant or of one: after an update that reads turns differently.
    Rebuild {
        /// Only this tenant.
        #[arg(long)]
        tenant: Option<String>,
    },
}

pub(crate) fn run(configuration: &Configuration, command: &Command) -> anyhow::Result<()> {
    let Command::Rebuild { tenant: only } = command;
    wiring::block_on(async {
        let store = wiring::store(configuration).await?;
        let mut all = tenants::list(&store).await?;
        if let Some(only) = only {
            all.retain(|tenant| tenant.name == *only);
            all.first().with_context(|| format!("there is no tenant {only:?}"))?;
        }
        for tenant in all {
            let turns = projector::rebuild(&store, tenant.id, chrono::Utc::now()).await?;
            println!("{}  {turns} turns", tenant.name);
        }
        Ok(())
    })
}

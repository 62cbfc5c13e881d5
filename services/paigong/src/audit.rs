//! `paigong audit …`: is the audit log what was written?

use anyhow::{Context, bail};
use paigong_core::Language;
use store::audit::Chain;
use store::{audit, tenants};

use crate::configuration::Configuration;
use crate::wiring;

/// What to do with the audit log.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Check the chain of every tenant, or of one, and say where it breaks first.
    Verify {
        /// Only this tenant.
        #[arg(long)]
        tenant: Option<String>,
    },
}

pub(crate) fn run(configuration: &Configuration, command: &Command) -> anyhow::Result<()> {
    let Command::Verify { tenant: only } = command;
    wiring::block_on(async {
        let store = wiring::store(configuration).await?;
        let mut all = tenants::list(&store).await?;
        if let Some(only) = only {
            all.retain(|tenant| tenant.name == *only);
            all.first().with_context(|| format!("there is no tenant {only:?}"))?;
        }
        let mut broken = 0;
        for tenant in all {
            let mut tx = store.begin(tenant.id).await?;
            match audit::verify(&mut tx).await? {
                Chain::Whole { length, head } => println!("{}  whole  {length} links  head {head}", tenant.name),
                Chain::Broken { position, entry, why } => {
                    broken += 1;
                    let entry = entry.map_or_else(String::new, |entry| format!("  entry {entry}"));
                    println!("{}  BROKEN at link {position}: {}{entry}", tenant.name, why.words(Language::En));
                }
            }
        }
        if broken > 0 {
            bail!("the audit log of {broken} tenant(s) is not what was written");
        }
        Ok(())
    })
}

//! `paigong keys …`: app keys from the command line.

use anyhow::ensure;

use crate::configuration::Configuration;
use crate::wiring;

/// What to do with keys.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Create a key and print it; it can't be read again.
    Create {
        #[command(flatten)]
        of: Of,
        /// What it is for.
        #[arg(long, default_value = "")]
        label: String,
    },
    /// List the keys of an app, without their secrets.
    List {
        #[command(flatten)]
        of: Of,
    },
    /// Revoke a key at once.
    Revoke {
        #[command(flatten)]
        of: Of,
        /// The key's id, from `list`.
        id: uuid::Uuid,
    },
}

/// Whose keys.
#[derive(clap::Args)]
pub(crate) struct Of {
    /// The tenant, created if there is none.
    #[arg(long, default_value = "demo")]
    tenant: String,
    /// The app, created if there is none.
    #[arg(long, default_value = "demo")]
    app: String,
}

pub(crate) fn run(configuration: &Configuration, command: Command) -> anyhow::Result<()> {
    wiring::block_on(async {
        let store = wiring::store(configuration).await?;
        let (Command::Create { of, .. } | Command::List { of } | Command::Revoke { of, .. }) = &command;
        let caller = wiring::caller(&store, &of.tenant, &of.app).await?;
        let mut tx = store.begin(caller.tenant).await?;
        match &command {
            Command::Create { label, .. } => {
                let (id, key) = store::keys::create(&mut tx, caller.app, label, None).await?;
                println!("{id}\n{}", key.reveal());
            }
            Command::List { .. } => {
                for key in store::keys::list(&mut tx, caller.app).await? {
                    let state = if key.revoked_at.is_some() { "revoked" } else { "valid" };
                    println!("{}  {}…  {state}  {}", key.id, key.prefix, key.label);
                }
            }
            Command::Revoke { id, .. } => {
                ensure!(store::keys::revoke(&mut tx, caller.app, *id).await?, "there is no such key in this app");
                println!("revoked");
            }
        }
        tx.commit().await?;
        Ok(())
    })
}

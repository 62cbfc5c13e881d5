//! `paigong secrets …`: the keys that secrets in the database are sealed with.

use std::io::Read as _;
use std::sync::Arc;

use anyhow::{Context, ensure};
use outbound::seal::{Keyring, Place};
use store::Store;
use store::sealed::{self, Table};
use store::tenants::{self, Tenant};

use crate::configuration::Configuration;
use crate::wiring;

/// What to do with keys.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Print a new key, a line for `secret_keys`.
    Generate,
    /// Read a secret, such as a language model's key, from the standard input, and print it sealed with the first key of
    /// `secret_keys`: what stands in a configuration file then.
    Seal,
    /// Seal everything that is not sealed with the first key of `secret_keys` with it. May be run at any time and again.
    Rotate,
}

/// Bytes of a secret at most.
const LONGEST: u64 = 64 * 1024;

/// Rows sealed in one transaction, which locks them.
const BATCH: u32 = 100;

/// What was found in a table.
#[derive(Default)]
struct Count {
    resealed: usize,
    current: usize,
    unopened: usize,
}

pub(crate) fn run(configuration: &Configuration, command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Generate => {
            // In a ring every key has an id of its own; the day in it tells people how old it is.
            let id = format!("k{}-{:05x}", chrono::Utc::now().format("%Y%m%d"), rand::random::<u32>() >> 12);
            println!("{}", Keyring::generate_line(&id)?.as_str());
            Ok(())
        }
        Command::Seal => {
            let mut secret = String::new();
            std::io::stdin().lock().take(LONGEST).read_to_string(&mut secret).context("the secret can't be read")?;
            let secret = secret.trim();
            ensure!(!secret.is_empty(), "give the secret on the standard input: paigong secrets seal < FILE");
            println!("{}", required(configuration)?.seal_setting(secret));
            Ok(())
        }
        Command::Rotate => wiring::block_on(async {
            let keyring = required(configuration)?;
            let store = wiring::store(configuration).await?;
            rotate(&store, &keyring).await
        }),
    }
}

fn required(configuration: &Configuration) -> anyhow::Result<Arc<Keyring>> {
    wiring::keyring(configuration)?
        .context("secret_keys is empty; `paigong secrets generate` prints a key to put there")
}

async fn rotate(store: &Store, keyring: &Keyring) -> anyhow::Result<()> {
    let tenants = tenants::list(store).await?;
    let mut unopened = 0;
    for table in Table::ALL {
        let mut count = Count::default();
        for tenant in &tenants {
            rotate_table(store, keyring, tenant, table, &mut count).await?;
        }
        let Count { resealed, current, unopened: failed } = count;
        println!("{:<10}  sealed anew {resealed}, with the first key already {current}", table.name());
        unopened += failed;
    }
    ensure!(
        unopened == 0,
        "{unopened} can't be opened with any of the keys, and stay as they are; they are named above"
    );
    Ok(())
}

/// The secrets of one tenant in one table, batch by batch.
async fn rotate_table(
    store: &Store,
    keyring: &Keyring,
    tenant: &Tenant,
    table: Table,
    count: &mut Count,
) -> anyhow::Result<()> {
    let mut after = None;
    loop {
        let mut tx = store.begin(tenant.id).await?;
        let rows = sealed::page(&mut tx, table, after, BATCH).await?;
        let Some((last, _)) = rows.last() else {
            return Ok(());
        };
        after = Some(*last);
        for (id, bytes) in rows {
            if keyring.is_current(&bytes) {
                count.current += 1;
                continue;
            }
            let place = Place { tenant: tenant.id.0, table: table.name(), row: id, column: "secrets" };
            match keyring.open(&place, &bytes) {
                Ok(plain) => {
                    sealed::replace(&mut tx, table, id, &keyring.seal(&place, &plain)).await?;
                    count.resealed += 1;
                }
                Err(error) => {
                    eprintln!("paigong: {} {id} of tenant {:?}: {error}", table.name(), tenant.name);
                    count.unopened += 1;
                }
            }
        }
        tx.commit().await?;
    }
}

//! `paigong keys …`: app keys from the command line.

use anyhow::ensure;
use outbound::vouching::SigningSecret;
use paigong_core::Scope;
use store::keys::{self, Rights};

use crate::configuration::Configuration;
use crate::wiring;

/// What to do with keys.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Create a key and print its id and the key, which can't be read again; for a widget, the signing secret as well.
    Create {
        #[command(flatten)]
        of: Of,
        /// What it is for.
        #[arg(long, default_value = "")]
        label: String,
        /// What it may be used for: chat, runs, knowledge, webhooks, learning; or widget alone. Left out: all but widget.
        #[arg(long = "scope", value_name = "SCOPE", value_delimiter = ',')]
        scopes: Vec<Scope>,
        /// With widget: a page's origin, such as `https://shop.example.com`, where it may stand. May be repeated.
        #[arg(long = "origin", value_name = "ORIGIN")]
        origins: Vec<String>,
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
            Command::Create { label, scopes, origins, .. } => {
                let scopes = (!scopes.is_empty()).then(|| scopes.clone());
                let rights = Rights::new(scopes, origins.clone())?;
                let (id, key) = keys::create_with(&mut tx, caller.app, label, None, &rights).await?;
                println!("{id}\n{}", key.reveal());
                if rights.has(Scope::Widget) {
                    match wiring::keyring(configuration)? {
                        Some(keyring) => {
                            let secret = SigningSecret::generate();
                            keys::keep_secret(&mut tx, id, &secret.seal(&keyring, caller.tenant.0, id)).await?;
                            println!("{}", secret.reveal());
                        }
                        None => eprintln!(
                            "paigong: no secret_keys, so no signing secret: the widget talks for visitors only"
                        ),
                    }
                }
            }
            Command::List { .. } => {
                for key in keys::list(&mut tx, caller.app).await? {
                    let state = if key.revoked_at.is_some() { "revoked" } else { "valid" };
                    let scopes: Vec<_> = key.rights.scopes().iter().map(|scope| scope.name()).collect();
                    println!("{}  {}…  {state}  {}  {}", key.id, key.prefix, scopes.join(","), key.label);
                }
            }
            Command::Revoke { id, .. } => {
                ensure!(keys::revoke(&mut tx, caller.app, *id).await?, "there is no such key in this app");
                println!("revoked");
            }
        }
        tx.commit().await?;
        Ok(())
    })
}

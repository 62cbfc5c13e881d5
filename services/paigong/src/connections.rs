//! `paigong connections …`: outside systems that a tenant's skills may reach.

use std::collections::BTreeMap;
use std::io::Read as _;

use anyhow::{Context, anyhow, bail, ensure};
use dispatch::connections::{self, Opened, Secrets};
use dispatch::executor::remote;
use outbound::signature::Secret;
use serde_json::json;
use sqlx::postgres::PgConnectOptions;
use store::audit;

use crate::configuration::Configuration;
use crate::wiring;

/// What to do with connections.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Register a system, or change the one of this name. Secrets come from files or standard input (-), never from arguments.
    Put {
        #[command(flatten)]
        of: Of,
        /// Its name, as skills write it: lower case letters, digits, _.
        name: String,
        /// `https://HOST[/PATH]` of an HTTP interface; a database's address is a secret, see --database.
        #[arg(long, required_unless_present = "database")]
        url: Option<String>,
        /// A file with lines `Name: value`: headers of every request, such as Authorization. `-` reads standard input.
        #[arg(long, value_name = "FILE", requires = "url")]
        headers: Option<String>,
        /// Sign requests (Standard Webhooks) and take signed callbacks; a new key is made and printed once.
        #[arg(long, requires = "url")]
        sign: bool,
        /// A file with `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. `-` reads standard input.
        #[arg(long, value_name = "FILE", conflicts_with = "url")]
        database: Option<String>,
    },
    /// List them, without their secrets.
    List {
        #[command(flatten)]
        of: Of,
    },
    /// Look whether a system can be used: of a database, log in and make the table of receipts.
    Check {
        #[command(flatten)]
        of: Of,
        /// Its name.
        name: String,
    },
    /// Forget a system.
    Remove {
        #[command(flatten)]
        of: Of,
        /// Its name.
        name: String,
    },
}

/// Whose connections.
#[derive(clap::Args)]
pub(crate) struct Of {
    /// The tenant, created if there is none.
    #[arg(long, default_value = "demo")]
    tenant: String,
}

pub(crate) fn run(configuration: &Configuration, command: Command) -> anyhow::Result<()> {
    wiring::block_on(async {
        let store = wiring::store(configuration).await?;
        let outside = wiring::outside(configuration)?;
        let (Command::Put { of, .. } | Command::List { of } | Command::Check { of, .. } | Command::Remove { of, .. }) =
            &command;
        let tenant = store::tenants::ensure(&store, &of.tenant).await?;
        let mut tx = store.begin(tenant.id).await?;
        match command {
            Command::Put { name, url, headers, sign, database, .. } => {
                let keyring = outside.keyring.clone().context(
                    "secret_keys is empty, so no secrets can be kept; `paigong secrets generate` prints a key",
                )?;
                let (kind, address, secrets) = match (url, database) {
                    (Some(url), _) => http(&outside.client, url, headers.as_deref(), sign)?,
                    (None, Some(file)) => postgres(&file)?,
                    (None, None) => bail!("give --url or --database"),
                };
                connections::put(&mut tx, &keyring, &name, kind, &address, &secrets)
                    .await
                    .context("the connection can't be stored; a name has up to 40 lower case letters, digits and _")?;
                let detail = json!({"name": name, "kind": kind, "address": address});
                audit::record(&mut tx, "command line", "connection.put", &name, &detail).await?;
                println!("{name}: {kind} {address}");
                secrets.signing.iter().for_each(|key| println!("signing key, shown this once: {key}"));
            }
            Command::List { .. } => {
                for connection in store::connections::list(&mut tx).await? {
                    println!("{:<20}  {:<8}  {}", connection.name, connection.kind, connection.address);
                }
            }
            Command::Check { name, .. } => {
                let known = store::connections::find(&mut tx, &name).await?;
                let known = known.with_context(|| format!("there is no connection {name:?}"))?;
                let opened: Opened = connections::open(&mut tx, outside.keyring.as_deref(), &name, &known.kind)
                    .await?
                    .map_err(|failure| anyhow!(failure.message))?;
                if known.kind == "postgres" {
                    remote::prepare(&opened, &outside.client).await.map_err(|message| anyhow!(message))?;
                    println!("{name}: the database answers, and has the table of receipts");
                } else {
                    let url = known.address.parse()?;
                    outside.client.check(&url).map_err(|message| anyhow!(message))?;
                    println!("{name}: the address may be called");
                }
            }
            Command::Remove { name, .. } => {
                ensure!(store::connections::delete(&mut tx, &name).await?, "there is no connection {name:?}");
                audit::record(&mut tx, "command line", "connection.removed", &name, &json!({})).await?;
                println!("removed");
            }
        }
        tx.commit().await?;
        Ok(())
    })
}

fn http(
    client: &outbound::Client,
    url: String,
    headers: Option<&str>,
    sign: bool,
) -> anyhow::Result<(&'static str, String, Secrets)> {
    let parsed: url::Url = url.parse().context("--url is not an address")?;
    ensure!(parsed.query().is_none() && parsed.fragment().is_none(), "--url may have a path, but no ? and no #");
    client.check(&parsed).map_err(|message| anyhow!("--url: {message}"))?;
    let mut secrets = Secrets::default();
    if let Some(file) = headers {
        secrets.headers = read_headers(&read(file)?)?;
    }
    if sign {
        secrets.signing.push(Secret::generate().reveal().to_string());
    }
    Ok(("http", url, secrets))
}

fn read_headers(text: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let header = |line: &str| {
        let (name, value) = line.split_once(':').context("a line of the headers is not `Name: value`")?;
        Ok((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(header).collect()
}

fn postgres(file: &str) -> anyhow::Result<(&'static str, String, Secrets)> {
    let url = read(file)?.trim().to_owned();
    let options: PgConnectOptions =
        url.parse().map_err(|_| anyhow!("--database: that is not a postgres:// address"))?;
    let address =
        format!("{}:{}/{}", options.get_host(), options.get_port(), options.get_database().unwrap_or_default());
    Ok(("postgres", address, Secrets { url: Some(url), ..Secrets::default() }))
}

fn read(file: &str) -> anyhow::Result<String> {
    if file == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(file).with_context(|| format!("{file} can't be read"))
}

//! `paigong people …`: who administers, from the command line of the installation; and the first owner.

use std::io::Write;

use anyhow::{Context, ensure};
use chrono::TimeDelta;
use paigong_core::Role;
use store::passwords::Password;
use store::{Store, audit, members, people, tenants};

use crate::configuration::Configuration;
use crate::wiring;

/// What to do with people.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Invite somebody: prints a one-time token, valid for a week.
    Invite {
        /// The tenant, created if there is none.
        #[arg(long, default_value = "demo")]
        tenant: String,
        /// owner, editor, reviewer or viewer.
        #[arg(long)]
        role: Role,
        /// Whom.
        #[arg(long)]
        email: String,
    },
    /// List everybody with their tenants and roles.
    List,
    /// Give somebody a new random password, print it, and end their sessions.
    ResetPassword {
        /// Whose.
        #[arg(long)]
        email: String,
    },
}

pub(crate) fn run(configuration: &Configuration, command: Command) -> anyhow::Result<()> {
    wiring::block_on(async {
        let store = wiring::store(configuration).await?;
        match command {
            Command::Invite { tenant, role, email } => {
                let email = people::fold_email(&email).context("--email is not an e-mail address")?;
                let tenant = tenants::ensure(&store, &tenant).await?;
                let mut tx = store.begin(tenant.id).await?;
                let (invitation, token) = members::invite(&mut tx, Some(&email), role, TimeDelta::days(7)).await?;
                let detail = serde_json::json!({"email": email, "role": role});
                audit::record(&mut tx, "command line", "member.invited", &invitation.id.to_string(), &detail).await?;
                tx.commit().await?;
                println!("{}", token.reveal());
                eprintln!(
                    "valid until {}; accept it in the console or with POST /admin/v1/accept",
                    invitation.expires_at
                );
            }
            Command::List => {
                for (person, membership) in people::list(&store).await? {
                    let (tenant, role) = membership
                        .map_or_else(|| ("-".into(), "-".into()), |(tenant, role)| (tenant, role.to_string()));
                    println!("{}  {}  {}  {tenant}  {role}", person.id, person.email, person.name);
                }
            }
            Command::ResetPassword { email } => {
                let email = people::fold_email(&email).context("--email is not an e-mail address")?;
                let (person, _) = people::find(&store, &email).await?.context("nobody has this e-mail address")?;
                let password = Password::generate();
                let hash = password.hash().context("there is not enough memory to hash a password")?;
                ensure!(people::set_password(&store, person.id, &hash).await?, "nobody has this e-mail address");
                for (tenant, ..) in store::sessions::tenants(&store, person.id).await? {
                    let (mut tx, target) = (store.begin(tenant).await?, person.id.to_string());
                    audit::record(&mut tx, "command line", "member.password_reset", &target, &serde_json::json!({}))
                        .await?;
                    tx.commit().await?;
                }
                println!("{}", password.reveal());
            }
        }
        Ok(())
    })
}

/// While nobody exists: prints how to become the first owner, of `tenant`, or else of the first tenant that there is.
pub(crate) async fn welcome(store: &Store, tenant: Option<&str>, address: &str) -> anyhow::Result<()> {
    if people::any(store).await? {
        return Ok(());
    }
    let known = tenants::list(store).await?.into_iter().next().map(|tenant| tenant.name);
    let tenant = tenant.map(str::to_owned).or(known).unwrap_or_else(|| "main".into());
    let Some(token) = people::first(store, &tenant).await? else { return Ok(()) };
    let mut out = std::io::stdout().lock();
    // Behind the #, where no server's log sees it.
    writeln!(out, "\nNobody administers this installation yet. Within a day, become the owner of {tenant:?}:")?;
    writeln!(out, "  {address}/admin/accept#token={}\n", token.reveal())?;
    out.flush()?;
    Ok(())
}

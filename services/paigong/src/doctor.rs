//! `paigong doctor`: what stands in the way of working, and what to do about it.

use std::os::unix::fs::DirBuilderExt;
use std::time::Duration;

use anyhow::{bail, ensure};
use store::MigrationState;

use crate::configuration::Configuration;
use crate::{packs, wiring};

/// The findings, in the order in which they were looked for.
#[derive(Default)]
struct Report {
    failed: usize,
}

impl Report {
    fn good(&mut self, what: &str, detail: impl std::fmt::Display) {
        println!("ok    {what}: {detail}");
    }

    fn warn(&mut self, what: &str, detail: impl std::fmt::Display) {
        println!("warn  {what}: {detail}");
    }

    fn bad(&mut self, what: &str, detail: impl std::fmt::Display) {
        self.failed += 1;
        println!("FAIL  {what}: {detail}");
    }
}

pub(crate) fn run(configuration: &Configuration) -> anyhow::Result<()> {
    let mut report = Report::default();
    model(configuration, &mut report);
    disk(&mut report);
    learnt(configuration, &mut report);
    match packs::read(std::slice::from_ref(&configuration.skills_dir)) {
        Ok(packs) => report.good("skill packs", format!("{} in {}", packs.len(), configuration.skills_dir.display())),
        Err(error) => report.warn("skill packs", format!("{error:#}")),
    }
    language_model(configuration, &mut report);
    wiring::block_on(async {
        database(configuration, &mut report).await;
        Ok(())
    })?;
    ensure!(report.failed == 0, "{} checks failed", report.failed);
    Ok(())
}

fn model(configuration: &Configuration, report: &mut Report) {
    match wiring::encoder(configuration) {
        Ok(encoder) => {
            let started = std::time::Instant::now();
            match encoder.embed_blocking("你好 hello") {
                Ok(embedding) => report.good(
                    "model",
                    format!(
                        "{}, {} dimensions, {:.1} ms for a short text",
                        configuration.model,
                        embedding.vector.len(),
                        started.elapsed().as_secs_f64() * 1e3
                    ),
                ),
                Err(error) => report.bad("model", format!("it does not answer: {error}")),
            }
        }
        Err(error) => report.bad("model", format!("{error:#}")),
    }
}

/// What can be said without asking it, which may cost something.
fn language_model(configuration: &Configuration, report: &mut Report) {
    const WHAT: &str = "language model";
    let checked = configuration.reasoning().and_then(|options| Ok((options, wiring::outside(configuration)?.client)));
    match checked {
        Ok((options, _)) if options.providers.is_empty() => {
            report
                .good(WHAT, "none; what the small model does not know is answered with the nearest skills or a person");
        }
        Ok((options, client)) => {
            for provider in &options.providers {
                match client.check(&provider.base_url) {
                    Ok(()) => report.good(WHAT, format!("{}; `paigong llm test` asks it", provider.name)),
                    Err(error) => report.bad(WHAT, format!("{}: {error}; see outbound_allow", provider.name)),
                }
            }
        }
        Err(error) => report.bad(WHAT, format!("{error:#}")),
    }
}

async fn database(configuration: &Configuration, report: &mut Report) {
    let store = match wiring::store(configuration).await {
        Ok(store) => store,
        Err(error) => {
            report.bad("database", format!("{error:#}"));
            return;
        }
    };
    match store::models::activations(&store, 1).await.map(|last| last.into_iter().next()) {
        Ok(Some(active)) if active.model != configuration.model => {
            report.good(
                "active model",
                format!("{}, as `paigong models activate` said; `paigong models list` says more", active.model),
            );
        }
        // Before the migrations there is none; they are looked at below.
        _ => {}
    }
    match store.server().await {
        Ok(server) => {
            report.good("database", format!("PostgreSQL {} as {}", server.version / 10_000, server.login));
            if server.version < 150_000 {
                report.bad("database version", "PostgreSQL 15 or newer is needed");
            }
            if server.is_superuser {
                report.warn("database role", "the login is a superuser, which row-level security does not bind; use the role of scripts/database.sql");
            }
            if !server.can_create_roles {
                report.bad(
                    "database role",
                    format!("run as an administrator: ALTER ROLE {} CREATEROLE; packs get a role each", server.login),
                );
            }
            let off = Duration::from_millis(server.clock_ahead_ms.unsigned_abs());
            if off > Duration::from_secs(2) {
                report.warn(
                    "clock",
                    format!(
                        "this machine and the database differ by {off:?}; run a time service (chrony, ntpd) on both"
                    ),
                );
            } else {
                report.good("clock", format!("{off:?} from the database's"));
            }
        }
        Err(error) => report.bad("database", error),
    }
    match store.migrations().await {
        Ok(migrations) => {
            let count = |state| migrations.iter().filter(|migration| migration.state == state).count();
            let (pending, changed, unknown) =
                (count(MigrationState::Pending), count(MigrationState::Changed), count(MigrationState::Unknown));
            if pending > 0 {
                report.bad("migrations", format!("{pending} are missing; run `paigong migrate`"));
            } else if changed > 0 {
                report.bad(
                    "migrations",
                    format!("{changed} were edited after they had been applied; restore the released files"),
                );
            } else if unknown > 0 {
                report.warn(
                    "migrations",
                    format!("the database is ahead by {unknown}; this program is older than the database"),
                );
            } else {
                report.good("migrations", format!("{} applied", migrations.len()));
            }
        }
        Err(error) => report.bad("migrations", error),
    }
}

/// Whether what is learnt can be kept.
fn learnt(configuration: &Configuration, report: &mut Report) {
    const WHAT: &str = "learnt_dir";
    let Some(folder) = wiring::learnt(configuration) else {
        return report.good(WHAT, "none; the first message after a start waits until its app is learnt");
    };
    let probe = folder.join(format!(".doctor.{}", std::process::id()));
    match std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)
        .and_then(|()| std::fs::write(&probe, ""))
    {
        Ok(()) => report.good(WHAT, folder.display()),
        Err(error) => report.warn(WHAT, format!("{} can't be written to: {error}", folder.display())),
    }
    let _ = std::fs::remove_file(&probe);
}

/// Free space where the program runs; a full disk is the commonest end of an unattended Postgres.
fn disk(report: &mut Report) {
    let output = std::process::Command::new("df").args(["-Pk", "."]).output();
    let free = output.ok().and_then(|output| {
        let text = String::from_utf8(output.stdout).ok()?;
        text.lines().nth(1)?.split_whitespace().nth(3)?.parse::<u64>().ok()
    });
    match free {
        Some(kilobytes) if kilobytes < 1_048_576 => {
            report.bad("disk", format!("{} MB free; at least 1 GB is needed", kilobytes / 1024));
        }
        Some(kilobytes) => report.good("disk", format!("{} GB free", kilobytes / 1_048_576)),
        None => report.warn("disk", "free space can't be read here"),
    }
}

/// Asks the server on this machine whether it is ready.
pub(crate) fn healthcheck(configuration: &Configuration) -> anyhow::Result<()> {
    let port = configuration.listen.rsplit(':').next().unwrap_or("8600");
    let url = format!("http://127.0.0.1:{port}/readyz");
    wiring::block_on(async {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(3)).no_proxy().build()?;
        let status = client.get(&url).send().await?.status();
        if status.is_success() { Ok(()) } else { bail!("{url} answers {status}") }
    })
}

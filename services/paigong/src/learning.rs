//! `paigong suggestions …` and `paigong llm …`: what the small model may learn from a language model, whether that answers,
//! and what it may cost.

use anyhow::{Context, bail, ensure};
use paigong_core::Language;
use reasoning::{Asker, Candidate, Purpose, Question};
use serde_json::json;
use store::llm;
use store::suggestions::{self, Accepted};

use crate::configuration::Configuration;
use crate::wiring;

/// Whose.
#[derive(clap::Args)]
pub(crate) struct Of {
    /// The tenant.
    #[arg(long, default_value = "demo")]
    tenant: String,
    /// The app.
    #[arg(long, default_value = "demo")]
    app: String,
}

/// What to do with suggestions.
#[derive(clap::Subcommand)]
pub(crate) enum Suggestions {
    /// List what users said that only a language model understood, newest first.
    List {
        #[command(flatten)]
        of: Of,
        /// open, accepted or rejected.
        #[arg(long, default_value = "open")]
        state: String,
        /// How many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Make one an example of its skill; the small model knows it from the next request on.
    Accept {
        #[command(flatten)]
        of: Of,
        /// The suggestion.
        id: uuid::Uuid,
        /// The skill that it should have been.
        #[arg(long)]
        skill: Option<String>,
        /// The example as it should be, with its slots marked as in a skill's file.
        #[arg(long)]
        example: Option<String>,
    },
    /// Drop one; the same saying is not suggested again.
    Reject {
        #[command(flatten)]
        of: Of,
        /// The suggestion.
        id: uuid::Uuid,
    },
}

pub(crate) fn suggestions(configuration: &Configuration, command: Suggestions) -> anyhow::Result<()> {
    wiring::block_on(async {
        let store = wiring::store(configuration).await?;
        let (Suggestions::List { of, .. } | Suggestions::Accept { of, .. } | Suggestions::Reject { of, .. }) = &command;
        let caller = wiring::caller(&store, &of.tenant, &of.app).await?;
        let mut tx = store.begin(caller.tenant).await?;
        match command {
            Suggestions::List { state, limit, .. } => {
                ensure!(
                    ["open", "accepted", "rejected"].contains(&state.as_str()),
                    "--state is open, accepted or rejected"
                );
                for one in suggestions::list(&mut tx, caller.app, &state, None, limit).await? {
                    println!("{}  ×{:<3} {:<28} {}", one.id, one.times, one.skill, one.example);
                }
            }
            Suggestions::Accept { id, skill, example, .. } => {
                let (skill, example) = (skill.as_deref(), example.as_deref());
                match suggestions::accept(&mut tx, caller.app, id, skill, example, "command line").await? {
                    Accepted::Live { skill, version } => println!("{skill} version {version} is live"),
                    Accepted::Gone => bail!("there is no such open suggestion in this app"),
                    Accepted::Refused(why) => bail!("{why}"),
                }
            }
            Suggestions::Reject { id, .. } => {
                let done = suggestions::reject(&mut tx, caller.app, id, "command line").await?;
                ensure!(done, "there is no such open suggestion in this app");
                println!("dropped");
            }
        }
        tx.commit().await?;
        Ok(())
    })
}

/// What to do with the language model.
#[derive(clap::Subcommand)]
pub(crate) enum Llm {
    /// Ask every configured provider one small question, and say how it went.
    Test {
        #[command(flatten)]
        of: Of,
    },
    /// Tokens and cost by day and purpose.
    Report {
        #[command(flatten)]
        of: Of,
        /// How many days, today included.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3660))]
        days: u64,
    },
    /// Show the daily budgets, or set one: 0 means that nothing may be spent.
    Budget {
        #[command(flatten)]
        of: Of,
        /// Tokens a day, sent and received together.
        tokens: Option<u64>,
        /// The budget of the whole tenant instead of the app's.
        #[arg(long)]
        whole_tenant: bool,
        /// Forget the budget.
        #[arg(long, conflicts_with = "tokens")]
        remove: bool,
    },
}

pub(crate) fn llm(configuration: &Configuration, command: Llm) -> anyhow::Result<()> {
    wiring::block_on(async {
        let store = wiring::store(configuration).await?;
        let (Llm::Test { of } | Llm::Report { of, .. } | Llm::Budget { of, .. }) = &command;
        let caller = wiring::caller(&store, &of.tenant, &of.app).await?;
        let today = chrono::Utc::now().with_timezone(&caller.time_zone).date_naive();
        match command {
            Llm::Test { .. } => {
                let options = configuration.reasoning()?;
                ensure!(!options.providers.is_empty(), "no language model is configured: set llm_url and llm_model");
                let outside = wiring::outside(configuration)?;
                let mut failed = 0;
                for provider in &options.providers {
                    let options = reasoning::Options { providers: vec![provider.clone()], ..options.clone() };
                    let reasoner = reasoning::Reasoner::new(options, outside.client.clone(), store.clone());
                    let asker = Asker {
                        tenant: caller.tenant,
                        app: caller.app,
                        conversation: paigong_core::ConversationId::new(),
                        turn: paigong_core::TurnId::new(),
                        day: today,
                    };
                    match reasoner.propose(&asker, &probe(today)).await {
                        Ok(reasoned) => println!(
                            "ok    {}: {} answered in {} ms, {} + {} tokens, proposal {:?}",
                            provider.name,
                            reasoned.model,
                            reasoned.elapsed.as_millis(),
                            reasoned.tokens_in,
                            reasoned.tokens_out,
                            reasoned.proposal
                        ),
                        Err(why) => {
                            failed += 1;
                            println!("FAIL  {}: {why} ({})", provider.name, why.name());
                        }
                    }
                }
                ensure!(failed == 0, "{failed} providers failed; the log says why");
            }
            Llm::Report { days, .. } => {
                let from = today.checked_sub_days(chrono::Days::new(days - 1)).context("too many days")?;
                let mut tx = store.begin(caller.tenant).await?;
                println!("day         purpose   calls  usable      tokens in     tokens out         cost  skill");
                for line in llm::report(&mut tx, from, today).await?.into_iter().filter(|line| line.app == caller.app) {
                    let cost = line.cost_micros as f64 / 1e6;
                    println!(
                        "{}  {:<8} {:>6}  {:>6} {:>14} {:>14} {cost:>12.4}  {}",
                        line.day,
                        line.purpose,
                        line.calls,
                        line.answered,
                        line.tokens_in,
                        line.tokens_out,
                        line.skill.as_deref().unwrap_or("-")
                    );
                }
            }
            Llm::Budget { tokens, whole_tenant, remove, .. } => {
                let app = (!whole_tenant).then_some(caller.app);
                let mut tx = store.begin(caller.tenant).await?;
                match tokens {
                    Some(tokens) => llm::set_budget(&mut tx, app, tokens).await?,
                    None if remove => ensure!(llm::remove_budget(&mut tx, app).await?, "there is no such budget"),
                    None => {}
                }
                for budget in llm::budgets(&mut tx).await? {
                    let whose = budget.app.map_or_else(|| "the tenant".to_owned(), |app| format!("app {app}"));
                    let spent = llm::spent(&mut tx, budget.app, today).await?;
                    let used = spent.tokens_in + spent.tokens_out;
                    println!("{whose}: {} tokens a day, {used} spent today", budget.daily_tokens);
                }
                tx.commit().await?;
            }
        }
        Ok(())
    })
}

fn probe(today: chrono::NaiveDate) -> Question {
    Question {
        purpose: Purpose::Fallback,
        language: Language::Zh,
        message: "想歇两天".into(),
        history: Vec::new(),
        candidates: vec![Candidate {
            skill: "leave.request".into(),
            title: "请假申请".into(),
            description: "申请年假、病假等假期".into(),
            effect: "write".into(),
            schema: json!({"type": "object", "properties": {"days": {"type": "integer", "minimum": 1}}}),
            results: Vec::new(),
        }],
        slot: None,
        passages: Vec::new(),
        names: Vec::new(),
        today,
    }
}

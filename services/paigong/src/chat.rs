//! `paigong chat`: a conversation in the terminal, with the same agent as the server's.

use std::io::{BufRead, Write};

use agent::{Answer, Request};
use paigong_core::ConversationId;
use serde_json::Map;

use crate::configuration::Configuration;
use crate::{telemetry, wiring};

/// Who talks with which app.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The tenant.
    #[arg(long, default_value = "demo")]
    tenant: String,
    /// The app.
    #[arg(long, default_value = "demo")]
    app: String,
    /// The end user.
    #[arg(long, default_value = "E1001")]
    user: String,
    /// Show after each answer what it was based on.
    #[arg(long)]
    explain: bool,
    /// A clock that stands still, such as 2026-11-23T10:00:00+08:00.
    #[arg(long, value_name = "TIME")]
    clock: Option<chrono::DateTime<chrono::Utc>>,
}

pub(crate) fn run(configuration: &Configuration, args: &Args) -> anyhow::Result<()> {
    let _telemetry = telemetry::start(configuration)?;
    wiring::block_on(async {
        let store = wiring::store(configuration).await?;
        let encoder = wiring::active(configuration, &store).await?.encoder;
        let agent = wiring::agent(configuration, store.clone(), encoder, wiring::clock(args.clock)).await?;
        let mut conversation: Option<ConversationId> = None;
        let mut options: Vec<agent::Choice> = Vec::new();
        println!("Ctrl-D 结束。Type a message, or #1 for the first option; Ctrl-D ends.");
        loop {
            print!("> ");
            std::io::stdout().flush()?;
            let mut line = String::new();
            if std::io::stdin().lock().read_line(&mut line)? == 0 {
                return Ok(());
            }
            let text = line.trim();
            if text.is_empty() {
                continue;
            }
            let pressed = text.strip_prefix('#').and_then(|number| number.parse::<usize>().ok());
            let option = pressed.and_then(|number| options.get(number.checked_sub(1)?));
            let payload = option.and_then(|option| serde_json::from_str(&option.payload).ok());
            let request = Request {
                query: if payload.is_some() { String::new() } else { text.to_owned() },
                user: args.user.clone(),
                conversation,
                payload,
                inputs: Map::new(),
                context: Map::new(),
                idempotency: None,
            };
            let caller = wiring::caller(&store, &args.tenant, &args.app).await?;
            match agent.turn(&caller, &request).await {
                Ok(answered) => {
                    conversation = Some(answered.answer.conversation_id);
                    options.clone_from(&answered.answer.dialog_action.options);
                    show(&answered.answer, args.explain)?;
                }
                Err(error) => println!("! {error}"),
            }
        }
    })
}

fn show(answer: &Answer, explain: bool) -> anyhow::Result<()> {
    println!("{}", answer.answer);
    for (index, option) in answer.dialog_action.options.iter().enumerate() {
        print!("  #{} {}", index + 1, option.label);
    }
    if !answer.dialog_action.options.is_empty() {
        println!();
    }
    if explain {
        println!("{}", serde_json::to_string_pretty(&answer.decision)?);
    }
    Ok(())
}

//! Where conversation tests are played and questions asked: a scratch database with the packs, one tenant, and the agent itself; no HTTP.
//!
//! All tests share the tenant, so skills are compiled and learnt once. Between tests the data of every pack that was
//! written to is put back, its numbers too: a test finds what it would find alone, whatever ran before it.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use agent::{Agent, Answered, Request};
use anyhow::{Context, anyhow, bail};
use dialogue::{Decision, Reason, Say};
use paigong_core::Clock;
use secrecy::ExposeSecret;
use serde_json::Map;
use skills::Pack;
use skills::scenario::coverage::Kind;
use skills::scenario::{Coverage, Failure, Message, Scenario, Walk};
use store::keys::Caller;
use store::scratch::{self, Scratch};
use store::{Error, Store};

use crate::configuration::Configuration;
use crate::{packs, wiring};

/// What to do when there is no server to make a database on.
const HOW: &str = "conversation tests run on a database of their own, made for them and dropped afterwards; set DATABASE_URL to a \
    Postgres server whose role may create databases (as an administrator: ALTER ROLE … CREATEDB), or start a throwaway one \
    in a checkout: scripts/postgres with test paigong skills test";

/// One stage. The database goes when it does.
pub(crate) struct Stage {
    store: Store,
    agent: Agent,
    caller: Caller,
    /// Skills that may write → the index of their pack.
    writers: HashMap<String, usize>,
    /// Packs whose data is no longer as seeded.
    dirty: BTreeSet<usize>,
    _scratch: Scratch,
}

/// What came of one test.
pub(crate) struct Outcome {
    /// The first thing that was wrong.
    pub failure: Option<Box<Failure>>,
    /// The texts of the answers that were right otherwise, in order.
    pub answers: Vec<String>,
}

impl Stage {
    /// Makes the database, installs `packs` with their data, starts the model and learns the skills.
    pub(crate) async fn set(
        configuration: &Configuration,
        folders: &[PathBuf],
        packs: &[Pack],
    ) -> anyhow::Result<Self> {
        let url = configuration.database_url.expose_secret();
        if url.is_empty() {
            bail!("no database: {HOW}");
        }
        let scratch = Scratch::create(url).await.map_err(|error| match error {
            Error::Privilege { source, .. } => anyhow!("{source}: {HOW}"),
            error => anyhow::Error::new(error).context(HOW),
        })?;
        let store = Store::connect(scratch::options(scratch.url())).await?;
        store.migrate().await.context("the scratch database can't be migrated")?;
        let caller = wiring::caller(&store, "test", "test").await?;
        packs::apply(&store, &caller, packs, true, "").await?;
        let encoder = wiring::encoder(configuration)?;
        packs::documents(&store, &caller, &encoder, folders, packs).await?;
        // Once more, for the revision that was published.
        let caller = wiring::caller(&store, "test", "test").await?;
        let agent = wiring::agent(configuration, store.clone(), encoder, Clock::System).await?;
        agent.app(&caller).await?;
        let writes = |(index, pack): (usize, &Pack)| {
            let writing = pack.manifests.iter().filter(|(_, manifest)| manifest.effect.needs_confirmation());
            writing.map(|(_, manifest)| (manifest.skill.to_string(), index)).collect::<Vec<_>>()
        };
        let writers = packs.iter().enumerate().flat_map(writes).collect();
        Ok(Self { store, agent, caller, writers, dirty: BTreeSet::new(), _scratch: scratch })
    }

    /// Plays `scenario`, of `packs[pack]`, on fresh data.
    pub(crate) async fn play(
        &mut self,
        packs: &[Pack],
        pack: usize,
        scenario: &Scenario,
        coverage: &mut Coverage,
    ) -> anyhow::Result<Outcome> {
        for index in std::mem::take(&mut self.dirty) {
            scratch::reset(&self.store, self.caller.tenant, &packs[index]).await?;
        }
        coverage.begin();
        let mut walk = Walk::new(scenario);
        let failure = self.walk(&mut walk, &packs[pack].about.pack, scenario, coverage).await.err();
        let mut answers: Vec<_> = walk.answers().map(str::to_owned).collect();
        if let Some(turn) = failure.as_ref().and_then(|failure| failure.turn) {
            answers.truncate(turn - 1);
        }
        Ok(Outcome { failure, answers })
    }

    async fn walk(
        &mut self,
        walk: &mut Walk<'_>,
        pack: &str,
        scenario: &Scenario,
        coverage: &mut Coverage,
    ) -> Result<(), Box<Failure>> {
        while let Some(message) = walk.message()? {
            let answered = match self.send(&message, scenario, walk.conversation()).await {
                Ok(answered) => answered,
                Err(error) => return Err(walk.refused(format!("{error:#}"))),
            };
            let answer = serde_json::to_value(&answered.answer).map_err(|error| walk.refused(error))?;
            let skill = answered.decided.as_ref().and_then(|decided| decided.skill.as_deref());
            coverage.answered(&answer, skill);
            visit(&answered, coverage);
            if let Err(mut failure) = walk.answered(answer) {
                failure.cause = self.cause(&answered).await;
                return Err(failure);
            }
        }
        for row in &scenario.rows {
            let found = scratch::value(&self.store, self.caller.tenant, pack, &row.sql).await;
            walk.row(row, &found.map_err(|error| walk.refused(error))?)?;
        }
        Ok(())
    }

    /// What is answered to `query` as the first message of a conversation.
    pub(crate) async fn ask(&self, user: &str, query: &str) -> anyhow::Result<Answered> {
        let request = Request { query: query.to_owned(), ..Request::of(user) };
        let agent = self.agent.with_clock(Clock::Fixed(skills::scenario::CLOCK.parse()?));
        Ok(agent.turn(&self.caller, &request).await?)
    }

    async fn send(
        &mut self,
        message: &Message,
        scenario: &Scenario,
        conversation: Option<&str>,
    ) -> anyhow::Result<Answered> {
        let payload = message.payload.as_deref().map(serde_json::from_str).transpose()?;
        let request = Request {
            query: message.query.clone(),
            user: scenario.user.clone(),
            conversation: conversation.map(str::parse).transpose()?,
            payload,
            inputs: message.inputs.clone(),
            context: scenario.context.iter().map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>(),
            idempotency: None,
        };
        let agent = self.agent.with_clock(Clock::Fixed(message.at.to_utc()));
        let answered = agent.turn(&self.caller, &request).await?;
        // Also after a failed run: the numbers that it took are gone.
        let ran = answered.answer.execution.as_ref().map(|execution| &execution.skill);
        self.dirty.extend(ran.and_then(|skill| self.writers.get(skill)));
        Ok(answered)
    }

    /// Why the run of a wrong turn failed, in Postgres' words, which users are never told.
    async fn cause(&self, answered: &Answered) -> Option<String> {
        let execution = answered.answer.execution.as_ref()?;
        let mut tx = self.store.begin(self.caller.tenant).await.ok()?;
        let run = store::runs::get(&mut tx, self.caller.app, execution.id).await.ok()??;
        run.error?.get("message")?.as_str().map(str::to_owned)
    }
}

/// Notes the branches that only the decision tells.
fn visit(answered: &Answered, coverage: &mut Coverage) {
    let Some(decided) = &answered.decided else { return };
    let (skill, reason) = match &decided.decision {
        Decision::Ask { reason: Some(reason), .. } => (decided.skill.as_deref().unwrap_or_default(), reason),
        Decision::Say(Say::Refused { skill, reason, .. }) => (skill.as_str(), reason),
        Decision::Say(Say::Cancelled(skill)) => return coverage.once(skill, Kind::Cancel),
        _ => return,
    };
    match reason {
        Reason::Rule { index, with, .. } => {
            coverage.broken(skill, *index);
            coverage.held(skill, with);
        }
        Reason::Missing { with } => {
            coverage.once(skill, Kind::Missing);
            coverage.held(skill, with);
        }
        _ => {}
    }
}

//! After the transaction: waiting for the runs that it has put into the queue, and telling the conversation how they ended;
//! at once within the turn, later by a message of its own.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use dialogue::{Catalogue as _, State};
use paigong_core::{RunId, TenantId, TurnId, chain};
use serde_json::Map;
use store::runs::Run;
use store::{conversations, idempotency, runs, turns};
use tokio_util::sync::CancellationToken;

use crate::answer::{Answer, DecisionReport, ExecutionStatus, Path};
use crate::carry_out::{Carried, Episode};
use crate::queued::{outcome, tell};
use crate::turn::Moment;
use crate::{Agent, Answered, Error, Request, identity, registry};

/// Between looks at runs that another process may end.
const LOOK: Duration = Duration::from_millis(100);
/// Between looks for outcomes that nobody has told.
const TELL: Duration = Duration::from_secs(2);
/// Outcomes told in one go.
const BATCH: i32 = 50;

impl Agent {
    /// Waits for the runs that the turn has put into the queue, and puts how they ended into its answer. A repetition of
    /// the request waits just so. Whatever goes wrong here, the turn itself was taken: its answer then says "under way".
    pub(crate) async fn conclude(
        &self,
        moment: &Moment<'_>,
        answered: Answered,
        carried: Option<Carried>,
    ) -> Result<Answered, Error> {
        let open: Vec<RunId> = answered
            .answer
            .executions
            .iter()
            .filter(|execution| execution.status == ExecutionStatus::Running)
            .map(|execution| execution.id)
            .collect();
        if open.is_empty() {
            return Ok(answered);
        }
        match self.waited(moment, &open, &answered.answer, carried).await {
            Ok(Some(answer)) => Ok(Answered { answer, ..answered }),
            Ok(None) => Ok(answered),
            Err(error) => {
                tracing::warn!(error = chain(&error), "the outcome of a run can't be told yet");
                Ok(answered)
            }
        }
    }

    async fn waited(
        &self,
        moment: &Moment<'_>,
        open: &[RunId],
        answer: &Answer,
        carried: Option<Carried>,
    ) -> Result<Option<Answer>, Error> {
        let tenant = moment.caller.tenant;
        let ended = self.wait(tenant, open, Instant::now() + moment.patience).await?;
        if ended.is_empty() {
            return Ok(None);
        }
        let mut tx = self.store.begin(tenant).await?;
        let Some((state, version)) = conversations::lock_state(&mut tx, answer.conversation_id).await? else {
            return Ok(None);
        };
        let mut state: State = serde_json::from_value(state).map_err(|_| Error::Corrupt("a conversation's state"))?;
        let told = tell(&mut tx, &mut state, &ended, moment.now).await?;
        let mut carried = match carried {
            Some(carried) => Carried { state: state.clone(), ..carried },
            // A repetition: the first request's answer was written with the outcomes, or this one's is going to be.
            None if told.is_empty() => {
                let turn = turns::get(&mut tx, TurnId(answer.message_id.0)).await?;
                let written = turn.and_then(|turn| serde_json::from_value(turn.response).ok());
                return Ok(written);
            }
            None => Carried { state: state.clone(), episodes: told, later: Vec::new() },
        };
        for episode in &mut carried.episodes {
            let run = episode.ran.as_ref().and_then(|ran| ran.execution.as_ref()).map(|execution| execution.id);
            if let Some(run) = ended.iter().find(|ended| Some(ended.id) == run) {
                episode.ran = Some(outcome(&mut tx, run).await?);
            }
        }
        let turn = TurnId(answer.message_id.0);
        let report = answer.decision.clone();
        let concluded = moment.answer(answer.conversation_id, turn, &carried, report, answer.handoff.clone());
        let concluded = Answer { created_at: answer.created_at, ..concluded };
        self.rewrite(&mut tx, moment, &concluded, &state, version).await?;
        paigong_core::fault::point("turn.before_second_commit");
        tx.commit().await?;
        Ok(Some(concluded))
    }

    /// Writes the answer with the outcomes over the one that said "under way".
    async fn rewrite(
        &self,
        tx: &mut store::TenantTx,
        moment: &Moment<'_>,
        answer: &Answer,
        state: &State,
        version: i64,
    ) -> Result<(), Error> {
        let state_json = serde_json::to_value(state).map_err(|_| Error::Corrupt("a state to be stored"))?;
        let response = serde_json::to_value(answer).map_err(|_| Error::Corrupt("an answer to be stored"))?;
        conversations::save(tx, answer.conversation_id, version, &state_json, state.language()).await?;
        turns::rewrite(tx, TurnId(answer.message_id.0), &answer.answer, &response).await?;
        if let Some((key, _)) = &moment.request.idempotency {
            idempotency::rewrite(tx, moment.caller.app, key, &response).await?;
        }
        Ok(())
    }

    /// The runs that have ended, when all have or at the deadline.
    async fn wait(&self, tenant: TenantId, open: &[RunId], deadline: Instant) -> Result<Vec<Run>, Error> {
        // Registered before the look, so that no end falls between the two.
        let mut ended_here = self.worker.as_ref().map(dispatch::Worker::ended);
        if let Some(worker) = &self.worker {
            worker.nudge();
        }
        loop {
            let ended = {
                let mut tx = self.store.begin(tenant).await?;
                runs::ended(&mut tx, open).await?
            };
            if ended.len() == open.len() || Instant::now() >= deadline {
                return Ok(ended);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match &mut ended_here {
                Some(receiver) => {
                    let any = async {
                        loop {
                            match receiver.recv().await {
                                Ok(run) if open.contains(&run) => return,
                                Ok(_) => {}
                                Err(_) => return tokio::time::sleep(LOOK).await,
                            }
                        }
                    };
                    // Another process may have taken it, so now and then the ledger is looked at all the same.
                    let _ = tokio::time::timeout((LOOK * 3).min(left), any).await;
                }
                None => tokio::time::sleep(LOOK.min(left)).await,
            }
        }
    }

    /// Tells conversations of runs that ended when nobody was waiting: after a restart, by a callback, by a person. Until
    /// `stop`; any number of processes may do it.
    pub async fn tell_outcomes(&self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(TELL.mul_f64(0.75 + rand::random::<f64>() / 2.0)) => {}
            }
            match dispatch::job::untold(&self.store, BATCH).await {
                Ok(untold) => {
                    for (tenant, run) in untold {
                        if let Err(error) = self.tell_one(tenant, run).await {
                            tracing::warn!(%run, error = chain(&error), "a conversation can't be told how a run ended");
                        }
                    }
                }
                Err(error) => tracing::warn!(error = chain(&error), "outcomes to be told can't be read"),
            }
        }
    }

    /// Adds a message to the conversation that says how the run ended.
    async fn tell_one(&self, tenant: TenantId, id: RunId) -> Result<(), Error> {
        let mut tx = self.store.begin(tenant).await?;
        let Some(run) = runs::untold(&mut tx, &[id]).await?.into_iter().next() else { return Ok(()) };
        let Some((caller, end_user)) = store::keys::of_conversation(&mut tx, run.conversation).await? else {
            return Ok(());
        };
        drop(tx);
        let mind = self.mind();
        let app = mind.app(&caller).await?;
        let request = Request { conversation: Some(run.conversation), ..Request::of(&end_user) };
        let context = identity(&request);
        let at: DateTime<Utc> = self.options.clock.now();
        let now = at.with_timezone(&caller.time_zone).naive_local();
        let mut tx = self.store.begin(tenant).await?;
        let Some((state, version)) = conversations::lock_state(&mut tx, run.conversation).await? else {
            return Ok(());
        };
        let mut state: State = serde_json::from_value(state).map_err(|_| Error::Corrupt("a conversation's state"))?;
        for running in &state.running {
            if app.version(&running.frame.skill, running.frame.version).is_none() {
                registry::fetch_version(&mut tx, &app, caller.app, &running.frame.skill, running.frame.version).await?;
            }
        }
        let ended = runs::untold(&mut tx, &[id]).await?;
        let episodes = tell(&mut tx, &mut state, &ended, now).await?;
        if !episodes.is_empty() {
            let moment = Moment {
                caller: &caller,
                request: &request,
                turn: TurnId::new(),
                new: run.conversation,
                asks: false,
                kept: &mind.kept,
                documents: None,
                vector: None,
                patience: Duration::ZERO,
                app: &app,
                context: &context,
                now,
                at,
                lag: self.options.clock.lag(),
                started: Instant::now(),
            };
            self.append(&mut tx, &moment, episodes, state, version).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn append(
        &self,
        tx: &mut store::TenantTx,
        moment: &Moment<'_>,
        episodes: Vec<Episode>,
        state: State,
        version: i64,
    ) -> Result<(), Error> {
        let Some(conversation) = moment.request.conversation else { return Ok(()) };
        let turn = moment.turn;
        let carried = Carried { state, episodes, later: Vec::new() };
        let report = DecisionReport { path: Path::Rule, ..DecisionReport::default() };
        let answer = moment.answer(conversation, turn, &carried, report, None);
        let response = serde_json::to_value(&answer).map_err(|_| Error::Corrupt("an answer to be stored"))?;
        let state_json = serde_json::to_value(&carried.state).map_err(|_| Error::Corrupt("a state to be stored"))?;
        conversations::save(tx, conversation, version, &state_json, carried.state.language()).await?;
        let decision = serde_json::to_value(&answer.decision).unwrap_or_default();
        let trace = serde_json::Value::Object(Map::new());
        let new = turns::NewTurn {
            id: turn,
            conversation,
            query: "",
            request: None,
            answer: &answer.answer,
            response: &response,
            decision: &decision,
            trace: &trace,
        };
        turns::insert(tx, &new).await?;
        Ok(())
    }
}

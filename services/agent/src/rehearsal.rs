//! Conversations of which nothing stays: with a draft in the app, in a transaction that is always taken back. What is done in the
//! database is real until then; what would leave it is put into the queue and taken back before anybody sees it.

use std::sync::Arc;
use std::time::Instant;

use knowledge::Index;
use paigong_core::{Clock, ConversationId, Language, TurnId};
use serde_json::{Map, Value};
use skills::manifest::Slots;
use skills::scenario::{Failure, Message, Row, Scenario, Walk};
use skills::sql;
use store::TenantTx;
use store::keys::Caller;

use crate::draft::Draft;
use crate::turn::{Moment, Turned};
use crate::understand::understand;
use crate::{Agent, Answer, Error, MAX_ATTEMPTS, Request, identity};

/// A conversation on its way. Dropped, it is taken back as well.
struct Rehearsal<'a> {
    agent: &'a Agent,
    caller: &'a Caller,
    draft: &'a Draft,
    documents: Option<Arc<Index>>,
    conversation: ConversationId,
    has_begun: bool,
    tx: TenantTx,
}

impl Rehearsal<'_> {
    /// Says `request`, when `clock` says; `None`: there is no answer without asking somebody.
    async fn say(&mut self, request: &Request, clock: Clock) -> Result<Option<Answer>, Error> {
        let at = clock.now();
        let now = at.with_timezone(&self.caller.time_zone).naive_local();
        let conversation = self.has_begun.then_some(self.conversation);
        let request = Request { conversation, idempotency: None, ..request.clone() };
        let context = identity(&request);
        let (mind, app) = (self.draft.mind(), self.draft.app());
        let understood = understand(&request, mind.means(app, now, &context, self.agent.deadline())).await?;
        let moment = Moment {
            caller: self.caller,
            request: &request,
            turn: TurnId::new(),
            new: self.conversation,
            asks: false,
            kept: &mind.kept,
            documents: self.documents.clone(),
            vector: understood.vector.as_ref().map(|(text, vector)| (text.as_str(), &**vector)),
            patience: self.agent.options.patience,
            app,
            context: &context,
            now,
            at,
            lag: clock.lag(),
            started: Instant::now(),
        };
        self.has_begun = true;
        match moment.transact(&mut self.tx, &understood, None).await? {
            Turned::Done(answered, _) | Turned::Replayed(answered) => Ok(Some(answered.answer)),
            // Nobody is asked, so nobody is wanted.
            Turned::Wants(_) => Ok(None),
        }
    }

    /// What `row` finds now, as a statement of the first of `packs` would see it that may run it.
    async fn value(
        &mut self,
        packs: &[String],
        row: &Row,
        scenario: &Scenario,
    ) -> Result<Result<Value, String>, Error> {
        let mut compiled = packs.iter().map(|pack| (pack, sql::compile(&row.sql, &Slots::default(), pack)));
        let Some((mut pack, mut statement)) = compiled.next() else { return Ok(Err("the app has no pack".into())) };
        if let (Err(_), Some((other, Ok(found)))) = (&statement, compiled.find(|(_, compiled)| compiled.is_ok())) {
            (pack, statement) = (other, Ok(found));
        }
        let statement = match statement {
            Ok(statement) if statement.is_query => statement,
            Ok(_) => return Ok(Err("a test may only SELECT".into())),
            Err(message) => return Ok(Err(message.into())),
        };
        let (context, slots) = (context(scenario), Map::new());
        let request = dispatch::Request {
            app: self.caller.app,
            conversation: self.conversation,
            turn: TurnId::new(),
            user: &scenario.user,
            context: &context,
            now: scenario.begins().with_timezone(&self.caller.time_zone).naive_local(),
            language: Language::default(),
            time_zone: self.caller.time_zone,
            slots: &slots,
            limits: dispatch::Limits::default(),
        };
        let access = dispatch::sql::Access::Read;
        let found = dispatch::sql::execute(&mut self.tx, pack, &statement, access, &request, |_| Ok(())).await?;
        let first = |row: dispatch::Row| row.into_iter().next().map(|(_, value)| value);
        Ok(match found {
            Ok(found) => Ok(found.rows.into_iter().next().and_then(first).unwrap_or_default()),
            Err(failure) => Err(failure.message),
        })
    }
}

impl Agent {
    /// What would be answered to `requests`, said one after the other in a new conversation.
    ///
    /// # Errors
    /// As for a turn.
    pub async fn try_out(&self, caller: &Caller, draft: &Draft, requests: &[Request]) -> Result<Vec<Answer>, Error> {
        let mut rehearsal = self.rehearsal(caller, draft).await?;
        let mut answers = Vec::with_capacity(requests.len());
        for request in requests {
            let Some(answer) = rehearsal.say(request, self.options.clock).await? else { break };
            answers.push(answer);
        }
        rehearsal.tx.rollback().await?;
        Ok(answers)
    }

    /// Plays a test, whose rows are those of one of `packs`; `Some`: the first thing in it that is wrong.
    ///
    /// # Errors
    /// When the database or the model fails; what a test does wrong is told in its failure.
    pub async fn play(
        &self,
        caller: &Caller,
        draft: &Draft,
        packs: &[String],
        scenario: &Scenario,
    ) -> Result<Option<Box<Failure>>, Error> {
        let mut attempt = 1;
        loop {
            let mut rehearsal = self.rehearsal(caller, draft).await?;
            match walk(&mut rehearsal, packs, scenario).await {
                Ok(played) => {
                    rehearsal.tx.rollback().await?;
                    return Ok(played.err());
                }
                Err(error) if error.is_transient() && attempt < MAX_ATTEMPTS => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }

    async fn rehearsal<'a>(&'a self, caller: &'a Caller, draft: &'a Draft) -> Result<Rehearsal<'a>, Error> {
        let documents = draft.mind().documents_of(caller, draft.app()).await?;
        let tx = self.store.begin(caller.tenant).await?;
        let conversation = ConversationId::new();
        Ok(Rehearsal { agent: self, caller, draft, documents, conversation, has_begun: false, tx })
    }
}

async fn walk(
    rehearsal: &mut Rehearsal<'_>,
    packs: &[String],
    scenario: &Scenario,
) -> Result<Result<(), Box<Failure>>, Error> {
    let mut walk = Walk::new(scenario);
    loop {
        let message = match walk.message() {
            Ok(Some(message)) => message,
            Ok(None) => break,
            Err(failure) => return Ok(Err(failure)),
        };
        let request = match of_message(scenario, &message) {
            Ok(request) => request,
            Err(error) => return Ok(Err(walk.refused(error))),
        };
        let answer = rehearsal.say(&request, Clock::Fixed(message.at.to_utc())).await?;
        if let Err(failure) = walk.answered(serde_json::to_value(answer).unwrap_or_default()) {
            return Ok(Err(failure));
        }
    }
    for row in &scenario.rows {
        let found = match rehearsal.value(packs, row, scenario).await? {
            Ok(found) => found,
            Err(message) => return Ok(Err(walk.refused(message))),
        };
        if let Err(failure) = walk.row(row, &found) {
            return Ok(Err(failure));
        }
    }
    Ok(Ok(()))
}

/// A message of a test as a request; the conversation is the caller's business.
///
/// # Errors
/// When the button that it presses has a payload that is none.
pub fn of_message(scenario: &Scenario, message: &Message) -> Result<Request, serde_json::Error> {
    Ok(Request {
        query: message.query.clone(),
        payload: message.payload.as_deref().map(serde_json::from_str).transpose()?,
        inputs: message.inputs.clone(),
        context: context(scenario),
        ..Request::of(&scenario.user)
    })
}

/// What a test says of its user.
fn context(scenario: &Scenario) -> Map<String, Value> {
    scenario.context.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

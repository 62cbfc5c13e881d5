//! The reasoner against a scripted provider and a real Postgres: one binary, a database for every test.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod answers;
mod budget;
mod failures;
mod injections;
mod modes;
mod privacy;

use chrono::NaiveDate;
use outbound::{Client, Policy};
use paigong_core::{ConversationId, Language, TurnId};
use reasoning::testing::{Endpoint, Reply};
use reasoning::{Asker, Candidate, Passage, Purpose, Question, Reasoned, Reasoner, Unavailable};
use serde_json::{Value, json};
use store::llm::{self, Spent};
use store::testing::Database;

/// Milliseconds: long enough never to be what ends a test.
const PATIENT: u64 = 60_000;

/// A tenant with an app, and providers that follow scripts.
struct Scene {
    database: Database,
    asker: Asker,
    reasoner: Reasoner,
}

impl Scene {
    /// One provider, with these options besides its name and address.
    async fn new(endpoint: &Endpoint, provider: Value) -> Self {
        Self::with(&[(endpoint.base_url(), provider)], json!({})).await
    }

    /// Several providers, called a, b …, and other options.
    async fn with(providers: &[(String, Value)], options: Value) -> Self {
        let database = Database::new().await;
        let (tenant, app) = store::apps::ensure(&database, "acme", "助手").await.unwrap();
        let asker = Asker {
            tenant: tenant.id,
            app: app.id,
            conversation: ConversationId::new(),
            turn: TurnId::new(),
            day: day(),
        };
        let reasoner = reasoner(&database, providers, options);
        Self { database, asker, reasoner }
    }

    async fn propose(&self, question: &Question) -> Result<Reasoned, Unavailable> {
        self.reasoner.propose(&self.asker, question).await
    }

    async fn spent(&self) -> Spent {
        let mut tx = self.database.begin(self.asker.tenant).await.unwrap();
        llm::spent(&mut tx, None, day()).await.unwrap()
    }

    /// The calls so far: outcome, tokens in, tokens out; in their order.
    async fn calls(&self) -> Vec<(String, i64, i64)> {
        let mut tx = self.database.begin(self.asker.tenant).await.unwrap();
        sqlx::query_as("SELECT outcome, tokens_in, tokens_out FROM paigong.llm_call ORDER BY id")
            .fetch_all(tx.connection())
            .await
            .unwrap()
    }

    async fn outcomes(&self) -> Vec<String> {
        self.calls().await.into_iter().map(|(outcome, ..)| outcome).collect()
    }
}

fn reasoner(database: &Database, providers: &[(String, Value)], mut options: Value) -> Reasoner {
    let named = providers.iter().zip('a'..).map(|((address, provider), name)| {
        let mut all = json!({"name": name.to_string(), "base_url": address, "model": "m", "api_key": "s3cret",
                             "price_in": 2_000_000, "price_out": 6_000_000, "connect_ms": PATIENT, "timeout_ms": PATIENT});
        for (key, value) in provider.as_object().unwrap() {
            all[key] = value.clone();
        }
        all
    });
    options["providers"] = named.collect();
    if options.get("deadline_ms").is_none() {
        options["deadline_ms"] = json!(PATIENT);
    }
    let policy = Policy::parse(&["127.0.0.0/8".to_owned()], &[]).unwrap();
    Reasoner::new(serde_json::from_value(options).unwrap(), Client::new(policy).unwrap(), database.store.clone())
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 25).unwrap()
}

fn candidate(skill: &str, effect: &str, slots: Value, results: &[&str]) -> Candidate {
    Candidate {
        skill: skill.to_owned(),
        title: skill.to_owned(),
        description: String::new(),
        effect: effect.to_owned(),
        schema: json!({"type": "object", "properties": slots}),
        results: results.iter().map(|&result| result.to_owned()).collect(),
    }
}

fn question(purpose: Purpose, message: &str) -> Question {
    let date = json!({"type": "string", "format": "date"});
    let passage = |id: &str, heading: &str, text: &str| Passage {
        id: id.to_owned(),
        title: "员工手册".to_owned(),
        heading: heading.to_owned(),
        text: text.to_owned(),
    };
    Question {
        purpose,
        language: Language::Zh,
        message: message.to_owned(),
        history: Vec::new(),
        candidates: vec![
            candidate(
                "leave.request",
                "write",
                json!({"from": date, "to": date, "kind": {"enum": ["annual", "sick"]}, "reason": {"type": "string"}}),
                &["days"],
            ),
            candidate("room.book", "write", json!({"day": date, "people": {"type": "integer", "minimum": 1}}), &[]),
            candidate("expense.list", "read", json!({}), &["number", "amount"]),
            candidate(
                "expense.submit",
                "write",
                json!({"amount": {"type": "number"}, "reason": {"type": "string"}}),
                &["number"],
            ),
            candidate("expense.approve", "money", json!({"number": {"type": "string"}}), &[]),
        ],
        slot: Some(("leave.request".to_owned(), "from".to_owned())),
        passages: vec![
            passage("handbook/leave#2", "年假", "每年有 5 天年假，须提前 3 天申请。问 hr@example.com。"),
            passage(
                "handbook/expenses#1",
                "报销",
                "单笔上限 1,500 元，2026年12月20日前提交，见 https://hr.example.com/claims 。",
            ),
        ],
        names: Vec::new(),
        today: day(),
    }
}

/// A skill with these slots, as a decision.
fn skill(skill: &str, slots: &[(&str, Value)]) -> Value {
    let slots: Vec<_> = slots.iter().map(|(slot, value)| json!({"slot": slot, "value": value})).collect();
    json!({"do": "skill", "skill": skill, "slots": slots})
}

fn decision(decision: Value) -> Reply {
    Reply::Decision(decision)
}

//! What a turn answers: text for the person, and state for the program. These are the public shapes of the API.

use chrono::{DateTime, Utc};
use paigong_core::{ConversationId, Language, MessageId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The answer to one message.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Answer {
    /// The conversation; send it with the next message.
    #[schema(value_type = uuid::Uuid)]
    pub conversation_id: ConversationId,
    /// This answer.
    #[schema(value_type = uuid::Uuid)]
    pub message_id: MessageId,
    /// The text to show.
    #[schema(example = "年假，12月2日（周三），提交吗？")]
    pub answer: String,
    /// The language of the text.
    #[schema(value_type = String, example = "zh")]
    pub language: Language,
    /// What is expected of the user now.
    pub dialog_action: DialogAction,
    /// Why: everything that the decision was based on.
    pub decision: DecisionReport,
    /// What was done in this turn; the last of `executions`.
    pub execution: Option<Execution>,
    /// Everything that was done in this turn, in order: several for a batch, or for several requests in one message.
    #[serde(default)]
    pub executions: Vec<Execution>,
    /// What a person needs who takes over; only with the action `Handoff`.
    #[serde(default)]
    pub handoff: Option<Handoff>,
    /// What an answer from documents rests on, in the order of its numbers `[1]`, `[2]` …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<Citation>,
    /// Whether a language model would have helped and was not available; everything else works.
    pub degraded: bool,
    /// Why: not_configured, budget_spent, breaker_open, overloaded, deadline, failed or invalid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub degraded_reason: Option<String>,
    /// When the answer was made.
    pub created_at: DateTime<Utc>,
}

/// A passage of a document that an answer rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Citation {
    /// The passage.
    pub id: String,
    /// The document's title.
    #[schema(example = "差旅制度")]
    pub title: String,
    /// The headings above it.
    #[schema(example = "住宿标准")]
    pub heading: String,
    /// Where the document was imported from.
    pub path: String,
    /// The passage itself.
    pub text: String,
}

/// What is expected of the user.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct DialogAction {
    /// What kind of answer is awaited.
    #[serde(rename = "type")]
    pub kind: ActionKind,
    /// The skill that it is about.
    pub skill: Option<String>,
    /// The slot that was asked for.
    pub slot: Option<String>,
    /// JSON Schema of what is missing, for rendering a form; send its values as `inputs`.
    #[schema(value_type = Option<Object>)]
    pub schema: Option<Value>,
    /// Buttons; send the `payload` of the one pressed, verbatim.
    pub options: Vec<Choice>,
}

/// What a person needs to know who takes a conversation over.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Handoff {
    /// In words, in the language of the conversation.
    pub summary: String,
    /// The skill that was under way.
    pub skill: Option<String>,
    /// What was known for it.
    #[schema(value_type = Object)]
    pub slots: Map<String, Value>,
    /// The last messages, oldest first.
    pub messages: Vec<Exchange>,
}

/// A message and its answer.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Exchange {
    /// What the user said.
    pub user: String,
    /// What was answered.
    pub answer: String,
}

/// A button.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Choice {
    /// What to show.
    pub label: String,
    /// What to send back, verbatim.
    pub payload: String,
}

/// The kinds of dialogue action.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum ActionKind {
    /// A value is asked for.
    ElicitSlot,
    /// It is asked which skill is meant.
    ElicitSkill,
    /// A run is to be confirmed.
    ConfirmSkill,
    /// Nothing is awaited.
    #[default]
    Close,
    /// A person takes over.
    Handoff,
}

/// What the decision was based on.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct DecisionReport {
    /// How the reading came about.
    pub path: Path,
    /// How sure the classifier was: act, confirm, ask or refuse; absent where it was not asked.
    pub band: Option<String>,
    /// The likeliest skills with calibrated probabilities.
    pub candidates: Vec<CandidateReport>,
    /// Probability that the message is something the app can do.
    pub in_scope: Option<f32>,
    /// The nearest example of the first candidate.
    pub nearest: Option<NeighbourReport>,
    /// The nearest example of anything else.
    pub rival: Option<NeighbourReport>,
    /// The dialogue act, if one was read.
    #[schema(value_type = Option<String>, example = "affirm")]
    pub act: Option<dialogue::Act>,
    /// The slots of the request that the answer is about.
    #[schema(value_type = Object)]
    pub slots: Map<String, Value>,
    /// What a language model was asked, and how it went; only where one was needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<ReasoningReport>,
    /// Where the time went, in milliseconds.
    #[schema(value_type = Object)]
    pub timings: Map<String, Value>,
}

/// How asking a language model went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReasoningReport {
    /// fallback, value, plan or answer.
    #[schema(example = "fallback")]
    pub purpose: String,
    /// What it proposed: skill, plan, value, answer, ask, hand_off or nothing; or why there is no proposal.
    #[schema(example = "skill")]
    pub outcome: String,
    /// Who was asked; absent when nobody was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Which model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The version of the instructions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_version: Option<String>,
    /// Tokens sent.
    pub tokens_in: u64,
    /// Tokens that came.
    pub tokens_out: u64,
    /// What they cost, in millionths of the operator's currency.
    pub cost_micros: u64,
    /// How much of what was proposed was not taken, since it was not on offer or not valid.
    pub dropped: usize,
}

/// How a reading came about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Path {
    /// The small model.
    #[default]
    Model,
    /// A button, a form or a dialogue act alone.
    Rule,
    /// A language model's proposal.
    Llm,
}

/// A candidate skill.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CandidateReport {
    /// Its name.
    pub skill: String,
    /// Its calibrated probability.
    pub p: f32,
}

/// An example near the message.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NeighbourReport {
    /// The skill that it belongs to.
    pub skill: String,
    /// Its text.
    pub example: String,
    /// Cosine similarity.
    pub similarity: f32,
}

/// A run of this turn.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Execution {
    /// The run in the ledger; read it at `/v1/runs/{id}`.
    #[schema(value_type = uuid::Uuid)]
    pub id: paigong_core::RunId,
    /// The skill that ran.
    pub skill: String,
    /// How it ended, or how it stands.
    pub status: ExecutionStatus,
    /// When it is going to be run, if that was put off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_at: Option<DateTime<Utc>>,
    /// The rows that it returned.
    #[schema(value_type = Vec<Object>)]
    pub result: Vec<Map<String, Value>>,
    /// Why it failed: a stable word.
    pub error: Option<String>,
}

/// How a run ended, or how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExecutionStatus {
    /// Done.
    Succeeded,
    /// Not done; nothing was changed.
    Failed,
    /// Under way; how it ends is told in the conversation and by webhook.
    Running,
    /// To be run later.
    Scheduled,
    /// A person does it, or another system took it and reports later.
    Waiting,
    /// Whether it was done can't be known; a person looks into it. It is not tried again by itself.
    Unknown,
    /// Stopped before it was begun.
    Cancelled,
}

impl ExecutionStatus {
    /// The status for a state of the ledger.
    pub(crate) fn of(state: &str) -> Self {
        match state {
            "succeeded" => Self::Succeeded,
            "unknown" => Self::Unknown,
            "cancelled" => Self::Cancelled,
            "waiting" => Self::Waiting,
            "queued" | "running" => Self::Running,
            _ => Self::Failed,
        }
    }
}

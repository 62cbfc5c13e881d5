//! What the operator configures.

use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

/// Everything that can be set. Without providers nothing is asked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// In the order in which they are tried.
    pub providers: Vec<ProviderOptions>,
    /// How long a question may take, with everything, in milliseconds.
    pub deadline_ms: u64,
    /// Questions under way at once.
    pub concurrency: usize,
    /// How long a question waits for its turn before it is refused, in milliseconds.
    pub queue_wait_ms: u64,
    /// Tokens of the conversation that are sent along; the newest first.
    pub history_tokens: u64,
    /// What a tenant without a budget of its own may spend in a day, in tokens; without it, what it likes.
    pub daily_tokens: Option<u64>,
    /// When a provider that fails is left alone.
    pub breaker: BreakerOptions,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            providers: Vec::new(),
            deadline_ms: 8_000,
            concurrency: 16,
            queue_wait_ms: 200,
            history_tokens: 600,
            daily_tokens: None,
            breaker: BreakerOptions::default(),
        }
    }
}

/// When a provider is left alone, and for how long.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BreakerOptions {
    /// Failures in a row.
    pub failures: u32,
    /// The first pause, at most, in milliseconds; each further one is up to twice as long.
    pub first_ms: u64,
    /// The longest pause, in milliseconds.
    pub longest_ms: u64,
    /// The pause after an answer that says that the configuration is wrong (401, 403, 404), in milliseconds.
    pub misconfigured_ms: u64,
}

impl Default for BreakerOptions {
    fn default() -> Self {
        Self { failures: 3, first_ms: 1_000, longest_ms: 60_000, misconfigured_ms: 300_000 }
    }
}

/// One provider of an OpenAI-compatible `/chat/completions`. Its `Debug` does not show the key.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderOptions {
    /// Shown in health and reports; at most 64 characters.
    pub name: String,
    /// Such as `https://api.deepseek.com/v1`, without `/chat/completions`.
    pub base_url: Url,
    /// How the address is made of it.
    #[serde(default)]
    pub path: PathStyle,
    /// The model's name, or, with [`PathStyle::Azure`], the deployment's.
    pub model: String,
    /// None is sent where there is none.
    #[serde(default)]
    pub api_key: Option<SecretString>,
    /// The `api-version` that [`PathStyle::Azure`] asks for.
    #[serde(default = "azure_version")]
    pub api_version: String,
    /// How it is made to answer in the form that is asked for.
    #[serde(default)]
    pub mode: Mode,
    /// Whether the answer is asked for piece by piece: what was generated is then known when it breaks off.
    #[serde(default)]
    pub streaming: bool,
    /// Millionths of the operator's currency for a million tokens sent.
    #[serde(default)]
    pub price_in: u64,
    /// The same for a million tokens that came.
    #[serde(default)]
    pub price_out: u64,
    /// Tokens of one answer, at most.
    #[serde(default = "max_tokens")]
    pub max_tokens: u64,
    /// Until the connection stands, in milliseconds.
    #[serde(default = "connect_ms")]
    pub connect_ms: u64,
    /// Fields of the request besides ours, or instead of them, such as `enable_thinking = false`. With
    /// `max_completion_tokens` no `max_tokens` is sent.
    #[serde(default)]
    pub extra: Map<String, Value>,
    /// How long one call may take, in milliseconds; never longer than the question's deadline.
    #[serde(default = "timeout_ms")]
    pub timeout_ms: u64,
}

/// How a provider's address is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PathStyle {
    /// `{base}/chat/completions`, the key as `Authorization: Bearer`.
    #[default]
    Openai,
    /// `{base}/openai/deployments/{model}/chat/completions?api-version=…`, the key as `api-key`.
    Azure,
}

/// How a provider is made to answer in the form that is asked for. What it answers is checked all the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// `response_format` with a strict JSON Schema.
    #[default]
    JsonSchema,
    /// One function per kind of proposal, of which it has to call one.
    Tools,
    /// `response_format` with any JSON object; the form is in the instructions.
    JsonObject,
    /// The form is in the instructions alone; JSON is looked for in what it writes.
    Plain,
}

impl Options {
    pub(crate) fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms)
    }

    pub(crate) fn queue_wait(&self) -> Duration {
        Duration::from_millis(self.queue_wait_ms)
    }
}

impl ProviderOptions {
    /// What these tokens cost, rounded up.
    pub(crate) fn cost_micros(&self, tokens_in: u64, tokens_out: u64) -> u64 {
        let exact =
            u128::from(tokens_in) * u128::from(self.price_in) + u128::from(tokens_out) * u128::from(self.price_out);
        u64::try_from(exact.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }
}

fn azure_version() -> String {
    "2024-10-21".to_owned()
}

fn max_tokens() -> u64 {
    600
}

fn connect_ms() -> u64 {
    2_000
}

fn timeout_ms() -> u64 {
    8_000
}

//! What is sent: instructions from `prompts/`, and the question as data between marks that nobody can guess.

use std::sync::LazyLock;

use chrono::Datelike as _;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use paigong_core::Language;
use rand::Rng as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::mask::Mask;
use crate::options::Mode;
use crate::question::{By, Purpose, Question, Said};
use crate::{schema, tokens};

/// Tokens of one message of the user's that are sent, at most.
const MAX_MESSAGE: u64 = 2_000;
/// Tokens of one passage that are sent, at most.
const MAX_PASSAGE: u64 = 1_500;

/// The templates, by purpose or `form` or `repair`, and language.
const TEMPLATES: [(&str, &str); 12] = [
    ("fallback.zh", include_str!("../prompts/fallback.zh.md")),
    ("fallback.en", include_str!("../prompts/fallback.en.md")),
    ("value.zh", include_str!("../prompts/value.zh.md")),
    ("value.en", include_str!("../prompts/value.en.md")),
    ("plan.zh", include_str!("../prompts/plan.zh.md")),
    ("plan.en", include_str!("../prompts/plan.en.md")),
    ("answer.zh", include_str!("../prompts/answer.zh.md")),
    ("answer.en", include_str!("../prompts/answer.en.md")),
    ("form.zh", include_str!("../prompts/form.zh.md")),
    ("form.en", include_str!("../prompts/form.en.md")),
    ("repair.zh", include_str!("../prompts/repair.zh.md")),
    ("repair.en", include_str!("../prompts/repair.en.md")),
];

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    for (name, source) in TEMPLATES {
        // One that cannot be read is missing, which rendering it says; a test renders each.
        let added = environment.add_template(name, source);
        debug_assert!(added.is_ok(), "{name}: {added:?}");
    }
    environment
});

/// A question as it is sent: masked, shortened, delimited.
pub(crate) struct Prompt {
    language: Language,
    system: String,
    form: String,
    user: String,
    boundary: String,
    repair: Option<(String, String)>,
}

impl Prompt {
    /// Makes the messages for `question`. The error names the template that cannot be rendered.
    pub(crate) fn new(question: &Question, mask: &mut Mask, history_tokens: u64) -> Result<Self, String> {
        let mut random = [0_u8; 12];
        rand::rng().fill_bytes(&mut random);
        let boundary: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let (language, purpose) = (question.language, question.purpose);
        let system = render(
            purpose.name(),
            language,
            &context! {
                boundary => &boundary, today => question.today.to_string(), weekday => weekday(question),
            },
        )?;
        let form = render("form", language, &context! { schema => schema::asked(purpose).to_string() })?;
        let user = blocks(question, mask, history_tokens)
            .into_iter()
            .map(|(name, data)| format!("DATA-{boundary} {name}\n{data}\nEND-{boundary}"))
            .collect::<Vec<_>>()
            .join("\n\n");
        Ok(Self { language, system, form, user, boundary, repair: None })
    }

    /// The mark around the data, which no answer may repeat.
    pub(crate) fn boundary(&self) -> &str {
        &self.boundary
    }

    /// The same question, with what was answered and what is wrong with it.
    pub(crate) fn repair(mut self, written: String, complaint: &str) -> Result<Self, String> {
        let text = render("repair", self.language, &context! { complaint })?;
        self.repair = Some((written, text));
        Ok(self)
    }

    /// The messages, for a provider of this mode.
    pub(crate) fn messages(&self, mode: Mode) -> Value {
        let form = if needs_form(mode) { self.form.as_str() } else { "" };
        let mut messages = vec![
            json!({"role": "system", "content": format!("{}{form}", self.system)}),
            json!({"role": "user", "content": self.user}),
        ];
        if let Some((written, complaint)) = &self.repair {
            messages.push(json!({"role": "assistant", "content": written}));
            messages.push(json!({"role": "user", "content": complaint}));
        }
        Value::Array(messages)
    }

    /// How many tokens they are, about, with the schema that goes beside them.
    pub(crate) fn tokens(&self) -> u64 {
        let repair = self.repair.as_ref().map_or(0, |(a, b)| tokens::estimate(a) + tokens::estimate(b));
        tokens::estimate(&self.system) + tokens::estimate(&self.form) + tokens::estimate(&self.user) + repair
    }
}

fn needs_form(mode: Mode) -> bool {
    matches!(mode, Mode::JsonObject | Mode::Plain)
}

/// Changes whenever what is asked for changes: the first 12 hexadecimal digits of templates and schema.
pub(crate) fn version(purpose: Purpose, language: Language) -> String {
    let mut hash = Sha256::new();
    for name in [purpose.name(), "form", "repair"] {
        let name = format!("{name}.{language}");
        TEMPLATES.iter().filter(|(key, _)| *key == name).for_each(|(_, source)| hash.update(source));
    }
    hash.update(schema::asked(purpose).to_string());
    hash.update(schema::functions(purpose).to_string());
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

fn render(name: &str, language: Language, values: &minijinja::Value) -> Result<String, String> {
    let name = format!("{name}.{language}");
    let rendered = ENVIRONMENT.get_template(&name).and_then(|template| template.render(values));
    rendered.map_err(|error| format!("{name}: {error}"))
}

fn weekday(question: &Question) -> String {
    let day = question.today.weekday();
    match question.language {
        Language::Zh => {
            format!("星期{}", ["一", "二", "三", "四", "五", "六", "日"][day.num_days_from_monday() as usize])
        }
        Language::En => question.today.format("%A").to_string(),
    }
}

/// The data, each block one line of JSON.
fn blocks(question: &Question, mask: &mut Mask, history_tokens: u64) -> Vec<(&'static str, Value)> {
    let mut blocks = Vec::new();
    match question.purpose {
        Purpose::Fallback | Purpose::Plan => blocks.push(("candidates", candidates(question, mask))),
        Purpose::Value => blocks.push(("slot", slot(question, mask))),
        Purpose::Answer => blocks.push(("passages", passages(question, mask))),
    }
    let history = shortened(&question.history, mask, history_tokens);
    blocks.push(("history", Value::Array(history)));
    let message = mask.hide(&question.message);
    blocks.push(("message", json!(tokens::cut(&message, MAX_MESSAGE))));
    blocks
}

fn candidates(question: &Question, mask: &mut Mask) -> Value {
    let one = |candidate: &crate::Candidate| {
        let mut shown = json!({
            "skill": candidate.skill,
            "title": mask.hide(&candidate.title),
            "description": mask.hide(&candidate.description),
            "effect": candidate.effect,
            "slots": mask.hide_value(candidate.schema.get("properties").unwrap_or(&Value::Null)),
        });
        if question.purpose == Purpose::Plan {
            shown["results"] = json!(candidate.results);
        }
        shown
    };
    question.candidates.iter().map(one).collect()
}

fn slot(question: &Question, mask: &mut Mask) -> Value {
    let Some((skill, slot)) = &question.slot else { return Value::Null };
    let candidate = question.candidates.iter().find(|candidate| candidate.skill == *skill);
    let schema = candidate.and_then(|candidate| candidate.slot(slot)).unwrap_or(&Value::Null);
    let title = candidate.map(|candidate| mask.hide(&candidate.title));
    json!({"for": title, "slot": slot, "schema": mask.hide_value(schema)})
}

/// Passages are `p1`, `p2` … to the model: their own ids may say more than they should.
fn passages(question: &Question, mask: &mut Mask) -> Value {
    let one = |(number, passage): (usize, &crate::Passage)| {
        let text = mask.hide(&passage.text);
        json!({
            "id": format!("p{number}"),
            "title": mask.hide(&passage.title),
            "heading": mask.hide(&passage.heading),
            "text": tokens::cut(&text, MAX_PASSAGE),
        })
    };
    (1..).zip(&question.passages).map(one).collect()
}

/// The newest of what was said, within the budget; what we said last, the pending question, always.
fn shortened(history: &[Said], mask: &mut Mask, budget: u64) -> Vec<Value> {
    let pending = history.iter().rposition(|said| said.by == By::Assistant);
    let mut left = budget;
    let mut full = false;
    let mut kept = Vec::new();
    for (place, said) in history.iter().enumerate().rev() {
        let text = mask.hide(&said.text);
        let size = tokens::estimate(&text);
        let is_pending = Some(place) == pending;
        full |= size > left && !is_pending;
        if full && !is_pending {
            continue;
        }
        left = left.saturating_sub(size);
        let by = if said.by == By::User { "user" } else { "assistant" };
        kept.push(json!({"by": by, "text": tokens::cut(&text, budget.max(64))}));
    }
    kept.reverse();
    kept
}

#[cfg(test)]
#[path = "prompt_tests.rs"]
mod tests;

//! Conversation tests (`*.test.yaml`): what a user says, turn by turn, and what must come of it.
//!
//! Here is the format. [`mod@walk`] goes through a test turn by turn, whoever carries the messages; [`mod@compare`] says where an
//! answer is not as expected, [`coverage`] what no test visits, [`mod@write`] puts a test into words again and [`update`]
//! puts the words of answers into a file.

pub mod compare;
pub mod coverage;
mod report;
pub mod update;
pub mod walk;
pub mod write;

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, TimeDelta};
use indexmap::IndexMap;
use paigong_core::Language;
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};

pub use compare::{Difference, compare};
pub use coverage::Coverage;
pub use report::{Exchange, Failure};
pub use walk::{Message, Walk};

use crate::yaml;

/// Where the clock stands when a test does not say: Monday 2026-11-23, 10:00 in Shanghai.
pub const CLOCK: &str = "2026-11-23T10:00:00+08:00";

/// Tests of an app at most.
pub const MOST: usize = 200;

/// A file of conversation tests.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioFile {
    /// The conversations, each on freshly seeded data.
    pub tests: Vec<Scenario>,
}

/// The tests in `text`, the content of `file`; a text without a word has none.
///
/// # Errors
/// When it can't be read.
pub fn read(file: &str, text: &str) -> Result<Vec<Scenario>, yaml::Error> {
    let is_blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    if text.lines().all(is_blank) {
        return Ok(Vec::new());
    }
    Ok(yaml::read::<ScenarioFile>(file, text)?.tests)
}

/// The tests of `files`, named like `leave.request.test.yaml`, by the skill that they are about, as texts in that form with how many
/// are in each. A test is about the skill that it names first; one that names none, about the skill that its file is named after,
/// if `is_skill`, and is left out otherwise.
pub fn by_skill<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a ScenarioFile)>,
    is_skill: impl Fn(&str) -> bool,
) -> BTreeMap<String, (String, usize)> {
    let mut tests: BTreeMap<&str, Vec<&Scenario>> = BTreeMap::new();
    for (name, file) in files {
        let namesake = name.strip_suffix(".test.yaml").filter(|name| is_skill(name));
        for test in &file.tests {
            if let Some(skill) = test.skill().or(namesake) {
                tests.entry(skill).or_default().push(test);
            }
        }
    }
    let text = |(skill, tests): (&str, Vec<&Scenario>)| {
        let count = tests.len();
        (skill.to_owned(), (write::file(tests, &[]), count))
    };
    tests.into_iter().map(text).collect()
}

/// One conversation.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Scenario {
    /// A sentence that says what must hold.
    pub name: String,
    /// The end user, as the integrator would name them.
    pub user: String,
    /// More about the user's identity, for `context.NAME`.
    #[serde(default)]
    pub context: IndexMap<String, Value>,
    /// When the conversation begins, with offset. Default: [`CLOCK`].
    #[serde(default)]
    pub now: Option<DateTime<FixedOffset>>,
    /// The turns in order.
    pub turns: Vec<Turn>,
    /// Rows that must be in the database at the end.
    #[serde(default)]
    pub rows: Vec<Row>,
}

/// One message and what is expected of its answer. What is left out is not checked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Turn {
    /// What is typed.
    #[serde(default)]
    pub user: Option<String>,
    /// Instead: the label of the previous answer's button that is pressed.
    #[serde(default)]
    pub press: Option<String>,
    /// The values of a form.
    #[serde(default)]
    pub inputs: Map<String, Value>,
    /// How much later than the previous turn this is said.
    #[serde(default)]
    pub later: Option<Later>,

    /// The type of `dialog_action`.
    #[serde(default)]
    pub action: Option<Action>,
    /// The skill that the action is about.
    #[serde(default)]
    pub skill: Option<String>,
    /// The slot that is asked for.
    #[serde(default)]
    pub slot: Option<String>,
    /// Values that must be held now; `null` says that the slot must be empty.
    #[serde(default)]
    pub slots: IndexMap<String, Value>,
    /// How a run must have ended, or that nothing may have run.
    #[serde(default)]
    pub execution: Option<Execution>,
    /// Labels of buttons that must be there.
    #[serde(default)]
    pub options: Vec<String>,
    /// How sure the classifier must be.
    #[serde(default)]
    pub band: Option<Band>,
    /// The language of the answer.
    #[serde(default)]
    pub language: Option<Language>,
    /// Texts that the answer must contain.
    #[serde(default)]
    pub reply: Vec<String>,
    /// Texts that it must not contain.
    #[serde(default)]
    pub not: Vec<String>,
    /// The whole answer, word for word; `paigong skills test --update` writes it.
    #[serde(default)]
    pub says: Option<String>,
}

/// The types of `dialog_action`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Action {
    /// A value is asked for.
    ElicitSlot,
    /// It is asked which skill is meant.
    ElicitSkill,
    /// A run is to be confirmed, or a request to be taken up again.
    ConfirmSkill,
    /// Nothing is awaited.
    Close,
    /// A person takes over.
    Handoff,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Execution {
    /// Done.
    Succeeded,
    /// Not done; nothing was changed.
    Failed,
    /// To be run later.
    Scheduled,
    /// A person does it.
    Waiting,
    /// Nothing ran.
    None,
}

/// How sure the classifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Band {
    /// Sure.
    Act,
    /// Sure enough to ask for a yes.
    Confirm,
    /// Not sure which.
    Ask,
    /// Nothing that the app can do.
    Refuse,
}

macro_rules! words {
    ($($kind:ident: $($variant:ident = $word:literal),*;)*) => { $(
        impl $kind {
            /// The word for it in tests and answers.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What the word stands for.
            #[must_use]
            pub fn of(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    )* };
}

words! {
    Action: ElicitSlot = "ElicitSlot", ElicitSkill = "ElicitSkill", ConfirmSkill = "ConfirmSkill", Close = "Close", Handoff = "Handoff";
    Execution: Succeeded = "succeeded", Failed = "failed", Scheduled = "scheduled", Waiting = "waiting", None = "none";
    Band: Act = "act", Confirm = "confirm", Ask = "ask", Refuse = "refuse";
}

/// A query with one value, and what it must be.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// One SELECT of one column; it sees the test's tenant only.
    pub sql: String,
    /// The value expected in the first row (text, number or null).
    pub equals: Value,
}

/// A time that passes, written in days, hours, minutes and seconds: `1d`, `2h`, `1d2h30m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Later(TimeDelta);

/// The units of [`Later`] in seconds, largest first.
const UNITS: [(char, i64); 4] = [('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];
/// The longest time that can pass between two turns, in seconds: ten years.
const LONGEST: i64 = 10 * 366 * 86_400;

impl Later {
    /// A time of so many seconds, if it is one that a test can tell.
    #[must_use]
    pub fn of_seconds(seconds: i64) -> Option<Self> {
        (1..=LONGEST).contains(&seconds).then(|| Self(TimeDelta::seconds(seconds)))
    }

    /// The time.
    #[must_use]
    pub fn delta(self) -> TimeDelta {
        self.0
    }
}

impl TryFrom<String> for Later {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let seconds = || -> Option<i64> {
            let (mut total, mut number) = (0_i64, String::new());
            for c in text.chars() {
                if c.is_ascii_digit() {
                    number.push(c);
                } else {
                    let (_, seconds) = UNITS.iter().find(|(unit, _)| *unit == c)?;
                    total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(*seconds)?)?;
                    number.clear();
                }
            }
            number.is_empty().then_some(total)
        };
        seconds()
            .and_then(Self::of_seconds)
            .ok_or_else(|| format!("{text:?} is not a time that passes; write it like 1d, 2h, 30m or 1d2h"))
    }
}

impl std::fmt::Display for Later {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut rest = self.0.num_seconds();
        for (unit, seconds) in UNITS {
            if rest >= seconds {
                write!(f, "{}{unit}", rest / seconds)?;
                rest %= seconds;
            }
        }
        Ok(())
    }
}

impl Scenario {
    /// When the conversation begins.
    #[must_use]
    pub fn begins(&self) -> DateTime<FixedOffset> {
        self.now.unwrap_or_else(|| DateTime::parse_from_rfc3339(CLOCK).unwrap_or_default())
    }

    /// The skill that it is about: the first that one of its turns names.
    #[must_use]
    pub fn skill(&self) -> Option<&str> {
        self.turns.iter().find_map(|turn| turn.skill.as_deref())
    }

    /// What is wrong with it as a whole.
    fn problem(&self) -> Option<String> {
        let first = self.turns.first();
        match first {
            None => Some("a test needs at least one turn".into()),
            Some(_) if self.user.trim().is_empty() => Some("user is empty; name the end user who talks".into()),
            Some(turn) if turn.press.is_some() => {
                Some("the first turn can't press a button; nothing was answered yet".into())
            }
            Some(turn) if turn.later.is_some() => {
                Some("the first turn can't be later than anything; say when with the test's `now`".into())
            }
            Some(turn) if turn.user.is_none() => Some("the first turn needs `user`, what is typed".into()),
            Some(_) => None,
        }
    }
}

impl Turn {
    /// What is wrong with it.
    fn problem(&self) -> Option<String> {
        let is_empty = |texts: &[String]| texts.iter().any(String::is_empty);
        if self.press.is_some() && (self.user.is_some() || !self.inputs.is_empty()) {
            Some("a turn either presses a button or says something, not both".into())
        } else if self.press.is_none() && self.user.is_none() && self.inputs.is_empty() {
            Some("a turn needs `user` (what is typed), `press` (a button's label) or `inputs` (a form)".into())
        } else if self.user.as_ref().is_some_and(|text| text.trim().is_empty()) {
            Some("user is empty; a message has words".into())
        } else if is_empty(&self.reply) || is_empty(&self.not) {
            Some("an empty text is in every reply; leave it out of `reply` and `not`".into())
        } else {
            None
        }
    }
}

// Read by the derived reader (`remote = "Self"` makes it a function of the type), then checked: so a test that makes no
// sense is refused with its line.
impl<'de> Deserialize<'de> for Scenario {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let scenario = Self::deserialize(deserializer)?;
        scenario.problem().map_or(Ok(scenario), |problem| Err(de::Error::custom(problem)))
    }
}

impl<'de> Deserialize<'de> for Turn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let turn = Self::deserialize(deserializer)?;
        turn.problem().map_or(Ok(turn), |problem| Err(de::Error::custom(problem)))
    }
}

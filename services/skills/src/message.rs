//! What is wrong with a manifest, in both languages, under a code that stays the same when the words change.

use paigong_core::Language;
use serde::Serialize;

/// What is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Message {
    /// Which kind of thing, for programs.
    pub code: &'static str,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Message {
    /// In `language`.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}

impl std::fmt::Display for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.en)
    }
}

/// For whoever tells it at run time, in a log.
impl From<Message> for String {
    fn from(message: Message) -> Self {
        message.en
    }
}

/// A message: its code, then two formats of the same arguments.
macro_rules! message {
    ($code:literal, $zh:literal, $en:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::message::Message { code: $code, zh: format!($zh $(, $name = $value)*), en: format!($en $(, $name = $value)*) }
    };
}

pub(crate) use message;

//! The friction index: how much trouble a turn was for its user, from 0 (none) to 1.

/// What in a turn speaks of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// The user corrects what was understood or done: "不是周三，是周五", "Friday instead".
    Correction,
    /// The user says the same in other words.
    Rephrase,
    /// The user says no to what was asked.
    Denial,
    /// The user drops the request.
    Cancel,
    /// The user complains.
    Complaint,
    /// The user wants a person, or got one.
    Handoff,
    /// The same question was asked twice in a row.
    RepeatQuestion,
    /// It was asked which skill was meant.
    Clarification,
    /// A question was left without an answer for half an hour.
    Abandon,
    /// A language model would have helped, and there was none.
    Degraded,
}

/// What each signal weighs.
pub const WEIGHTS: [(Signal, f32); 10] = [
    (Signal::Correction, 0.35),
    (Signal::Rephrase, 0.4),
    (Signal::Denial, 0.3),
    (Signal::Cancel, 0.4),
    (Signal::Complaint, 0.7),
    (Signal::Handoff, 0.6),
    (Signal::RepeatQuestion, 0.35),
    (Signal::Clarification, 0.2),
    (Signal::Abandon, 0.5),
    (Signal::Degraded, 0.1),
];
/// What a run that failed weighs.
const FAILED: f32 = 0.5;
/// What a message that came to nothing weighs.
const REFUSED: f32 = 0.2;

impl Signal {
    /// Its name in the API and in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Correction => "correction",
            Self::Rephrase => "rephrase",
            Self::Denial => "denial",
            Self::Cancel => "cancel",
            Self::Complaint => "complaint",
            Self::Handoff => "handoff",
            Self::RepeatQuestion => "repeat_question",
            Self::Clarification => "clarification",
            Self::Abandon => "abandon",
            Self::Degraded => "degraded",
        }
    }
}

/// The friction of a turn: the sum of the weights, at most 1.
#[must_use]
pub fn friction(signals: &[Signal], failed: bool, refused: bool) -> f32 {
    let of = |signal: &Signal| WEIGHTS.iter().find(|(one, _)| one == signal).map_or(0.0, |(_, weight)| *weight);
    let sum: f32 = signals.iter().map(of).sum();
    (sum + if failed { FAILED } else { 0.0 } + if refused { REFUSED } else { 0.0 }).min(1.0)
}

//! What turns came to: outcome, signals of trouble, how unsure the reading was, and the tasks that they make up. Pure: from the
//! stored turns of one conversation and the time, so that making the facts anew gives the same. What friction is: `friction`.

mod friction;
mod similar;

use chrono::{DateTime, TimeDelta, Utc};
use dialogue::Act;
use store::facts::{Row, Source};

use crate::answer::{ActionKind, Answer, ExecutionStatus, Path};

pub use friction::{Signal, WEIGHTS, friction};

/// A request that is left open this long is abandoned.
pub const SILENCE: TimeDelta = TimeDelta::minutes(30);
/// An answer that said something was under way is written over within this time.
const REWRITTEN: TimeDelta = TimeDelta::minutes(1);
/// Who says it again within this time says it in other words.
const SOON: TimeDelta = TimeDelta::minutes(5);

/// The facts of the turns of one conversation, in order, as of `now`.
#[must_use]
pub fn facts(turns: &[Source], now: DateTime<Utc>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::with_capacity(turns.len());
    let mut before: Option<Seen> = None;
    // The row at which the task under way began, and the skill of it.
    let mut task: Option<(usize, String)> = None;
    for (index, turn) in turns.iter().enumerate() {
        let seen = Seen::of(turn, before.as_ref());
        let open = before.as_ref().filter(|before| before.is_open);
        let mut signals = signals(turn, &seen, before.as_ref());
        let next = turns.get(index + 1).map(|next| next.at);
        let silent = next.unwrap_or(now) - turn.at >= SILENCE;
        if seen.is_open && silent {
            signals.push(Signal::Abandon);
        }
        let goes_on = open.is_some_and(|open| seen.skill.is_none() || open.skill == seen.skill);
        let is_answer = open.is_some() && goes_on;
        let outcome = seen.outcome;
        let due_at = if seen.is_open && next.is_none() && !silent {
            Some(turn.at + SILENCE)
        } else {
            (seen.is_under_way && now - turn.at < REWRITTEN).then_some(turn.at + REWRITTEN)
        };
        let report = seen.answer.as_ref().map(|answer| &answer.decision);
        let reasoning = report.and_then(|report| report.reasoning.as_ref());
        let p = |at: usize| report.and_then(|report| report.candidates.get(at)).map(|candidate| candidate.p);
        let tokens = reasoning.map_or(0, |reasoning| reasoning.tokens_in.saturating_add(reasoning.tokens_out));
        rows.push(Row {
            turn: turn.turn,
            seq: turn.seq,
            at: turn.at,
            language: seen.language(),
            skill: seen.skill.clone(),
            path: match report.map_or(Path::Rule, |report| report.path) {
                Path::Model => "model",
                Path::Rule => "rule",
                Path::Llm => "llm",
            },
            band: report.and_then(|report| report.band.clone()),
            outcome: outcome.name(),
            friction: friction(&signals, outcome == Outcome::Failed, outcome == Outcome::Refused),
            signals: signals.iter().map(|signal| signal.name().to_owned()).collect(),
            p_best: p(0),
            p_second: p(1),
            uncertainty: if is_answer { 0.0 } else { seen.uncertainty() },
            latency_ms: report.and_then(|report| report.timings.get("turn")?.as_f64()).map(|ms| ms.round() as i32),
            reasoned: reasoning.is_some_and(|reasoning| reasoning.provider.is_some()),
            llm_tokens: i64::try_from(tokens).unwrap_or(i64::MAX),
            llm_cost_micros: reasoning.map_or(0, |one| i64::try_from(one.cost_micros).unwrap_or(i64::MAX)),
            task_turns: None,
            completed: None,
            due_at,
        });
        if !goes_on {
            task = None;
        }
        if task.is_none()
            && outcome.is_of_a_task()
            && let Some(skill) = &seen.skill
        {
            task = Some((index, skill.clone()));
            (rows[index].task_turns, rows[index].completed) = (Some(0), Some(false));
        }
        if let Some((begun, _)) = &task {
            rows[*begun].task_turns = rows[*begun].task_turns.map(|turns| turns + 1);
            if outcome.is_done() {
                rows[*begun].completed = Some(true);
            }
            if !seen.is_open {
                task = None;
            }
        }
        before = Some(seen);
    }
    rows
}

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Asked,
    Clarified,
    Confirmed,
    Done,
    Failed,
    Answered,
    Refused,
    HandedOff,
    Cancelled,
    Other,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Clarified => "clarified",
            Self::Confirmed => "confirmed",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::HandedOff => "handed_off",
            Self::Cancelled => "cancelled",
            Self::Other => "other",
        }
    }

    /// Whether a turn that ends so is part of a task.
    fn is_of_a_task(self) -> bool {
        matches!(self, Self::Asked | Self::Confirmed | Self::Done | Self::Failed | Self::Answered)
    }

    fn is_done(self) -> bool {
        matches!(self, Self::Done | Self::Answered)
    }
}

/// A turn as it is looked at.
struct Seen {
    text: String,
    at: DateTime<Utc>,
    /// `None`: an answer of another form than today's.
    answer: Option<Answer>,
    act: Option<Act>,
    corrects: bool,
    /// Whether a button was pressed or a form was sent.
    is_pressed: bool,
    skill: Option<String>,
    outcome: Outcome,
    /// Whether something is expected of the user.
    is_open: bool,
    /// Whether it says that a run has not ended.
    is_under_way: bool,
}

impl Seen {
    fn of(turn: &Source, before: Option<&Self>) -> Self {
        let answer: Option<Answer> = serde_json::from_value(turn.response.clone()).ok();
        let reading = dialogue::act::read(&turn.query);
        let is_pressed =
            turn.request.as_ref().is_some_and(|with| with.get("payload").is_some() || with.get("inputs").is_some());
        let (mut skill, mut outcome, mut is_open, mut is_under_way) = (None, Outcome::Other, false, false);
        if let Some(answer) = &answer {
            let kind = answer.dialog_action.kind;
            is_open = matches!(kind, ActionKind::ElicitSlot | ActionKind::ElicitSkill | ActionKind::ConfirmSkill);
            is_under_way = answer.executions.iter().any(|one| one.status == ExecutionStatus::Running);
            skill = answer.executions.first().map(|one| one.skill.clone());
            skill = skill.or_else(|| answer.dialog_action.skill.clone());
            outcome = outcome_of(answer, reading.whole(), before);
            let is_act = reading.whole().is_some() || is_pressed;
            let is_bound = matches!(answer.decision.band.as_deref(), Some("act" | "confirm"));
            let top = answer.decision.candidates.first().filter(|_| is_bound && !is_act);
            skill = skill.or_else(|| top.map(|top| top.skill.clone()));
            let asked = before.filter(|before| before.is_open).and_then(|before| before.skill.clone());
            skill = skill.or_else(|| asked.filter(|_| outcome == Outcome::Cancelled || is_act));
        }
        let (text, at) = (turn.query.clone(), turn.at);
        Self {
            text,
            at,
            answer,
            act: reading.act,
            corrects: reading.corrects,
            is_pressed,
            skill,
            outcome,
            is_open,
            is_under_way,
        }
    }

    fn language(&self) -> &'static str {
        self.answer
            .as_ref()
            .map_or_else(|| understanding::language::detect(&self.text).unwrap_or_default(), |answer| answer.language)
            .tag()
    }

    /// 1 less the margin between the two likeliest of the candidates and "none of them".
    fn uncertainty(&self) -> f32 {
        let Some(report) = self.answer.as_ref().map(|answer| &answer.decision) else { return 0.0 };
        let Some(in_scope) = report.in_scope.filter(|_| report.band.is_some()) else { return 0.0 };
        let mut all: Vec<f32> = report.candidates.iter().map(|candidate| candidate.p).collect();
        all.push(1.0 - in_scope);
        all.sort_by(|a, b| b.total_cmp(a));
        let margin = all[0] - all.get(1).copied().unwrap_or(0.0);
        // Four digits are what is meant; more would differ between machines.
        ((1.0 - margin).clamp(0.0, 1.0) * 1e4).round() / 1e4
    }

    /// Whether the answer asked for the same as `other`'s did.
    fn asks_again(&self, other: &Self) -> bool {
        let asked = |seen: &Self| {
            let action = &seen.answer.as_ref()?.dialog_action;
            (action.kind == ActionKind::ElicitSlot).then(|| (action.skill.clone(), action.slot.clone()))
        };
        asked(self).is_some_and(|own| asked(other) == Some(own))
    }
}

fn outcome_of(answer: &Answer, act: Option<Act>, before: Option<&Seen>) -> Outcome {
    let any = |status: ExecutionStatus| answer.executions.iter().any(|one| one.status == status);
    if answer.dialog_action.kind == ActionKind::Handoff {
        return Outcome::HandedOff;
    }
    if !answer.executions.is_empty() {
        return match () {
            () if any(ExecutionStatus::Failed) || any(ExecutionStatus::Unknown) => Outcome::Failed,
            () if any(ExecutionStatus::Cancelled) => Outcome::Cancelled,
            () => Outcome::Done,
        };
    }
    match answer.dialog_action.kind {
        ActionKind::ElicitSlot => Outcome::Asked,
        ActionKind::ElicitSkill => Outcome::Clarified,
        ActionKind::ConfirmSkill => Outcome::Confirmed,
        _ if !answer.citations.is_empty() => Outcome::Answered,
        _ if matches!(act, Some(Act::Cancel | Act::CancelAll | Act::Deny)) && before.is_some_and(|one| one.is_open) => {
            Outcome::Cancelled
        }
        _ if act.is_none() && answer.decision.band.as_deref() == Some("refuse") => Outcome::Refused,
        _ => Outcome::Other,
    }
}

/// What in a turn speaks of trouble, but for being abandoned.
fn signals(turn: &Source, seen: &Seen, before: Option<&Seen>) -> Vec<Signal> {
    let mut signals = Vec::new();
    let was_open = before.is_some_and(|before| before.is_open);
    if let Some(before) = before.filter(|_| !seen.is_pressed) {
        let was_of_a_task = was_open || before.outcome.is_done();
        let corrects = seen.corrects && was_of_a_task;
        let is_soon = turn.at - before.at <= SOON;
        let missed = matches!(before.outcome, Outcome::Refused | Outcome::Clarified);
        let differs = before.skill != seen.skill || before.outcome == seen.outcome;
        let says_anew = seen.act.is_none() && !before.is_pressed && before.act.is_none() && is_soon;
        if corrects {
            signals.push(Signal::Correction);
        } else if says_anew && similar::is_rephrased(&before.text, &seen.text, missed) && (missed || differs) {
            signals.push(Signal::Rephrase);
        }
        if seen.act == Some(Act::Deny) && !corrects && was_open {
            signals.push(Signal::Denial);
        }
    }
    if matches!(seen.act, Some(Act::Cancel | Act::CancelAll)) && was_open {
        signals.push(Signal::Cancel);
    }
    if seen.act == Some(Act::Complain) {
        signals.push(Signal::Complaint);
    }
    if seen.act == Some(Act::HandOff) || seen.outcome == Outcome::HandedOff {
        signals.push(Signal::Handoff);
    }
    if before.is_some_and(|before| seen.asks_again(before)) {
        signals.push(Signal::RepeatQuestion);
    }
    if seen.outcome == Outcome::Clarified {
        signals.push(Signal::Clarification);
    }
    if seen.answer.as_ref().is_some_and(|answer| answer.degraded) {
        signals.push(Signal::Degraded);
    }
    signals
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]
mod tests;

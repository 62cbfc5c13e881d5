//! Taking what was put to the user: values with a yes, an offered skill, "nothing else".

use super::{Act, By, Decision, Filled, Meaning, Say, State, Step, World, begin, evaluate, say};
use crate::meaning::Stance;
use crate::state::Phase;

/// Whether the message says yes to what was put to the user.
fn accepts(meaning: &Meaning) -> bool {
    match meaning.act.act {
        Some(Act::Affirm) => !meaning.act.corrects,
        Some(Act::Deny | Act::Cancel | Act::NoneOfThese) => false,
        _ => meaning.stance() == Some(Stance::Accept) && !meaning.act.corrects,
    }
}

/// The message as an answer to a yes-or-no question.
pub(super) fn yes_or_no(meaning: &Meaning) -> Option<bool> {
    match (accepts(meaning), declines(meaning)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// Whether the message says no to it.
fn declines(meaning: &Meaning) -> bool {
    match meaning.act.act {
        Some(Act::Deny | Act::Cancel | Act::NoneOfThese) => true,
        Some(Act::Affirm) => false,
        _ => meaning.stance() == Some(Stance::Decline),
    }
}

/// A skill of the same domain must be this likely to take the place of the one under way, unless it goes further.
const SAME_DOMAIN: f32 = 0.85;
/// The same for a message that says more than what it makes of what is before the user.
const SAME_DOMAIN_INFORM: f32 = 0.6;

/// Whether the message stays with what is before the user, although it looks like a request for `top`, another skill of the
/// same domain: it takes what was put forward, or asks about it. Skills of other domains are asked for in questions too:
/// "how much is in my account?".
pub(super) fn stays(state: &State, meaning: &Meaning, top: &crate::Candidate, world: &World<'_>) -> bool {
    let domain = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    let Some(frame) = state.top().filter(|frame| domain(&frame.skill) == domain(&top.skill)) else { return false };
    if state.proposal.as_ref().is_none_or(|proposal| proposal.values.is_empty()) {
        return false;
    }
    let writes =
        |name: &str| world.catalogue.live(name).is_some_and(|skill| skill.manifest.effect.needs_confirmation());
    // What was found may be asked to be booked, in a question too: "can you reserve it?".
    let goes_further = writes(&top.skill) && !writes(&frame.skill);
    // A write that waits for its confirmation is not left for a look at what else there is, but by a word that says so.
    let goes_back = writes(&frame.skill) && !writes(&top.skill);
    let is_confirming = state.proposal.as_ref().is_some_and(|proposal| proposal.confirming);
    if goes_back && is_confirming {
        return true;
    }
    let is_about = |sentence: &crate::Sentence| match sentence.stance {
        Some(Stance::Question) => !goes_further || crate::question::has_question_word(&skills::fold(&sentence.text)),
        None | Some(Stance::Inform) => false,
        Some(_) => true,
    };
    let is_all_about = !meaning.sentences.is_empty() && meaning.sentences.iter().all(is_about);
    is_all_about
        || meaning.has(Stance::Others)
        || (!goes_further && top.p < if meaning.has(Stance::Inform) { SAME_DOMAIN_INFORM } else { SAME_DOMAIN })
}

/// How much likelier a skill of the domain under discussion is than it looks by itself.
const DOMAIN_PRIOR: f32 = 4.0;

/// The message's candidates in the light of what it is about: with a result before the user, "book it" means that domain.
pub(super) fn in_context(state: &State, meaning: &Meaning) -> Option<Meaning> {
    let domain = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    let own = domain(&state.top()?.skill);
    state.proposal.as_ref().filter(|proposal| !proposal.values.is_empty())?;
    let mut candidates = meaning.candidates.clone();
    for candidate in &mut candidates {
        if domain(&candidate.skill) == own {
            candidate.p *= DOMAIN_PRIOR;
        }
    }
    let before: f32 = meaning.candidates.iter().map(|candidate| candidate.p).sum();
    let after: f32 = candidates.iter().map(|candidate| candidate.p).sum();
    if after <= before {
        return None;
    }
    candidates.iter_mut().for_each(|candidate| candidate.p *= before / after);
    candidates.sort_by(|a, b| b.p.total_cmp(&a.p));
    let is_other = candidates.first().map(|top| &top.skill) != meaning.candidates.first().map(|top| &top.skill);
    // A first candidate that was unsure among others is surer without them.
    let band = if meaning.band == crate::Band::Ask && (is_other || candidates.first().is_some_and(|top| top.p > 0.5)) {
        crate::Band::Confirm
    } else {
        meaning.band
    };
    Some(Meaning { candidates, band, ..meaning.clone() })
}

/// An answer to the offer of a skill, or of more help.
pub(super) fn offered(state: &mut State, meaning: &Meaning, world: &World<'_>) -> Option<Step> {
    let proposal = state.proposal.as_ref().filter(|_| meaning.payload.is_none() && meaning.inputs.is_empty())?;
    let says_more = !meaning.act.rest.trim().is_empty();
    if let Some(skill) = proposal.skill.as_ref().and_then(|name| world.permitted(name)) {
        let names_it = meaning.candidates.first().is_some_and(|top| top.skill == skill.name() && top.p > 0.5);
        if accepts(meaning) || (names_it && says_more && !declines(meaning)) {
            return Some(begin::start(state.clone(), &skill, &meaning.act.rest, meaning, world));
        }
    }
    let is_over = proposal.skill.is_some() || proposal.more;
    let finishes = declines(meaning) || meaning.has(Stance::Finish) || matches!(meaning.act.whole(), Some(Act::Thank));
    if !is_over || !finishes {
        return None;
    }
    // "Not now, but what's my balance?" ends this and asks for that.
    let another = meaning.top(crate::Band::Confirm).filter(|top| {
        let is_offered = proposal.skill.as_ref() == Some(&top.skill);
        let is_under_way = state.frames.iter().any(|frame| frame.skill == top.skill);
        says_more && top.p > 0.5 && !is_offered && !is_under_way
    });
    let asks = another.is_some()
        && meaning.sentences.iter().any(|one| matches!(one.stance, None | Some(Stance::Inform | Stance::Question)));
    state.frames.clear();
    state.proposal = state.proposal.take().map(|proposal| crate::Proposal { skill: None, more: false, ..proposal });
    (!asks).then(|| say(std::mem::take(state), Say::Welcome))
}

/// Fills slots from what was put forward, once the message is read. `before` is the skill that was on top.
pub(super) fn take_up(mut step: Step, before: Option<String>, meaning: &Meaning, world: &World<'_>) -> Step {
    let accepted = accepts(meaning);
    let declined = declines(meaning);
    let turn = step.state.turn;
    let carried = carry(&mut step.state, before.as_deref(), world);
    let Some(mut proposal) = step.state.proposal.take() else { return again_if(carried, step, world) };
    if accepted {
        proposal.accepted = true;
    }
    proposal.skill = None;
    proposal.more = false;
    let mut changed = carried;
    if let Some(frame) = step.state.frames.last_mut()
        && let Some(skill) = world.of(frame)
    {
        let is_new = before.as_deref() != Some(skill.name());
        let takes = accepted || proposal.accepted && is_new || is_new && !declined && !proposal.confirming;
        for (name, puts) in &mut proposal.values {
            let Some(put) = mentioned(puts, &meaning.text).cloned() else { continue };
            let is_slot = skill.slots().get(name).is_some_and(|slot| slot.is_settable());
            let said_now = frame.slots.get(name).is_some_and(|filled| filled.turn == turn && filled.by != By::Answer);
            let value = skill.slots().get(name).map(|slot| fitting(slot, &put)).unwrap_or_default();
            if is_slot && !said_now && skill.slots()[name].is_free_text() && skill.validate(name, &value).is_ok() {
                let text = Some(put.text.clone());
                frame.slots.insert(name.clone(), Filled { value, text, span: None, by: By::Accepted, turn });
                changed = true;
            }
            if puts.len() > 1 {
                *puts = vec![put];
                proposal.accepted = true;
            }
        }
        if takes {
            for (name, puts) in &proposal.values {
                let [put] = puts.as_slice() else { continue };
                let Some(slot) = skill.slots().get(name).filter(|slot| slot.is_settable()) else { continue };
                let said_now = frame.slots.get(name).is_some_and(|filled| filled.turn == turn);
                let is_wanted = proposal.confirming
                    || skill.manifest.slots.required.contains(name)
                    || slot.carry
                    || frame.slots.contains_key(name);
                let value = fitting(slot, put);
                if said_now || !is_wanted || skill.validate(name, &value).is_err() {
                    continue;
                }
                let text = Some(put.text.clone());
                frame.slots.insert(name.clone(), Filled { value, text, span: None, by: By::Accepted, turn });
                frame.days.remove(name);
                changed = true;
            }
        }
    }
    step.state.proposal = Some(proposal);
    again_if(changed, step, world)
}

/// Decides once more where slots were filled after the decision.
fn again_if(changed: bool, mut step: Step, world: &World<'_>) -> Step {
    let is_pending = matches!(step.decision, Decision::Ask { .. } | Decision::Confirm { .. } | Decision::AskChange);
    if !changed || !is_pending {
        return step;
    }
    if let Some(frame) = step.state.frames.last_mut() {
        frame.phase = Phase::Filling(None);
        frame.attempts.clear();
    }
    let resumable = step.resumable;
    Step { resumable, ..evaluate(step.state, world, None) }
}

/// Takes over values of the request below a new one, for slots that say so. Whether there were any.
fn carry(state: &mut State, before: Option<&str>, world: &World<'_>) -> bool {
    let turn = state.turn;
    let [.., below, top] = state.frames.as_mut_slice() else { return false };
    if before != Some(below.skill.as_str()) {
        return false;
    }
    let Some(skill) = world.of(top) else { return false };
    let mut changed = false;
    for (name, _) in skill.slots().iter().filter(|(_, slot)| slot.carry && slot.is_settable()) {
        let Some(old) = below.slots.get(name).filter(|_| !top.slots.contains_key(name)) else { continue };
        if skill.validate(name, &old.value).is_ok() {
            top.slots.insert(name.clone(), Filled { by: By::Carried, turn, span: None, ..old.clone() });
            top.days.remove(name);
            changed = true;
        }
    }
    changed
}

/// The one of the values that the message names.
fn mentioned<'a>(puts: &'a [crate::Put], text: &str) -> Option<&'a crate::Put> {
    let folded = skills::fold(text);
    let mut named = puts
        .iter()
        .filter(|put| put.text.chars().count() > 1 && crate::act::contains_words(&folded, &skills::fold(&put.text)));
    let first = named.next()?;
    named.next().is_none().then_some(first)
}

/// The value as the slot's JSON type.
fn fitting(slot: &skills::Slot, put: &crate::Put) -> serde_json::Value {
    use skills::slot::Kind;
    match (slot.json_type(), put.value.as_str()) {
        (Kind::Integer, Some(text)) => text.parse::<i64>().map_or_else(|_| put.value.clone(), Into::into),
        (Kind::Number, Some(text)) => text.parse::<f64>().map_or_else(|_| put.value.clone(), Into::into),
        (Kind::Boolean, Some(text)) => {
            text.to_lowercase().parse::<bool>().map_or_else(|_| put.value.clone(), Into::into)
        }
        _ => put.value.clone(),
    }
}

//! The same request for several values of one slot ("取消第二个和第三个"): each value is checked by itself, all are confirmed
//! together, each is a run of its own.

use serde_json::Value;

use crate::state::{Batch, Filled, Frame, Item, Looked, Ready};

/// Values that one request may be made for.
pub(crate) const MAX_ITEMS: usize = 10;

/// Words that leave out what they name, folded.
const EXCEPT: &[&str] = &["除了", "除", "不要", "不用", "去掉", "别", "except", "but not", "without", "not"];

/// Makes `frame` about several values of `slot`. With fewer than two it is an ordinary request.
pub(crate) fn begin(frame: &mut Frame, slot: &str, values: Vec<(Filled, Option<Looked>)>) {
    let mut items: Vec<Item> = Vec::new();
    for (filled, looked) in values {
        if items.len() < MAX_ITEMS && items.iter().all(|item| item.filled.value != filled.value) {
            let label = looked.as_ref().map_or_else(|| name_of(&filled.value), |looked| looked.label.clone());
            items.push(Item { filled, label, looked, ready: None });
        }
    }
    let Some(first) = items.first().cloned() else { return };
    frame.put(slot, first.filled);
    frame.batch = Some(Batch { slot: slot.to_owned(), items, at: 0 });
    turn_to(frame, 0);
    settle(frame);
}

/// Notes that the item at hand is complete, and turns to one that is not yet. `false`: all are, and the frame stands
/// on the first.
pub(crate) fn advance(frame: &mut Frame) -> bool {
    let ready = Ready { slots: frame.slots.clone(), facts: frame.facts.clone() };
    let Some(batch) = frame.batch.as_mut() else { return false };
    if let Some(item) = batch.items.get_mut(batch.at) {
        // The value may have become that of the row that goes by this name.
        if let Some(filled) = frame.slots.get(&batch.slot) {
            item.filled = filled.clone();
        }
        item.looked = frame.looked.get(&batch.slot).cloned();
        item.label = item.looked.as_ref().map_or_else(|| name_of(&item.filled.value), |looked| looked.label.clone());
        item.ready = Some(ready);
    }
    match batch.items.iter().position(|item| item.ready.is_none()) {
        Some(next) => {
            turn_to(frame, next);
            true
        }
        None => {
            stand_on(frame, 0);
            false
        }
    }
}

/// Turns to the next item after a run. `false`: that was the last.
pub(crate) fn next(frame: &mut Frame) -> bool {
    let Some(next) = frame.batch.as_ref().map(|batch| batch.at + 1).filter(|next| {
        frame.batch.as_ref().and_then(|batch| batch.items.get(*next)).is_some_and(|item| item.ready.is_some())
    }) else {
        return false;
    };
    stand_on(frame, next);
    true
}

/// Leaves out the item at hand, if others remain; what it was called.
pub(crate) fn leave_out(frame: &mut Frame) -> Option<String> {
    let batch = frame.batch.as_mut()?;
    if batch.items.len() < 2 || batch.at >= batch.items.len() {
        return None;
    }
    let item = batch.items.remove(batch.at);
    let rest = batch.items.iter().position(|item| item.ready.is_none()).unwrap_or(0);
    turn_to(frame, rest);
    settle(frame);
    Some(item.label)
}

/// Keeps the items that `chosen` says, or leaves them out where the text says so. Whether anything was changed.
pub(crate) fn narrow(frame: &mut Frame, text: &str, chosen: &[usize]) -> bool {
    let folded = skills::fold(text);
    let Some(batch) = frame.batch.as_mut() else { return false };
    let named: Vec<bool> = batch
        .items
        .iter()
        .enumerate()
        .map(|(index, item)| chosen.contains(&index) || is_named(&folded, item))
        .collect();
    let count = named.iter().filter(|named| **named).count();
    if count == 0 || count == batch.items.len() {
        return false;
    }
    let except = EXCEPT.iter().any(|word| crate::act::contains_words(&folded, word));
    let mut keep = named.iter().map(|named| *named != except);
    batch.items.retain(|_| keep.next().unwrap_or(true));
    turn_to(frame, 0);
    settle(frame);
    true
}

fn is_named(folded: &str, item: &Item) -> bool {
    let value = item.filled.value.as_str().map(skills::fold);
    [Some(skills::fold(&item.label)), value]
        .into_iter()
        .flatten()
        .any(|name| !name.is_empty() && crate::act::contains_words(folded, &name))
}

/// A batch of one is none.
fn settle(frame: &mut Frame) {
    if frame.batch.as_ref().is_some_and(|batch| batch.items.len() < 2) {
        frame.batch = None;
    }
}

/// Makes the frame about another item, of which nothing else is known yet.
fn turn_to(frame: &mut Frame, index: usize) {
    let Some(batch) = frame.batch.as_mut() else { return };
    let Some(item) = batch.items.get(index) else { return };
    let (slot, filled, looked) = (batch.slot.clone(), item.filled.clone(), item.looked.clone());
    batch.at = index;
    match looked {
        Some(looked) => drop(frame.looked.insert(slot.clone(), looked)),
        None => drop(frame.looked.remove(&slot)),
    }
    frame.slots.insert(slot, filled);
}

/// Makes the frame what the item was when it was complete.
fn stand_on(frame: &mut Frame, index: usize) {
    turn_to(frame, index);
    let ready = frame.batch.as_ref().and_then(|batch| batch.items.get(index)).and_then(|item| item.ready.clone());
    if let Some(ready) = ready {
        frame.slots = ready.slots;
        frame.facts = ready.facts;
    }
}

/// What a value is called where nothing else is known.
pub(crate) fn name_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

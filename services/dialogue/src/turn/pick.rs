//! "第二个", "the cheaper one", "它": which of the choices that were shown, or of the rows of the last result, is meant.

use chrono::NaiveDate;
use serde_json::{Map, Value};
use skills::{Skill, fold};
use values::Reading;

use crate::act::contains_words;
use crate::state::{By, Filled, Frame, State};
use crate::{World, batch};

/// Turns after which a result is no longer what "the second one" speaks of.
const FRESH_TURNS: u32 = 6;

/// Words that stand for the one thing spoken of, folded.
const IT: &[&str] = &[
    "它",
    "这个",
    "那个",
    "这单",
    "那单",
    "这张",
    "那张",
    "这条",
    "那条",
    "这笔",
    "那笔",
    "这间",
    "那间",
    "这次",
    "那次",
    "刚才",
    "刚刚",
    "上面",
    "该",
    "it",
    "its",
    "that",
    "this",
    "that one",
    "this one",
    "the same one",
];

/// Words that compare rows: the words, the kind of column, and whether the largest is meant.
const COMPARED: &[(&[&str], Measure, bool)] = &[
    (&["便宜", "最低价", "cheaper", "cheapest", "least expensive"], Measure::Price, false),
    (&["最贵", "更贵", "贵的", "most expensive", "priciest", "more expensive"], Measure::Price, true),
    (&["最早", "更早", "早一点", "早的那", "earliest", "earlier", "soonest", "oldest"], Measure::Time, false),
    (&["最晚", "最新", "最近", "晚一点", "新的那", "latest", "later", "newest", "most recent"], Measure::Time, true),
    (&["最小", "最少", "smallest", "fewest", "lowest"], Measure::Amount, false),
    (&["最大", "最多", "biggest", "largest", "highest", "most"], Measure::Amount, true),
];

/// Parts of the names of columns that hold prices.
const PRICES: &[&str] = &["price", "amount", "total", "cost", "fee", "money", "fare", "价", "额", "费"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Measure {
    Price,
    Amount,
    Time,
}

type Row = Map<String, Value>;

/// The places, from 0, that `readings` pick out of `count` things; none where they name one that is not there.
pub(super) fn positions(readings: &[Reading], count: usize) -> Vec<usize> {
    let picks = readings.iter().filter_map(|reading| match &reading.value {
        values::Value::Choice { positions } => Some(positions.clone()),
        _ => None,
    });
    let mut said: Vec<i64> = picks.flatten().collect();
    if said.is_empty() {
        // An ordinal that is no part of a date.
        let is_date =
            |ordinal: &Reading| readings.iter().any(|other| other.grain.is_some() && other.span.overlaps(ordinal.span));
        said.extend(readings.iter().filter(|reading| !is_date(reading)).filter_map(|reading| match &reading.value {
            values::Value::Ordinal { position, relative: false } => Some(*position),
            _ => None,
        }));
    }
    let place = |position: i64| {
        let count = i64::try_from(count).ok()?;
        let index = if position < 0 { count + position } else { position - 1 };
        usize::try_from(index).ok().filter(|index| i64::try_from(*index).is_ok_and(|index| index < count))
    };
    let places: Option<Vec<usize>> = said.into_iter().map(place).collect();
    let mut places = places.unwrap_or_default();
    let mut seen = std::collections::BTreeSet::new();
    places.retain(|place| seen.insert(*place));
    places
}

/// A bare number as an answer to a numbered list: "2", "2和3".
pub(super) fn numbers(text: &str, readings: &[Reading], count: usize) -> Vec<usize> {
    let only_numbers = text.chars().all(|c| !c.is_alphabetic() || "第个和与一二三四五六七八九十and".contains(c));
    if !only_numbers {
        return Vec::new();
    }
    let number = |reading: &Reading| match &reading.value {
        values::Value::Number { number } => number.to_string().parse::<usize>().ok()?.checked_sub(1),
        _ => None,
    };
    let mut places: Vec<usize> = readings.iter().filter_map(number).filter(|place| *place < count).collect();
    places.dedup();
    places
}

/// Fills what is missing from the rows of the last result that the text speaks of. Whether it did.
pub(super) fn from_last(state: &State, frame: &mut Frame, text: &str, readings: &[Reading], world: &World<'_>) -> bool {
    let (Some(last), Some(skill)) = (&state.last, world.of(frame)) else { return false };
    if state.turn.saturating_sub(last.turn) > FRESH_TURNS {
        return false;
    }
    let missing: Vec<&String> =
        skill.manifest.slots.required.iter().filter(|name| !frame.slots.contains_key(*name)).collect();
    if missing.is_empty() {
        return false;
    }
    let folded = fold(text);
    let mut rows: Vec<&Row> = positions(readings, last.rows.len()).into_iter().map(|place| &last.rows[place]).collect();
    if rows.is_empty() {
        rows.extend(compared(&folded, &last.rows));
    }
    let says_it = IT.iter().any(|word| contains_words(&folded, word)) || folded.starts_with('那');
    let of_run: Row;
    if rows.is_empty() && says_it && last.rows.len() <= 1 {
        of_run = last.slots.clone().into_iter().chain(last.rows.first().cloned().unwrap_or_default()).collect();
        rows.push(&of_run);
    }
    let Some(first) = rows.first() else { return false };
    let mut filled_any = false;
    for name in missing {
        let Some(column) = column_of(first, name, &skill) else { continue };
        let filled = |row: &&Row| {
            let value = row.get(&column).filter(|value| skill.validate(name, value).is_ok())?.clone();
            Some((Filled { value, text: None, span: None, by: By::Result, turn: state.turn }, None))
        };
        let values: Vec<_> = rows.iter().filter_map(filled).collect();
        filled_any |= !values.is_empty();
        batch::begin(frame, name, values);
        if frame.batch.is_some() {
            break;
        }
    }
    filled_any
}

/// The column of a result that fits a slot: of the same name, or the only one whose value the slot's own form allows.
fn column_of(row: &Row, name: &str, skill: &Skill) -> Option<String> {
    let slot = skill.slots().get(name).filter(|slot| slot.is_settable())?;
    let fits =
        |column: &String| row.get(column).is_some_and(|value| !value.is_null() && skill.validate(name, value).is_ok());
    if fits(&name.to_owned()) {
        return Some(name.to_owned());
    }
    let is_particular = slot.pattern.is_some() || !slot.options.is_empty() || slot.value.is_some();
    let named = |column: &&String| ["no", "number", "code", "id"].contains(&column.as_str()) && fits(column);
    if slot.lookup.is_some() && !is_particular {
        return row.keys().find(named).cloned();
    }
    row.keys().find(|column| is_particular && slot.options.is_empty() && fits(column)).cloned()
}

/// The row that a comparison picks.
fn compared<'a>(folded: &str, rows: &'a [Row]) -> Option<&'a Row> {
    let (_, measure, largest) =
        COMPARED.iter().find(|(words, ..)| words.iter().any(|word| contains_words(folded, word)))?;
    let column = rows.first()?.keys().find(|column| has(column, rows, *measure))?;
    let value = |row: &&Row| of(row.get(column)?, *measure);
    let order = |a: &&Row, b: &&Row| value(a).unwrap_or(f64::NAN).total_cmp(&value(b).unwrap_or(f64::NAN));
    let measured = || rows.iter().filter(|row| value(row).is_some());
    if *largest { measured().max_by(order) } else { measured().min_by(order) }
}

/// Whether a column has values of this kind: a price by its name, or as the only column of numbers.
fn has(column: &str, rows: &[Row], measure: Measure) -> bool {
    let is_measured =
        |column: &str| rows.iter().any(|row| row.get(column).is_some_and(|value| of(value, measure).is_some()));
    let by_name = PRICES.iter().any(|part| column.to_lowercase().contains(part));
    let numeric = rows.first().map_or(0, |row| row.keys().filter(|other| is_measured(other)).count());
    is_measured(column) && (measure != Measure::Price || by_name || numeric == 1)
}

fn of(value: &Value, measure: Measure) -> Option<f64> {
    match measure {
        Measure::Time => {
            let text = value.as_str()?;
            let day: NaiveDate = text.get(..10)?.parse().ok()?;
            let seconds: String = text.get(11..19).unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
            Some(f64::from(chrono::Datelike::num_days_from_ce(&day)) * 1e6 + seconds.parse::<f64>().unwrap_or_default())
        }
        Measure::Price | Measure::Amount => {
            value.as_f64().or_else(|| value.as_str().filter(|text| text.len() < 20)?.parse().ok())
        }
    }
}

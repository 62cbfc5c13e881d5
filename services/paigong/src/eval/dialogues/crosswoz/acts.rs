//! An inquiry in the words of the data set: dialogue acts, and values as it writes them.

use std::collections::BTreeSet;

use dialogue::act::courtesy::{self, Courtesy};
use inquiry::{Dimension, Inquiry, Kind, Said, Topics, Wanted};
use rust_decimal::Decimal;

use super::data::Act;

/// The acts of a user's message.
pub(super) fn acts(topics: &Topics, text: &str, inquiry: &Inquiry) -> BTreeSet<Act> {
    let name = |topic: usize| topics.topics[topic].name.as_str();
    let mut acts = BTreeSet::new();
    let mut add = |act: [&str; 4]| {
        acts.insert(act.map(str::to_owned));
    };
    for said in courtesy::courtesies(text) {
        let slot = match said {
            Courtesy::Greet => "greet",
            Courtesy::Thank => "thank",
            Courtesy::Leave => "bye",
        };
        add(["General", slot, "none", "none"]);
    }
    for thing in &inquiry.named {
        add(["Inform", name(thing.topic), "名称", &thing.label]);
    }
    for said in &inquiry.said {
        match &said.wanted {
            Wanted::Thing(_) if !matches!(kind(topics, said), Some(Kind::Place(_))) => {}
            Wanted::Has(member) if matches!(kind(topics, said), Some(Kind::Flags(_))) => {
                add(["Inform", name(said.topic), &facility(&said.column, member), "是"]);
            }
            _ => add(["Inform", name(said.topic), &said.column, &value(topics, said)]),
        }
    }
    if let Some(near) = &inquiry.near {
        add(["Select", name(near.topic), "源领域", name(near.of)]);
    }
    if let (true, Some(topic)) = (inquiry.wants_suggestions(), inquiry.search)
        && topics.topics[topic].shown.is_empty()
    {
        add(["Request", name(topic), "名称", ""]);
    }
    for asked in &inquiry.asked {
        match &asked.member {
            Some(member) => add(["Request", name(asked.topic), &facility(&asked.column, member), ""]),
            None => add(["Request", name(asked.topic), &asked.column, ""]),
        }
    }
    acts
}

fn facility(column: &str, member: &str) -> String {
    format!("{column}-{}", if member == "spa" { "SPA" } else { member })
}

fn kind<'t>(topics: &'t Topics, said: &Said) -> Option<&'t Kind> {
    let columns = &topics.topics[said.topic].columns;
    columns.iter().find(|column| column.name == said.column).map(|column| &column.kind)
}

/// A wanted value as the data set writes it.
pub(super) fn value(topics: &Topics, said: &Said) -> String {
    match &said.wanted {
        Wanted::Nothing => "免费".into(),
        Wanted::Something => "不免费".into(),
        Wanted::Is(value) => value.clone(),
        Wanted::Has(member) => {
            if member == "spa" {
                "SPA".into()
            } else {
                member.clone()
            }
        }
        Wanted::Thing(thing) => thing.label.clone(),
        Wanted::Between(low, high) => match kind(topics, said) {
            Some(Kind::Amount { dimension: Dimension::Score, .. }) => score(*low, *high),
            Some(Kind::Amount { dimension: Dimension::Hours, .. }) => hours(*low, *high),
            _ => money(*low, *high),
        },
    }
}

fn score(low: Option<Decimal>, high: Option<Decimal>) -> String {
    match (low, high) {
        (Some(low), _) if low >= Decimal::from(5) => "5分".into(),
        (Some(low), _) => format!("{}分以上", low.normalize()),
        (None, Some(high)) => format!("{}分以下", high.normalize()),
        (None, None) => String::new(),
    }
}

fn money(low: Option<Decimal>, high: Option<Decimal>) -> String {
    match (low, high) {
        (Some(low), Some(high)) if low == high => format!("{}元", low.normalize()),
        (Some(low), Some(high)) => format!("{}-{}元", low.normalize(), high.normalize()),
        (Some(low), None) => format!("{}元以上", low.normalize()),
        (None, Some(high)) => format!("{}元以下", high.normalize()),
        (None, None) => String::new(),
    }
}

fn hours(low: Option<Decimal>, high: Option<Decimal>) -> String {
    let one = |hours: Decimal| {
        let day = Decimal::from(24);
        if hours >= day { format!("{}天", (hours / day).normalize()) } else { format!("{}小时", hours.normalize()) }
    };
    match (low, high) {
        (Some(low), Some(high)) if low != high => format!("{} - {}", one(low), one(high)),
        (Some(hours), _) | (None, Some(hours)) => one(hours),
        (None, None) => String::new(),
    }
}

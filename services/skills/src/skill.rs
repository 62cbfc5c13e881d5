//! A manifest compiled once per version: validators, recognisers, conditions, statements and texts.

use std::collections::HashMap;

use indexmap::IndexMap;
use paigong_core::{Bilingual, Language};
use regex::Regex;
use serde_json::{Map, Value};

use crate::execution::{self, Execution};
use crate::expression::{self, Expression};
use crate::manifest::Rule;
use crate::message::{Message, message};
use crate::template::{self, Templates};
use crate::{Manifest, Slot, sql};

mod reason;
mod returns;
mod slot;

use reason::{bilingual, reason};
use returns::Returns;
use slot::{CompiledSlot, compile_lookup};

/// Why a manifest can't be used: where in it, and what to change.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("skill {skill}: {place}: {message}")]
pub struct Error {
    /// The skill.
    pub skill: String,
    /// The key, such as `slots.from.pattern`.
    pub place: String,
    /// What is wrong with it.
    pub message: Message,
}

/// One version of a skill, ready for use. Immutable and shared.
#[derive(Debug)]
pub struct Skill {
    /// What the author wrote.
    pub manifest: Manifest,
    /// The published version, from 1.
    pub version: u32,
    /// The pack it came with; also its Postgres schema.
    pub pack: String,
    /// How it is carried out.
    pub run: Execution,
    /// The query for facts.
    pub facts: Option<sql::Statement>,
    /// All texts.
    pub templates: Templates,
    slots: HashMap<String, CompiledSlot>,
    requires: Vec<Expression>,
    rules: Vec<Expression>,
    returns: Option<Returns>,
    /// How often each slot is marked in the examples.
    marks: HashMap<String, usize>,
}

impl Skill {
    /// Compiles `manifest`, version `version`, of `pack`.
    ///
    /// # Errors
    /// The first thing in the manifest that can't be used.
    pub fn compile(manifest: Manifest, version: u32, pack: &str) -> Result<Self, Error> {
        let name = manifest.skill.to_string();
        let at = |place: &str| {
            let (skill, place) = (name.clone(), place.to_owned());
            move |message: Message| Error { skill, place, message }
        };
        let properties = &manifest.slots.properties;
        for required in &manifest.slots.required {
            if !properties.contains_key(required) {
                return Err(at("slots.required")(message!(
                    "required_slot",
                    "{required:?} 不在 properties 中",
                    "{required:?} is not among the properties"
                )));
            }
            if properties[required].compute.is_some() {
                return Err(at("slots.required")(message!(
                    "required_slot",
                    "{required:?} 是计算得出的，不能设为必填",
                    "{required:?} is computed, so it can't be required of anybody"
                )));
            }
        }
        let mut templates = Templates::new(properties);
        let mut slots = HashMap::new();
        for (slot_name, slot) in properties {
            let place = format!("slots.{slot_name}");
            let mut compiled = CompiledSlot::compile(slot_name, slot, properties).map_err(at(&place))?;
            if let Some(lookup) = &slot.lookup {
                compiled.lookup = Some(compile_lookup(slot_name, lookup, &manifest, pack).map_err(at(&place))?);
            }
            slots.insert(slot_name.clone(), compiled);
            for (text, key) in [(&slot.ask, "ask"), (&slot.ask_again, "ask_again")] {
                if let Some(text) = text {
                    templates.add(&format!("{key}.{slot_name}"), text).map_err(at(&place))?;
                }
            }
        }
        let compile_all = |sources: &[String], place: &str| {
            sources.iter().map(|source| Expression::compile(source).map_err(at(place))).collect::<Result<Vec<_>, _>>()
        };
        let requires = compile_all(&manifest.requires, "requires")?;
        let checks: Vec<_> = manifest.rules.iter().map(|rule| rule.check.clone()).collect();
        let rules = compile_all(&checks, "rules")?;
        let named_slots = manifest.rules.iter().filter_map(|rule| rule.slot.as_ref());
        let missing = manifest.facts.as_ref().and_then(|facts| facts.missing.as_ref());
        for slot in named_slots.chain(missing.map(|missing| &missing.slot)) {
            if !properties.contains_key(slot) {
                return Err(at("rules")(message!("unknown_slot", "{slot:?} 不是槽位", "{slot:?} is not a slot")));
            }
        }
        for (index, rule) in manifest.rules.iter().enumerate() {
            templates.add(&format!("rule.{index}"), &rule.say).map_err(at("rules"))?;
        }
        let texts = [
            ("confirm", manifest.confirm.as_ref()),
            ("reply", Some(&manifest.reply)),
            ("empty", manifest.empty.as_ref()),
            ("missing", missing.map(|missing| &missing.say)),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                templates.add(key, text).map_err(at(key))?;
            }
        }
        if manifest.effect.needs_confirmation() && manifest.confirm.is_none() {
            return Err(at("confirm")(message!(
                "no_confirmation",
                "会改动数据的技能（{effect:?}）需要确认语 confirm",
                "an effect of {effect:?} needs a confirmation",
                effect = manifest.effect
            )));
        }
        let run = Execution::compile(&manifest, pack).map_err(|(place, message)| at(&place)(message))?;
        execution::check_extras(&manifest).map_err(|(place, message)| at(&place)(message))?;
        let returns = manifest.returns.as_ref().map(Returns::compile).transpose().map_err(at("returns"))?;
        let facts = match &manifest.facts {
            Some(facts) => Some(sql::compile(&facts.sql, &manifest.slots, pack).map_err(at("facts.sql"))?),
            None => None,
        };
        if facts.as_ref().is_some_and(|facts| !facts.is_query) {
            return Err(at("facts.sql")(message!("facts_select", "facts 只能用 SELECT", "facts may only SELECT")));
        }
        let mut marks = HashMap::new();
        for mark in manifest.examples.iter().flat_map(|example| crate::example::parse(example).marks) {
            *marks.entry(mark.slot).or_default() += 1;
        }
        Ok(Self {
            version,
            pack: pack.to_owned(),
            run,
            facts,
            templates,
            slots,
            requires,
            rules,
            returns,
            marks,
            manifest,
        })
    }

    /// How often `slot` is marked in the examples.
    #[must_use]
    pub fn marks(&self, slot: &str) -> usize {
        self.marks.get(slot).copied().unwrap_or_default()
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.manifest.skill.as_str()
    }

    /// The slots in the order of the manifest.
    #[must_use]
    pub fn slots(&self) -> &IndexMap<String, Slot> {
        &self.manifest.slots.properties
    }

    /// The connection of the tenant that its run needs.
    #[must_use]
    pub fn connection(&self) -> Option<&str> {
        self.run.connection()
    }

    /// The names of the columns of its result, as far as they are known: by `returns`, or by the statement.
    #[must_use]
    pub fn result_names(&self) -> Vec<String> {
        let promised = self.manifest.returns.as_ref().and_then(|returns| returns.get("properties")?.as_object());
        match promised {
            Some(properties) => properties.keys().cloned().collect(),
            None => self.run.columns().unwrap_or_default(),
        }
    }

    /// Whether every row fits the manifest's `returns`.
    ///
    /// # Errors
    /// For the skill's owner: the first row that does not, and why; without the value itself.
    pub fn check_rows(&self, rows: &[Map<String, Value>]) -> Result<(), String> {
        self.returns.as_ref().map_or(Ok(()), |returns| returns.check(rows))
    }

    /// Whether this user may know of the skill at all.
    #[must_use]
    pub fn is_permitted(&self, context: &Map<String, Value>) -> bool {
        let empty = Map::new();
        let scope = expression::Scope { slots: &empty, facts: &empty, context, today: "", calendar: None };
        self.requires.iter().all(|condition| condition.holds(scope))
    }

    /// Whether `value` may fill `slot`; if not, the reason for the user.
    ///
    /// # Errors
    /// The first keyword of the slot's schema that the value violates, in words.
    pub fn validate(&self, slot: &str, value: &Value) -> Result<(), Bilingual> {
        let Some(compiled) = self.slots.get(slot) else {
            return Err(bilingual("没有这一项", "There is no such detail"));
        };
        let unit = self.slots().get(slot).and_then(|slot| slot.value);
        compiled.validator.validate(value).map_err(|error| reason(error.kind(), unit))
    }

    /// The regular expressions that read `slot`, each with one group that holds the value.
    #[must_use]
    pub fn readers(&self, slot: &str) -> &[Regex] {
        self.slots.get(slot).map_or(&[], |compiled| &compiled.read)
    }

    /// The words that stand for the allowed values of `slot`: (folded words, value), longest first.
    #[must_use]
    pub fn words(&self, slot: &str) -> &[(String, String)] {
        self.slots.get(slot).map_or(&[], |compiled| &compiled.words)
    }

    /// The value of `slot`'s `x-default`, if it has one that can be evaluated and is allowed.
    #[must_use]
    pub fn default(&self, slot: &str, scope: expression::Scope<'_>) -> Option<Value> {
        let value = self.slots.get(slot)?.default.as_ref()?.evaluate(scope).ok()?;
        (!value.is_null() && self.validate(slot, &value).is_ok()).then_some(value)
    }

    /// The value of `slot`'s `x-compute`, if it has one; `Null` while it can't be evaluated or is not allowed.
    #[must_use]
    pub fn computed(&self, slot: &str, scope: expression::Scope<'_>) -> Option<Value> {
        let value = self.slots.get(slot)?.compute.as_ref()?.evaluate(scope).unwrap_or_default();
        Some(if self.validate(slot, &value).is_ok() { value } else { Value::Null })
    }

    /// The query for the values of `slot`, if they come from one.
    #[must_use]
    pub fn lookup(&self, slot: &str) -> Option<&sql::Statement> {
        self.slots.get(slot)?.lookup.as_ref()
    }

    /// Whether some value of this skill depends on which days are worked.
    #[must_use]
    pub fn counts_workdays(&self) -> bool {
        let of_slots = self.slots.values().flat_map(|slot| slot.default.iter().chain(&slot.compute));
        of_slots.chain(&self.rules).any(Expression::counts_workdays)
    }

    /// Whether `slot` has an `x-default`.
    #[must_use]
    pub fn has_default(&self, slot: &str) -> bool {
        self.slots.get(slot).is_some_and(|compiled| compiled.default.is_some())
    }

    /// The first rule that does not hold, with its index. A rule that can't be evaluated because it reads an unfilled
    /// slot, or facts before they were read (`has_facts` is false), is passed over.
    #[must_use]
    pub fn broken_rule(&self, scope: expression::Scope<'_>, has_facts: bool) -> Option<(usize, &Rule)> {
        let unfilled = |rule: &Expression| {
            self.slots().keys().any(|slot| rule.reads_slot(slot) && scope.slots.get(slot).is_none_or(Value::is_null))
        };
        self.rules.iter().zip(&self.manifest.rules).enumerate().find_map(|(index, (compiled, rule))| {
            let broken = match compiled.evaluate(scope) {
                Ok(value) => value != Value::Bool(true),
                Err(_) => !unfilled(compiled) && (has_facts || !compiled.reads_facts()),
            };
            broken.then_some((index, rule))
        })
    }

    /// Renders one of the skill's texts.
    ///
    /// # Errors
    /// When it has no such text or it can't be rendered.
    pub fn render(&self, name: &str, scope: template::Scope<'_>) -> Result<String, String> {
        self.templates.render(name, self.slots(), scope)
    }
}

/// Lower case, full-width letters and digits to half-width; character by character, so that positions stay.
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            _ => c,
        })
        .map(|c| {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(single), None) => single,
                _ => c,
            }
        })
        .collect()
}

/// The name of `slot` for people: its title, or the name as written.
#[must_use]
pub fn slot_title<'a>(name: &'a str, slot: &'a Slot, language: Language) -> &'a str {
    slot.title.as_ref().map_or(name, |title| title.get(language))
}

//! A manifest compiled once per version: validators, recognisers, conditions, statements and texts.

use std::collections::HashMap;

use indexmap::IndexMap;
use jsonschema::error::ValidationErrorKind;
use paigong_core::{Bilingual, Language};
use regex::Regex;
use serde_json::{Map, Value};

use crate::expression::{self, Expression};
use crate::manifest::Rule;
use crate::slot::{Kind, Lookup, ValueKind};
use crate::template::{self, Templates};
use crate::{Execution, Manifest, Slot, sql};

/// Why a manifest can't be used: where in it, and what to change.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("skill {skill}: {place}: {message}")]
pub struct Error {
    /// The skill.
    pub skill: String,
    /// The key, such as `slots.from.pattern`.
    pub place: String,
    /// What is wrong with it.
    pub message: String,
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
    returns: Option<jsonschema::Validator>,
    /// How often each slot is marked in the examples.
    marks: HashMap<String, usize>,
}

#[derive(Debug)]
struct CompiledSlot {
    validator: jsonschema::Validator,
    read: Vec<Regex>,
    default: Option<Expression>,
    compute: Option<Expression>,
    lookup: Option<sql::Statement>,
    /// Words for the allowed values, longest first, folded.
    words: Vec<(String, String)>,
}

/// The largest compiled size of one regular expression, in bytes.
const REGEX_SIZE: usize = 1 << 20;

impl Skill {
    /// Compiles `manifest`, version `version`, of `pack`.
    ///
    /// # Errors
    /// The first thing in the manifest that can't be used.
    pub fn compile(manifest: Manifest, version: u32, pack: &str) -> Result<Self, Error> {
        let name = manifest.skill.to_string();
        let at = |place: &str| {
            let (skill, place) = (name.clone(), place.to_owned());
            move |message: String| Error { skill, place, message }
        };
        let properties = &manifest.slots.properties;
        for required in &manifest.slots.required {
            if !properties.contains_key(required) {
                return Err(at("slots.required")(format!("{required:?} is not among the properties")));
            }
            if properties[required].compute.is_some() {
                return Err(at("slots.required")(format!(
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
                return Err(at("rules")(format!("{slot:?} is not a slot")));
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
            return Err(at("confirm")(format!("an effect of {:?} needs a confirmation", manifest.effect)));
        }
        let run = Execution::compile(&manifest, pack).map_err(|(place, message)| at(place)(message))?;
        if manifest.preview && !(run.is_local() && manifest.effect.needs_confirmation()) {
            let message = "only a statement on the product's database that writes can be tried and taken back";
            return Err(at("preview")(message.into()));
        }
        if manifest.later && !manifest.effect.needs_confirmation() {
            return Err(at("later")("only a skill that writes can be put off; set effect to write or money".into()));
        }
        let returns = match &manifest.returns {
            Some(schema) => Some(
                jsonschema::validator_for(schema)
                    .map_err(|error| at("returns")(format!("it is not a JSON Schema: {error}")))?,
            ),
            None => None,
        };
        let facts = match &manifest.facts {
            Some(facts) => Some(sql::compile(&facts.sql, &manifest.slots, pack).map_err(at("facts.sql"))?),
            None => None,
        };
        if facts.as_ref().is_some_and(|facts| !facts.is_query) {
            return Err(at("facts.sql")("facts may only SELECT".into()));
        }
        let mut marks = HashMap::new();
        for mark in manifest.examples.iter().flat_map(|example| crate::example::parse(example).marks) {
            *marks.entry(mark.slot).or_default() += 1;
        }
        Ok(Self {
            version,
            pack: pack.to_owned(),
            run,
            returns,
            facts,
            templates,
            slots,
            requires,
            rules,
            marks,
            manifest,
        })
    }

    /// Checks what a run returned against what the skill promises.
    ///
    /// # Errors
    /// The first row and the first thing that does not fit, in words for the skill's owner.
    pub fn check_rows(&self, rows: &[Map<String, Value>]) -> Result<(), String> {
        let Some(returns) = &self.returns else { return Ok(()) };
        for (index, row) in rows.iter().enumerate() {
            let row = Value::Object(row.clone());
            if let Some(error) = returns.iter_errors(&row).next() {
                return Err(format!("row {}: {}: {error}", index + 1, error.instance_path()));
            }
        }
        Ok(())
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

impl CompiledSlot {
    fn compile(name: &str, slot: &Slot, all: &IndexMap<String, Slot>) -> Result<Self, String> {
        let is_name =
            !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !is_name
            || ["tenant_id", "user", "today", "now", "slots", "facts", "rows", "count", "lang", "preview", "context"]
                .contains(&name)
        {
            return Err(format!(
                "{name:?} can't be a slot's name: lower case, digits, _; tenant_id, user, today, now and the names of templates are reserved"
            ));
        }
        if slot.source.is_some() && slot.context_name().is_none_or(str::is_empty) {
            return Err("x-source must be context.NAME".into());
        }
        if slot.range_from.as_ref().is_some_and(|start| !all.contains_key(start)) {
            return Err("x-range-from names a slot that does not exist".into());
        }
        if slot.write.as_ref().is_some_and(|write| write.matches("{}").count() != 1) {
            return Err("x-write must contain {} once".into());
        }
        let known = |value: &String| slot.options.contains(value);
        if let Some(value) = slot.synonyms.keys().chain(slot.labels.keys()).find(|value| !known(value)) {
            return Err(format!("{value:?} in x-synonyms or x-labels is not in the enum"));
        }
        if slot.json_type() != Kind::String && (slot.format.is_some() || slot.pattern.is_some()) {
            return Err("format and pattern are for strings".into());
        }
        let regex = |source: &String| {
            regex::RegexBuilder::new(source)
                .size_limit(REGEX_SIZE)
                .build()
                .map_err(|error| format!("{source:?}: {error}"))
        };
        let mut read = slot.read.iter().map(regex).collect::<Result<Vec<_>, _>>()?;
        if let Some(source) =
            slot.read.iter().zip(&read).find_map(|(source, read)| (read.captures_len() != 2).then_some(source))
        {
            return Err(format!("{source:?} must have exactly one group; write (?:…) for the others"));
        }
        if let (Some(pattern), true) = (&slot.pattern, read.is_empty()) {
            let inner = pattern.trim_start_matches('^').trim_end_matches('$');
            read.push(regex(&format!("(?i)((?:{inner}))")).or_else(|_| regex(&format!("({pattern})")))?);
            read.retain(|read| read.captures_len() >= 2);
        }
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .with_pattern_options(jsonschema::PatternOptions::regex().size_limit(REGEX_SIZE))
            .build(&slot.json_schema())
            .map_err(|error| error.to_string())?;
        let expression =
            |source: &Option<String>| source.as_ref().map(|source| Expression::compile(source)).transpose();
        let (default, compute) = (expression(&slot.default)?, expression(&slot.compute)?);
        if compute.is_some() && (slot.source.is_some() || slot.default.is_some() || slot.fill.is_some()) {
            return Err("x-compute stands alone: without x-source, x-default and x-fill".into());
        }
        Ok(Self { validator, read, default, compute, lookup: None, words: words(slot) })
    }
}

/// A lookup's statement: a query that does not need the slot whose values it brings.
fn compile_lookup(name: &str, lookup: &Lookup, manifest: &Manifest, pack: &str) -> Result<sql::Statement, String> {
    let slot = &manifest.slots.properties[name];
    if !slot.is_settable() || !slot.options.is_empty() || slot.json_type() == Kind::Boolean {
        return Err("x-lookup is for values that the user names: without x-source, x-compute, enum, boolean".into());
    }
    let statement =
        sql::compile(&lookup.sql, &manifest.slots, pack).map_err(|message| format!("x-lookup: {message}"))?;
    if !statement.is_query {
        return Err("x-lookup may only SELECT".into());
    }
    if statement.parameters.contains(&sql::Parameter::Slot(name.to_owned())) {
        return Err(format!("x-lookup can't depend on :{name}, whose values it brings"));
    }
    Ok(statement)
}

/// Values, labels and synonyms of an enum, folded, longest first.
fn words(slot: &Slot) -> Vec<(String, String)> {
    let mut words: Vec<(String, String)> = Vec::new();
    for value in &slot.options {
        let labels = slot.labels.get(value).map(|label| [label.zh.clone(), label.en.clone()]).into_iter().flatten();
        let synonyms = slot.synonyms.get(value).cloned().unwrap_or_default();
        for word in [value.clone(), value.replace('_', " ")].into_iter().chain(labels).chain(synonyms) {
            words.push((fold(&word), value.clone()));
        }
    }
    words.retain(|(word, _)| !word.is_empty());
    words.sort_by(|a, b| b.0.chars().count().cmp(&a.0.chars().count()).then_with(|| a.cmp(b)));
    words.dedup();
    words
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

/// A violated keyword in words, its limit in the slot's unit.
fn reason(kind: &ValidationErrorKind, unit: Option<ValueKind>) -> Bilingual {
    let limited = |limit: &Value, zh: &str, en: &str| {
        let (before, zh_unit, en_unit) = match unit {
            Some(ValueKind::Days) => ("", " 天", " days"),
            Some(ValueKind::Hours) => ("", " 小时", " hours"),
            Some(ValueKind::Minutes) => ("", " 分钟", " minutes"),
            Some(ValueKind::Percent) => ("", "%", " %"),
            Some(ValueKind::Money) => ("¥", "", ""),
            Some(ValueKind::Phone) | None => ("", "", ""),
        };
        let en_unit = if limit.as_f64() == Some(1.0) { en_unit.trim_end_matches('s') } else { en_unit };
        let gap = if before.is_empty() { " " } else { "" };
        bilingual(&format!("{zh}{gap}{before}{limit}{zh_unit}"), &format!("{en} {before}{limit}{en_unit}"))
    };
    match kind {
        ValidationErrorKind::Maximum { limit } => limited(limit, "最多", "It can be at most"),
        ValidationErrorKind::Minimum { limit } => limited(limit, "至少", "It must be at least"),
        ValidationErrorKind::ExclusiveMinimum { limit } => limited(limit, "必须大于", "It must be more than"),
        ValidationErrorKind::MaxLength { limit } => {
            bilingual(&format!("最多 {limit} 个字"), &format!("It can have at most {limit} characters"))
        }
        ValidationErrorKind::MinLength { limit } => {
            bilingual(&format!("至少 {limit} 个字"), &format!("It must have at least {limit} characters"))
        }
        ValidationErrorKind::Type { .. } => bilingual("这里需要一个数字", "A number is needed here"),
        ValidationErrorKind::Enum { .. } => bilingual("不在可选范围内", "That is not one of the choices"),
        ValidationErrorKind::MultipleOf { .. } => bilingual("这个数值的单位不对", "That amount is not a valid step"),
        _ => bilingual("格式不对", "That does not have the right form"),
    }
}

fn bilingual(zh: &str, en: &str) -> Bilingual {
    Bilingual { zh: zh.into(), en: en.into() }
}

/// The name of `slot` for people: its title, or the name as written.
#[must_use]
pub fn slot_title<'a>(name: &'a str, slot: &'a Slot, language: Language) -> &'a str {
    slot.title.as_ref().map_or(name, |title| title.get(language))
}

//! One slot compiled: its validator, readers, expressions, query and words.

use indexmap::IndexMap;
use regex::Regex;

use super::fold;
use crate::expression::Expression;
use crate::message::{Message, message};
use crate::slot::{Kind, Lookup};
use crate::{Manifest, Slot, sql};

#[derive(Debug)]
pub(super) struct CompiledSlot {
    pub(super) validator: jsonschema::Validator,
    pub(super) read: Vec<Regex>,
    pub(super) default: Option<Expression>,
    pub(super) compute: Option<Expression>,
    pub(super) lookup: Option<sql::Statement>,
    /// Words for the allowed values, longest first, folded.
    pub(super) words: Vec<(String, String)>,
}

/// The largest compiled size of one regular expression, in bytes.
pub(super) const REGEX_SIZE: usize = 1 << 20;

impl CompiledSlot {
    pub(super) fn compile(name: &str, slot: &Slot, all: &IndexMap<String, Slot>) -> Result<Self, Message> {
        let is_name =
            !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !is_name || ["tenant_id", "user", "today", "now", "slots", "facts", "rows", "count", "lang"].contains(&name)
        {
            return Err(message!(
                "slot_name",
                "{name:?} 不能作为槽位名：用小写字母、数字和 _；tenant_id、user、today、now 及模板中的名称为保留字",
                "{name:?} can't be a slot's name: lower case, digits, _; tenant_id, user, today, now and the names of templates are reserved"
            ));
        }
        if slot.source.is_some() && slot.context_name().is_none_or(str::is_empty) {
            return Err(message!("slot_source", "x-source 须写作 context.名称", "x-source must be context.NAME"));
        }
        if slot.range_from.as_ref().is_some_and(|start| !all.contains_key(start)) {
            return Err(message!(
                "slot_range",
                "x-range-from 所指的槽位不存在",
                "x-range-from names a slot that does not exist"
            ));
        }
        if slot.write.as_ref().is_some_and(|write| write.matches("{}").count() != 1) {
            return Err(message!("slot_write", "x-write 须恰好含一个 {{}}", "x-write must contain {{}} once"));
        }
        let known = |value: &String| slot.options.contains(value);
        if let Some(value) = slot.synonyms.keys().chain(slot.labels.keys()).find(|value| !known(value)) {
            return Err(message!(
                "slot_value",
                "x-synonyms 或 x-labels 中的 {value:?} 不在 enum 中",
                "{value:?} in x-synonyms or x-labels is not in the enum"
            ));
        }
        if slot.json_type() != Kind::String && (slot.format.is_some() || slot.pattern.is_some()) {
            return Err(message!("slot_type", "format 和 pattern 只用于字符串", "format and pattern are for strings"));
        }
        let regex = |source: &String| {
            regex::RegexBuilder::new(source)
                .size_limit(REGEX_SIZE)
                .build()
                .map_err(|error| message!("not_a_regex", "正则表达式 {source:?} 有误：{error}", "{source:?}: {error}"))
        };
        let mut read = slot.read.iter().map(regex).collect::<Result<Vec<_>, _>>()?;
        if let Some(source) =
            slot.read.iter().zip(&read).find_map(|(source, read)| (read.captures_len() != 2).then_some(source))
        {
            return Err(message!(
                "slot_read",
                "{source:?} 须恰好有一个分组，其余写作 (?:…)",
                "{source:?} must have exactly one group; write (?:…) for the others"
            ));
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
            .map_err(|error| message!("slot_schema", "不是可用的 JSON Schema：{error}", "{error}"))?;
        let expression =
            |source: &Option<String>| source.as_ref().map(|source| Expression::compile(source)).transpose();
        let (default, compute) = (expression(&slot.default)?, expression(&slot.compute)?);
        if compute.is_some() && (slot.source.is_some() || slot.default.is_some() || slot.fill.is_some()) {
            return Err(message!(
                "slot_compute",
                "x-compute 须单独使用，不能同时有 x-source、x-default、x-fill",
                "x-compute stands alone: without x-source, x-default and x-fill"
            ));
        }
        Ok(Self { validator, read, default, compute, lookup: None, words: words(slot) })
    }
}

/// A lookup's statement: a query that does not need the slot whose values it brings.
pub(super) fn compile_lookup(
    name: &str,
    lookup: &Lookup,
    manifest: &Manifest,
    pack: &str,
) -> Result<sql::Statement, Message> {
    let slot = &manifest.slots.properties[name];
    if !slot.is_settable() || !slot.options.is_empty() || slot.json_type() == Kind::Boolean {
        return Err(message!(
            "slot_lookup",
            "x-lookup 用于由用户说出的值：不能同时有 x-source、x-compute、enum，也不能是 boolean",
            "x-lookup is for values that the user names: without x-source, x-compute, enum, boolean"
        ));
    }
    let statement = sql::compile(&lookup.sql, &manifest.slots, pack).map_err(|Message { code, zh, en }| Message {
        code,
        zh: format!("x-lookup：{zh}"),
        en: format!("x-lookup: {en}"),
    })?;
    if !statement.is_query {
        return Err(message!("slot_lookup", "x-lookup 只能用 SELECT", "x-lookup may only SELECT"));
    }
    if statement.parameters.contains(&sql::Parameter::Slot(name.to_owned())) {
        return Err(message!(
            "slot_lookup",
            "x-lookup 提供 :{name} 的取值，不能依赖它",
            "x-lookup can't depend on :{name}, whose values it brings"
        ));
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

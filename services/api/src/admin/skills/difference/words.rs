//! A difference in words: what its place is called by people, and values as they read them.

use paigong_core::{Bilingual, Language};
use serde_json::Value;
use skills::example;

/// Characters of a value that are shown in words.
const SHOWN: usize = 80;

/// What words need of the manifests.
pub(super) struct Words<'a> {
    /// The slots of what is live and of the draft.
    slots: [&'a Value; 2],
}

/// What a place is called.
struct Name {
    name: Bilingual,
    form: Form,
}

/// How its differences are told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// With the values.
    Values,
    /// Code: that it is different says enough.
    Code,
    /// As something that is there or not.
    Thing,
    /// Yes or no.
    Switch,
    /// Utterances, which have a language and marks.
    Utterances,
    /// What a run may change.
    Effect,
}

/// Keys of a slot: what they are called in Chinese and in English.
const OF_SLOT: [(&str, &str, &str, Form); 24] = [
    ("type", "类型", "the type", Form::Values),
    ("format", "格式", "the format", Form::Values),
    ("enum", "选项", "choices", Form::Values),
    ("pattern", "格式要求", "the pattern", Form::Values),
    ("minimum", "最小值", "the least allowed", Form::Values),
    ("maximum", "最大值", "the most allowed", Form::Values),
    ("exclusiveMinimum", "须大于的值", "the value that it must exceed", Form::Values),
    ("multipleOf", "步长", "the step", Form::Values),
    ("minLength", "最少字数", "the fewest characters", Form::Values),
    ("maxLength", "最多字数", "the most characters", Form::Values),
    ("description", "说明", "the description", Form::Values),
    ("x-title", "名称", "the name", Form::Values),
    ("x-ask", "问法", "the question", Form::Values),
    ("x-ask-again", "再次询问的问法", "the second question", Form::Values),
    ("x-source", "取自", "the source", Form::Values),
    ("x-value", "单位", "the unit", Form::Values),
    ("x-read", "识别方式", "how it is read", Form::Code),
    ("x-write", "书写方式", "how it is written", Form::Values),
    ("x-carry", "沿用上一次的值", "taken over from the request before", Form::Switch),
    ("x-default", "默认值", "the default", Form::Values),
    ("x-compute", "计算方式", "how it is computed", Form::Code),
    ("x-lookup", "可选值的查询", "the query for its values", Form::Code),
    ("x-offer", "非必填也询问", "asked for although it is not required", Form::Switch),
    ("x-prefer", "日期偏好", "which dates are preferred", Form::Values),
];

/// Keys of a manifest.
const OF_SKILL: [(&str, &str, &str, Form); 16] = [
    ("title", "名称", "The title", Form::Values),
    ("description", "说明", "The description", Form::Values),
    ("when", "适用情形", "When it is the right one", Form::Values),
    ("effect", "影响", "The effect", Form::Effect),
    ("examples", "示例", "Examples", Form::Utterances),
    ("counterexamples", "反例", "Counterexamples", Form::Utterances),
    ("requires", "使用条件", "Conditions of use", Form::Values),
    ("facts", "规则所用数据的查询", "The query for what rules need", Form::Code),
    ("rules", "规则", "Rules", Form::Values),
    ("confirm", "确认语", "The confirmation", Form::Values),
    ("returns", "结果的格式", "The form of results", Form::Code),
    ("preview", "确认前先试算", "Tried before it is confirmed", Form::Switch),
    ("later", "可以延后执行", "May be put off", Form::Switch),
    ("reply", "完成后的回复", "The reply", Form::Values),
    ("empty", "没有结果时的回复", "The reply when nothing is found", Form::Values),
    ("undo", "撤销方式", "How it is undone", Form::Values),
];

impl<'a> Words<'a> {
    pub(super) fn new(before: &'a Value, after: &'a Value) -> Self {
        Self { slots: [after, before].map(|manifest| &manifest["slots"]["properties"]) }
    }

    /// What is said of a difference at `path`.
    pub(super) fn of(&self, path: &[String], before: Option<&Value>, after: Option<&Value>) -> Bilingual {
        let value = before.or(after).and_then(Value::as_str).unwrap_or_default();
        let Name { name, form } = self.name(path, value);
        let told = |language| {
            let name = name.get(language);
            told(name, form, before, after, language)
        };
        Bilingual { zh: told(Language::Zh), en: told(Language::En) }
    }

    fn name(&self, path: &[String], value: &str) -> Name {
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        match parts.as_slice() {
            ["slots", "required"] => named("必填项", "Required details", Form::Values),
            ["slots", "properties", slot] => Name { name: self.title(slot), form: Form::Thing },
            ["slots", "properties", slot, rest @ ..] => {
                let (title, Name { name, form }) = (self.title(slot), self.of_slot(slot, rest));
                let name = Bilingual {
                    zh: format!("{}：{}", title.zh, name.zh),
                    en: format!("{}: {}", title.en, name.en),
                };
                Name { name, form }
            }
            ["rules", number] => numbered("规则", "Rule", number, "", ""),
            ["rules", number, "check"] => numbered("规则", "Rule", number, "的条件", ": the condition"),
            ["rules", number, "slot"] => numbered("规则", "Rule", number, "重问的项", ": what is asked again"),
            ["rules", number, "say", rest @ ..] => {
                let name = numbered("规则", "Rule", number, "的提示", ": what is said");
                in_language(name, rest)
            }
            ["facts", "missing", ..] => named("查不到数据时的提示", "What is said when nothing is found", Form::Values),
            ["run", "sql"] => named("执行的语句", "The statement that is run", Form::Code),
            ["run", "connection"] => named("使用的连接", "The connection", Form::Values),
            ["run", "handoff", ..] => named("处理队列", "The queue", Form::Values),
            ["run", "knowledge", ..] => named("知识来源", "The sources of answers", Form::Values),
            ["run", "steps", number, ..] => numbered("步骤", "Step", number, "", ""),
            ["run", "http", rest @ ..] => {
                let key = rest.join(".");
                named(&format!("请求的 {key}"), &format!("The request's {key}"), Form::Values)
            }
            ["run", ..] => named("执行方式", "How it is carried out", Form::Code),
            [key, rest @ ..] => match OF_SKILL.iter().find(|(known, ..)| known == key) {
                Some((.., Form::Utterances)) => {
                    let name = named_of(&OF_SKILL, key);
                    let is_chinese = value.chars().any(|c| matches!(c, '\u{3400}'..='\u{9fff}'));
                    in_language(name, &[if is_chinese { "zh" } else { "en" }])
                }
                Some(_) => in_language(named_of(&OF_SKILL, key), rest),
                None => named(&path.join("."), &path.join("."), Form::Values),
            },
            [] => named("技能", "The skill", Form::Thing),
        }
    }

    fn of_slot(&self, slot: &str, path: &[&str]) -> Name {
        match path {
            ["x-synonyms", value, ..] => {
                let label = self.label(slot, value);
                let (zh, en) = (format!("“{}”的同义词", label.zh), format!("synonyms of “{}”", label.en));
                named(&zh, &en, Form::Values)
            }
            ["x-labels", value, rest @ ..] => {
                in_language(named(&format!("选项 {value} 的叫法"), &format!("what {value} is called"), Form::Values), rest)
            }
            [key, rest @ ..] if OF_SLOT.iter().any(|(known, ..)| known == key) => {
                in_language(named_of(&OF_SLOT, key), rest)
            }
            other => named(&other.join("."), &other.join("."), Form::Values),
        }
    }

    /// What a slot is called, in the draft or else in what is live.
    fn title(&self, slot: &str) -> Bilingual {
        let titles = self.slots.iter().map(|slots| &slots[slot]["x-title"]);
        bilingual(titles, slot)
    }

    /// What a choice of a slot is called.
    fn label(&self, slot: &str, value: &str) -> Bilingual {
        bilingual(self.slots.iter().map(|slots| &slots[slot]["x-labels"][value]), value)
    }
}

/// The first that is a text in both languages, or `otherwise`.
fn bilingual<'a>(mut found: impl Iterator<Item = &'a Value>, otherwise: &str) -> Bilingual {
    found
        .find_map(|text| Some(Bilingual { zh: text["zh"].as_str()?.to_owned(), en: text["en"].as_str()?.to_owned() }))
        .unwrap_or_else(|| Bilingual { zh: otherwise.to_owned(), en: otherwise.to_owned() })
}

fn named(zh: &str, en: &str, form: Form) -> Name {
    Name { name: Bilingual { zh: zh.to_owned(), en: en.to_owned() }, form }
}

fn named_of(names: &[(&str, &str, &str, Form)], key: &str) -> Name {
    let found = names.iter().find(|(known, ..)| *known == key);
    found.map_or_else(|| named(key, key, Form::Values), |(_, zh, en, form)| named(zh, en, *form))
}

fn numbered(zh: &str, en: &str, number: &str, zh_rest: &str, en_rest: &str) -> Name {
    let number = number.parse::<usize>().map_or(0, |number| number + 1);
    named(&format!("{zh} {number}{zh_rest}"), &format!("{en} {number}{en_rest}"), Form::Values)
}

/// The name with the language of a text.
fn in_language(Name { name, form }: Name, rest: &[&str]) -> Name {
    let (zh, en) = match rest.last() {
        Some(&"zh") => ("（中文）", " (Chinese)"),
        Some(&"en") => ("（英文）", " (English)"),
        _ => ("", ""),
    };
    named(&format!("{}{zh}", name.zh), &format!("{}{en}", name.en), form)
}

fn told(name: &str, form: Form, before: Option<&Value>, after: Option<&Value>, language: Language) -> String {
    let shown = |value: &Value| shown(value, form, language);
    let is_zh = language == Language::Zh;
    // Chinese has no spaces, save after letters and digits.
    let gap = if name.ends_with(|c: char| c.is_ascii_alphanumeric()) { " " } else { "" };
    match (form, before, after) {
        (Form::Switch, _, after) => {
            let on = after.is_some_and(|after| *after == Value::Bool(true));
            if is_zh { format!("{name}：{}", yes(on, language)) } else { format!("{name}: {}", yes(on, language)) }
        }
        (Form::Thing, None, _) if is_zh => format!("新增槽位“{name}”"),
        (Form::Thing, None, _) => format!("New slot “{name}”"),
        (Form::Thing, _, None) if is_zh => format!("删除槽位“{name}”"),
        (Form::Thing, _, None) => format!("The slot “{name}” is removed"),
        (Form::Code | Form::Thing, Some(_), Some(_)) if is_zh => format!("{name}有改动"),
        (Form::Code | Form::Thing, Some(_), Some(_)) => format!("{name} is different"),
        (Form::Code, None, _) if is_zh => format!("新增{name}"),
        (Form::Code, None, _) => format!("{name} is new"),
        (Form::Code, _, None) if is_zh => format!("删除{name}"),
        (Form::Code, _, None) => format!("{name} is removed"),
        (Form::Utterances, Some(old), Some(_)) if is_zh => format!("{name}{}的标注有改动", shown(old)),
        (Form::Utterances, Some(old), Some(_)) => format!("{name}: the marks of {} are different", shown(old)),
        (_, Some(old), Some(new)) if is_zh => format!("{name}{gap}由 {} 改为 {}", shown(old), shown(new)),
        (_, Some(old), Some(new)) => format!("{name} becomes {} (was {})", shown(new), shown(old)),
        (_, None, Some(new)) if is_zh => format!("{name}{gap}新增：{}", shown(new)),
        (_, None, Some(new)) => format!("{name}: new: {}", shown(new)),
        (_, Some(old), None) if is_zh => format!("{name}{gap}删除：{}", shown(old)),
        (_, Some(old), None) => format!("{name}: removed: {}", shown(old)),
        (_, None, None) => name.to_owned(),
    }
}

/// A value as people read it: a text in both languages in theirs, a rule by what it says.
fn shown(value: &Value, form: Form, language: Language) -> String {
    let text = match value {
        Value::String(text) if form == Form::Utterances => format!("“{}”", example::parse(text).text),
        Value::String(text) if form == Form::Effect => effect(text, language).to_owned(),
        Value::String(text) => format!("“{text}”"),
        Value::Bool(on) => yes(*on, language).to_owned(),
        Value::Object(object) => match (object.get(language.tag()), object.get("say"), object.get("skill")) {
            (Some(Value::String(text)), ..) => format!("“{text}”"),
            (_, Some(say), _) => return shown(say, form, language),
            (.., Some(Value::String(skill))) => skill.clone(),
            _ => value.to_string(),
        },
        other => other.to_string(),
    };
    if text.chars().count() <= SHOWN { text } else { text.chars().take(SHOWN).chain(['…']).collect() }
}

fn effect(value: &str, language: Language) -> &'static str {
    let (zh, en) = match value {
        "read" => ("只查询", "only reads"),
        "money" => ("涉及资金", "moves money"),
        _ => ("会改动数据", "changes data"),
    };
    if language == Language::Zh { zh } else { en }
}

fn yes(on: bool, language: Language) -> &'static str {
    match (on, language) {
        (true, Language::Zh) => "是",
        (true, Language::En) => "yes",
        (false, Language::Zh) => "否",
        (false, Language::En) => "no",
    }
}

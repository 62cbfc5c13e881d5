//! What the product itself says, in both languages. What a skill says stands in its manifest.

mod reasoned;
mod runs;

use paigong_core::{Bilingual, Language};
use skills::Slot;
use skills::slot::{Format, Kind, ValueKind};

/// A phrase in the language of the reply.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Phrases(pub Language);

impl Phrases {
    fn pick(self, zh: impl Into<String>, en: impl Into<String>) -> String {
        match self.0 {
            Language::Zh => zh.into(),
            Language::En => en.into(),
        }
    }

    /// Two sentences in a row.
    pub(crate) fn join(self, first: &str, second: &str) -> String {
        match (first.is_empty(), second.is_empty()) {
            (true, _) => second.to_owned(),
            (_, true) => first.to_owned(),
            _ if self.0 == Language::Zh => {
                let stop =
                    if first.ends_with(['。', '！', '？', '；', '：', '.', '!', '?', '\n']) { "" } else { "。" };
                format!("{first}{stop}{second}")
            }
            _ => {
                let stop = if first.ends_with(['.', '!', '?', ':', '\n', '。']) { "" } else { "." };
                format!("{first}{stop} {second}")
            }
        }
    }

    /// A list of names.
    pub(crate) fn list(self, names: &[String]) -> String {
        names.join(if self.0 == Language::Zh { "、" } else { ", " })
    }

    pub(crate) fn greeting(self, skills: &str) -> String {
        self.pick(
            format!("您好！我可以处理：{skills}。请直接说要办什么。"),
            format!("Hello! I can help with: {skills}. Just tell me what you need."),
        )
    }

    pub(crate) fn welcome(self) -> String {
        self.pick("不客气。", "You're welcome.")
    }

    pub(crate) fn help(self, skills: &str) -> String {
        self.pick(
            format!("我可以处理：{skills}。直接用自己的话说就行。"),
            format!("I can help with: {skills}. Just say it in your own words."),
        )
    }

    pub(crate) fn sorry(self) -> String {
        self.pick(
            "抱歉让您不满意。可以换个说法再告诉我一次，或者回复“转人工”。",
            "I'm sorry about that. You can put it another way, or say \"talk to a person\".",
        )
    }

    pub(crate) fn cancelled(self, title: &str) -> String {
        self.pick(
            format!("好的，{title}已取消，没有做任何改动。"),
            format!("OK, I dropped \"{title}\". Nothing was changed."),
        )
    }

    pub(crate) fn cancelled_all(self, titles: &str) -> String {
        self.pick(
            format!("好的，都已取消：{titles}。没有做任何改动。"),
            format!("OK, I dropped all of it: {titles}. Nothing was changed."),
        )
    }

    pub(crate) fn not_undoable(self, title: &str, too_late: bool) -> String {
        match too_late {
            true => self.pick(
                format!("{title}已经过了可以撤销的时间。需要的话可以转人工。"),
                format!("It is too late to undo \"{title}\". A person may still be able to help."),
            ),
            false => self.pick(
                format!("{title}不能自动撤销。需要的话可以转人工。"),
                format!("\"{title}\" can't be undone automatically. A person may be able to help."),
            ),
        }
    }

    /// A request that is taken up again after `days` days.
    pub(crate) fn resumed(self, title: &str, days: i64, day: &str) -> String {
        match days {
            0 => self.pick(format!("刚才的{title}还没有办完。"), format!("\"{title}\" is still open.")),
            1 => self.pick(format!("昨天的{title}还没有办完。"), format!("\"{title}\" from yesterday is still open.")),
            _ => self.pick(format!("{day}的{title}还没有办完。"), format!("\"{title}\" from {day} is still open.")),
        }
    }

    /// The next of several requests in one message.
    pub(crate) fn next(self, title: &str) -> String {
        self.pick(format!("接下来是{title}。"), format!("Next: {title}."))
    }

    pub(crate) fn later(self, titles: &str) -> String {
        self.pick(format!("（之后再办：{titles}）"), format!("(Then: {titles})"))
    }

    pub(crate) fn left_out(self, label: &str, reason: &str) -> String {
        self.pick(format!("{label}办不了：{reason}"), format!("{label} is left out. {reason}"))
    }

    pub(crate) fn batch(self, count: usize, items: &str) -> String {
        self.pick(
            format!("共 {count} 项：\n{items}\n都提交吗？"),
            format!("{count} items:\n{items}\nSubmit all of them?"),
        )
    }

    pub(crate) fn several(self) -> String {
        self.pick("有几个都符合。", "Several of them fit.")
    }

    pub(crate) fn not_a_choice(self, said: Option<&str>) -> String {
        match said {
            Some(said) => self.pick(format!("没有找到“{said}”。"), format!("I can't find \"{said}\".")),
            None => self.pick("没有找到您说的这一个。", "I can't find that one."),
        }
    }

    pub(crate) fn no_choices(self, title: &str) -> String {
        self.pick(format!("现在没有可以选的{title}。"), format!("There is no {title} to choose from at the moment."))
    }

    pub(crate) fn skip(self) -> String {
        self.pick("跳过", "Skip")
    }

    /// The way out for a slot that may stay empty.
    pub(crate) fn may_skip(self) -> String {
        self.pick("（可以跳过）", " (You can skip this.)")
    }

    /// Close skills told apart by what must be so for each.
    pub(crate) fn which_case(self, cases: &[String]) -> String {
        match self.0 {
            Language::Zh => format!("是{}？", cases.join("，还是")),
            Language::En => {
                let listed = match cases {
                    [first, second] => format!("{first}, or {second}"),
                    [first @ .., last] => format!("{}, or {last}", first.join(", ")),
                    [] => String::new(),
                };
                format!("Which is it: {listed}?")
            }
        }
    }

    /// `title: value`
    pub(crate) fn detail(self, title: &str, value: &str) -> String {
        self.pick(format!("{title}：{value}"), format!("{title}: {value}"))
    }

    pub(crate) fn with_details(self, title: &str, details: &[String]) -> String {
        match (details.is_empty(), self.0) {
            (true, _) => title.to_owned(),
            (false, Language::Zh) => format!("{title}（{}）", details.join("，")),
            (false, Language::En) => format!("{title} ({})", details.join(", ")),
        }
    }

    /// The first lines for the person who takes over.
    pub(crate) fn handoff_summary(
        self,
        request: Option<&str>,
        done: Option<&str>,
        before: Option<&str>,
        last: &str,
    ) -> String {
        let request = match (request, done) {
            (Some(request), _) => self.pick(format!("进行中：{request}。"), format!("Under way: {request}.")),
            (None, Some(done)) => self.pick(format!("刚办完：{done}。"), format!("Just done: {done}.")),
            (None, None) => self.pick("没有进行中的事项。", "Nothing is under way."),
        };
        let said = match before {
            Some(before) => self.pick(
                format!("用户之前说“{before}”，最后说“{last}”。"),
                format!("The user said \"{before}\" before, and \"{last}\" last."),
            ),
            None => self.pick(format!("用户说“{last}”。"), format!("The user said \"{last}\".")),
        };
        self.join(&request, &said)
    }

    pub(crate) fn nothing_pending(self) -> String {
        self.pick(
            "现在没有正在办理的事项。请告诉我要办什么。",
            "There is nothing under way right now. Tell me what you need.",
        )
    }

    pub(crate) fn out_of_scope(self, skills: &str) -> String {
        self.pick(
            format!("这个我帮不上忙。我可以处理：{skills}。"),
            format!("I can't help with that. I can do: {skills}."),
        )
    }

    pub(crate) fn out_of_scope_again(self) -> String {
        self.pick("还是没能明白。要转人工吗？", "I still don't understand. Would you like to talk to a person?")
    }

    pub(crate) fn withdrawn(self) -> String {
        self.pick(
            "这项服务现在不可用，刚才的申请没有提交。",
            "This service is not available at the moment; nothing was submitted.",
        )
    }

    pub(crate) fn handoff(self) -> String {
        self.pick(
            "好的，为您转人工，会把刚才的内容一并交过去。",
            "OK, I'm handing you over to a person, with a summary of what we discussed.",
        )
    }

    pub(crate) fn not_read(self) -> String {
        self.pick("没太明白。", "I didn't get that.")
    }

    pub(crate) fn required(self) -> String {
        self.pick("这一项不能跳过。", "This can't be skipped.")
    }

    pub(crate) fn what_time(self, day: &str) -> String {
        self.pick(format!("{day}几点？"), format!("What time on {day}?"))
    }

    pub(crate) fn missing(self) -> String {
        self.pick("没有找到。", "I can't find that.")
    }

    pub(crate) fn rule(self) -> String {
        self.pick("这样不符合规定。", "That is not allowed.")
    }

    /// The question for a slot without one of its own.
    pub(crate) fn plain_question(self, title: &str) -> String {
        self.pick(format!("请告诉我{title}。"), format!("What is the {title}?"))
    }

    /// The third time: a way out.
    pub(crate) fn way_out(self) -> String {
        self.pick("也可以回复“取消”，或“转人工”。", "You can also say \"cancel\", or \"talk to a person\".")
    }

    pub(crate) fn which_skill(self) -> String {
        self.pick("您是想办哪一件？", "Which of these do you mean?")
    }

    pub(crate) fn ask_change(self, titles: &str) -> String {
        self.pick(
            format!("要改哪一项？（{titles}）也可以回复“取消”。"),
            format!("What should I change ({titles})? Or say \"cancel\"."),
        )
    }

    pub(crate) fn resume(self, title: &str) -> String {
        self.pick(format!("要继续刚才的“{title}”吗？"), format!("Shall we go on with \"{title}\"?"))
    }

    /// Working days were counted in a year whose holidays nobody has announced to this installation.
    pub(crate) fn unknown_year(self, year: i32) -> String {
        self.pick(
            format!("（{year} 年的放假安排未知，工作日按周末推算。）"),
            format!("(The public holidays of {year} are not known; working days are counted by weekends alone.)"),
        )
    }

    pub(crate) fn confirm(self) -> String {
        self.pick("提交", "Submit")
    }

    pub(crate) fn change(self) -> String {
        self.pick("修改", "Change")
    }

    pub(crate) fn cancel(self) -> String {
        self.pick("取消", "Cancel")
    }

    pub(crate) fn person(self) -> String {
        self.pick("转人工", "Talk to a person")
    }

    pub(crate) fn none_of_these(self) -> String {
        self.pick("都不是", "None of these")
    }

    pub(crate) fn go_on(self) -> String {
        self.pick("继续", "Go on")
    }

    pub(crate) fn drop(self) -> String {
        self.pick("不用了", "No, drop it")
    }

    /// What an answer for this slot could look like, for the second question.
    pub(crate) fn hint(self, slot: &Slot) -> Option<String> {
        let (zh, en) = match (slot.json_type(), slot.format, slot.value) {
            (Kind::String, Some(Format::Date), _) => {
                ("例如：下周三，或 12月5日", "For example: next Wednesday, or 5 December")
            }
            (Kind::String, Some(Format::DateTime), _) => ("例如：明天下午3点", "For example: tomorrow at 3pm"),
            (Kind::String, Some(Format::Time), _) => ("例如：下午3点半", "For example: half past three"),
            (Kind::String, Some(Format::Email), _) => ("例如：name@example.com", "For example: name@example.com"),
            (_, _, Some(ValueKind::Money)) => ("例如：1200元，或 1.2万", "For example: 1200 yuan, or 1.2k"),
            (_, _, Some(ValueKind::Phone)) => ("例如：13800001234", "For example: 13800001234"),
            (_, _, Some(ValueKind::Days)) => ("例如：3天", "For example: 3 days"),
            (_, _, Some(ValueKind::Hours)) => ("例如：两小时", "For example: two hours"),
            (Kind::Integer | Kind::Number, ..) => ("例如：3", "For example: 3"),
            _ => {
                let written = slot.write.as_ref()?;
                let sample = written.replace("{}", "20318");
                return Some(self.pick(format!("（例如：{sample}）"), format!("(For example: {sample})")));
            }
        };
        Some(self.pick(format!("（{zh}）"), format!("({en})")))
    }

    /// A bilingual text in this language.
    pub(crate) fn say(self, text: &Bilingual) -> String {
        text.get(self.0).to_owned()
    }
}

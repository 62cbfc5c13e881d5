//! Yes and no, and a pick out of a list that was offered.

use crate::number::ordinal;
use crate::reader::{Found, Reader};
use crate::text::Text;
use crate::value::Value;

/// Chinese answers, the longer first where one begins another.
#[rustfmt::skip]
const HAN: &[(&str, bool)] = &[
    ("没有问题", true), ("没问题", true), ("没有错", true), ("没错", true), ("不是的", false), ("不是", false), ("不对", false), ("不行", false), ("不可以", false), ("不可", false), ("不好", false), ("不要", false), ("不用了", false), ("不用", false), ("不同意", false), ("不想", false), ("不需要", false), ("不愿意", false), ("不中", false), ("不能", false), ("不成", false), ("不必", false), ("不赞成", false), ("不认可", false), ("不接受", false), ("反对", false), ("不必了", false), ("不了", false), ("没有意见", true), ("没意见", true), ("赞成", true), ("认可", true), ("接受", true), ("可以的", true), ("行的", true), ("行吧", true), ("得嘞", true), ("嗯嗯", true), ("是呀", true), ("对呀", true), ("没毛病", true), ("不确认", false), ("不提交", false), ("别", false), ("没有", false), ("否", false), ("拒绝", false), ("取消", false), ("算了", false), ("不", false),
    ("好的", true), ("好啊", true), ("好呀", true), ("好哇", true), ("好吧", true), ("好嘞", true), ("好滴", true), ("好", true), ("是的", true), ("是啊", true), ("是", true), ("对的", true), ("对啊", true), ("对", true), ("行", true), ("可以", true), ("中", true), ("嗯", true), ("同意", true), ("确认", true), ("确定", true), ("当然", true), ("要的", true), ("要", true), ("能", true), ("成", true), ("提交吧", true), ("提交", true), ("有的", true), ("必须的", true), ("👌", true), ("👍", true), ("👎", false), ("✋", false), ("🖐", false),
];

#[rustfmt::skip]
const WORDS: &[(&str, bool)] = &[
    ("not ok", false), ("not okay", false), ("not sure", false), ("not really", false), ("not good", false), ("no way", false), ("certainly not", false), ("absolutely not", false), ("definitely not", false), ("not at all", false), ("no thanks", false), ("no thank you", false), ("of course not", false), ("sounds great", true), ("affirmative", true), ("exactly", true), ("indeed", true), ("aye", true), ("uh huh", true), ("of course", true), ("go ahead", true), ("go on", true), ("sounds good", true), ("sure thing", true), ("why not", true), ("yes", true), ("yep", true), ("yup", true), ("yeah", true), ("yea", true), ("ya", true), ("y", true), ("sure", true), ("ok", true), ("okay", true), ("okey", true), ("true", true), ("right", true), ("correct", true), ("agree", true), ("confirm", true), ("confirmed", true), ("absolutely", true), ("definitely", true), ("certainly", true),
    ("no", false), ("nope", false), ("nah", false), ("n", false), ("never", false), ("false", false), ("wrong", false), ("incorrect", false), ("disagree", false), ("cancel", false), ("not", false),
];

fn answer(text: &Text, token: usize) -> Option<(bool, usize)> {
    if text.is_word(token) {
        return text.pick_words(token, WORDS);
    }
    let (yes, mut end) = text.pick(token, HAN)?;
    while matches!(text.ch(end), '\u{1f3fb}'..='\u{1f3ff}') {
        end += 1;
    }
    // 是, 对, 行 and their like answer only by themselves; 是不是, 行不行 ask.
    let single = end == token + 1 && text.is_han(token);
    let inside = text.is_han(end) && !matches!(text.ch(end), '吧' | '的' | '呀' | '啊' | '哦' | '嘛' | '了')
        || token > 0 && text.is_han(token - 1) && !text.spaced(token);
    (!(single && inside)).then_some((yes, end))
}

/// At most one answer: the strongest. A plain refusal ("not ok") beats an agreement before it, otherwise the first wins.
pub(crate) fn boolean(reader: &Reader<'_>, out: &mut Vec<Found>) {
    let text = &reader.text;
    let mut best: Option<(bool, usize, usize)> = None;
    let mut token = 0;
    while token < text.tokens.len().min(200) {
        match answer(text, token) {
            Some((yes, end)) => {
                let negated = text.is_word(token) && end > token + 1 && !yes;
                if best.is_none() || negated && best.is_some_and(|(_, s, e)| e == s + 1) && text.s(token) == "not" {
                    best = Some((yes, token, end));
                }
                token = end;
            }
            None => token += 1,
        }
    }
    if let Some((yes, start, end)) = best {
        out.push(Found::new(
            start,
            end,
            Value::Boolean { yes },
            if text.is_word(start) { "en.yes_no" } else { "zh.yes_no" },
        ));
    }
}

#[rustfmt::skip]
const BOTH: &[(&str, &[i64])] = &[("both", &[1, 2]), ("前两个", &[1, 2]), ("前三个", &[1, 2, 3]), ("最后那个", &[-1]), ("最后一个", &[-1]), ("最后两个", &[-2, -1]), ("倒数第二个", &[-2])];

/// A pick: 第二个和第三个, "the last one", 选2, 1和3, "option 2".
pub(crate) fn choice(reader: &Reader<'_>, out: &mut Vec<Found>) {
    let text = &reader.text;
    let mut token = 0;
    while token < text.tokens.len() {
        let Some((mut positions, mut end)) = pick(text, token) else {
            token += 1;
            continue;
        };
        loop {
            let link =
                if matches!(text.s(end), "和" | "与" | "、" | "," | "，" | "and" | "&") { end + 1 } else { break };
            let link = if matches!(text.s(link), "the") { link + 1 } else { link };
            let Some((more, after)) =
                pick(text, link).or_else(|| text.int(link).map(|n| (vec![i64::from(n)], link + 1)))
            else {
                break;
            };
            positions.extend(more);
            end = after;
        }
        out.push(Found::new(token, end, Value::Choice { positions }, "choice"));
        token = end.max(token + 1);
    }
}

fn pick(text: &Text, token: usize) -> Option<(Vec<i64>, usize)> {
    if let Some((positions, end)) = text.pick(token, BOTH).or_else(|| text.pick_words(token, BOTH)) {
        return Some((positions.to_vec(), end));
    }
    if let Some(((), at)) = text
        .pick(token, &[("选项", ()), ("选", ())])
        .or_else(|| text.pick_words(token, &[("option", ()), ("number", ()), ("no .", ())]))
    {
        let (n, end) = text
            .int(at)
            .map(|n| (n, at + 1))
            .or_else(|| crate::number::han::whole(text, at).and_then(|n| Some((n.natural()?, n.end))))?;
        return (n > 0 && n <= 100).then(|| (vec![i64::from(n)], end));
    }
    let (position, relative, end) = ordinal::at(text, token).filter(|(p, r, _)| !r && p.abs() <= 100 && *p != 0)?;
    let _ = relative;
    if text.is_word(token) || text.is_digits(token) {
        let named = matches!(text.s(end), "one" | "option" | "choice" | "item") || text.s(end - 1) == "one";
        let alone = end >= text.tokens.len()
            || matches!(text.ch(end), '.' | ',' | '!')
            || matches!(text.s(end), "and" | "please" | "pls");
        let end = if named && text.s(end - 1) != "one" { end + 1 } else { end };
        return (named || alone).then(|| (vec![position], end));
    }
    let end = text
        .pick(end, &[("个", ()), ("条", ()), ("项", ()), ("种", ()), ("单", ()), ("张", ()), ("位", ()), ("家", ())])
        .map_or(end, |((), e)| e);
    let calendar = matches!(text.ch(end), '周' | '季' | '月' | '天' | '次' | '章' | '页' | '年');
    (!calendar).then(|| (vec![position], end))
}

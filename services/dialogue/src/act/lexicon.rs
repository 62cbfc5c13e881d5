//! The words of dialogue acts, folded to lower case, without punctuation; whole messages stand in `chinese` and `english`. Data:
//! extend it here.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Act;

mod chinese;
mod english;

/// Courtesies and particles at the end.
pub(super) const TAILS: &[&str] = &[
    "谢谢你",
    "谢谢您",
    "谢谢",
    "多谢",
    "麻烦了",
    "辛苦了",
    "啦",
    "吧",
    "呀",
    "啊",
    "哦",
    "噢",
    "呢",
    "嘛",
    "了哦",
    "哈",
    "哈哈",
    "please",
    "pls",
    "plz",
    "thanks",
    "thank you",
    "thx",
    "mate",
    "then",
    "now",
    "的话",
];

/// Courtesies and fillers at the beginning.
pub(super) const HEADS: &[&str] = &[
    "请", "麻烦", "那就", "那", "呃", "额", "哎", "唉", "哦", "噢", "啊", "um", "uh", "oh", "ah", "well", "please",
    "pls", "ok so", "嗯那",
];

/// Words that say that something before is to be changed.
pub(super) const CORRECTIONS: &[&str] = &[
    "改为",
    "改成",
    "改到",
    "改一下",
    "换成",
    "换到",
    "换个",
    "应该是",
    "说错了",
    "不过",
    "但是",
    "改",
    "更正",
    "纠正",
    "写错了",
    "弄错了",
    "make it",
    "change it",
    "change that",
    "change the",
    "instead",
    "actually",
    "i meant",
    "i mean",
    "rather",
    "should be",
    "correction",
    "but",
    "except",
    "wrong",
    "not that",
    "update it",
];

/// "X is not meant, Y is": how it opens and what stands before Y.
pub(super) const CONTRASTS: &[(&str, &[&str])] = &[
    (
        "不是",
        &["，是", ", 是", ",是", " 是", "，而是", "而是", "，我是要", "，我要", "，我是说", "，我想", "。是", "是要"],
    ),
    ("我不是", &["，是", ",是", "，我是", "而是"]),
    ("not ", &[" but ", ", but ", ", i meant ", ", i mean ", ", it's "]),
    ("i don't mean ", &[", i mean ", " but "]),
    ("i didn't mean ", &[", i meant ", " but "]),
];

/// Messages that are an act as a whole, once punctuation and courtesies are off.
static BY_PHRASE: LazyLock<HashMap<&'static str, Act>> = LazyLock::new(|| {
    let all = chinese::WHOLE.iter().chain(english::WHOLE);
    all.flat_map(|(act, phrases)| phrases.iter().map(move |phrase| (*phrase, *act))).collect()
});

/// Words that put another thing before what is under way, or only gain time; folded, longest first.
pub(super) const INTERRUPTIONS: &[&str] = &[
    "不好意思先",
    "在这之前",
    "在此之前",
    "等一下",
    "等一等",
    "等等",
    "稍等",
    "对了",
    "哦对了",
    "顺便问一下",
    "顺便",
    "另外",
    "先",
    "before that",
    "before we go on",
    "by the way",
    "hold on",
    "hang on",
    "one moment",
    "wait a minute",
    "wait",
    "oh",
    "actually first",
    "first",
];

/// Phrases that may open a longer message, longest first.
static LEADING: LazyLock<Vec<(&'static str, Act)>> = LazyLock::new(|| {
    let opens = [Act::Affirm, Act::Deny, Act::Cancel, Act::Greet, Act::Thank, Act::NoneOfThese, Act::Again];
    let mut phrases: Vec<_> =
        BY_PHRASE.iter().map(|(phrase, act)| (*phrase, *act)).filter(|(_, act)| opens.contains(act)).collect();
    // A single letter or a verb of its own right ("cancel my order") opens nothing.
    let not_opening = [
        "n",
        "y",
        "k",
        "cancel",
        "stop",
        "取消",
        "book it",
        "don't",
        "do not",
        "no way",
        "other",
        "none",
        "good",
        "great",
        "fine",
        "right",
        "没有",
        "别",
        "得",
        "中",
        "成",
        "可",
        "其他",
        "有问题",
        "submit",
        "提交",
        "开始",
        "执行",
        "下单",
        "错了",
    ];
    phrases.retain(|(phrase, _)| !not_opening.contains(phrase));
    phrases.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(b.0)));
    phrases
});

/// The act of a message that consists of `phrase` alone.
pub(super) fn whole(phrase: &str) -> Option<Act> {
    BY_PHRASE.get(phrase).copied()
}

/// What may open a longer message.
pub(super) fn leading() -> impl Iterator<Item = (&'static str, Act)> {
    LEADING.iter().copied()
}

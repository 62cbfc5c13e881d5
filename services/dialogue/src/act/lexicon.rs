//! The words of dialogue acts, folded to lower case, without punctuation. Data: extend it here.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Act;

/// Messages that are an act as a whole, once punctuation and courtesies are off.
const WHOLE: &[(Act, &[&str])] = &[
    (
        Act::Affirm,
        &[
            "是", "是的", "是滴", "对", "对的", "对对", "对对对", "嗯", "嗯嗯", "恩", "好", "好的", "好滴", "好哒", "好嘞", "好呀", "行", "行的", "可以", "可以的", "没问题", "没错",
            "确认", "确定", "提交", "确认提交", "提交吧", "确认无误", "没有问题", "就这样", "就这么办", "就这么定", "办吧", "同意", "ok", "okay", "okey", "okk", "k", "yes", "y", "yep",
            "yeah", "yup", "ya", "sure", "sure thing", "of course", "correct", "right", "that's right", "that is right", "that's correct", "exactly", "confirm", "confirmed", "i confirm",
            "go ahead", "do it", "go for it", "sounds good", "looks good", "lgtm", "fine", "perfect", "great", "submit", "submit it", "yes go ahead", "yes do it", "please do",
            "absolutely", "definitely", "好的好的", "中", "成", "妥", "得", "可", "好啊", "当然", "当然可以", "必须的", "是这样", "对没错", "好的提交", "好的确认", "yes confirm", "yes submit",
            "all good", "good", "alright", "all right", "ok go", "开始", "执行", "解吧", "开吧", "订吧", "报吧", "派吧", "发吧", "退吧", "请吧", "交吧", "弄吧", "撤吧", "删吧", "换吧", "来吧", "搞吧", "约吧", "领吧", "关吧", "下单", "下单吧", "send it", "ship it", "book it", "yes book it",
        ],
    ),
    (
        Act::Deny,
        &[
            "不", "不是", "不是的", "不对", "不行", "不可以", "错了", "说错了", "不是这个", "不是这样", "没有", "否", "no", "n", "nope", "nah", "not really", "wrong", "that's wrong",
            "incorrect", "not correct", "not right", "that's not right", "no way", "不好", "不同意", "不确认", "不提交", "先不提交", "有问题", "不太对", "搞错了", "弄错了", "不需要", "不用",
            "don't", "do not", "not yet", "先不", "先别", "别", "暂时不", "还不行",
        ],
    ),
    (
        Act::Cancel,
        &[
            "取消", "取消吧", "算了", "算了算了", "不办了", "不弄了", "不要了", "不用了", "不请了", "不报了", "不订了", "不查了", "不改了", "别弄了", "停", "停止", "终止", "退出", "放弃", "撤了", "先不办了",
            "先不弄了", "不需要了", "当我没说", "cancel", "cancel it", "cancel that", "cancel this", "cancel everything", "never mind", "nevermind", "nvm", "forget it",
            "forget about it", "forget that", "stop", "abort", "quit", "exit", "drop it", "leave it", "scrap that", "don't bother", "i changed my mind", "changed my mind", "no thanks",
            "no thank you", "取消申请", "取消操作", "不想办了", "不做了", "not now", "全部取消", "都取消", "都不要了", "取消全部",
        ],
    ),
    (
        Act::Skip,
        &["跳过", "跳过这个", "下一个", "不填", "先不填", "没有备注", "留空", "空着", "skip", "skip it", "skip this", "skip that", "pass", "next", "leave it blank", "leave blank", "不清楚跳过"],
    ),
    (
        Act::Repeat,
        &[
            "再说一遍", "再说一次", "重复一下", "重复", "什么", "没听清", "没看懂", "没明白", "什么意思", "你说什么", "repeat", "repeat that", "say that again", "say it again", "again", "pardon", "sorry what",
            "what", "come again", "what do you mean", "huh",
        ],
    ),
    (
        Act::Help,
        &[
            "帮助", "帮我", "帮忙", "你能做什么", "你会什么", "你可以做什么", "你能干什么", "你能帮我做什么", "能做什么", "有什么功能", "有哪些功能", "怎么用", "功能", "菜单", "help", "help me", "menu", "what can you do",
            "what do you do", "what can you help with", "what can you help me with", "how does this work", "commands", "options",
        ],
    ),
    (
        Act::Resume,
        &["继续", "继续刚才的", "接着刚才的", "继续吧", "接着来", "回到刚才", "刚才的继续", "resume", "continue", "go on", "carry on", "back to it", "let's continue", "go back to it"],
    ),
    (
        Act::Undo,
        &[
            "撤销", "撤回", "撤销刚才的", "撤回刚才的", "撤销上一个", "撤销刚才的操作", "刚才那个撤销", "刚才那个撤销掉", "刚才的撤销", "反悔了", "undo", "undo that", "undo it", "undo the last one", "revert", "revert that",
            "take it back", "take that back",
        ],
    ),
    (
        Act::Greet,
        &["你好", "您好", "嗨", "哈喽", "哈啰", "在吗", "在么", "在不在", "有人吗", "早", "早上好", "上午好", "中午好", "下午好", "晚上好", "hi", "hello", "hey", "hi there", "hello there", "good morning", "good afternoon", "good evening", "morning", "yo"],
    ),
    (
        Act::Thank,
        &["谢谢", "谢了", "多谢", "感谢", "谢谢你", "谢谢您", "非常感谢", "辛苦了", "麻烦了", "thanks", "thank you", "thx", "ty", "many thanks", "thanks a lot", "thank you so much", "thanks so much", "cheers", "appreciate it"],
    ),
    (
        Act::Complain,
        &["什么破系统", "什么垃圾", "太差了", "垃圾", "太慢了", "气死我了", "你好笨", "听不懂人话", "没用", "真没用", "太难用了", "this is useless", "useless", "you are useless", "this is terrible", "this sucks", "so slow", "ridiculous", "stupid bot"],
    ),
    (
        Act::NoneOfThese,
        &["都不是", "都不对", "哪个都不是", "一个都不是", "以上都不是", "没有我要的", "没有我想要的", "其他", "别的", "none", "none of these", "none of them", "none of the above", "neither", "something else", "other"],
    ),
];

/// Courtesies and particles at the end.
pub(super) const TAILS: &[&str] = &[
    "谢谢你", "谢谢您", "谢谢", "多谢", "麻烦了", "辛苦了", "啦", "吧", "呀", "啊", "哦", "噢", "呢", "嘛", "了哦", "哈", "哈哈", "please", "pls", "plz", "thanks", "thank you", "thx", "mate", "then", "now", "的话",
];

/// Courtesies and fillers at the beginning.
pub(super) const HEADS: &[&str] =
    &["请", "麻烦", "那就", "那", "呃", "额", "哎", "唉", "哦", "噢", "啊", "um", "uh", "oh", "ah", "well", "please", "pls", "ok so", "嗯那"];

/// Phrases that ask for a person wherever they stand.
pub(super) const HANDOFF: &[&str] = &[
    "转人工", "人工客服", "人工服务", "找人工", "要人工", "接人工", "转接人工", "真人", "找个人", "找客服", "转客服", "human agent", "talk to a human", "speak to a human", "talk to a person",
    "speak to a person", "talk to someone", "speak to someone", "speak with someone", "real person", "real human", "live agent", "customer service rep", "talk to an agent", "speak to an agent",
    "speak with a human", "talk with a human", "i want a human", "human please",
];

/// Words that say that something before is to be changed.
pub(super) const CORRECTIONS: &[&str] = &[
    "改为", "改成", "改到", "改一下", "换成", "换到", "换个", "应该是", "说错了", "不过", "但是", "改", "更正", "纠正", "写错了", "弄错了", "make it", "change it", "change that", "change the", "instead", "actually", "i meant",
    "i mean", "rather", "should be", "correction", "but", "except", "wrong", "not that", "update it",
];

/// "X is not meant, Y is": how it opens and what stands before Y.
pub(super) const CONTRASTS: &[(&str, &[&str])] = &[
    ("不是", &["，是", ", 是", ",是", " 是", "，而是", "而是", "，我是要", "，我要", "，我是说", "，我想", "。是", "是要"]),
    ("我不是", &["，是", ",是", "，我是", "而是"]),
    ("not ", &[" but ", ", but ", ", i meant ", ", i mean ", ", it's "]),
    ("i don't mean ", &[", i mean ", " but "]),
    ("i didn't mean ", &[", i meant ", " but "]),
];

/// Phrases in which a handoff word is only talked about.
pub(super) fn not_handoff(folded: &str) -> bool {
    ["不转人工", "不要转人工", "不用转人工", "别转人工", "不要人工", "no human", "don't transfer", "人工费", "人工智能"].iter().any(|phrase| folded.contains(phrase))
}

static BY_PHRASE: LazyLock<HashMap<&'static str, Act>> = LazyLock::new(|| {
    WHOLE.iter().flat_map(|(act, phrases)| phrases.iter().map(move |phrase| (*phrase, *act))).collect()
});

/// Phrases that may open a longer message, longest first.
static LEADING: LazyLock<Vec<(&'static str, Act)>> = LazyLock::new(|| {
    let opens = [Act::Affirm, Act::Deny, Act::Cancel, Act::Greet, Act::Thank, Act::NoneOfThese];
    let mut phrases: Vec<_> =
        BY_PHRASE.iter().map(|(phrase, act)| (*phrase, *act)).filter(|(_, act)| opens.contains(act)).collect();
    // A single letter or a verb of its own right ("cancel my order") opens nothing.
    let not_opening = ["n", "y", "k", "cancel", "stop", "取消", "book it", "don't", "do not", "no way", "other", "none", "good", "great", "fine", "right", "没有", "别", "得", "中", "成", "可", "其他", "有问题", "submit", "提交", "开始", "执行", "下单", "错了"];
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

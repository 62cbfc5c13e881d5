//! The slot tagger on the real encoder.

use std::sync::Arc;

use understanding::tagger::{Example, Options, Tag, Tagger};

use super::start;

/// Slots with their characters.
type Marks = Vec<(Arc<str>, std::ops::Range<usize>)>;

/// Marks as `[words](slot)`.
fn parse(text: &str) -> (String, Marks) {
    let (mut plain, mut marks, mut rest) = (String::new(), Vec::new(), text);
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        let (words, after) = after.split_once("](").unwrap();
        let (slot, after) = after.split_once(')').unwrap();
        let start = plain.chars().count();
        plain.push_str(words);
        marks.push((Arc::from(slot), start..plain.chars().count()));
        rest = after;
    }
    plain.push_str(rest);
    (plain, marks)
}

const BUS: &[&str] = &[
    "a bus from [Boston](from) to [Chicago](to)",
    "I want to go to [Denver](to)",
    "I'm leaving from [Seattle](from)",
    "get me from [New York](from) to [Los Angeles](to) please",
    "travel to [San Diego](to) from [Portland](from)",
    "my trip starts in [Houston](from)",
    "I am heading to [Miami](to)",
    "departing from [Atlanta](from) and going to [Dallas](to)",
    "订一张从[北京](from)到[上海](to)的车票",
    "我要去[广州](to)",
    "从[杭州](from)出发",
    "帮我查[南京](from)到[武汉](to)的大巴",
    "我想从[成都](from)坐车去[重庆](to)",
    "去[深圳](to)的票",
];
const ACCESS: &[&str] = &[
    "I need access to [the wiki](system)",
    "give me an account for [GitLab](system)",
    "open [Salesforce](system) for me",
    "我要[财务系统](system)的权限",
    "帮我开通[代码仓库](system)账号",
    "申请访问[知识库](system)",
];

fn learn(encoder: &understanding::encoder::Encoder) -> Tagger {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let skills = [("bus.find", BUS), ("access.request", ACCESS)];
    let parsed: Vec<_> =
        skills.iter().flat_map(|(skill, texts)| texts.iter().map(move |text| (*skill, parse(text)))).collect();
    let texts: Vec<&str> = parsed.iter().map(|(_, (text, _))| text.as_str()).collect();
    let tokens = runtime.block_on(encoder.tokens_of_many(&texts)).unwrap();
    let examples: Vec<Example> = parsed
        .iter()
        .zip(tokens)
        .map(|((skill, (text, marks)), tokens)| Example {
            skill: Arc::from(*skill),
            text: text.as_str().into(),
            marks: marks.clone(),
            tokens,
        })
        .collect();
    let tagger = Tagger::fit(&examples, &Options::default()).unwrap();
    assert!(Tagger::fit(&[], &Options::default()).is_none());
    tagger
}

#[test]
fn values_are_found_whole_in_both_languages_and_told_apart_by_what_stands_beside_them() {
    let encoder = start();
    let tagger = learn(&encoder);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let tag = |text: &str, skill: &str| -> Vec<Tag> {
        let tokens = runtime.block_on(encoder.tokens_of_many(&[text])).unwrap().remove(0);
        tagger.tag(text, &tokens, &|name| name == skill)
    };
    let words = |text: &str, tag: &Tag| -> String { text.chars().skip(tag.span.start).take(tag.span.len()).collect() };
    for (text, expected) in [
        ("I would like to travel from Phoenix to San Jose", [("from", "Phoenix"), ("to", "San Jose")]),
        ("我要从西安到天津", [("from", "西安"), ("to", "天津")]),
    ] {
        let tags = tag(text, "bus.find");
        for (slot, value) in expected {
            let best =
                tags.iter().find(|tag| &*tag.slot == slot).unwrap_or_else(|| panic!("{slot} in {text}: {tags:?}"));
            assert_eq!(words(text, best), value, "{text}");
            assert!(best.p > 0.4 && best.p <= 1.0, "{text}: {best:?}");
        }
    }
    let tags = tag("please open Jenkins for me", "access.request");
    assert_eq!(words("please open Jenkins for me", &tags[0]), "Jenkins");
    assert!(tags.iter().all(|tag| &*tag.skill == "access.request"), "only the slots of the skills in question");
    assert_eq!(tag("please open Jenkins for me", "access.request"), tags, "the same every time");
    assert!(tag("", "bus.find").is_empty());
}

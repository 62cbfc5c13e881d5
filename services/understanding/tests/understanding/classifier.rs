//! Fitting, classifying, storing and replacing the classifier of small bilingual apps.

use std::sync::{Arc, OnceLock};

use understanding::{
    classifier::{Background, Band, Budget, Error, Example, Kind, Model, Options, SkillClassifier, background},
    encoder::Encoder,
};

use super::start;

const SKILLS: [(&str, &[&str]); 5] = [
    (
        "leave.request",
        &[
            "我想请三天年假",
            "下周一请病假",
            "帮我请个假",
            "明天想休息一天",
            "I'd like to take Friday off",
            "request annual leave",
            "book two days of vacation",
            "I need a sick day tomorrow",
        ],
    ),
    (
        "leave.balance",
        &[
            "我还有几天年假",
            "年假剩余多少",
            "查一下我的假期余额",
            "还能休几天",
            "how many vacation days do I have left",
            "what is my leave balance",
            "remaining annual leave",
            "how much time off is left",
        ],
    ),
    (
        "order.status",
        &[
            "我的订单到哪里了",
            "查一下订单 SO-20318",
            "什么时候发货",
            "订单状态",
            "where is my order",
            "has my package shipped",
            "track order SO-20318",
            "when will it be delivered",
        ],
    ),
    (
        "order.refund",
        &[
            "我要退款",
            "这个订单申请退货",
            "把钱退给我",
            "收到的东西坏了想退",
            "I want a refund",
            "return this item",
            "give me my money back",
            "the goods are broken, refund please",
        ],
    ),
    (
        "password.reset",
        &[
            "忘记密码了",
            "重置我的密码",
            "登录不上，密码错误",
            "账号被锁了",
            "I forgot my password",
            "reset my password",
            "can't log in, wrong password",
            "unlock my account",
        ],
    ),
];

fn encoder() -> &'static Encoder {
    static ENCODER: OnceLock<Encoder> = OnceLock::new();
    ENCODER.get_or_init(start)
}

fn general() -> &'static Background {
    static BACKGROUND: OnceLock<Background> = OnceLock::new();
    BACKGROUND.get_or_init(|| {
        let texts: Vec<&str> = background::texts().collect();
        let vectors: Vec<_> =
            encoder().embed_many_blocking(&texts).unwrap().into_iter().map(|embedding| embedding.vector).collect();
        Background::new(&vectors, encoder().dimensions()).unwrap()
    })
}

fn vector(text: &str) -> Arc<[f32]> {
    encoder().embed_blocking(text).unwrap().vector
}

fn example(skill: &str, text: &str, kind: Kind) -> Example {
    Example { skill: skill.into(), text: text.into(), vector: vector(text), kind }
}

fn app(skills: usize, examples: usize) -> Vec<Example> {
    let own = |(skill, texts): &(&str, &[&str])| {
        texts.iter().take(examples).map(|text| example(skill, text, Kind::Positive)).collect::<Vec<_>>()
    };
    SKILLS.iter().take(skills).flat_map(own).collect()
}

fn fit(examples: &[Example]) -> Model {
    Model::fit(examples, general(), &Options::default(), None).unwrap()
}

fn anything(_: &str) -> bool {
    true
}

#[test]
fn requests_in_both_languages_find_their_skill_and_chatter_finds_none() {
    let model = fit(&app(5, 8));
    for (text, skill) in [
        ("我想请两天病假", "leave.request"),
        ("how many days off do I still have", "leave.balance"),
        ("我的包裹到哪了", "order.status"),
        ("please refund my order", "order.refund"),
        ("密码忘了怎么办", "password.reset"),
    ] {
        let verdict = model.classify(&vector(text), &anything);
        assert_eq!(&*verdict.candidates[0].skill, skill, "{text}: {verdict:?}");
        assert_ne!(verdict.band, Band::Refuse, "{text}: {verdict:?}");
        assert_eq!(verdict.nearest.as_ref().map(|near| &*near.skill), Some(skill));
        assert!(verdict.rival.is_some_and(|rival| &*rival.skill != skill));
    }
    for text in ["how do volcanoes erupt", "明月几时有", "which band played at woodstock", "孩子不肯睡觉怎么办"]
    {
        let verdict = model.classify(&vector(text), &anything);
        assert_eq!(verdict.band, Band::Refuse, "{text}: {verdict:?}");
    }
}

#[test]
fn candidates_are_sorted_at_most_five_and_no_more_than_certain() {
    let verdict = fit(&app(5, 8)).classify(&vector("我的订单退款什么时候到"), &anything);
    assert!(verdict.candidates.len() <= 5);
    assert!(verdict.candidates.is_sorted_by(|a, b| a.p >= b.p));
    assert!(verdict.candidates.iter().map(|candidate| candidate.p).sum::<f32>() <= 1.0 + 1e-4);
    assert!(verdict.confidence <= verdict.in_scope);
}

#[test]
fn a_skill_that_is_not_allowed_is_no_candidate_and_leaves_its_probability_to_nobody() {
    let model = fit(&app(5, 8));
    let text = vector("重置我的登录密码");
    let free = model.classify(&text, &anything);
    assert_eq!(&*free.candidates[0].skill, "password.reset");
    let barred = model.classify(&text, &|skill| skill != "password.reset");
    assert!(barred.candidates.iter().all(|candidate| &*candidate.skill != "password.reset"));
    assert!(barred.candidates[0].p < 0.2, "{barred:?}");
    assert_eq!(barred.band, Band::Refuse);
    assert_eq!(model.classify(&text, &|_| false).candidates, []);
}

#[test]
fn a_counterexample_keeps_its_like_away_from_the_skill() {
    let text = vector("请假的规定是什么");
    let mut examples = app(5, 8);
    let before = fit(&examples).classify(&text, &anything);
    for counter in ["请假制度是什么", "请假流程在哪里看", "what is the leave policy", "who approves leave"]
    {
        examples.push(example("leave.request", counter, Kind::Counter));
    }
    let after = fit(&examples).classify(&text, &anything);
    assert!(after.confidence < before.confidence * 0.7, "{before:?} then {after:?}");
    assert_eq!(after.band, Band::Refuse, "{after:?}");
    assert_eq!(after.rival.map(|rival| rival.kind), Some(Kind::Counter));
}

#[test]
fn tiny_apps_are_fitted_and_sane() {
    let (inside, outside) = (vector("我想请三天年假"), vector("why is the ocean salty"));
    for (skills, examples) in [(1, 1), (1, 8), (2, 1), (2, 2), (2, 8), (5, 1), (3, 2)] {
        let model = fit(&app(skills, examples));
        let verdict = model.classify(&inside, &anything);
        assert_eq!(&*verdict.candidates[0].skill, "leave.request", "{skills} × {examples}: {verdict:?}");
        assert_ne!(verdict.band, Band::Refuse, "{skills} × {examples}: {verdict:?}");
        let verdict = model.classify(&outside, &anything);
        assert_eq!(verdict.band, Band::Refuse, "{skills} × {examples}: {verdict:?}");
    }
}

#[test]
fn an_app_without_examples_refuses_everything() {
    let verdict = fit(&[]).classify(&vector("我想请假"), &anything);
    assert_eq!((verdict.band, verdict.candidates.len()), (Band::Refuse, 0));
}

#[test]
fn only_counterexamples_make_no_candidate() {
    let verdict = fit(&[example("a", "请假制度", Kind::Counter)]).classify(&vector("请假制度"), &anything);
    assert_eq!((verdict.band, verdict.candidates.len()), (Band::Refuse, 0));
}

#[test]
fn the_same_text_in_two_skills_is_asked_about_and_never_acted_on() {
    let mut examples = app(5, 8);
    for skill in ["a.one", "b.two"] {
        for text in ["开通门禁", "帮我开通门禁权限", "open door access", "grant me access to the building"]
        {
            examples.push(example(skill, text, Kind::Positive));
        }
    }
    let verdict = fit(&examples).classify(&vector("开通门禁"), &anything);
    assert!((verdict.candidates[0].p - verdict.candidates[1].p).abs() < 0.1, "{verdict:?}");
    assert_ne!(verdict.band, Band::Act, "{verdict:?}");
}

#[test]
fn a_stricter_budget_never_widens_the_band() {
    let model = fit(&app(5, 8));
    for text in ["我想请两天病假", "refund", "订单", "how do volcanoes erupt"] {
        let verdict = model.classify(&vector(text), &anything);
        let strict = model.band(&verdict, Budget { act: 0.0, confirm: 0.01 });
        assert!(strict >= verdict.band, "{text}: {strict:?} against {:?}", verdict.band);
    }
}

#[test]
fn a_stored_model_reads_as_the_one_that_was_fitted() {
    let examples = app(5, 8);
    let model = fit(&examples);
    let stored = serde_json::to_string(&model.parameters()).unwrap();
    let restored = Model::restore(serde_json::from_str(&stored).unwrap(), &examples, general()).unwrap();
    for text in ["我想请两天病假", "refund", "明月几时有"] {
        let text = vector(text);
        assert_eq!(model.classify(&text, &anything), restored.classify(&text, &anything));
    }
    let other = Model::restore(model.parameters(), &examples[1..], general());
    assert_eq!(other.err(), Some(Error::OtherExamples));
}

#[test]
fn an_edit_from_the_live_model_is_published_and_seen() {
    let classifier = SkillClassifier::new(fit(&app(4, 8)));
    let text = vector("忘记密码了怎么重置");
    assert!(classifier.model().skills().all(|skill| &**skill != "password.reset"));
    let edited = Model::fit(&app(5, 8), general(), &Options::edit(), Some(&classifier.model())).unwrap();
    classifier.publish(edited);
    let verdict = classifier.model().classify(&text, &anything);
    assert_eq!(&*verdict.candidates[0].skill, "password.reset");
}

#[test]
fn the_same_examples_give_the_same_model() {
    let examples = app(5, 8);
    assert_eq!(fit(&examples).parameters(), fit(&examples).parameters());
}

#[test]
fn an_embedding_of_another_width_is_refused() {
    let mut examples = app(2, 2);
    examples[0].vector = vec![1.0; 12].into();
    let error = Model::fit(&examples, general(), &Options::default(), None).err();
    assert_eq!(error, Some(Error::Dimensions { expected: 384, found: 12 }));
    assert_eq!(fit(&app(2, 2)).classify(&[1.0; 12], &anything).band, Band::Refuse);
}

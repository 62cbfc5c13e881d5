//! What somebody else put to the user, tags of the tagger, and values that are carried.

use std::sync::Arc;

use dialogue::{
    Band, By, Candidate, Catalogue, Decision, Meaning, Put, Sentence, Stance, State, Tag, Told, World, act, question,
};
use serde_json::{Map, Value, json};
use skills::{Manifest, Skill};

const FIND: &str = r#"
skill: hotel.find
title: {zh: 找酒店, en: Find a hotel}
effect: read
examples: ["hotels in [Paris](city)", "a hotel in [Rome](city)", "[London](city) hotels", "[Oslo](city)", "in [Bern](city)"]
slots:
  type: object
  required: [city]
  properties:
    city: {type: string, x-title: {zh: 城市, en: city}}
    pets_allowed: {type: boolean, x-title: {zh: 能带宠物, en: pets allowed}}
run: {sql: SELECT 1 AS done}
reply: {zh: 好, en: OK}
"#;
const BOOK: &str = r#"
skill: hotel.book
title: {zh: 订酒店, en: Book a hotel}
effect: write
examples: ["book [Hotel Ritz](name)"]
slots:
  type: object
  required: [name, city, nights]
  properties:
    name: {type: string}
    city: {type: string, x-carry: true}
    nights: {type: integer, x-title: {zh: 晚数, en: nights}}
    from: {format: date}
    to: {format: date, x-range-from: from}
confirm: {zh: 订吗？, en: Book it?}
run: {sql: SELECT 1 AS done}
reply: {zh: 好, en: OK}
"#;

const PARK: &str = r#"
skill: hotel.park
title: {zh: 订车位, en: Reserve a parking space}
effect: write
examples: [a parking space]
slots:
  type: object
  required: [from, to]
  properties:
    from: {format: date}
    to: {format: date}
confirm: {zh: 订吗？, en: Reserve it?}
run: {sql: SELECT 1 AS done}
reply: {zh: 好, en: OK}
"#;

struct Skills(Vec<Arc<Skill>>);

impl Catalogue for Skills {
    fn live(&self, name: &str) -> Option<Arc<Skill>> {
        self.0.iter().find(|skill| skill.name() == name).cloned()
    }
    fn names(&self) -> Vec<String> {
        self.0.iter().map(|skill| skill.name().to_owned()).collect()
    }
    fn version(&self, name: &str, _: u32) -> Option<Arc<Skill>> {
        self.live(name)
    }
}

struct Talk {
    skills: Skills,
    calendar: Arc<values::Calendar>,
    context: Map<String, Value>,
    state: State,
    /// How like an example the messages are.
    similarity: f32,
}

impl Talk {
    fn new() -> Self {
        let compile = |yaml: &str| {
            let manifest: Manifest = skills::yaml::read("test", yaml).expect("yaml");
            Arc::new(Skill::compile(manifest, 1, "hotel").expect("a skill"))
        };
        let skills = Skills(vec![compile(FIND), compile(BOOK), compile(PARK)]);
        Self {
            skills,
            calendar: Arc::new(values::Calendar::mainland_china()),
            context: Map::new(),
            state: State::default(),
            similarity: 0.9,
        }
    }

    fn world(&self) -> World<'_> {
        World {
            catalogue: &self.skills,
            calendar: &self.calendar,
            policy: values::Policy::default(),
            now: super::talk::Talk::now(),
            context: &self.context,
        }
    }

    fn say(&mut self, text: &str, skill: Option<&str>, stance: Option<Stance>, tags: &[(&str, &str)]) -> Decision {
        let likely: Vec<_> = skill.map(|skill| (skill, 0.95)).into_iter().collect();
        self.hear(text, (if skill.is_some() { Band::Act } else { Band::Refuse }, &likely), stance, tags)
    }

    /// Says `text`, of which understanding is as sure as the band says.
    fn hear(
        &mut self,
        text: &str,
        (band, likely): (Band, &[(&str, f32)]),
        stance: Option<Stance>,
        tags: &[(&str, &str)],
    ) -> Decision {
        let reading = act::read(text);
        let tag = |(slot, words): &(&str, &str)| {
            let start = reading.rest.find(words).map(|at| reading.rest[..at].chars().count()).expect("in the text");
            let span = values::Span { start, end: start + words.chars().count() };
            ["hotel.find", "hotel.book", "hotel.park"].map(|skill| Tag {
                skill: skill.into(),
                slot: (*slot).into(),
                span,
                p: 0.9,
            })
        };
        let tags: Vec<Tag> = tags.iter().flat_map(tag).collect();
        let sentences = question::sentences(&reading.rest);
        let meaning = Meaning {
            text: text.into(),
            language: None,
            values: values::read(&reading.rest, &values::Context::new(super::talk::Talk::now(), &self.calendar)),
            act: reading,
            candidates: likely.iter().map(|(skill, p)| Candidate { skill: (*skill).into(), p: *p }).collect(),
            band,
            similarity: self.similarity,
            is_tagged: !tags.is_empty(),
            tags,
            sentences: sentences.into_iter().map(|text| Sentence { text, stance }).collect(),
            payload: None,
            inputs: Map::new(),
            more: vec![],
        };
        let step = dialogue::step(std::mem::take(&mut self.state), &meaning, &self.world());
        let stored = serde_json::to_string(&step.state).expect("json");
        self.state = serde_json::from_str(&stored).expect("a state");
        step.decision
    }

    fn tell(&mut self, told: Told) {
        self.state = dialogue::tell(std::mem::take(&mut self.state), told, &self.world());
    }

    fn slot(&self, name: &str) -> Option<(Value, By)> {
        self.state.top()?.slots.get(name).map(|filled| (filled.value.clone(), filled.by))
    }
}

fn found(name: &str) -> Told {
    let put = Put { value: name.into(), text: name.into() };
    Told { values: [("name".to_owned(), vec![put])].into_iter().collect(), found: true, ..Told::default() }
}

#[test]
fn a_tag_fills_a_free_text_slot_with_whole_words() {
    let mut talk = Talk::new();
    talk.say("hotels in San José please", Some("hotel.find"), None, &[("city", "San José")]);
    assert_eq!(talk.slot("city"), Some((json!("San José"), By::Tagged)));
}

#[test]
fn a_yes_to_the_offer_of_a_skill_begins_it_with_what_was_found_and_said() {
    let mut talk = Talk::new();
    talk.say("hotels in Paris", Some("hotel.find"), None, &[("city", "Paris")]);
    talk.tell(found("Hotel Ritz"));
    talk.tell(Told { skill: Some("hotel.book".into()), ..Told::default() });
    let decision = talk.say("yes please", None, None, &[]);
    assert_eq!(talk.slot("name"), Some((json!("Hotel Ritz"), By::Accepted)));
    assert_eq!(talk.slot("city"), Some((json!("Paris"), By::Carried)));
    assert!(matches!(decision, Decision::Ask { slot, .. } if slot == "nights"), "what is still missing is asked for");
}

#[test]
fn a_no_to_the_offer_of_a_skill_ends_what_was_under_way() {
    let mut talk = Talk::new();
    talk.say("hotels in Paris", Some("hotel.find"), None, &[("city", "Paris")]);
    talk.tell(Told { skill: Some("hotel.book".into()), ..found("Hotel Ritz") });
    talk.say("not right now", None, Some(Stance::Decline), &[]);
    assert!(talk.state.top().is_none());
}

#[test]
fn values_read_back_are_taken_with_a_yes_and_left_with_a_no() {
    for (answer, taken) in [("yes", true), ("no", false)] {
        let mut talk = Talk::new();
        talk.say("book Hotel Ritz", Some("hotel.book"), None, &[("name", "Hotel Ritz")]);
        let put = Put { value: json!("2"), text: "2".into() };
        let values = [("nights".to_owned(), vec![put])].into_iter().collect();
        talk.tell(Told { values, confirming: true, ..Told::default() });
        talk.say(answer, None, None, &[]);
        assert_eq!(talk.slot("nights").is_some(), taken, "{answer}");
    }
}

#[test]
fn one_of_several_values_is_taken_by_its_name() {
    let mut talk = Talk::new();
    talk.say("book a hotel", Some("hotel.book"), None, &[]);
    let puts = ["Hotel Ritz", "Grand Hotel"].map(|name| Put { value: name.into(), text: name.into() }).to_vec();
    talk.tell(Told { values: [("name".to_owned(), puts)].into_iter().collect(), ..Told::default() });
    talk.say("I prefer the grand hotel.", None, Some(Stance::Inform), &[]);
    assert_eq!(talk.slot("name"), Some((json!("Grand Hotel"), By::Accepted)));
}

#[test]
fn a_flag_named_in_passing_is_set_and_one_asked_about_is_not() {
    let mut talk = Talk::new();
    talk.say("in Paris, one that allows pets.", Some("hotel.find"), Some(Stance::Inform), &[("city", "Paris")]);
    assert_eq!(talk.slot("pets_allowed"), Some((json!(true), By::Boolean)));
    let mut talk = Talk::new();
    talk.say("in Paris, without pets.", Some("hotel.find"), Some(Stance::Inform), &[("city", "Paris")]);
    assert_eq!(talk.slot("pets_allowed"), Some((json!(false), By::Boolean)));
    let mut talk = Talk::new();
    talk.say("hotels in Paris", Some("hotel.find"), None, &[("city", "Paris")]);
    talk.say("do they allow pets?", None, Some(Stance::Question), &[]);
    assert_eq!(talk.slot("pets_allowed"), None);
}

#[test]
fn who_asks_for_a_slot_of_a_neighbouring_skill_is_followed_there() {
    let mut talk = Talk::new();
    talk.say("hotels in Paris", Some("hotel.find"), None, &[("city", "Paris")]);
    talk.tell(Told { asked: vec!["nights".into()], ..Told::default() });
    assert_eq!(talk.state.top().map(|frame| frame.skill.as_str()), Some("hotel.book"));
    assert_eq!(talk.slot("city").map(|(value, _)| value), Some(json!("Paris")));
}

#[test]
fn a_part_of_a_period_that_is_cut_too_large_does_not_break_the_period() {
    let mut talk = Talk::new();
    let text = "book a hotel on Wednesday to Friday next week";
    talk.say(text, Some("hotel.book"), None, &[("from", "on Wednesday"), ("to", "to Friday next week")]);
    let day = |name: &str| talk.slot(name).map(|(value, _)| value);
    assert_eq!((day("from"), day("to")), (Some(json!("2026-12-02")), Some(json!("2026-12-04"))));
}

#[test]
fn an_answer_that_begins_with_a_number_is_taken_with_it() {
    let mut talk = Talk::new();
    talk.say("book a hotel", Some("hotel.book"), None, &[]);
    talk.say("200 Fuxing Road, Leeds", None, None, &[("name", "Fuxing Road")]);
    assert_eq!(talk.slot("name").map(|(value, _)| value), Some(json!("200 Fuxing Road, Leeds")));
}

#[test]
fn a_bare_value_answers_what_was_asked_whatever_it_looks_like() {
    let mut talk = Talk::new();
    talk.say("I need a parking space", Some("hotel.park"), None, &[]);
    talk.say("2 December", None, None, &[("to", "2 December")]);
    let asked = talk.say("4 December", None, None, &[("from", "4 December")]);
    let day = |name: &str| talk.slot(name).map(|(value, _)| value);
    assert_eq!((day("from"), day("to")), (Some(json!("2026-12-02")), Some(json!("2026-12-04"))), "{asked:?}");
}

#[test]
fn the_end_of_a_period_that_a_tag_points_to_lies_after_its_start() {
    let mut talk = Talk::new();
    let tags = [("name", "Hotel Ritz"), ("city", "Paris"), ("from", "December 2")];
    talk.say("book Hotel Ritz in Paris for 2 nights from December 2", Some("hotel.book"), None, &tags);
    for (slot, cut) in
        [("to", "until Thursday"), ("to", "Thursday"), ("to", "but until Thursday"), ("from", "Thursday")]
    {
        let mut talk = Talk { state: talk.state.clone(), ..Talk::new() };
        talk.say("yes, but until Thursday", None, None, &[(slot, cut)]);
        let day = |name: &str| talk.slot(name).map(|(value, _)| value);
        assert_eq!((day("from"), day("to")), (Some(json!("2026-12-02")), Some(json!("2026-12-03"))), "{slot} {cut}");
    }
}

#[test]
fn who_says_more_for_another_likely_skill_is_taken_for_that_one() {
    let likely = [("hotel.find", 0.75), ("hotel.book", 0.14), ("hotel.park", 0.02)];
    let tags = [("city", "Paris"), ("name", "Hotel Ritz")];
    for (band, text, skill) in [
        (Band::Confirm, "Hotel Ritz in Paris for 3 nights", "hotel.book"),
        (Band::Act, "Hotel Ritz in Paris for 3 nights", "hotel.find"),
        (Band::Confirm, "something in Paris, Hotel Ritz or so", "hotel.book"),
        (Band::Confirm, "in Paris, perhaps", "hotel.find"),
    ] {
        let mut talk = Talk::new();
        let tags: Vec<_> = tags.into_iter().filter(|(_, words)| text.contains(words)).collect();
        talk.hear(text, (band, &likely), None, &tags);
        assert_eq!(talk.state.top().map(|frame| frame.skill.as_str()), Some(skill), "{band:?} {text}");
    }
}

#[test]
fn who_is_vague_about_an_answer_asks_for_nothing_else() {
    for (similarity, skill) in [(0.5, "hotel.park"), (0.8, "hotel.find")] {
        let mut talk = Talk::new();
        talk.say("I need a parking space", Some("hotel.park"), None, &[]);
        talk.similarity = similarity;
        talk.hear("as I told you before", (Band::Confirm, &[("hotel.find", 0.97)]), None, &[]);
        assert_eq!(talk.state.top().map(|frame| frame.skill.as_str()), Some(skill), "{similarity}");
    }
}

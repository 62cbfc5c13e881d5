//! Inquiries in both languages, over a small table of hotels and restaurants.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;

fn labels(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn topics() -> Topics {
    let money = || Kind::Amount { dimension: Dimension::Money, none: labels(&["免费", "free"]), some: Vec::new() };
    let score = || Kind::Amount { dimension: Dimension::Score, none: Vec::new(), some: Vec::new() };
    let flags = vec![("breakfast".to_owned(), labels(&["早餐"])), ("parking".to_owned(), labels(&["停车位", "停车"]))];
    let hotel = Topic::new(
        "hotel",
        &["酒店", "宾馆", "hotel", "hotels"],
        &["住", "stay"],
        labels(&["长城饭店", "和平宾馆", "Grand Plaza", "远洋酒店"]),
    )
    .column("phone", &["电话", "phone number", "phone"], Kind::Text)
    .column("price", &["价格", "price"], money())
    .column("rating", &["评分", "rating", "rated"], score())
    .column("facilities", &["设施"], Kind::Flags(flags))
    .column("restaurants nearby", &[], Kind::Near("restaurant".into()));
    let restaurant = Topic::new(
        "restaurant",
        &["餐馆", "饭店", "restaurant", "restaurants"],
        &["吃", "eat"],
        labels(&["全聚德(王府井店)", "全聚德(前门店)", "Blue Lotus"]),
    )
    .column("phone", &["电话", "phone number", "phone"], Kind::Text)
    .column("price", &["人均", "价格", "price"], money())
    .column("rating", &["评分", "rating", "rated"], score())
    .column("dishes", &["推荐菜"], Kind::tags(labels(&["烤鸭", "红烧肉", "没有", "dumplings"])))
    .column("hotels nearby", &[], Kind::Near("hotel".into()));
    let mut taxi = Topic::new("taxi", &["出租车", "打车", "taxi"], &[], Vec::new())
        .column("from", &[], Kind::Place(Place::From))
        .column("to", &[], Kind::Place(Place::To))
        .column("plate", &["车牌", "plate"], Kind::Text);
    taxi.shown = labels(&["plate"]);
    Topics::new(vec![hotel, restaurant, taxi])
}

const HOTEL: usize = 0;
const RESTAURANT: usize = 1;
const TAXI: usize = 2;

fn ask(topics: &Topics, memory: &mut Memory, text: &str) -> Inquiry {
    let calendar = values::Calendar::mainland_china();
    let now = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).and_then(|day| day.and_hms_opt(10, 0, 0)).expect("a date");
    let values = values::read(text, &values::Context::new(now, &calendar));
    let inquiry = topics.read(text, &values, memory, &|_| 0.0);
    memory.hear(&inquiry);
    inquiry
}

fn between(low: i64, high: i64) -> Wanted {
    Wanted::Between(Some(Decimal::from(low)), Some(Decimal::from(high)))
}

fn wanted<'a>(inquiry: &'a Inquiry, column: &str) -> Option<&'a Wanted> {
    inquiry.said.iter().find(|said| said.column == column).map(|said| &said.wanted)
}

fn asked(inquiry: &Inquiry) -> Vec<(usize, &str)> {
    inquiry.asked.iter().map(|asked| (asked.topic, asked.column.as_str())).collect()
}

#[test]
fn a_search_has_a_topic_and_conditions() {
    let topics = topics();
    let zh = ask(&topics, &mut Memory::new(&topics), "帮我找一家评分4.5分以上，价格200-300元，有早餐的酒店");
    assert_eq!(zh.search, Some(HOTEL));
    assert!(zh.wants_suggestions() && zh.asked.is_empty());
    assert_eq!(wanted(&zh, "rating"), Some(&Wanted::Between(Some(Decimal::new(45, 1)), None)));
    assert_eq!(wanted(&zh, "price"), Some(&between(200, 300)));
    assert_eq!(wanted(&zh, "facilities"), Some(&Wanted::Has("breakfast".into())));
    let en =
        ask(&topics, &mut Memory::new(&topics), "Find me a hotel rated at least 4 with parking, 100 to 200 dollars");
    assert_eq!(en.search, Some(HOTEL));
    assert_eq!(wanted(&en, "rating"), Some(&Wanted::Between(Some(Decimal::from(4)), None)));
    assert_eq!(wanted(&en, "price"), Some(&between(100, 200)));
    assert_eq!(wanted(&en, "facilities"), Some(&Wanted::Has("parking".into())));
}

#[test]
fn a_tag_says_which_topic_is_searched_and_a_placeholder_is_no_tag() {
    let topics = topics();
    let zh = ask(&topics, &mut Memory::new(&topics), "想吃烤鸭，有没有人均100元以下的地方？");
    assert_eq!(zh.search, Some(RESTAURANT));
    assert_eq!(wanted(&zh, "dishes"), Some(&Wanted::Has("烤鸭".into())));
    assert_eq!(wanted(&zh, "price"), Some(&Wanted::Between(None, Some(Decimal::from(100)))));
    assert!(ask(&topics, &mut Memory::new(&topics), "没有问题了").is_empty());
}

#[test]
fn columns_of_the_last_result_are_asked_for_without_its_name() {
    let topics = topics();
    let mut memory = Memory::new(&topics);
    ask(&topics, &mut memory, "推荐一家酒店");
    memory.tell(HOTEL, &labels(&["和平宾馆"]));
    assert_eq!(asked(&ask(&topics, &mut memory, "电话是多少？评分怎么样？")), [(HOTEL, "phone"), (HOTEL, "rating")]);
    assert_eq!(asked(&ask(&topics, &mut memory, "What is the phone number?")), [(HOTEL, "phone")]);
    assert_eq!(memory.topics[HOTEL].chosen.as_deref(), Some("和平宾馆"));
}

#[test]
fn a_named_thing_is_what_is_asked_about() {
    let topics = topics();
    let mut memory = Memory::new(&topics);
    memory.tell(HOTEL, &labels(&["和平宾馆"]));
    let zh = ask(&topics, &mut memory, "全聚德前门店的电话是多少");
    assert_eq!(asked(&zh), [(RESTAURANT, "phone")]);
    assert_eq!(memory.topics[RESTAURANT].named.as_deref(), Some("全聚德(前门店)"));
    let en = ask(&topics, &mut memory, "what's the rating of Grand Plaza?");
    assert_eq!((asked(&en), memory.topics[HOTEL].chosen.as_deref()), (vec![(HOTEL, "rating")], Some("Grand Plaza")));
}

#[test]
fn members_of_a_set_are_asked_about_what_is_known() {
    let topics = topics();
    let mut memory = Memory::new(&topics);
    memory.tell(HOTEL, &labels(&["和平宾馆"]));
    let inquiry = ask(&topics, &mut memory, "这家酒店有停车位吗？");
    assert_eq!((inquiry.search, inquiry.asked[0].member.as_deref()), (None, Some("parking")));
}

#[test]
fn neighbours_are_asked_for_or_searched() {
    let topics = topics();
    let mut memory = Memory::new(&topics);
    memory.tell(HOTEL, &labels(&["远洋酒店"]));
    for text in ["它附近有什么餐馆？", "酒店周边有餐馆吗", "any restaurants near it?"] {
        let inquiry = ask(&topics, &mut memory.clone(), text);
        assert_eq!((inquiry.search, asked(&inquiry)), (None, vec![(HOTEL, "restaurants nearby")]), "{text}");
    }
    for text in ["在酒店附近找一家评分5分的餐馆", "find a restaurant near the hotel rated at least 5"] {
        let mut memory = memory.clone();
        let inquiry = ask(&topics, &mut memory, text);
        let near = inquiry.near.as_ref().unwrap_or_else(|| panic!("{text}: {inquiry:?}"));
        assert_eq!((inquiry.search, near.topic, near.of), (Some(RESTAURANT), RESTAURANT, HOTEL), "{text}");
        assert_eq!(near.thing.as_ref().map(|thing| thing.label.as_str()), Some("远洋酒店"));
        assert!(memory.topics[RESTAURANT].conditions.contains_key("hotels nearby"));
    }
    let given_up = ask(&topics, &mut memory, "本来想在酒店附近找个餐馆，既然没有，那推荐一家评分5分的餐馆");
    assert_eq!((given_up.search, given_up.near), (Some(RESTAURANT), None));
}

#[test]
fn one_is_picked_out_of_what_was_offered() {
    let topics = topics();
    let mut memory = Memory::new(&topics);
    ask(&topics, &mut memory, "找一家有早餐的酒店");
    memory.tell(HOTEL, &labels(&["长城饭店", "和平宾馆"]));
    assert!(ask(&topics, &mut memory, "这两家哪个评分在4分以上？").picks);
    let columns: Vec<_> = memory.topics[HOTEL].conditions.keys().collect();
    assert_eq!(columns, ["facilities", "rating"], "what was wanted before still is");
    memory.tell(HOTEL, &labels(&["和平宾馆"]));
    ask(&topics, &mut memory, "再推荐一家价格500元以上的酒店");
    assert_eq!(memory.topics[HOTEL].conditions.keys().collect::<Vec<_>>(), ["price"], "a new search begins anew");
}

#[test]
fn what_was_not_found_is_changed_not_begun_anew() {
    let topics = topics();
    let mut memory = Memory::new(&topics);
    ask(&topics, &mut memory, "找一家有早餐，价格100元以下的酒店");
    memory.miss(HOTEL);
    ask(&topics, &mut memory, "那就找200元以下的酒店吧");
    let conditions = &memory.topics[HOTEL].conditions;
    assert_eq!(conditions["price"][0].wanted, Wanted::Between(None, Some(Decimal::from(200))));
    assert!(conditions.contains_key("facilities"));
    memory.give_up(HOTEL, &conditions["facilities"].clone());
    assert!(!memory.topics[HOTEL].conditions.contains_key("facilities"));
}

#[test]
fn the_ends_of_a_route_are_names_or_what_was_talked_about() {
    let topics = topics();
    let mut memory = Memory::new(&topics);
    let place = |inquiry: &Inquiry, column: &str| match wanted(inquiry, column) {
        Some(Wanted::Thing(thing)) => thing.label.clone(),
        _ => String::new(),
    };
    for text in ["从和平宾馆打车到全聚德(前门店)", "打车去全聚德(前门店)，从和平宾馆走"] {
        let ride = ask(&topics, &mut memory, text);
        assert_eq!((place(&ride, "from"), place(&ride, "to")), ("和平宾馆".into(), "全聚德(前门店)".into()), "{text}");
        assert_eq!((ride.search, asked(&ride)), (Some(TAXI), vec![(TAXI, "plate")]));
    }
    memory.tell(HOTEL, &labels(&["Grand Plaza"]));
    memory.tell(RESTAURANT, &labels(&["Blue Lotus"]));
    let ride = ask(&topics, &mut memory, "a taxi from the hotel to the restaurant please");
    assert_eq!((place(&ride, "from"), place(&ride, "to")), ("Grand Plaza".into(), "Blue Lotus".into()));
}

#[test]
fn what_is_only_remarked_is_not_asked() {
    let topics = topics();
    let mut memory = Memory::new(&topics);
    memory.tell(HOTEL, &labels(&["和平宾馆"]));
    assert_eq!(asked(&ask(&topics, &mut memory, "评分挺高的，电话告诉我一下")), [(HOTEL, "phone")]);
    assert!(ask(&topics, &mut memory, "好的，谢谢").is_empty());
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,40}|[从到找附近酒店餐馆评分价格这家吗，。0-9元天和平宾馆烤鸭 ]{0,30}") {
        let topics = topics();
        let mut memory = Memory::new(&topics);
        memory.tell(HOTEL, &labels(&["和平宾馆", "远洋酒店"]));
        memory.list(RESTAURANT, HOTEL, &labels(&["Blue Lotus"]));
        ask(&topics, &mut memory, &text);
        ask(&topics, &mut memory, &text);
    }
}

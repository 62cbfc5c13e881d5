//! What a lookup finds and what it leaves alone.

use proptest::prelude::*;

use super::*;

fn index(labels: &[&str]) -> Index {
    Index::new(&labels.iter().map(|label| Choice::named(*label)).collect::<Vec<_>>())
}

/// The labels found and how, one line a mention.
fn found(labels: &[&str], text: &str) -> Vec<(Vec<String>, Kind)> {
    let matches = index(labels).find(text);
    let names = |found: &Match| found.choices.iter().map(|choice| labels[choice.index].to_owned()).collect();
    matches.iter().map(|found| (names(found), found.kind)).collect()
}

fn only(labels: &[&str], text: &str, label: &str, kind: Kind) {
    assert_eq!(found(labels, text), [(vec![label.to_owned()], kind)], "{text}");
}

const PEOPLE: &[&str] = &["张伟", "王芳", "李娜", "张伟强", "John Smith", "Mary Jones", "Li Lei"];
const PLACES: &[&str] =
    &["故宫博物院", "颐和园", "天坛公园", "八达岭长城", "全聚德(王府井店)", "全聚德(前门店)", "全聚德(和平门店)"];
const COMPANIES: &[&str] =
    &["Acme Trading Ltd", "Globex Corporation", "北京大成机械有限公司", "上海宏远贸易有限公司", "Initech LLC"];

#[test]
fn a_whole_name_is_found_whatever_its_case_width_and_spacing() {
    only(PEOPLE, "把工单派给王芳吧", "王芳", Kind::Exact);
    only(PEOPLE, "assign it to JOHN  smith, please", "John Smith", Kind::Exact);
    only(PEOPLE, "ｊｏｈｎ ｓｍｉｔｈ", "John Smith", Kind::Exact);
    only(PEOPLE, "派给张伟强", "张伟强", Kind::Exact);
}

#[test]
fn the_span_counts_characters_of_the_message() {
    let found = index(PEOPLE).find("请把它派给 王 芳。");
    assert_eq!((found[0].span.start, found[0].span.end), (6, 9));
}

#[test]
fn names_that_sound_alike_are_found() {
    only(PEOPLE, "派给章伟", "张伟", Kind::Sound);
    only(PEOPLE, "send it to zhang wei", "张伟", Kind::Sound);
    only(PEOPLE, "zhangwei", "张伟", Kind::Sound);
    only(PEOPLE, "王方在吗", "王芳", Kind::Sound);
    only(PLACES, "我想去故宮博物院", "故宫博物院", Kind::Sound);
    only(&["重庆火锅", "四川小馆"], "chongqing huoguo", "重庆火锅", Kind::Sound);
}

#[test]
fn names_with_slips_are_found() {
    only(PEOPLE, "ask Jon Smith", "John Smith", Kind::Similar);
    only(PEOPLE, "Mary Jonse", "Mary Jones", Kind::Similar);
    only(PLACES, "去八达山长城", "八达岭长城", Kind::Similar);
    assert_eq!(found(PEOPLE, "john"), [(vec!["John Smith".to_owned()], Kind::Part)]);
}

#[test]
fn a_name_is_found_without_what_all_have_in_common() {
    only(COMPANIES, "Acme Trading owes us money", "Acme Trading Ltd", Kind::Core);
    only(COMPANIES, "call Acme", "Acme Trading Ltd", Kind::Part);
    only(COMPANIES, "globex的订单", "Globex Corporation", Kind::Core);
    only(COMPANIES, "北京大成机械的合同", "北京大成机械有限公司", Kind::Core);
    only(PLACES, "故宫的门票", "故宫博物院", Kind::Part);
    let hotels = &["北京远洋酒店", "北京长城酒店", "北京贵都酒店", "北京光明酒店", "北京朝阳酒店", "上海和平酒店"];
    only(hotels, "住贵都酒店", "北京贵都酒店", Kind::Core);
    only(hotels, "贵都怎么样", "北京贵都酒店", Kind::Core);
    assert_eq!(found(hotels, "北京的酒店"), [], "what all have in common names none of them");
}

#[test]
fn several_that_fit_are_a_short_list_and_one_that_fits_best_is_clear() {
    let several = &index(PLACES).find("全聚德地址")[0];
    assert_eq!((several.choices.len(), several.best()), (3, None));
    let one = &index(PLACES).find("全聚德前门店地址")[0];
    assert_eq!((one.best(), one.kind), (Some(5), Kind::Exact));
    let same = index(&["张伟", "李强", "张伟"]).find("张伟");
    assert_eq!((same[0].choices.len(), same[0].best()), (2, None));
}

#[test]
fn what_is_none_of_the_choices_is_left_alone() {
    for text in
        ["今天天气怎么样", "明天下午三点开会", "johnny", "the smithy", "hello there", "张", "", "😀😀", "2026-11-23"]
    {
        assert_eq!(found(PEOPLE, text), [], "{text}");
    }
}

#[test]
fn slips_are_found_among_many_names_alike() {
    let first = ["Acme", "Globex", "Initech", "Umbrella", "Stark", "Wayne", "Hooli", "Vandelay", "Cyberdyne", "Tyrell"];
    let labels: Vec<String> =
        (0..1_000).map(|n| format!("{} {} Trading {} Ltd", first[n % 10], first[n / 10 % 10], n / 100)).collect();
    let index = Index::new(&labels.iter().map(Choice::named).collect::<Vec<_>>());
    let found = index.find("please check the last order of Acme Globx Trading and send it again");
    assert_eq!(found.len(), 1);
    assert!(found[0].choices.iter().all(|choice| labels[choice.index].starts_with("Acme Globex")), "{found:?}");
    assert_eq!((found[0].choices.len(), found[0].best()), (10, None));
}

#[test]
fn two_mentions_are_two_matches_in_the_order_of_the_message() {
    let found = found(PLACES, "从颐和园到天坛公园");
    let names: Vec<_> = found.iter().map(|(names, _)| names[0].as_str()).collect();
    assert_eq!(names, ["颐和园", "天坛公园"]);
}

#[test]
fn a_row_names_its_choice_by_every_column_of_text() {
    let row = serde_json::json!({"id": "C-1043", "name": "大成机械", "short": "DCM", "since": 2019});
    let choice = row.as_object().and_then(Choice::from_row).expect("a row");
    assert_eq!((choice.value.as_str(), choice.label.as_str()), (Some("C-1043"), "大成机械"));
    let index = Index::new(&[choice]);
    for text in ["DCM的订单", "c-1043", "大成机械"] {
        assert_eq!(index.find(text).first().and_then(Match::best), Some(0), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_searched_without_panic(labels in prop::collection::vec("\\PC{0,12}", 0..20), text in "\\PC{0,80}") {
        let choices: Vec<_> = labels.iter().map(Choice::named).collect();
        let length = text.chars().count();
        let mut end = 0;
        for found in Index::new(&choices).find(&text) {
            prop_assert!(found.span.start >= end && found.span.end <= length && !found.choices.is_empty());
            prop_assert!(found.choices.iter().all(|choice| choice.index < choices.len() && choice.score > 0.0));
            end = found.span.end;
        }
    }

    #[test]
    fn a_name_finds_itself(name in "[一-龥]{2,9}|[a-z]{3,9} [a-z]{3,9}", before in "[，。 ]{0,3}") {
        let found = index(&[&name, "别的"]).find(&format!("{before}{name}"));
        prop_assert_eq!(found.first().and_then(Match::best), Some(0));
    }
}

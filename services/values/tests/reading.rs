//! What people write and what is read, in both languages, on Monday 23 November 2026, 10:00.
#![expect(clippy::unwrap_used, reason = "tests may fail")]

use chrono::{NaiveDate, NaiveDateTime};
use values::{Calendar, Context, Direction, Duration, DurationUnit, Family, SameWeekday, Value, read, read_family};

fn now() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap().and_hms_opt(10, 0, 0).unwrap()
}

fn all(text: &str, family: Family) -> Vec<(String, Value)> {
    let calendar = Calendar::mainland_china();
    read_family(text, &Context::new(now(), &calendar), family).into_iter().map(|r| (r.text, r.value)).collect()
}

fn one(text: &str, family: Family) -> Value {
    let mut found = all(text, family);
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    found.remove(0).1
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

fn date(month: u32, number: u32) -> Value {
    Value::Date { date: day(month, number) }
}

fn days(from: (u32, u32), to: (u32, u32)) -> Value {
    Value::DateRange { from: day(from.0, from.1), to: day(to.0, to.1) }
}

fn at(month: u32, number: u32, hour: u32, minute: u32) -> Value {
    Value::DateTime { at: day(month, number).and_hms_opt(hour, minute, 0).unwrap() }
}

fn number(text: &str) -> Value {
    Value::Number { number: text.parse().unwrap() }
}

fn money(amount: &str, currency: &str) -> Value {
    Value::Money { amount: amount.parse().unwrap(), currency: Some(currency.to_owned()) }
}

#[test]
fn chinese_days_are_read_relative_to_the_conversation() {
    for (text, value) in [
        ("改成下周三吧，谢谢", date(12, 2)),
        ("下下周一", date(12, 7)),
        ("帮我请周五的假", date(11, 27)),
        ("三十号吧", date(11, 30)),
        ("大后天", date(11, 26)),
        ("12月5号", date(12, 5)),
        ("改为后天", date(11, 25)),
        ("三天后", date(11, 26)),
        ("下星期二", date(12, 1)),
        ("三个工作日后", date(11, 26)),
    ] {
        assert_eq!(one(text, Family::Temporal), value, "{text}");
    }
}

#[test]
fn chinese_ranges_fill_two_slots() {
    for (text, value) in [
        ("下周三到周五请年假", days((12, 2), (12, 4))),
        ("请假从12月5日到12月8日", days((12, 5), (12, 8))),
        ("下周", days((11, 30), (12, 6))),
        ("本月", days((11, 1), (11, 30))),
        ("上季度", days((7, 1), (9, 30))),
        ("下星期", days((11, 30), (12, 6))),
        ("周末", days((11, 28), (11, 29))),
        ("上个月", days((10, 1), (10, 31))),
        ("12月5号到8号", days((12, 5), (12, 8))),
        ("三个工作日内", days((11, 23), (11, 25))),
        ("30号到下个月2号", days((11, 30), (12, 2))),
    ] {
        assert_eq!(one(text, Family::Temporal), value, "{text}");
    }
}

#[test]
fn a_range_that_ends_before_it_begins_is_left_for_the_dialogue_to_refuse() {
    let Value::DateRange { from, to } = one("请假从12月5日到12月3日", Family::Temporal) else {
        panic!("no range")
    };
    assert_eq!(from, day(12, 5));
    assert_ne!(to, day(12, 5));
}

#[test]
fn chinese_times_are_read_with_the_part_of_day() {
    for (text, value) in [
        ("帮我book明天下午3点的meeting room", at(11, 24, 15, 0)),
        ("今晚五点半", at(11, 23, 17, 30)),
        ("明早八点一刻", at(11, 24, 8, 15)),
        ("后天14:30", at(11, 25, 14, 30)),
        ("半小时后", at(11, 23, 10, 30)),
    ] {
        assert_eq!(one(text, Family::Temporal), value, "{text}");
    }
}

#[test]
fn english_days_and_times_are_read() {
    for (text, value) in [
        ("tmr 4pm instead plz", at(11, 24, 16, 0)),
        ("next Friday", date(12, 4)),
        ("this Friday", date(11, 27)),
        ("in a fortnight", date(12, 7)),
        ("the week after next", days((12, 7), (12, 13))),
        ("December 5th", date(12, 5)),
        ("tomorrow at half past nine in the morning", at(11, 24, 9, 30)),
        ("EOD tomorrow", Value::DateTime { at: day(11, 24).and_hms_opt(23, 59, 59).unwrap() }),
        ("3 days ago", date(11, 20)),
    ] {
        assert_eq!(one(text, Family::Temporal), value, "{text}");
    }
}

#[test]
fn a_deadline_at_the_end_of_a_month_has_its_last_day() {
    let until = Value::OpenDateRange { from: None, to: Some(day(11, 30)) };
    assert_eq!(one("月底前", Family::Temporal), until);
    assert_eq!(one("by the end of the month", Family::Temporal), until);
}

#[test]
fn lunar_holidays_fall_on_their_solar_days() {
    let spring = NaiveDate::from_ymd_opt(2027, 2, 6).unwrap();
    assert_eq!(one("春节", Family::Temporal), Value::Date { date: spring });
    assert_eq!(one("中秋节", Family::Temporal), Value::Date { date: NaiveDate::from_ymd_opt(2027, 9, 15).unwrap() });
}

#[test]
fn an_impossible_date_is_told_apart_from_no_date() {
    assert_eq!(one("2月30日", Family::Temporal), Value::ImpossibleDate { year: None, month: 2, day: 30 });
}

#[test]
fn a_weekday_of_today_follows_the_setting() {
    let calendar = Calendar::mainland_china();
    let mut context = Context::new(now(), &calendar);
    let today = &read_family("周一", &context, Family::Temporal)[0];
    assert_eq!(today.value, date(11, 23));
    assert!(today.alternatives.contains(&date(11, 30)));
    context.same_weekday = SameWeekday::WeekAway;
    assert_eq!(read_family("周一", &context, Family::Temporal)[0].value, date(11, 30));
    context.direction = Direction::Past;
    assert_eq!(read_family("周五", &context, Family::Temporal)[0].value, date(11, 20));
}

#[test]
fn slashed_dates_follow_the_setting_and_offer_the_other_reading() {
    let calendar = Calendar::mainland_china();
    let mut context = Context::new(now(), &calendar);
    let reading = &read_family("on 12/11", &context, Family::Temporal)[0];
    assert_eq!(reading.value, date(12, 11));
    context.day_first = true;
    let reading = &read_family("on 11/12", &context, Family::Temporal)[0];
    assert_eq!(reading.value, date(12, 11));
    assert!(!reading.alternatives.is_empty());
}

#[test]
fn chinese_numbers_are_read_as_they_are_written() {
    for (text, value) in [
        ("三万五", "35000"),
        ("一千零五", "1005"),
        ("1.5w", "15000"),
        ("报1.2w的差旅费", "12000"),
        ("3k", "3000"),
        ("一百二", "120"),
        ("三点二", "3.2"),
        ("负四百零五亿", "-40500000000"),
        ("10个人", "10"),
    ] {
        assert_eq!(one(text, Family::Number), number(value), "{text}");
    }
    let range = |from: &str, to: &str, inclusive| Value::NumberRange {
        from: from.parse().ok(),
        to: to.parse().ok(),
        from_inclusive: inclusive,
        to_inclusive: inclusive,
    };
    assert_eq!(one("两三天", Family::NumberRange), range("2", "3", true));
    assert_eq!(one("十几个", Family::NumberRange), range("10", "20", false));
    assert_eq!(one("万分之三", Family::Percent), Value::Percent { percent: "0.03".parse().unwrap() });
    assert_eq!(one("打八折", Family::Percent), Value::Percent { percent: "80".parse().unwrap() });
}

#[test]
fn english_numbers_are_read_as_they_are_written() {
    for (text, value) in [
        ("twenty-five hundred", "2500"),
        ("1.2m", "1200000"),
        ("a dozen", "12"),
        ("two hundred and six", "206"),
        ("five and a quarter", "5.25"),
    ] {
        assert_eq!(one(text, Family::Number), number(value), "{text}");
    }
}

#[test]
fn money_is_read_with_its_currency() {
    for (text, value) in [
        ("三块五", money("3.5", "CNY")),
        ("壹万贰仟叁佰元整", money("12300", "CNY")),
        ("两百来块", money("200", "CNY")),
        ("8亿元人民币", money("800000000", "CNY")),
        ("五美元", money("5", "USD")),
        ("USD 22.5 million", money("22500000", "USD")),
        ("€5", money("5", "EUR")),
        ("五元三角二分", money("5.32", "CNY")),
    ] {
        assert_eq!(one(text, Family::Money), value, "{text}");
    }
    assert_eq!(one("$3.50", Family::Money), Value::Money { amount: "3.5".parse().unwrap(), currency: None });
}

#[test]
fn durations_keep_what_was_said() {
    let duration = |amount: &str, unit| Value::Duration {
        duration: Duration::of(amount.parse::<rust_decimal::Decimal>().unwrap(), unit),
    };
    assert_eq!(one("三个工作日", Family::Temporal), duration("3", DurationUnit::BusinessDay));
    assert_eq!(one("两年半", Family::Temporal), duration("2.5", DurationUnit::Year));
    assert_eq!(one("half an hour", Family::Temporal), duration("0.5", DurationUnit::Hour));
    let calendar = Calendar::mainland_china();
    assert_eq!(Duration::of(3, DurationUnit::BusinessDay).last_day(day(11, 27), &calendar), Some(day(12, 1)));
    assert_eq!(Duration::of(3, DurationUnit::Day).last_day(day(12, 2), &calendar), Some(day(12, 4)));
}

#[test]
fn yes_and_no_are_told_apart_from_words_that_hold_them() {
    for (text, yes) in [
        ("嗯", true),
        ("可以", true),
        ("好的", true),
        ("对，不过是从天津走", true),
        ("不是请假，是调休", false),
        ("算了，只取消第二个", false),
        ("yes, it arrived broken", true),
        ("nope", false),
    ] {
        assert_eq!(one(text, Family::Boolean), Value::Boolean { yes }, "{text}");
    }
}

#[test]
fn a_pick_out_of_a_list_may_be_several() {
    assert_eq!(one("第二个和第三个", Family::Choice), Value::Choice { positions: vec![2, 3] });
    assert_eq!(one("算了，只取消第二个", Family::Choice), Value::Choice { positions: vec![2] });
    assert_eq!(one("the last one", Family::Choice), Value::Choice { positions: vec![-1] });
    assert_eq!(one("倒数第二个", Family::Choice), Value::Choice { positions: vec![-2] });
}

#[test]
fn strings_with_a_check_are_checked() {
    assert_eq!(one("我的手机13812345678", Family::Phone), Value::Phone { number: "13812345678".into(), china: true });
    let id = one("身份证11010519491231002X", Family::Identity);
    assert_eq!(id, Value::ResidentId { id: "11010519491231002X".into(), checksum_ok: true });
    assert_eq!(one("91350100M000100Y43", Family::Identity), Value::CreditCode { code: "91350100M000100Y43".into() });
    assert_eq!(
        one("卡号6222 0212 3456 7890 128", Family::Identity),
        Value::BankCard { number: "6222021234567890128".into() }
    );
    assert_eq!(one("车牌京A·12345", Family::Identity), Value::Plate { plate: "京A12345".into() });
    assert_eq!(one("发到Wang.Li@Example.com吧", Family::Email), Value::Email { address: "Wang.Li@example.com".into() });
}

#[test]
fn repeating_times_are_read() {
    let Value::Recurring { recurrence } = one("每周三下午三点", Family::Temporal) else {
        panic!("not recurring")
    };
    assert_eq!(recurrence.weekdays, [chrono::Weekday::Wed]);
    assert_eq!(recurrence.time, chrono::NaiveTime::from_hms_opt(15, 0, 0));
    let Value::Recurring { recurrence } = one("every Monday at 9am", Family::Temporal) else { panic!("not recurring") };
    assert_eq!(recurrence.weekdays, [chrono::Weekday::Mon]);
}

#[test]
fn readings_come_in_order_and_do_not_overlap_within_a_family() {
    let calendar = Calendar::mainland_china();
    let context = Context::new(now(), &calendar);
    let readings = read("明天3点到5点开会，10个人，预算1.2w元，联系13812345678", &context);
    assert!(readings.windows(2).all(|w| w[0].span.start <= w[1].span.start));
    for a in &readings {
        for b in &readings {
            assert!(a == b || a.value.family() != b.value.family() || !a.span.overlaps(b.span), "{a:?} {b:?}");
        }
    }
}

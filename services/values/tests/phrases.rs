//! Phrases of every kind in both languages, one to a line: what is said, what is read of it, what it means. Now is Monday
//! 2026-11-23 10:00.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may fail")]

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use values::{Calendar, Context, Family, Language, Value, read_family};

fn time(time: NaiveTime) -> String {
    time.format(if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" }).to_string()
}

fn moment(at: NaiveDateTime) -> String {
    format!("{} {}", at.date(), time(at.time()))
}

fn one_sided(from: Option<String>, to: Option<String>) -> String {
    from.map_or_else(|| format!("until {}", to.unwrap()), |from| format!("from {from}"))
}

/// A value in a few words.
fn said(value: &Value) -> String {
    match value {
        Value::Date { date } => date.to_string(),
        Value::Time { time: at } => time(*at),
        Value::DateTime { at } => moment(*at),
        Value::DateRange { from, to } => format!("{from} to {to}"),
        Value::TimeRange { from, to } => format!("{} to {}", time(*from), time(*to)),
        Value::DateTimeRange { from, to } => format!("{} to {}", moment(*from), moment(*to)),
        Value::OpenDateRange { from, to } => one_sided(from.map(|d| d.to_string()), to.map(|d| d.to_string())),
        Value::OpenTimeRange { from, to } => one_sided(from.map(time), to.map(time)),
        Value::OpenDateTimeRange { from, to } => one_sided(from.map(moment), to.map(moment)),
        Value::Duration { duration } => parts(duration),
        Value::Recurring { recurrence } => {
            let days: Vec<String> = recurrence.weekdays.iter().map(ToString::to_string).collect();
            let on = if days.is_empty() { String::new() } else { format!(" on {}", days.join(" ")) };
            let at = recurrence.time.map(|at| format!(" at {}", time(at))).unwrap_or_default();
            format!("every {}{on}{at}", parts(&recurrence.every))
        }
        Value::Number { number } => number.to_string(),
        Value::Percent { percent } => percent.to_string(),
        Value::Ordinal { position, relative: true } => format!("{position:+}"),
        Value::Ordinal { position, .. } => position.to_string(),
        Value::NumberRange { from, to, from_inclusive, to_inclusive } => {
            let bound = |b: &Option<rust_decimal::Decimal>| b.map(|b| b.to_string()).unwrap_or_default();
            let (open, shut) = (if *from_inclusive { '[' } else { '(' }, if *to_inclusive { ']' } else { ')' });
            format!("{open}{},{}{shut}", bound(from), bound(to))
        }
        Value::Money { amount, currency } => format!("{amount} {}", currency.as_deref().unwrap_or_default()),
        Value::Quantity { amount, unit, .. } => format!("{amount} {unit}"),
        other => panic!("no words for {other:?}"),
    }
    .trim_end()
    .to_owned()
}

fn parts(duration: &values::Duration) -> String {
    let parts: Vec<String> = duration
        .parts
        .iter()
        .map(|p| format!("{} {}", p.amount, serde_json::to_string(&p.unit).unwrap().trim_matches('"')))
        .collect();
    parts.join(" ")
}

fn check(family: Family, table: &[(&str, &str, &str)]) {
    let calendar = Calendar::mainland_china();
    let now = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap().and_hms_opt(10, 0, 0).unwrap();
    let mut context = Context::new(now, &calendar);
    for (text, span, value) in table {
        let chinese = text.chars().any(|c| c > '\u{2fff}');
        context.language = Some(if chinese { Language::Zh } else { Language::En });
        let readings = read_family(text, &context, family);
        let read: Vec<(&str, String)> = readings.iter().map(|r| (r.text.as_str(), said(&r.value))).collect();
        assert_eq!(read, [(*span, (*value).to_owned())], "{text}");
    }
}

#[test]
#[rustfmt::skip]
fn english_days_are_read_by_their_place_and_their_holiday() {
    check(Family::Temporal, &[
        ("Are you in two Mondays from now?", "two Mondays from now", "2026-12-07"),
        ("we met three Fridays ago", "three Fridays ago", "2026-11-06"),
        ("it is due on the twenty-second", "the twenty-second", "2026-12-22"),
        ("I'll be there on 15, 8pm", "15, 8pm", "2026-12-15 20:00"),
        ("the party is second Saturday", "second Saturday", "2026-11-14"),
        ("on September 10, nineteen oh one", "September 10, nineteen oh one", "1901-09-10"),
        ("call me the day after tmrw", "the day after tmrw", "2026-11-25"),
        ("this Friday (Nov-27)", "this Friday (Nov-27)", "2026-11-27"),
        ("the winter solstice", "winter solstice", "2026-12-22"),
        ("Eid al-Fitr 2022", "Eid al-Fitr 2022", "2022-05-02"),
        ("the clean Monday", "clean Monday", "2027-02-08"),
        ("Indigenous Peoples' Day", "Indigenous Peoples' Day", "2027-10-11"),
        ("Canada Day", "Canada Day", "2027-07-01"),
        ("Martin Luther King Jr day", "Martin Luther King Jr day", "2027-01-18"),
    ]);
}

#[test]
#[rustfmt::skip]
fn english_periods_and_their_parts_are_read() {
    check(Family::Temporal, &[
        ("the month of May", "the month of May", "2027-05-01 to 2027-05-31"),
        ("the third week of next year", "the third week of next year", "2027-01-18 to 2027-01-24"),
        ("2027 the third quarter", "2027 the third quarter", "2027-07-01 to 2027-09-30"),
        ("next year's fourth-quarter", "next year's fourth-quarter", "2027-10-01 to 2027-12-31"),
        ("rest of the week", "rest of the week", "2026-11-23 to 2026-11-29"),
        ("in the '40s", "the '40s", "1940-01-01 to 1949-12-31"),
        ("in the twenty-tens", "the twenty-tens", "2010-01-01 to 2019-12-31"),
        ("4 weeks in the future", "4 weeks in the future", "2026-11-24 to 2026-12-21"),
        ("from 4 to 22 next month", "from 4 to 22 next month", "2026-12-04 to 2026-12-22"),
        ("next week from Wednesday to Friday", "next week from Wednesday to Friday", "2026-12-02 to 2026-12-04"),
        ("within 2 weeks after tomorrow", "within 2 weeks after tomorrow", "2026-11-24 to 2026-12-07"),
        ("less than 2 weeks from today", "less than 2 weeks from today", "2026-11-23 to 2026-12-07"),
        ("within a week", "within a week", "2026-11-23 to 2026-11-29"),
        ("June '26", "June '26", "2026-06-01 to 2026-06-30"),
        ("week 33", "week 33", "2026-08-10 to 2026-08-16"),
    ]);
}

#[test]
#[rustfmt::skip]
fn english_times_are_read_with_their_bounds_and_zones() {
    check(Family::Temporal, &[
        ("no later than 4.", "no later than 4", "until 16:00"),
        ("by 5 please", "by 5", "until 17:00"),
        ("from 9 to 5", "from 9 to 5", "09:00 to 17:00"),
        ("seven oh five am", "seven oh five am", "07:05"),
        ("three quarters past 9pm", "three quarters past 9pm", "21:45"),
        ("at 7h01", "7h01", "07:01"),
        ("12 o'clock lunchtime", "12 o'clock lunchtime", "12:00"),
        ("1140 a.m.", "1140 a.m.", "11:40"),
        ("9 o'clock", "9 o'clock", "09:00"),
        ("3:30pm AEST", "3:30pm AEST", "15:30"),
        ("between 2 and 4pm PST", "between 2 and 4pm PST", "14:00 to 16:00"),
        ("from 10:10pm to 3", "from 10:10pm to 3", "22:10 to 03:00"),
        ("mid-morning", "mid-morning", "10:00"),
        ("later than or at 6:30pm", "later than or at 6:30pm", "from 18:30"),
        ("in the late-afternoon on Tuesday", "in the late-afternoon on Tuesday", "2026-11-24 12:00 to 2026-11-24 16:00"),
        ("tomorrow before noon", "tomorrow before noon", "until 2026-11-24 12:00"),
        ("tmr 3", "tmr 3", "2026-11-24 15:00"),
        ("2026-12-25T14:30:00Z", "2026-12-25T14:30:00", "2026-12-25 14:30"),
        ("rest of my day", "rest of my day", "2026-11-23 10:00 to 2026-11-23 23:59:59"),
        ("1h30m", "1h30m", "1 hour 30 minute"),
        ("every weekday at 8am", "every weekday at 8am", "every 1 business_day at 08:00"),
    ]);
}

#[test]
#[rustfmt::skip]
fn chinese_days_periods_and_times_are_read() {
    check(Family::Temporal, &[
        ("去年本月十日", "去年本月十日", "2025-11-10"),
        ("明年三月五号", "明年三月五号", "2027-03-05"),
        ("下1年", "下1年", "2026-11-24 to 2027-11-23"),
        ("未来三周", "未来三周", "2026-11-24 to 2026-12-14"),
        ("下两周", "下两周", "2026-11-24 to 2026-12-07"),
        ("本世纪20年代", "本世纪20年代", "2020-01-01 to 2029-12-31"),
        ("2010年之后2018年之前", "2010年之后2018年之前", "2010-01-01 to 2017-12-31"),
        ("今天大约十点以后", "今天大约十点以后", "from 2026-11-23 10:00"),
        ("今天11点3刻", "今天11点3刻", "2026-11-23 11:45"),
        ("差十分九点", "差十分九点", "08:50"),
        ("九点差五分", "九点差五分", "08:55"),
        ("今晚两点", "今晚两点", "2026-11-24 02:00"),
        ("今明两天", "今明两天", "2026-11-23 to 2026-11-24"),
        ("明后天", "明后天", "2026-11-24 to 2026-11-25"),
        ("第33周", "第33周", "2026-08-10 to 2026-08-16"),
        ("今年夏天", "今年夏天", "2026-06-01 to 2026-08-31"),
        ("90年代", "90年代", "1990-01-01 to 1999-12-31"),
        ("冬至", "冬至", "2026-12-22"),
        ("白色情人节", "白色情人节", "2027-03-14"),
        ("截至今天", "截至今天", "until 2026-11-23"),
        ("从12月1号下午2点到12月3号上午10点", "从12月1号下午2点到12月3号上午10点", "2026-12-01 14:00 to 2026-12-03 10:00"),
        ("每周一三五", "每周一三五", "every 1 week on Mon Wed Fri"),
        ("每周二和周四下午三点", "每周二和周四下午三点", "every 1 week on Tue Thu at 15:00"),
        ("每逢周三", "每逢周三", "every 1 week on Wed"),
        ("隔天", "隔天", "every 2 day"),
        ("三个工作日内", "三个工作日内", "2026-11-23 to 2026-11-25"),
    ]);
}

#[test]
#[rustfmt::skip]
fn numbers_are_read_in_words_and_numerals() {
    check(Family::Number, &[
        ("two point five million", "two point five million", "2500000"),
        ("half a dozen", "half a dozen", "6"),
        ("one quadrillion", "one quadrillion", "1000000000000000"),
        ("twelve hundred", "twelve hundred", "1200"),
        ("nine hundred ninety-nine thousand", "nine hundred ninety-nine thousand", "999000"),
        ("two-thirds", "two-thirds", "0.6666666666666666666666666667"),
        ("一百零五", "一百零五", "105"),
        ("一千五", "一千五", "1500"),
        ("两亿三千万", "两亿三千万", "230000000"),
        ("壹仟贰佰叁拾肆", "壹仟贰佰叁拾肆", "1234"),
        ("负三分之二", "负三分之二", "-0.6666666666666666666666666667"),
        ("三点一四", "三点一四", "3.14"),
        ("两打", "两打", "24"),
        ("4.78万亿", "4.78万亿", "4780000000000"),
        ("二又四分之三", "二又四分之三", "2.75"),
    ]);
}

#[test]
#[rustfmt::skip]
fn percentages_are_read_in_words_and_numerals() {
    check(Family::Percent, &[
        ("half a percent", "half a percent", "0.5"),
        ("three quarters of a percent", "three quarters of a percent", "0.75"),
        ("minus five percent", "minus five percent", "-5"),
        ("5‰", "5‰", "0.5"),
        ("三成五", "三成五", "35"),
        ("八五折", "八五折", "85"),
        ("打七点五折", "七点五折", "75"),
        ("百分之零点五", "百分之零点五", "0.5"),
        ("百万分之一", "百万分之一", "0.0001"),
        ("负百分之五", "负百分之五", "-5"),
    ]);
}

#[test]
#[rustfmt::skip]
fn ordinals_count_from_either_end() {
    check(Family::Ordinal, &[
        ("five thousand six hundred and seventy-eighth", "five thousand six hundred and seventy-eighth", "5678"),
        ("1,000th", "1,000th", "1000"),
        ("second to last", "second to last", "-2"),
        ("third from last", "third from last", "-3"),
        ("second last", "second last", "-2"),
        ("last but two", "last but two", "-3"),
        ("the one before the last one", "the one before the last one", "-2"),
        ("the next one", "next one", "+1"),
        ("第一百零一", "第一百零一", "101"),
        ("倒数第二", "倒数第二", "-2"),
        ("第２０", "第２０", "20"),
    ]);
}

#[test]
#[rustfmt::skip]
fn comparisons_become_ranges_of_numbers() {
    check(Family::NumberRange, &[
        ("more than 5 but less than 10", "more than 5 but less than 10", "(5,10)"),
        ("greater than 5, less than 10", "greater than 5, less than 10", "(5,10)"),
        ("in excess of 100", "in excess of 100", "(100,)"),
        ("a maximum of 5", "a maximum of 5", "(,5]"),
        ("not under 5", "not under 5", "[5,)"),
        ("10 and up", "10 and up", "[10,)"),
        ("bigger than or equal to 7", "bigger than or equal to 7", "[7,)"),
        ("equal to or higher than 7", "equal to or higher than 7", "[7,)"),
        ("from 5 up to 10", "from 5 up to 10", "[5,10)"),
        ("大于5小于10", "大于5小于10", "(5,10)"),
        ("高于5但低于10", "高于5但低于10", "(5,10)"),
        ("超过5，不到10", "超过5，不到10", "(5,10)"),
        ("至少要5", "至少要5", "[5,)"),
        ("5个以上", "5个以上", "(5,)"),
        ("十人以下", "十人以下", "(,10)"),
        ("5或更多", "5或更多", "[5,)"),
        ("不得超过100", "不得超过100", "(,100]"),
        ("介于五到十之间", "介于五到十之间", "[5,10)"),
        ("等于或者大于5", "等于或者大于5", "[5,)"),
        ("三十五往上", "三十五往上", "[35,)"),
    ]);
}

#[test]
#[rustfmt::skip]
fn currencies_of_the_world_are_read() {
    check(Family::Money, &[
        ("100 Argentine pesos", "100 Argentine pesos", "100 ARS"),
        ("12 zlotys", "12 zlotys", "12 PLN"),
        ("50¢", "50¢", "0.5"),
        ("minus $5", "minus $5", "-5"),
        ("US$100", "US$100", "100 USD"),
        ("KWD 20", "KWD 20", "20 KWD"),
        ("20 Kuwaiti dinars", "20 Kuwaiti dinars", "20 KWD"),
        ("500円", "500円", "500 JPY"),
        ("100 pence", "100 pence", "1 GBP"),
        ("NT$300", "NT$300", "300 TWD"),
        ("人民币100元", "人民币100元", "100 CNY"),
        ("两块五毛五", "两块五毛五", "2.55 CNY"),
        ("人民币壹万贰仟叁佰肆拾伍元陆角柒分", "人民币壹万贰仟叁佰肆拾伍元陆角柒分", "12345.67 CNY"),
        ("100马来西亚林吉特", "100马来西亚林吉特", "100 MYR"),
        ("30便士", "30便士", "0.3 GBP"),
        ("五百美金", "五百美金", "500 USD"),
        ("20瑞士法郎", "20瑞士法郎", "20 CHF"),
        ("三块五毛", "三块五毛", "3.5 CNY"),
    ]);
}

#[test]
#[rustfmt::skip]
fn units_are_read_in_full_and_abbreviated() {
    check(Family::Quantity, &[
        ("6'2\"", "6'2\"", "6.1666666666666666666666666667 foot"),
        ("half a mile", "half a mile", "0.5 mile"),
        ("three quarters of an inch", "three quarters of an inch", "0.75 inch"),
        ("12 m²", "12 m²", "12 square meter"),
        ("5 m^3", "5 m^3", "5 cubic meter"),
        ("5 sq. km", "5 sq. km", "5 square kilometer"),
        ("200 sq ft", "200 sq ft", "200 square foot"),
        ("8 fl oz", "8 fl oz", "8 fluid ounce"),
        ("2 cups", "2 cups", "2 cup"),
        ("4 decimetres", "4 decimetres", "4 decimeter"),
        ("8 µm", "8 µm", "8 micrometer"),
        ("60 mph", "60 mph", "60 mile per hour"),
        ("30 feet per second", "30 feet per second", "30 foot per second"),
        ("3 kilowatt hours", "3 kilowatt hours", "3 kilowatt hour"),
        ("100 MHz", "100 MHz", "100 megahertz"),
        ("30 psi", "30 psi", "30 pound per square inch"),
        ("5 light-years", "5 light-years", "5 light year"),
        ("一米八", "一米八", "1.8 meter"),
        ("1米75", "1米75", "1.75 meter"),
        ("半斤", "半斤", "0.5 jin"),
        ("三公里半", "三公里半", "3.5 kilometer"),
        ("500兆字节", "500兆字节", "500 megabyte"),
        ("60公里/小时", "60公里/小时", "60 kilometer per hour"),
        ("三百多公里", "三百多公里", "300 kilometer"),
        ("10公尺", "10公尺", "10 meter"),
        ("两里", "两里", "2 li"),
        ("5公亩", "5公亩", "5 are"),
    ]);
}

#[test]
#[rustfmt::skip]
fn temperatures_are_read_with_their_scale_and_sign() {
    check(Family::Temperature, &[
        ("零下五度", "零下五度", "-5 degree"),
        ("零下5摄氏度", "零下5摄氏度", "-5 c"),
        ("摄氏20度", "摄氏20度", "20 c"),
        ("华氏98度", "华氏98度", "98 f"),
        ("set it to 72F", "72F", "72 f"),
        ("98.6 degrees Fahrenheit", "98.6 degrees Fahrenheit", "98.6 f"),
        ("minus 5 degrees", "minus 5 degrees", "-5 degree"),
        ("36.5℃", "36.5℃", "36.5 c"),
    ]);
}

#[test]
#[rustfmt::skip]
fn ages_are_read_in_years_and_months() {
    check(Family::Age, &[
        ("三岁半", "三岁半", "3.5 year"),
        ("十八周岁", "十八周岁", "18 year"),
        ("six months old", "six months old", "6 month"),
        ("aged 42", "aged 42", "42 age"),
    ]);
}

//! Holidays by name, fixed, on the nth weekday of a month, by Easter or by the lunar calendar.

use chrono::{Datelike, NaiveDate};

use super::lunar;
use super::when::{Day, DayKind, Item, When, date, nth_weekday, plus};
use crate::reader::Reader;

/// When a holiday falls.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Falls {
    On(u32, u32),
    /// Month, nth, weekday.
    Nth(u32, i32, u32),
    /// Days after an nth weekday of a month: month, nth, weekday, days.
    AfterNth(u32, i32, u32, i64),
    Easter(i64),
    Lunar(u32, u32),
    /// The last day of the lunar year.
    LunarEve,
    /// A solar term: its month and the constants of its day in the 21st and the 20th century.
    Term(u32, f64, f64),
    /// Month and day of the Islamic calendar.
    Islamic(i64, i64),
}

use Falls::{AfterNth, Easter, Islamic, Lunar, LunarEve, Nth, On, Term};

/// Between 4 and 6 April.
const QINGMING: Falls = Term(4, 4.81, 5.59);

#[rustfmt::skip]
const HAN: &[(&str, Falls)] = &[
    ("元旦节", On(1, 1)), ("元旦", On(1, 1)), ("新年", On(1, 1)), ("情人节", On(2, 14)), ("三八妇女节", On(3, 8)), ("妇女节", On(3, 8)), ("植树节", On(3, 12)), ("愚人节", On(4, 1)), ("清明节", QINGMING), ("清明", QINGMING),
    ("五一劳动节", On(5, 1)), ("国际劳动节", On(5, 1)), ("劳动节", On(5, 1)), ("五一", On(5, 1)), ("五四青年节", On(5, 4)), ("青年节", On(5, 4)), ("六一儿童节", On(6, 1)), ("儿童节", On(6, 1)), ("建党节", On(7, 1)), ("建军节", On(8, 1)),
    ("教师节", On(9, 10)), ("国庆节", On(10, 1)), ("国庆", On(10, 1)), ("十一国庆", On(10, 1)), ("万圣节", On(10, 31)), ("光棍节", On(11, 11)), ("双十一", On(11, 11)), ("平安夜", On(12, 24)), ("圣诞节", On(12, 25)), ("圣诞", On(12, 25)),
    ("母亲节", Nth(5, 2, 7)), ("父亲节", Nth(6, 3, 7)), ("感恩节", Nth(11, 4, 4)), ("除夕", LunarEve), ("大年三十", LunarEve), ("年三十", LunarEve), ("大年初一", Lunar(1, 1)), ("春节", Lunar(1, 1)), ("中国年", Lunar(1, 1)),
    ("元宵节", Lunar(1, 15)), ("元宵", Lunar(1, 15)), ("灯节", Lunar(1, 15)), ("端午节", Lunar(5, 5)), ("端午", Lunar(5, 5)), ("七夕节", Lunar(7, 7)), ("七夕", Lunar(7, 7)), ("中元节", Lunar(7, 15)), ("中秋节", Lunar(8, 15)), ("中秋", Lunar(8, 15)), ("重阳节", Lunar(9, 9)),
    ("重阳", Lunar(9, 9)), ("腊八节", Lunar(12, 8)), ("腊八", Lunar(12, 8)), ("复活节", Easter(0)),
    ("白色情人节", On(3, 14)), ("消费者权益日", On(3, 15)), ("国际妇女节", On(3, 8)), ("世界地球日", On(4, 22)), ("地球日", On(4, 22)), ("护士节", On(5, 12)), ("国际儿童节", On(6, 1)), ("六一", On(6, 1)), ("记者节", On(11, 8)), ("双十二", On(12, 12)), ("双12", On(12, 12)), ("双11", On(11, 11)), ("跨年夜", On(12, 31)), ("独立日", On(7, 4)), ("黑色星期五", AfterNth(11, 4, 4, 1)), ("网络星期一", AfterNth(11, 4, 4, 4)),
    ("老兵节", On(11, 11)), ("退伍军人节", On(11, 11)), ("总统日", Nth(2, 3, 1)), ("哥伦布日", Nth(10, 2, 1)), ("马丁路德金日", Nth(1, 3, 1)), ("阵亡将士纪念日", Nth(5, -1, 1)), ("圣帕特里克节", On(3, 17)), ("耶稣受难日", Easter(-2)), ("受难节", Easter(-2)), ("小年", Lunar(12, 23)), ("腊八节", Lunar(12, 8)), ("龙抬头", Lunar(2, 2)), ("中国情人节", Lunar(7, 7)), ("鬼节", Lunar(7, 15)), ("老人节", Lunar(9, 9)),
    ("大年夜", LunarEve), ("农历新年", Lunar(1, 1)), ("春分", Term(3, 20.646, 21.4155)), ("立夏", Term(5, 5.52, 6.318)), ("夏至", Term(6, 21.37, 22.2)), ("立秋", Term(8, 7.5, 8.35)), ("秋分", Term(9, 23.042, 23.822)), ("立冬", Term(11, 7.438, 8.218)), ("冬至", Term(12, 21.94, 22.6)), ("开斋节", Islamic(10, 1)), ("古尔邦节", Islamic(12, 10)), ("宰牲节", Islamic(12, 10)),
];

#[rustfmt::skip]
const ENGLISH: &[(&str, Falls)] = &[
    ("new year ' s day", On(1, 1)), ("new years day", On(1, 1)), ("new year day", On(1, 1)), ("new year ' s eve", On(12, 31)), ("new years eve", On(12, 31)), ("new year eve", On(12, 31)), ("new year", On(1, 1)), ("new years", On(1, 1)), ("nye", On(12, 31)),
    ("martin luther king jr day", Nth(1, 3, 1)), ("martin luther king day", Nth(1, 3, 1)), ("mlk day", Nth(1, 3, 1)), ("groundhog day", On(2, 2)), ("groundhogs day", On(2, 2)), ("valentine ' s day", On(2, 14)), ("valentines day", On(2, 14)), ("valentine day", On(2, 14)), ("saint valentine ' s day", On(2, 14)),
    ("presidents ' day", Nth(2, 3, 1)), ("president ' s day", Nth(2, 3, 1)), ("presidents day", Nth(2, 3, 1)), ("women ' s day", On(3, 8)), ("female day", On(3, 8)), ("saint patrick ' s day", On(3, 17)), ("st patrick ' s day", On(3, 17)), ("st . patrick ' s day", On(3, 17)), ("april fools ' day", On(4, 1)), ("april fools day", On(4, 1)), ("april fool ' s day", On(4, 1)), ("april fools", On(4, 1)), ("april fool day", On(4, 1)),
    ("earth day", On(4, 22)), ("good friday", Easter(-2)), ("easter sunday", Easter(0)), ("easter monday", Easter(1)), ("easter day", Easter(0)), ("easter", Easter(0)), ("ash wednesday", Easter(-46)), ("palm sunday", Easter(-7)), ("maundy thursday", Easter(-3)), ("pentecost", Easter(49)), ("ascension day", Easter(39)), ("mardi gras", Easter(-47)),
    ("international workers ' day", On(5, 1)), ("international workers day", On(5, 1)), ("workers ' day", On(5, 1)), ("labour day", On(5, 1)), ("may day", On(5, 1)), ("star wars day", On(5, 4)), ("cinco de mayo", On(5, 5)), ("mother ' s day", Nth(5, 2, 7)), ("mothers ' day", Nth(5, 2, 7)), ("mothers day", Nth(5, 2, 7)), ("mother day", Nth(5, 2, 7)), ("memorial day", Nth(5, -1, 1)),
    ("father ' s day", Nth(6, 3, 7)), ("fathers ' day", Nth(6, 3, 7)), ("fathers day", Nth(6, 3, 7)), ("father day", Nth(6, 3, 7)), ("children ' s day", On(6, 1)), ("flag day", On(6, 14)), ("juneteenth", On(6, 19)), ("freedom day", On(6, 19)), ("jubilee day", On(6, 19)), ("us independence day", On(7, 4)), ("independence day", On(7, 4)), ("bastille day", On(7, 14)), ("labor day", Nth(9, 1, 1)), ("teacher ' s day", On(9, 10)), ("teachers ' day", On(9, 10)),
    ("columbus day", Nth(10, 2, 1)), ("halloween day", On(10, 31)), ("all hallows eve", On(10, 31)), ("halloween", On(10, 31)), ("all saints ' day", On(11, 1)), ("all souls day", On(11, 2)), ("guy fawkes day", On(11, 5)), ("singles day", On(11, 11)), ("singles ' day", On(11, 11)), ("veterans day", On(11, 11)), ("veteran ' s day", On(11, 11)), ("veterans ' day", On(11, 11)),
    ("thanksgiving day", Nth(11, 4, 4)), ("thanksgiving", Nth(11, 4, 4)), ("thanks giving day", Nth(11, 4, 4)), ("thanks giving", Nth(11, 4, 4)), ("yuandan", On(1, 1)), ("int ' l workers day", On(5, 1)), ("international women ' s day", On(3, 8)), ("black friday", AfterNth(11, 4, 4, 1)), ("cyber monday", AfterNth(11, 4, 4, 4)), ("christmas eve", On(12, 24)), ("xmas eve", On(12, 24)), ("christmas day", On(12, 25)), ("christmas", On(12, 25)), ("xmas", On(12, 25)), ("boxing day", On(12, 26)),
    ("chinese new year", Lunar(1, 1)), ("lunar new year", Lunar(1, 1)), ("spring festival", Lunar(1, 1)), ("lantern festival", Lunar(1, 15)), ("dragon boat festival", Lunar(5, 5)), ("mid autumn festival", Lunar(8, 15)), ("national day", On(10, 1)),
    ("winter solstice", Term(12, 21.94, 22.6)), ("summer solstice", Term(6, 21.37, 22.2)), ("mayday", On(5, 1)), ("inauguration day", On(1, 20)), ("epiphany", On(1, 6)), ("australia day", On(1, 26)), ("pi day", On(3, 14)), ("white day", On(3, 14)), ("saint patrick day", On(3, 17)), ("st patricks day", On(3, 17)), ("saint patricks day", On(3, 17)), ("tax day", On(4, 15)), ("st george ' s day", On(4, 23)), ("saint george ' s day", On(4, 23)), ("anzac day", On(4, 25)), ("arbor day", Nth(4, -1, 5)), ("youth day", On(5, 4)),
    ("victoria day", Nth(5, 3, 1)), ("canada day", On(7, 1)), ("4th of july day", On(7, 4)), ("teacher day", On(9, 10)), ("teacher ' s day", On(9, 10)), ("indigenous peoples ' day", Nth(10, 2, 1)), ("indigenous peoples day", Nth(10, 2, 1)), ("day of the dead", On(11, 2)), ("all soul ' s day", On(11, 2)), ("all souls ' day", On(11, 2)), ("all saint ' s day", On(11, 1)), ("all saints day", On(11, 1)),
    ("all hallows ' eve", On(10, 31)), ("guy fawkes night", On(11, 5)), ("bonfire night", On(11, 5)), ("remembrance day", On(11, 11)), ("armistice day", On(11, 11)), ("single ' s day", On(11, 11)), ("x - mas", On(12, 25)), ("saint nicholas day", On(12, 6)), ("mlk jr day", Nth(1, 3, 1)), ("martin luther king jr . day", Nth(1, 3, 1)), ("martin luther king , jr . day", Nth(1, 3, 1)), ("martin luther king jr", Nth(1, 3, 1)), ("washington ' s birthday", Nth(2, 3, 1)), ("washingtons birthday", Nth(2, 3, 1)), ("president day", Nth(2, 3, 1)), ("valentines", On(2, 14)),
    ("international woman ' s day", On(3, 8)), ("womens day", On(3, 8)), ("woman ' s day", On(3, 8)), ("children day", On(6, 1)), ("childrens day", On(6, 1)), ("april fool", On(4, 1)), ("clean monday", Easter(-48)), ("shrove tuesday", Easter(-47)), ("fat tuesday", Easter(-47)), ("holy thursday", Easter(-3)), ("holy saturday", Easter(-1)), ("whit monday", Easter(50)), ("pentecost monday", Easter(50)), ("whit sunday", Easter(49)), ("trinity sunday", Easter(56)), ("corpus christi", Easter(60)), ("ascension thursday", Easter(39)), ("ascension of christ", Easter(39)),
    ("tomb sweeping day", QINGMING), ("tomb - sweeping day", QINGMING), ("qingming festival", QINGMING), ("qingming", QINGMING), ("mid - autumn festival", Lunar(8, 15)), ("mid - autumn day", Lunar(8, 15)), ("moon festival", Lunar(8, 15)), ("double ninth festival", Lunar(9, 9)), ("double seventh festival", Lunar(7, 7)), ("qixi festival", Lunar(7, 7)), ("lunar new year ' s eve", LunarEve), ("chinese new year ' s eve", LunarEve), ("chinese new year eve", LunarEve), ("chinese national day", On(10, 1)),
    ("eid al - fitr", Islamic(10, 1)), ("eid al fitr", Islamic(10, 1)), ("eid ul fitr", Islamic(10, 1)), ("eid al - adha", Islamic(12, 10)), ("eid al adha", Islamic(12, 10)), ("eid ul adha", Islamic(12, 10)), ("islamic new year", Islamic(1, 1)), ("muharram", Islamic(1, 1)), ("ashura", Islamic(1, 10)), ("mawlid", Islamic(3, 12)), ("ramadan", Islamic(9, 1)),
];

fn easter(year: i32) -> Option<NaiveDate> {
    // The anonymous Gregorian computus (Meeus, Jones, Butcher).
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    date(year, u32::try_from(n / 31).ok()?, u32::try_from(n % 31 + 1).ok()?)
}

/// The first day in a year of the Gregorian calendar that bears a date of the tabular Islamic one, whose thirty years have
/// 10,631 days; the sighting of the moon may differ by a day.
fn islamic(year: i32, month: i64, day: i64) -> Option<NaiveDate> {
    let epoch = date(622, 7, 18)?;
    let guess = (i64::from(year) - 622) * 33 / 32;
    (guess - 1..=guess + 2)
        .map(|y| {
            let months = (59 * (month - 1) + 1).div_euclid(2);
            plus(epoch, (y - 1) * 354 + (11 * y + 3).div_euclid(30) + months + day - 1)
        })
        .find(|d| d.year() == year)
}

fn in_year(falls: Falls, year: i32) -> Option<NaiveDate> {
    match falls {
        On(month, day) => date(year, month, day),
        Nth(month, n, number) => nth_weekday(year, month, n, number),
        AfterNth(month, n, number, days) => Some(plus(nth_weekday(year, month, n, number)?, days)),
        Easter(offset) => Some(plus(easter(year)?, offset)),
        Lunar(month, day) => lunar::solar(year, month, day),
        LunarEve => Some(plus(lunar::solar(year, 1, 1)?, -1)),
        Islamic(month, day) => islamic(year, month, day),
        // The formula holds from 1900 to 2099.
        Term(month, recent, past) => {
            let y = year % 100;
            let c = if year >= 2000 { recent } else { past };
            #[expect(clippy::cast_possible_truncation, reason = "a day of a month")]
            let day = (0.2422 * f64::from(y) + c) as i32 - y / 4;
            date(year, month, u32::try_from(day).ok()?)
        }
    }
}

fn day(falls: Falls, year: Option<i32>, today: NaiveDate) -> Day {
    let (future, past) = match year {
        Some(year) => (in_year(falls, year), in_year(falls, year)),
        None => {
            let years = today.year() - 1..=today.year() + 1;
            (
                years.clone().filter_map(|y| in_year(falls, y)).find(|d| *d >= today),
                years.rev().filter_map(|y| in_year(falls, y)).find(|d| *d < today),
            )
        }
    };
    let year_text = year.map_or_else(|| "XXXX".to_owned(), |y| format!("{y:04}"));
    let timex = match (falls, year) {
        (On(month, day) | Lunar(month, day), _) => format!("{year_text}-{month:02}-{day:02}"),
        (Nth(..) | AfterNth(..) | Easter(_) | Islamic(..), Some(_)) => future.map_or(year_text, super::when::iso),
        (Nth(month, n, number), None) => format!("XXXX-{month:02}-WXX-{number}-{}", if n < 0 { 4 } else { n }),
        (AfterNth(month, n, number, days), None) => {
            format!("XXXX-{month:02}-WXX-{}-{n}", (i64::from(number) - 1 + days) % 7 + 1)
        }
        // The day of this year stands for all.
        (Easter(_) | Islamic(..), None) => {
            let this = in_year(falls, today.year()).or(future);
            format!("XXXX-{}", this.map(|d| d.format("%m-%d").to_string()).unwrap_or_default())
        }
        (LunarEve, _) => format!("{year_text}-12-30"),
        (Term(month, recent, _), _) => format!("{year_text}-{month:02}-{:02}", recent.trunc()),
    };
    Day { timex, future, past, ymd: (year, 0, 0), weekday: None, kind: DayKind::Holiday }
}

/// 国庆节, 明年春节, 今年的中秋节.
pub(crate) fn han(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let (year, at) = super::han_day::year(reader, token)
        .map_or((None, token), |(y, e)| (Some(y), if text.ch(e) == '的' { e + 1 } else { e }));
    let (falls, mut end) = text.pick(at, HAN)?;
    if end == at + 2 && text.ch(at) == '五' && matches!(text.ch(end), '个' | '点') {
        return None;
    }
    let mut when = day(falls, year, reader.context.now.date());
    // 国庆后第一天, 节后第一天
    if let Some((back, after)) = text.pick(
        end,
        &[
            ("假期后第一天", 1),
            ("节后第一天", 1),
            ("后第一天", 1),
            ("后的第一天", 1),
            ("前一天", -1),
            ("后一天", 1),
            ("当天", 0),
        ],
    ) {
        let calendar = reader.context.calendar;
        let to = |d: NaiveDate| match (
            back,
            text.lit(end, "后第一天").or(text.lit(end, "后的第一天")).or(text.lit(end, "假期后第一天")),
        ) {
            (1, Some(_)) => (1..20).map(|n| plus(d, n)).find(|d| calendar.works(*d)).unwrap_or(d),
            _ => plus(d, back),
        };
        let moved = when.future.map(to);
        when = Day {
            timex: moved.map(super::when::iso).unwrap_or_default(),
            future: moved,
            past: when.past.map(to),
            ..when
        };
        end = after;
    }
    Some(Item::new(token, end, When::Day(when), "zh.holiday"))
}

/// "black friday 2010", "last easter", "thanksgiving of next year".
pub(crate) fn english(reader: &Reader<'_>, token: usize) -> Option<Item> {
    let text = &reader.text;
    let today = reader.context.now.date();
    let (which, at) = super::english_day::which(text, token).map_or((None, token), |(w, a)| (Some(w), a));
    let (falls, mut end) = text.pick_words(at, ENGLISH)?;
    let year_at = if matches!(text.s(end), "of" | "in" | ",") { end + 1 } else { end };
    let year = match super::english_day::year(text, year_at).filter(|(y, _)| (1600..2200).contains(y)) {
        Some((year, after)) => {
            end = after;
            Some(year)
        }
        None => super::english_period::relative_year(reader, year_at).map(|(year, after)| {
            end = after;
            year
        }),
    };
    let mut when = day(falls, year, today);
    if let Some(offset) = which.filter(|_| year.is_none()) {
        let this_year = in_year(falls, today.year());
        let picked = match offset {
            1.. => when.future.filter(|d| *d > today).or_else(|| in_year(falls, today.year() + 1)),
            0 => this_year,
            _ => when.past,
        };
        when = Day { timex: picked.map(super::when::iso)?, future: picked, past: picked, ..when };
    }
    Some(Item::new(token, end, When::Day(when), "en.holiday"))
}

//! Postgres' binary values as JSON, by the type of the column. Written by hand, because numbers have to stay exact and
//! arrays of every type have to work; the formats are those of PostgreSQL's `*_send` functions.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde_json::{Number, Value};
use sqlx::postgres::{PgRow, PgTypeInfo, PgTypeKind, PgValueFormat};
use sqlx::{Column as _, Row as _, TypeInfo as _, ValueRef as _};

use crate::Row;

/// Reads a row.
///
/// # Errors
/// In words for the skill's owner: the column whose type is not known, and what to do.
pub fn read(row: &PgRow, time_zone: Tz) -> Result<Row, String> {
    let mut read = Row::new();
    for (index, column) in row.columns().iter().enumerate() {
        let at = |message: String| format!("the column {:?}: {message}", column.name());
        let value = row.try_get_raw(index).map_err(|error| at(error.to_string()))?;
        let value = if value.is_null() {
            Value::Null
        } else if value.format() == PgValueFormat::Binary {
            let bytes = value.as_bytes().map_err(|error| at(error.to_string()))?;
            decode(column.type_info(), bytes, time_zone).map_err(at)?
        } else {
            return Err(at("the server sent text where binary was asked for".into()));
        };
        read.insert(column.name().to_owned(), value);
    }
    Ok(read)
}

fn decode(kind: &PgTypeInfo, bytes: &[u8], time_zone: Tz) -> Result<Value, String> {
    match kind.kind() {
        PgTypeKind::Array(element) => array(element, bytes, time_zone),
        PgTypeKind::Domain(base) => decode(base, bytes, time_zone),
        PgTypeKind::Enum(_) => text(bytes),
        _ => scalar(kind.name(), bytes, time_zone),
    }
}

fn scalar(kind: &str, bytes: &[u8], time_zone: Tz) -> Result<Value, String> {
    Ok(match kind {
        "BOOL" => Value::Bool(fixed::<1>(bytes)?[0] != 0),
        "INT2" => i16::from_be_bytes(fixed(bytes)?).into(),
        "INT4" => i32::from_be_bytes(fixed(bytes)?).into(),
        "INT8" => i64::from_be_bytes(fixed(bytes)?).into(),
        // Through text: 0.1 of four bytes is to stay 0.1.
        "FLOAT4" => float(f32::from_be_bytes(fixed(bytes)?).to_string()),
        "FLOAT8" => float(f64::from_be_bytes(fixed(bytes)?).to_string()),
        "NUMERIC" => numeric(bytes)?,
        "TEXT" | "VARCHAR" | "CHAR" | "NAME" | "\"CHAR\"" | "UNKNOWN" => text(bytes)?,
        "UUID" => uuid::Uuid::from_bytes(fixed(bytes)?).to_string().into(),
        "JSON" => json(bytes)?,
        "JSONB" => json(bytes.get(1..).unwrap_or_default())?,
        "DATE" => date(i32::from_be_bytes(fixed(bytes)?)).map_or(INFINITY.into(), |date| date.to_string().into()),
        "TIME" => time(i64::from_be_bytes(fixed(bytes)?)).map_or("24:00:00".into(), |time| iso_time(time).into()),
        "TIMESTAMP" => timestamp(i64::from_be_bytes(fixed(bytes)?))
            .map_or(INFINITY.into(), |at| format!("{}T{}", at.date(), iso_time(at.time())).into()),
        "TIMESTAMPTZ" => timestamp(i64::from_be_bytes(fixed(bytes)?)).map_or(INFINITY.into(), |at| {
            let at = DateTime::<Utc>::from_naive_utc_and_offset(at, Utc).with_timezone(&time_zone);
            at.to_rfc3339_opts(SecondsFormat::AutoSi, true).into()
        }),
        "VOID" => Value::Null,
        other => {
            return Err(format!("the type {} can't be shown; cast it to text in the statement", other.to_lowercase()));
        }
    })
}

/// Dimensions (count, has nulls, element type; per dimension: length, lower bound), then the elements with their lengths.
fn array(element: &PgTypeInfo, bytes: &[u8], time_zone: Tz) -> Result<Value, String> {
    let mut rest = bytes;
    let dimensions = take_i32(&mut rest)?;
    rest = rest.get(8..).ok_or(SHORT)?;
    if dimensions == 0 {
        return Ok(Value::Array(Vec::new()));
    } else if dimensions != 1 {
        return Err("only arrays of one dimension can be shown".into());
    }
    let length = take_i32(&mut rest)?;
    rest = rest.get(4..).ok_or(SHORT)?;
    let mut values = Vec::new();
    for _ in 0..length {
        values.push(match usize::try_from(take_i32(&mut rest)?) {
            Err(_) => Value::Null,
            Ok(size) => {
                let (value, after) = rest.split_at_checked(size).ok_or(SHORT)?;
                rest = after;
                decode(element, value, time_zone)?
            }
        });
    }
    Ok(Value::Array(values))
}

/// Groups of four decimal digits, the first with weight 10000^weight; the scale is how many digits are written after the point.
fn numeric(bytes: &[u8]) -> Result<Value, String> {
    let words: Vec<i16> = bytes.chunks_exact(2).map(|pair| i16::from_be_bytes([pair[0], pair[1]])).collect();
    let [_, weight, sign, scale, groups @ ..] = words.as_slice() else {
        return Err(SHORT.into());
    };
    let negative = match sign.cast_unsigned() {
        0 => false,
        0x4000 => true,
        0xC000 => return Ok("NaN".into()),
        0xD000 => return Ok("Infinity".into()),
        _ => return Ok("-Infinity".into()),
    };
    let group = |power: i32| {
        let index = usize::try_from(i32::from(*weight) - power).ok();
        index.and_then(|index| groups.get(index)).copied().unwrap_or_default()
    };
    let mut whole = String::new();
    for power in (0..=i32::from(*weight).max(0)).rev() {
        whole.push_str(&format!("{:04}", group(power)));
    }
    let scale = usize::try_from(*scale).unwrap_or_default();
    let mut fraction = String::new();
    let mut power = -1;
    while fraction.len() < scale {
        fraction.push_str(&format!("{:04}", group(power)));
        power -= 1;
    }
    fraction.truncate(scale);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if negative { "-" } else { "" };
    Ok(number(sign, whole, &fraction))
}

/// A JSON number when reading it back gives the same number, otherwise the digits as text.
fn number(sign: &str, whole: &str, fraction: &str) -> Value {
    let significant = fraction.trim_end_matches('0');
    if significant.is_empty() {
        let exact = format!("{sign}{whole}").parse::<i64>().ok().filter(|number| number.unsigned_abs() <= 1 << 53);
        if let Some(number) = exact {
            return number.into();
        }
    } else {
        let short = format!("{sign}{whole}.{significant}");
        // Display of f64 writes the shortest digits that are read back as the same f64, never an exponent.
        let exact = short.parse::<f64>().ok().filter(|number| number.to_string() == short).and_then(Number::from_f64);
        if let Some(number) = exact {
            return Value::Number(number);
        }
    }
    if fraction.is_empty() { format!("{sign}{whole}").into() } else { format!("{sign}{whole}.{fraction}").into() }
}

fn float(text: String) -> Value {
    text.parse().ok().and_then(Number::from_f64).map_or(Value::String(text), Value::Number)
}

fn text(bytes: &[u8]) -> Result<Value, String> {
    std::str::from_utf8(bytes).map(Value::from).map_err(|error| error.to_string())
}

fn json(bytes: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

/// Days since 2000-01-01. `None`: infinity, or beyond the calendar.
fn date(days: i32) -> Option<NaiveDate> {
    if days == i32::MAX || days == i32::MIN {
        return None;
    }
    NaiveDate::from_ymd_opt(2000, 1, 1)?.checked_add_signed(Duration::days(i64::from(days)))
}

/// Microseconds since midnight.
fn time(microseconds: i64) -> Option<NaiveTime> {
    let seconds = u32::try_from(microseconds / 1_000_000).ok()?;
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, u32::try_from(microseconds % 1_000_000).ok()? * 1000)
}

/// Microseconds since 2000-01-01T00:00:00. `None`: infinity, or beyond the calendar.
fn timestamp(microseconds: i64) -> Option<NaiveDateTime> {
    if microseconds == i64::MAX || microseconds == i64::MIN {
        return None;
    }
    NaiveDate::from_ymd_opt(2000, 1, 1)?
        .and_time(NaiveTime::MIN)
        .checked_add_signed(Duration::microseconds(microseconds))
}

fn iso_time(time: NaiveTime) -> String {
    time.format("%H:%M:%S%.f").to_string()
}

/// Dates beyond the calendar, in either direction.
const INFINITY: &str = "infinity";

const SHORT: &str = "the server's value is too short";

fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], String> {
    bytes.try_into().map_err(|_| format!("{N} bytes expected, {} received", bytes.len()))
}

fn take_i32(rest: &mut &[u8]) -> Result<i32, String> {
    let (head, tail) = rest.split_at_checked(4).ok_or(SHORT)?;
    *rest = tail;
    Ok(i32::from_be_bytes(fixed(head)?))
}

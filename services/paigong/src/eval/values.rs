//! `paigong eval values DIR`: measures the `values` crate on Microsoft's Recognizers-Text specifications. How a case
//! is read and when it passes lives here; nothing about how text is read.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Value as Json, json};
use values::{Calendar, Context, Dimension, Family, Language, Reading, Value};

/// `paigong eval values`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder that holds `<Type>/<Language>/*Model.json`.
    pub dir: PathBuf,
    /// Only this language.
    #[arg(long, value_parser = ["zh", "en"])]
    pub lang: Option<String>,
    /// Only this type: a folder (`Number`) or a model (`NumberRange`).
    #[arg(long = "type")]
    pub kind: Option<String>,
    /// Print the figures as JSON.
    #[arg(long)]
    pub json: bool,
    /// Also print every case that does not pass, with what was read.
    #[arg(long)]
    pub failures: bool,
}

/// Passed and total of one group of cases.
#[derive(Debug, Clone, Copy, Default, serde::Serialize)]
struct Tally {
    passed: usize,
    total: usize,
}

impl Tally {
    fn count(&mut self, passed: bool) {
        self.total += 1;
        self.passed += usize::from(passed);
    }

    #[expect(clippy::cast_precision_loss, reason = "a few thousand cases")]
    fn percent(self) -> f64 {
        if self.total == 0 { 0.0 } else { 100.0 * self.passed as f64 / self.total as f64 }
    }
}

/// Measures and prints; fails only when the folder cannot be read.
///
/// # Errors
/// When a file cannot be read or is not the JSON expected.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let calendar = Calendar::mainland_china();
    let mut all = Tally::default();
    let mut groups: [BTreeMap<String, Tally>; 3] = Default::default();
    let mut out = std::io::stdout().lock();
    for file in model_files(&args.dir)? {
        let (kind, language, model) = &file.name;
        let wanted = |w: &String| w.eq_ignore_ascii_case(kind) || w.eq_ignore_ascii_case(model);
        if args.lang.as_ref().is_some_and(|l| l != language) || !args.kind.as_ref().is_none_or(wanted) {
            continue;
        }
        for case in cases(&file.path)? {
            let (passed, read) = check(&case, language, model, &calendar);
            all.count(passed);
            for (group, key) in groups.iter_mut().zip([language, kind, model]) {
                group.entry(key.clone()).or_default().count(passed);
            }
            if args.failures && !passed {
                report(&mut out, &case, (language, model), &read)?;
            }
        }
    }
    let [by_language, by_type, by_model] = groups;
    if args.json {
        let figures = json!({"passed": all.passed, "total": all.total, "by_language": by_language, "by_type": by_type, "by_model": by_model});
        writeln!(out, "{figures:#}")?;
    } else {
        for (title, group) in [("language", by_language), ("type", by_type), ("model", by_model)] {
            for (name, tally) in group {
                writeln!(out, "{title:9}{name:16}{:5} /{:5} {:6.1} %", tally.passed, tally.total, tally.percent())?;
            }
        }
        writeln!(out, "{:25}{:5} /{:5} {:6.1} %", "all", all.passed, all.total, all.percent())?;
    }
    Ok(())
}

struct ModelFile {
    path: PathBuf,
    /// Type folder, language (`zh`, `en`), model without its suffix.
    name: (String, String, String),
}

fn model_files(dir: &Path) -> anyhow::Result<Vec<ModelFile>> {
    let mut files = Vec::new();
    for kind in folders(dir)? {
        for (folder, language) in [("Chinese", "zh"), ("English", "en")] {
            let folder = kind.join(folder);
            if !folder.is_dir() {
                continue;
            }
            for path in folders(&folder)? {
                let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
                let Some(model) = name.strip_suffix("Model.json") else { continue };
                let kind = kind.file_name().and_then(|n| n.to_str()).unwrap_or_default();
                let name = (kind.to_owned(), language.to_owned(), model.to_owned());
                files.push(ModelFile { name, path: path.clone() });
            }
        }
    }
    anyhow::ensure!(!files.is_empty(), "no *Model.json under {}", dir.display());
    Ok(files)
}

fn folders(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(dir).with_context(|| format!("reading {}", dir.display()))?;
    let mut paths: Vec<PathBuf> = entries.map(|e| Ok(e?.path())).collect::<std::io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}

/// The cases of a file, without those their reference implementation leaves out by design and gives no result for.
fn cases(path: &Path) -> anyhow::Result<Vec<Json>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let cases: Vec<Json> = serde_json::from_str(text).with_context(|| format!("parsing {}", path.display()))?;
    let left_out = |case: &Json| {
        let by_design = case["NotSupportedByDesign"].as_str().unwrap_or_default();
        let empty = case["Results"].as_array().is_none_or(Vec::is_empty);
        by_design.to_ascii_lowercase().contains("dotnet") && empty
    };
    Ok(cases.into_iter().filter(|case| !left_out(case)).collect())
}

fn check(case: &Json, language: &str, model: &str, calendar: &Calendar) -> (bool, Vec<Reading>) {
    let input = case["Input"].as_str().unwrap_or_default();
    let reference = case["Context"]["ReferenceDateTime"].as_str().unwrap_or("2016-11-07T00:00:00");
    let now = reference.get(..19).unwrap_or(reference).parse().unwrap_or_default();
    let mut context = Context::new(now, calendar);
    context.language = Some(if language == "zh" { Language::Zh } else { Language::En });
    let read = family(model).map(|f| values::read_family(input, &context, f)).unwrap_or_default();
    let read: Vec<Reading> = read.into_iter().filter(|r| belongs(model, &r.value)).collect();
    let expected = case["Results"].as_array().map(Vec::as_slice).unwrap_or_default();
    let passed = read.len() == expected.len() && {
        let mut left: Vec<&Json> = expected.iter().collect();
        read.iter().all(|reading| {
            let found = left.iter().position(|e| same_span(input, e, reading) && same_value(e, reading));
            found.map(|at| left.remove(at)).is_some()
        })
    };
    (passed, read)
}

fn family(model: &str) -> Option<Family> {
    Some(match model {
        "DateTime" => Family::Temporal,
        "Number" => Family::Number,
        "NumberRange" => Family::NumberRange,
        "Ordinal" => Family::Ordinal,
        "Percent" => Family::Percent,
        "Age" => Family::Age,
        "Currency" => Family::Money,
        "Dimension" => Family::Quantity,
        "Temperature" => Family::Temperature,
        "PhoneNumber" => Family::Phone,
        "Email" => Family::Email,
        "URL" => Family::Url,
        "IpAddress" => Family::Ip,
        "GUID" | "Hashtag" | "Mention" => Family::Token,
        "QuotedText" => Family::Quoted,
        "Boolean" => Family::Boolean,
        _ => return None,
    })
}

/// Three models share the family of tokens.
fn belongs(model: &str, value: &Value) -> bool {
    match model {
        "GUID" => matches!(value, Value::Guid { .. }),
        "Hashtag" => matches!(value, Value::Hashtag { .. }),
        "Mention" => matches!(value, Value::Mention { .. }),
        _ => true,
    }
}

/// Their spans are inclusive and in UTF-16 units, and left out where the text occurs once; their text is folded.
fn same_span(input: &str, expected: &Json, reading: &Reading) -> bool {
    let chars: Vec<char> = input.chars().collect();
    let units = |upto: usize| chars[..upto.min(chars.len())].iter().map(|c| c.len_utf16()).sum::<usize>();
    if let (Some(start), Some(end)) = (expected["Start"].as_u64(), expected["End"].as_u64()) {
        return start == units(reading.span.start) as u64 && end + 1 == units(reading.span.end) as u64;
    }
    fold(expected["Text"].as_str().unwrap_or_default()) == fold(&reading.text)
}

fn fold(text: &str) -> String {
    let narrow = |c| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    };
    text.chars().map(narrow).flat_map(char::to_lowercase).collect()
}

fn same_value(expected: &Json, reading: &Reading) -> bool {
    let (kind, resolution) = (expected["TypeName"].as_str().unwrap_or_default(), &expected["Resolution"]);
    let text = |key: &str| resolution[key].as_str();
    match &reading.value {
        value if kind.starts_with("datetimeV2.") => {
            kind.strip_prefix("datetimeV2.") == temporal_type(value) && same_timex(resolution, reading)
        }
        Value::Number { number } => kind == "number" && close(text("value"), number),
        Value::Percent { percent } => kind == "percentage" && close(text("value"), percent),
        Value::Ordinal { position, relative } => same_ordinal(resolution, *position, *relative),
        Value::NumberRange { from, to, from_inclusive, to_inclusive } => {
            let Some(written) = text("value") else { return false };
            let (Some(open), Some(shut)) = (written.chars().next(), written.chars().last()) else { return false };
            let bounds = written.trim_matches(['[', ']', '(', ')']).split_once(',').unwrap_or_default();
            let bound = |b: &str, ours: &Option<_>| {
                if b.is_empty() { ours.is_none() } else { ours.is_some_and(|o| close(Some(b), &o)) }
            };
            bound(bounds.0, from)
                && bound(bounds.1, to)
                && (open == '[') == *from_inclusive
                && (shut == ']') == *to_inclusive
        }
        Value::Money { amount, currency } => {
            let hundredths = matches!(text("unit"), Some("Cent" | "Pence" | "Fen" | "Penny"));
            let amount = if hundredths { amount.checked_mul(100.into()) } else { Some(*amount) };
            let same_currency = text("isoCurrency").is_none_or(|iso| Some(iso) == currency.as_deref());
            kind == "currency" && same_currency && amount.is_some_and(|a| close(text("value"), &a))
        }
        Value::CurrencyName { currency } => {
            kind == "currency" && resolution["value"].is_null() && text("isoCurrency").is_none_or(|iso| iso == currency)
        }
        Value::Quantity { amount, unit, dimension } => {
            kind == dimension_type(*dimension) && same_unit(text("unit"), unit) && close(text("value"), amount)
        }
        Value::UnitName { unit, dimension } => {
            kind == dimension_type(*dimension) && same_unit(text("unit"), unit) && resolution["value"].is_null()
        }
        Value::Boolean { yes } => kind == "boolean" && resolution["value"].as_bool() == Some(*yes),
        Value::Ip { address } => {
            let theirs: Option<std::net::IpAddr> = text("value").and_then(|v| v.parse().ok());
            theirs.is_some() && theirs == address.parse().ok()
        }
        _ => text("value").is_none_or(|value| fold(value) == fold(&reading.text)),
    }
}

/// The resolved TIMEX forms are the same set; where the case gives none, the resolved value is.
fn same_timex(resolution: &Json, reading: &Reading) -> bool {
    let values = resolution["values"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut theirs: Vec<&str> = values.iter().filter_map(|v| v["timex"].as_str()).collect();
    let mut ours: Vec<&str> = reading.timex.iter().map(String::as_str).collect();
    for side in [&mut theirs, &mut ours] {
        side.sort_unstable();
        side.dedup();
    }
    theirs == ours
}

fn temporal_type(value: &Value) -> Option<&'static str> {
    Some(match value {
        Value::Date { .. } | Value::ImpossibleDate { .. } => "date",
        Value::Time { .. } => "time",
        Value::DateTime { .. } => "datetime",
        Value::DateRange { .. } | Value::OpenDateRange { .. } => "daterange",
        Value::TimeRange { .. } | Value::OpenTimeRange { .. } => "timerange",
        Value::DateTimeRange { .. } | Value::OpenDateTimeRange { .. } => "datetimerange",
        Value::Duration { .. } => "duration",
        Value::Recurring { .. } => "set",
        _ => return None,
    })
}

fn dimension_type(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Temperature => "temperature",
        Dimension::Age => "age",
        _ => "dimension",
    }
}

fn same_unit(theirs: Option<&str>, ours: &str) -> bool {
    theirs.is_some_and(|t| t.to_lowercase() == ours.replace('_', " "))
}

fn same_ordinal(resolution: &Json, position: i64, relative: bool) -> bool {
    let offset: Option<i64> = resolution["offset"].as_str().and_then(|o| o.parse().ok());
    offset.is_some_and(|offset| match resolution["relativeTo"].as_str() {
        Some("start") => !relative && offset == position,
        Some("end") => !relative && offset - 1 == position,
        _ => relative && offset == position,
    })
}

/// Equal to twelve digits, which is what their floating point prints.
fn close(theirs: Option<&str>, ours: &impl ToString) -> bool {
    let parse = |s: &str| s.trim_end_matches('%').parse::<f64>().ok();
    let (Some(theirs), Some(ours)) = (theirs.and_then(parse), parse(&ours.to_string())) else { return false };
    (theirs - ours).abs() <= 1e-12 * theirs.abs().max(1e-9) + 1e-24
}

fn report(out: &mut impl std::io::Write, case: &Json, name: (&str, &str), read: &[Reading]) -> std::io::Result<()> {
    writeln!(out, "{} {}: {}", name.0, name.1, case["Input"].as_str().unwrap_or_default())?;
    for expected in case["Results"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let values = expected["Resolution"]["values"].as_array().map(Vec::as_slice).unwrap_or_default();
        let timex: Vec<&str> = values.iter().filter_map(|v| v["timex"].as_str()).collect();
        let resolution = if timex.is_empty() { expected["Resolution"].to_string() } else { timex.join(" ") };
        writeln!(
            out,
            "    wanted [{}] {} {resolution}",
            expected["Text"].as_str().unwrap_or_default(),
            expected["TypeName"].as_str().unwrap_or_default()
        )?;
    }
    for reading in read {
        let value = serde_json::to_string(&reading.value).unwrap_or_default();
        writeln!(out, "    read   [{}] {} {value} {}", reading.text, reading.timex.join(" "), reading.rule)?;
    }
    Ok(())
}

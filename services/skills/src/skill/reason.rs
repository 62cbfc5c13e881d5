//! Why a value may not fill a slot, in words for the user.

use jsonschema::error::ValidationErrorKind;
use paigong_core::Bilingual;
use serde_json::Value;

use crate::slot::ValueKind;

/// A violated keyword in words, its limit in the slot's unit.
pub(super) fn reason(kind: &ValidationErrorKind, unit: Option<ValueKind>) -> Bilingual {
    let limited = |limit: &Value, zh: &str, en: &str| {
        let (before, zh_unit, en_unit) = match unit {
            Some(ValueKind::Days) => ("", " 天", " days"),
            Some(ValueKind::Hours) => ("", " 小时", " hours"),
            Some(ValueKind::Minutes) => ("", " 分钟", " minutes"),
            Some(ValueKind::Percent) => ("", "%", " %"),
            Some(ValueKind::Money) => ("¥", "", ""),
            Some(ValueKind::Phone) | None => ("", "", ""),
        };
        let en_unit = if limit.as_f64() == Some(1.0) { en_unit.trim_end_matches('s') } else { en_unit };
        let gap = if before.is_empty() { " " } else { "" };
        bilingual(&format!("{zh}{gap}{before}{limit}{zh_unit}"), &format!("{en} {before}{limit}{en_unit}"))
    };
    match kind {
        ValidationErrorKind::Maximum { limit } => limited(limit, "最多", "It can be at most"),
        ValidationErrorKind::Minimum { limit } => limited(limit, "至少", "It must be at least"),
        ValidationErrorKind::ExclusiveMinimum { limit } => limited(limit, "必须大于", "It must be more than"),
        ValidationErrorKind::MaxLength { limit } => {
            bilingual(&format!("最多 {limit} 个字"), &format!("It can have at most {limit} characters"))
        }
        ValidationErrorKind::MinLength { limit } => {
            bilingual(&format!("至少 {limit} 个字"), &format!("It must have at least {limit} characters"))
        }
        ValidationErrorKind::Type { .. } => bilingual("这里需要一个数字", "A number is needed here"),
        ValidationErrorKind::Enum { .. } => bilingual("不在可选范围内", "That is not one of the choices"),
        ValidationErrorKind::MultipleOf { .. } => bilingual("这个数值的单位不对", "That amount is not a valid step"),
        _ => bilingual("格式不对", "That does not have the right form"),
    }
}

pub(super) fn bilingual(zh: &str, en: &str) -> Bilingual {
    Bilingual { zh: zh.into(), en: en.into() }
}

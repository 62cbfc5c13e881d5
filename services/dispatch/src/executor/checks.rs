//! What the dialogue checks before it runs a skill, once more where a worker runs it: much may have changed meanwhile, and
//! the slots of a step were never seen by a dialogue.

use std::sync::Arc;

use serde_json::{Map, Value};
use skills::{Skill, expression};
use store::TenantTx;

use crate::{Error, Failure, Reason, Request, facts};

/// Whether `skill` may run with the request's slots: the user may use it, every value fits its slot, what is required is
/// there, the facts are found, the rules hold.
///
/// # Errors
/// As for any statement.
pub(super) async fn check(
    tx: &mut TenantTx,
    skill: &Skill,
    request: &Request<'_>,
) -> Result<Result<(), Failure>, Error> {
    let refused = |message: String| Ok(Err(Failure::new(Reason::Value, message)));
    let context = request.context;
    if !skill.is_permitted(context) {
        return Ok(Err(Failure::new(Reason::Permission, "the user may not use this skill (any more)".into())));
    }
    for (name, value) in request.slots.iter().filter(|(_, value)| !value.is_null()) {
        if let Err(reason) = skill.validate(name, value) {
            return refused(format!("{name}: {}", reason.en));
        }
    }
    let is_missing = |name: &&String| request.slots.get(name.as_str()).is_none_or(Value::is_null);
    if let Some(name) = skill.manifest.slots.required.iter().find(is_missing) {
        return refused(format!("{name} is missing"));
    }
    let row = facts(tx, skill, request).await;
    let row = match row {
        Ok(row) => row,
        Err(Error::Facts { failure, .. }) => return Ok(Err(failure)),
        Err(error) => return Err(error),
    };
    let missing = skill.manifest.facts.as_ref().is_some_and(|facts| facts.missing.is_some());
    if skill.facts.is_some() && row.is_none() && missing {
        return Ok(Err(Failure { constraint: Some("missing".into()), ..broken("what it is about was not found") }));
    }
    if skill.manifest.rules.is_empty() {
        return Ok(Ok(()));
    }
    let calendar =
        if skill.counts_workdays() { Some(Arc::new(store::calendars::load(tx).await?.calendar)) } else { None };
    let empty = Map::new();
    let scope = expression::Scope {
        slots: request.slots,
        facts: row.as_ref().unwrap_or(&empty),
        context,
        today: &request.now.date().to_string(),
        calendar: calendar.as_ref(),
    };
    Ok(match skill.broken_rule(scope, true) {
        Some((index, rule)) => Err(Failure {
            constraint: Some(format!("rule.{index}")),
            ..broken(&format!("{} does not hold", rule.check))
        }),
        None => Ok(()),
    })
}

fn broken(message: &str) -> Failure {
    Failure::new(Reason::Rule, message.to_owned())
}

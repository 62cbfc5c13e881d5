//! A run of several steps: each is a run of its own; when one fails for good, those before it are taken back in reverse,
//! unless the skill keeps what was done.
//!
//! Nothing is remembered but the steps' own rows in the ledger. Every time the run is claimed, it looks at them and does
//! the next thing: so it goes on after a crash where it stood. Steps on the product's database are done at once; others
//! are queued, and wake the run when they end.

use std::time::Duration;

use paigong_core::RunId;
use serde_json::{Map, Value};
use skills::{Execution, Skill, Step, StepScope};
use store::TenantTx;

use super::{Skills, Verdict, Work, checks, local};
use crate::job::{self, Ending, Fence, Next, Plan, StepOf};
use crate::{Error, Failure, Reason, Request, Row, execute};

/// How long a run waits for a step before it looks by itself. A step that ends wakes it.
const LOOK_AGAIN: Duration = Duration::from_secs(600);
/// Steps come before new work of the same tenant.
const PRIORITY: i16 = 50;

/// A step, or the taking back of one, as the ledger has it.
struct Child {
    id: uuid::Uuid,
    step: i16,
    undoes: Option<uuid::Uuid>,
    skill: String,
    skill_version: i32,
    state: String,
    slots: Value,
    result: Option<Value>,
    error: Option<Value>,
}

impl Child {
    fn first_row(&self) -> Row {
        let row = self.result.as_ref().and_then(|result| result["rows"][0].as_object());
        row.cloned().unwrap_or_default()
    }

    fn message(&self) -> String {
        let message = self.error.as_ref().and_then(|error| error["message"].as_str());
        message.unwrap_or("it was cancelled").to_owned()
    }

    fn is_open(&self) -> bool {
        ["queued", "running", "waiting"].contains(&self.state.as_str())
    }
}

/// What is to be done next.
#[derive(Debug, PartialEq, Eq)]
enum Todo {
    /// This step.
    Step(usize),
    /// To wait for what is under way.
    Wait,
    /// To take this child back.
    TakeBack(usize),
    /// Nothing: all steps are done.
    Done,
    /// Nothing: a step failed, and what could be taken back was. The child that failed.
    Failed(usize),
    /// Nothing: it can't be known whether this child was done.
    Unknown(usize),
}

/// Decides by the rows alone. `undoable` says whether a done step can be taken back.
fn next(children: &[Child], steps: usize, undoable: impl Fn(&Child) -> bool) -> Todo {
    if children.iter().any(Child::is_open) {
        return Todo::Wait;
    }
    let is_done = |child: &&Child| child.state == "succeeded";
    let forward = |step: usize| {
        children.iter().position(|child| child.undoes.is_none() && usize::try_from(child.step) == Ok(step))
    };
    for step in 0..steps {
        match forward(step) {
            None => return Todo::Step(step),
            Some(at) if children[at].state == "unknown" => return Todo::Unknown(at),
            Some(at) if is_done(&&children[at]) => {}
            Some(failed) => {
                let taken_back = |child: &Child| children.iter().any(|undo| undo.undoes == Some(child.id));
                let open = (0..step).rev().filter_map(forward).find(|at| {
                    let child = &children[*at];
                    is_done(&child) && undoable(child) && !taken_back(child)
                });
                return open.map_or(Todo::Failed(failed), Todo::TakeBack);
            }
        }
    }
    Todo::Done
}

pub(super) async fn run(
    skills: &Skills,
    mut tx: TenantTx,
    work: &Work<'_>,
    steps: &[Step],
    keep: bool,
) -> Result<Verdict, Error> {
    if !local::holds(&mut tx, work).await? {
        return Ok(Verdict::Recorded);
    }
    let fence = work.job.fence();
    // Every round does one thing that is in the ledger then, or ends.
    for _ in 0..4 * steps.len() + 4 {
        let children = children(&mut tx, work.job.run).await?;
        let mut undos = Vec::with_capacity(children.len());
        for child in &children {
            undos.push(undo_of(skills, &mut tx, work, child).await?);
        }
        let undo = |child: &Child| {
            children.iter().position(|other| other.id == child.id).and_then(|at| undos.get(at)).cloned().flatten()
        };
        let ending = match next(&children, steps.len(), |child| !keep && undo(child).is_some()) {
            Todo::Step(step) => {
                do_step(skills, &mut tx, work, steps, step, &children).await?;
                continue;
            }
            Todo::TakeBack(at) => {
                let child = &children[at];
                if let Some(skill) = undo(child) {
                    take_back(skills, &mut tx, work, child, &skill).await?;
                }
                continue;
            }
            Todo::Wait => {
                job::give_up(&mut tx, fence, &Next::Wait(Some(LOOK_AGAIN)), None, None).await?;
                tx.commit().await?;
                return Ok(Verdict::Recorded);
            }
            Todo::Done => Ending::Succeeded { rows: vec![merged(&children)], truncated: false },
            Todo::Unknown(at) => {
                let child = &children[at];
                Ending::Unknown(Failure::new(
                    Reason::Step,
                    format!("step {} ({}): {}", child.step + 1, child.skill, child.message()),
                ))
            }
            Todo::Failed(at) => Ending::Failed(Failure::new(Reason::Step, told(&children, at))),
        };
        job::finish(&mut tx, fence, &ending, None).await?;
        paigong_core::fault::point("steps.before_commit");
        tx.commit().await?;
        return Ok(Verdict::Recorded);
    }
    let failure = Failure::new(Reason::Other, "the steps do not come to an end".into());
    Ok(Verdict::End(Ending::Failed(failure), None))
}

/// The first rows of all steps as one, later steps over earlier ones.
fn merged(children: &[Child]) -> Row {
    children.iter().filter(|child| child.undoes.is_none()).flat_map(Child::first_row).collect()
}

/// What became of it, in words for whoever looks into it.
fn told(children: &[Child], failed: usize) -> String {
    let child = &children[failed];
    let mut text = format!("step {} ({}): {}", child.step + 1, child.skill, child.message());
    for done in children.iter().filter(|child| child.undoes.is_none() && child.state == "succeeded") {
        let undo = children.iter().find(|undo| undo.undoes == Some(done.id));
        let outcome = match undo {
            Some(undo) if undo.state == "succeeded" => "was taken back".to_owned(),
            Some(undo) => format!("could not be taken back ({}: {})", undo.state, undo.message()),
            None => "can't be taken back".to_owned(),
        };
        text.push_str(&format!("; step {} ({}) {outcome}", done.step + 1, done.skill));
    }
    text
}

/// The skill that takes back what `child` did, if it was done and there is one.
async fn undo_of(
    skills: &Skills,
    tx: &mut TenantTx,
    work: &Work<'_>,
    child: &Child,
) -> Result<Option<std::sync::Arc<Skill>>, Error> {
    if child.undoes.is_some() || child.state != "succeeded" {
        return Ok(None);
    }
    let version = u32::try_from(child.skill_version).unwrap_or_default();
    let skill = skills.library.version(tx, work.job.app, &child.skill, version).await?;
    match skill.and_then(|skill| skill.manifest.undo.clone()) {
        Some(undo) => skills.library.live(tx, work.job.app, undo.skill()).await,
        None => Ok(None),
    }
}

async fn do_step(
    skills: &Skills,
    tx: &mut TenantTx,
    work: &Work<'_>,
    steps: &[Step],
    at: usize,
    children: &[Child],
) -> Result<(), Error> {
    let step = &steps[at];
    let mut done: Vec<&Child> = children.iter().filter(|child| child.undoes.is_none()).collect();
    done.sort_by_key(|child| child.step);
    let rows: Vec<Row> = done.into_iter().map(Child::first_row).collect();
    let today = work.job.asked.now.date().to_string();
    let scope =
        StepScope { slots: &work.job.slots, context: &work.context, today: &today, calendar: None, steps: &rows };
    let skill = skills.library.live(tx, work.job.app, &step.skill).await?;
    let place = StepOf { parent: work.job.run, step: i16::try_from(at).unwrap_or(i16::MAX), undoes: None };
    match (skill, step.slots(scope)) {
        (Some(skill), Ok(slots)) => begin(skills, tx, work, &skill, slots, place).await,
        // Without the skill there is nothing to put into the ledger under its name; the whole says why.
        (None, _) => refuse(tx, work, place, format!("the skill {} is not there", step.skill)).await,
        (_, Err(message)) => refuse(tx, work, place, message).await,
    }
}

async fn take_back(
    skills: &Skills,
    tx: &mut TenantTx,
    work: &Work<'_>,
    child: &Child,
    skill: &Skill,
) -> Result<(), Error> {
    let mut known = child.slots.as_object().cloned().unwrap_or_default();
    known.extend(child.first_row());
    let fits = |(name, value): &(String, Value)| {
        skill.slots().get(name).is_some_and(|slot| slot.is_settable()) && skill.validate(name, value).is_ok()
    };
    let slots = known.into_iter().filter(fits).collect();
    let place = StepOf { parent: work.job.run, step: child.step, undoes: Some(RunId(child.id)) };
    begin(skills, tx, work, skill, slots, place).await
}

/// Puts the step into the ledger; one on the product's database is done at once.
async fn begin(
    skills: &Skills,
    tx: &mut TenantTx,
    work: &Work<'_>,
    skill: &Skill,
    mut slots: Map<String, Value>,
    place: StepOf,
) -> Result<(), Error> {
    // What identity says is nobody's to set.
    for (name, slot) in skill.slots() {
        if let Some(source) = slot.context_name() {
            let value = work.context.get(source).cloned();
            slots.insert(name.clone(), value.unwrap_or_default());
        }
    }
    let request = Request { slots: &slots, ..work.request() };
    let plan =
        Plan { priority: Some(PRIORITY), tries: skills.options.retry.tries, step: Some(place), ..Plan::default() };
    let checked = checks::check(tx, skill, &request).await?;
    let run = job::enqueue(tx, skill, &request, plan).await?;
    let fence = Fence { run, attempt: 0, owner: None };
    let ending = match (checked, &skill.run) {
        (Err(failure), _) => Ending::Failed(failure),
        (Ok(()), Execution::Sql(statement)) => match execute(tx, skill, statement, &request).await? {
            Ok(found) => Ending::Succeeded { rows: found.rows, truncated: found.truncated },
            Err(failure) => Ending::Failed(failure),
        },
        (Ok(()), _) => return Ok(()),
    };
    job::finish(tx, fence, &ending, None).await?;
    Ok(())
}

/// A step that can't even be begun: its row stands for the whole's skill.
async fn refuse(tx: &mut TenantTx, work: &Work<'_>, place: StepOf, message: String) -> Result<(), Error> {
    let plan = Plan { step: Some(place), ..Plan::default() };
    let run = job::enqueue(tx, work.skill, &work.request(), plan).await?;
    let ending = Ending::Failed(Failure::new(Reason::Value, message));
    job::finish(tx, Fence { run, attempt: 0, owner: None }, &ending, None).await?;
    Ok(())
}

async fn children(tx: &mut TenantTx, parent: RunId) -> Result<Vec<Child>, Error> {
    let children = sqlx::query_as!(
        Child,
        r#"SELECT id, step AS "step!", undoes, skill, skill_version, state, slots, result, error FROM paigong.run
           WHERE tenant_id = $1 AND parent_id = $2 AND step IS NOT NULL ORDER BY id"#,
        tx.tenant().0,
        parent.0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(store::Error::of("reading the steps of a run"))?;
    Ok(children)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(step: i16, state: &str) -> Child {
        Child {
            id: uuid::Uuid::from_u128(step.unsigned_abs().into()),
            step,
            undoes: None,
            skill: format!("a.step{step}"),
            skill_version: 1,
            state: state.into(),
            slots: Value::Null,
            result: None,
            error: None,
        }
    }

    fn undo(of: i16, state: &str) -> Child {
        let id = uuid::Uuid::from_u128(100 + u128::from(of.unsigned_abs()));
        Child { id, undoes: Some(child(of, "").id), ..child(of, state) }
    }

    #[test]
    fn steps_go_forward_one_by_one_and_back_in_reverse() {
        let next = |children: &[Child]| next(children, 3, |child| child.step != 1);
        assert_eq!(next(&[]), Todo::Step(0));
        assert_eq!(next(&[child(0, "waiting")]), Todo::Wait);
        assert_eq!(next(&[child(0, "succeeded")]), Todo::Step(1));
        assert_eq!(next(&[child(0, "succeeded"), child(1, "unknown")]), Todo::Unknown(1));
        let all = [child(0, "succeeded"), child(1, "succeeded"), child(2, "succeeded")];
        assert_eq!(next(&all), Todo::Done);
        // The second can't be taken back, so the first is next.
        let failed = || vec![child(0, "succeeded"), child(1, "succeeded"), child(2, "dead")];
        assert_eq!(next(&failed()), Todo::TakeBack(0));
        let with = |undo: Child| failed().into_iter().chain([undo]).collect::<Vec<_>>();
        assert_eq!(next(&with(undo(0, "queued"))), Todo::Wait);
        assert_eq!(next(&with(undo(0, "succeeded"))), Todo::Failed(2));
        // What could not be taken back is not tried for ever.
        assert_eq!(next(&with(undo(0, "failed"))), Todo::Failed(2));
        assert!(told(&with(undo(0, "failed")), 2).contains("step 1 (a.step0) could not be taken back"));
        assert_eq!(next(&[child(0, "cancelled")]), Todo::Failed(0));
    }
}

//! A plan: several skills in order, proposed by a reasoner. What only reads is done at once, so that the plan that is put
//! to the user names every single thing that would be done; each is checked like any other request. The plan itself is a
//! skill made for this one request: confirmed, carried out, stopped and told of like all others.

use std::sync::Arc;

use dialogue::{Decision, Frame, Meaning, State, Step};
use paigong_core::{Bilingual, Language};
use reasoning::{PlannedStep, Source};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use skills::manifest::{self, Run, SkillName, Slots};
use skills::{Effect, Manifest, Skill};
use store::TenantTx;

use crate::Error;
use crate::phrases::Phrases;
use crate::turn::{Moment, Place};

/// Things that one plan does at most; a longer one can't be overlooked before it is confirmed.
const MAX_CALLS: usize = 10;
/// Rows of a result that are gone through.
const MAX_ROWS: usize = 100;
/// Steps that looking up the values of one call may take.
const MAX_LOOKS: usize = 20;

type Row = Map<String, Value>;

/// One thing that the plan does.
struct Call {
    skill: Arc<Skill>,
    slots: Map<String, Value>,
    /// Slots that are filled from what an earlier call returns: its index and the column.
    later: Vec<(String, usize, String)>,
    /// In words.
    zh: String,
    en: String,
}

/// What became of a proposed step.
enum Stage {
    /// It only reads, and found this.
    Found(Vec<Row>),
    /// It writes: the calls that stand for it.
    Calls(std::ops::Range<usize>),
}

impl Moment<'_> {
    /// The step that puts a proposed plan to the user; `None` where there is none to be made of it.
    pub(crate) async fn planned(
        &self,
        tx: &mut TenantTx,
        state: State,
        steps: &[PlannedStep],
        meaning: &Meaning,
        place: Place,
    ) -> Result<Option<Step>, Error> {
        let language = meaning.language.or(state.language).unwrap_or_default();
        let mut stages: Vec<Stage> = Vec::with_capacity(steps.len());
        let mut calls: Vec<Call> = Vec::new();
        let mut left_out = 0;
        for step in steps {
            let Some(skill) = self.world().permitted(&step.skill) else { return Ok(None) };
            let Some(variants) = variants(step, &stages) else { return Ok(None) };
            if !skill.manifest.effect.needs_confirmation() {
                let mut found = Vec::new();
                for (slots, _) in variants.into_iter().take(MAX_CALLS) {
                    let Some(rows) = self.look_up(tx, &skill, &slots, language, place).await? else { return Ok(None) };
                    found.extend(rows);
                }
                found.truncate(MAX_ROWS);
                if found.is_empty() {
                    // What the rest would be done to is not there: the answer to the question is the answer to all.
                    let slots = concrete(step);
                    return Ok(Some(self.alone(state, &skill, slots, meaning)));
                }
                stages.push(Stage::Found(found));
                continue;
            }
            let from = calls.len();
            for (slots, later) in variants {
                // Too many is too many: the rest need not be looked at to say so.
                if calls.len() > MAX_CALLS {
                    break;
                }
                let frame = if later.is_empty() {
                    match self.checked(tx, &skill, &slots, language, place).await? {
                        Some(frame) => frame,
                        None => {
                            left_out += 1;
                            continue;
                        }
                    }
                } else {
                    dialogue::request(language, &skill, &slots, &self.world())
                        .state
                        .frames
                        .pop()
                        .unwrap_or_else(|| Frame::new(&skill, ""))
                };
                let slots = given(&frame, &skill);
                let is_there =
                    |call: &Call| call.skill.name() == skill.name() && call.slots == slots && later.is_empty();
                if calls.iter().any(is_there) {
                    continue;
                }
                let words = |language| self.in_words(&frame, Phrases(language)).unwrap_or_default();
                let (zh, en) = (words(Language::Zh), words(Language::En));
                calls.push(Call { skill: Arc::clone(&skill), slots, later, zh, en });
            }
            stages.push(Stage::Calls(from..calls.len()));
        }
        if calls.len() > MAX_CALLS {
            let text = Phrases(language).too_many_at_once(MAX_CALLS);
            let mut step = dialogue::step(state, meaning, &self.world());
            step.decision = Decision::Say(dialogue::Say::AskBack(text));
            return Ok(Some(step));
        }
        match calls.as_slice() {
            [] => Ok(None),
            [only] => {
                let slots = only.slots.clone();
                let skill = Arc::clone(&only.skill);
                Ok(Some(self.alone(state, &skill, slots, meaning)))
            }
            _ => {
                let Some(plan) = self.plan(&calls, left_out) else { return Ok(None) };
                let author = self.request.user.chars().take(200).collect::<String>();
                store::skills::keep(tx, self.caller.app, &plan.pack, &plan.manifest, &author).await?;
                let plan = Arc::new(plan);
                self.app.keep(Arc::clone(&plan));
                Ok(Some(dialogue::planned(state, &plan, meaning, &self.world())))
            }
        }
    }

    /// A single request, as if the message had asked for it alone.
    fn alone(&self, state: State, skill: &Skill, slots: Map<String, Value>, meaning: &Meaning) -> Step {
        let plain =
            Meaning { candidates: Vec::new(), band: dialogue::Band::Refuse, more: Vec::new(), ..meaning.clone() };
        let step = dialogue::step(state, &plain, &self.world());
        let proposal = dialogue::Reasoned::Skill { skill: skill.name().to_owned(), slots };
        dialogue::with_reasoned(step, &plain, &proposal, &self.world())
    }

    /// Fills in and checks a request of a plan; `None` where something is missing or stands in its way.
    async fn checked(
        &self,
        tx: &mut TenantTx,
        skill: &Skill,
        slots: &Map<String, Value>,
        language: Language,
        place: Place,
    ) -> Result<Option<Frame>, Error> {
        let mut step = dialogue::request(language, skill, slots, &self.world());
        for _ in 0..MAX_LOOKS {
            let values = step.state.top().map(Frame::values).unwrap_or_default();
            let request = self.run_request(&values, language, place);
            step = match step.decision {
                Decision::Confirm { .. } | Decision::Run => return Ok(step.state.frames.pop()),
                Decision::Look => match dispatch::facts(tx, skill, &request).await {
                    Ok(row) => dialogue::with_facts(step.state, row, &self.world()),
                    Err(dispatch::Error::Facts { .. }) => return Ok(None),
                    Err(error) => return Err(error.into()),
                },
                Decision::LookUp { slot } => match dispatch::choices(tx, skill, &slot, &request).await {
                    Ok(rows) => dialogue::with_choices(step.state, &slot, &rows, &self.world()),
                    Err(dispatch::Error::Facts { .. }) => return Ok(None),
                    Err(error) => return Err(error.into()),
                },
                _ => return Ok(None),
            };
        }
        Ok(None)
    }

    /// The rows of a step that only reads; `None` where it can't be done.
    async fn look_up(
        &self,
        tx: &mut TenantTx,
        skill: &Skill,
        slots: &Map<String, Value>,
        language: Language,
        place: Place,
    ) -> Result<Option<Vec<Row>>, Error> {
        if !matches!(skill.run, skills::Execution::Sql(_)) {
            return Ok(None);
        }
        let Some(frame) = self.checked(tx, skill, slots, language, place).await? else { return Ok(None) };
        let values = frame.values();
        let outcome = dispatch::run(tx, skill, &self.run_request(&values, language, place)).await?;
        Ok(outcome.error.is_none().then_some(outcome.rows))
    }

    /// What a skill runs with in this turn.
    fn run_request<'b>(
        &'b self,
        slots: &'b Map<String, Value>,
        language: Language,
        place: Place,
    ) -> dispatch::Request<'b> {
        dispatch::Request {
            app: self.caller.app,
            conversation: place.conversation,
            turn: self.turn,
            user: &self.request.user,
            context: &self.request.context,
            now: self.now,
            language,
            time_zone: self.caller.time_zone,
            slots,
            limits: dispatch::Limits::default(),
        }
    }

    /// The skill that does `calls` in order and stops where one fails.
    fn plan(&self, calls: &[Call], left_out: usize) -> Option<Skill> {
        let effect = calls.iter().map(|call| call.skill.manifest.effect).max().unwrap_or(Effect::Write);
        let steps: Vec<manifest::Step> = calls
            .iter()
            .map(|call| {
                let fixed = call.slots.iter().map(|(name, value)| (name.clone(), literal(value)));
                let later = call.later.iter().map(|(name, of, column)| (name.clone(), format!("steps[{of}].{column}")));
                manifest::Step { skill: call.skill.manifest.skill.clone(), with: fixed.chain(later).collect() }
            })
            .collect();
        let lines = |language: Language| {
            let said = calls.iter().map(|call| if language == Language::Zh { &call.zh } else { &call.en });
            said.enumerate().map(|(index, line)| format!("\n{}) {line}", index + 1)).collect::<String>()
        };
        let confirm = |language| {
            let say = Phrases(language);
            verbatim(&say.confirm_plan(calls.len(), &lines(language), left_out))
        };
        let reply = |language| verbatim(&Phrases(language).plan_done(&lines(language)));
        let title = |language| Phrases(language).plan_title(calls.len());
        let digest = Sha256::digest(json!([steps, confirm(Language::Zh), self.turn]).to_string());
        let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let manifest = Manifest {
            skill: SkillName::try_from(format!("plan.p{name}")).ok()?,
            title: Bilingual { zh: title(Language::Zh), en: title(Language::En) },
            description: None,
            when: None,
            effect,
            examples: Vec::new(),
            counterexamples: Vec::new(),
            requires: Vec::new(),
            slots: Slots::default(),
            facts: None,
            rules: Vec::new(),
            confirm: Some(Bilingual { zh: confirm(Language::Zh), en: confirm(Language::En) }),
            run: Run::Steps { steps, keep: true },
            returns: None,
            preview: false,
            later: false,
            reply: Bilingual { zh: reply(Language::Zh), en: reply(Language::En) },
            empty: None,
            undo: None,
        };
        match Skill::compile(manifest, 1, &calls.first()?.skill.pack) {
            Ok(skill) => Some(skill),
            Err(error) => {
                tracing::error!(%error, "a plan can't be compiled");
                None
            }
        }
    }
}

/// What a call is given: what nobody but the user could have said, and what was looked up or is usual.
fn given(frame: &Frame, skill: &Skill) -> Map<String, Value> {
    let settable = |name: &str| skill.slots().get(name).is_some_and(skills::Slot::is_settable);
    frame.values().into_iter().filter(|(name, _)| settable(name)).collect()
}

/// A proposed step's values that are known without any other step.
fn concrete(step: &PlannedStep) -> Map<String, Value> {
    let value = |source: &Source| if let Source::Value(value) = source { Some(value.clone()) } else { None };
    step.slots.iter().filter_map(|(name, source)| Some((name.clone(), value(source)?))).collect()
}

/// The slots of every call that a proposed step stands for, with those that only a later result fills; `None` where a
/// source is not to be had.
type Variant = (Map<String, Value>, Vec<(String, usize, String)>);
fn variants(step: &PlannedStep, stages: &[Stage]) -> Option<Vec<Variant>> {
    let rows: Vec<Option<&Row>> = match step.over.map(|over| stages.get(over)) {
        None => vec![None],
        Some(Some(Stage::Found(rows))) => rows.iter().map(Some).collect(),
        Some(_) => return None,
    };
    let mut variants: Vec<Variant> = Vec::with_capacity(rows.len());
    for row in rows {
        let (mut slots, mut later) = (Map::new(), Vec::new());
        for (name, source) in &step.slots {
            match source {
                Source::Value(value) => drop(slots.insert(name.clone(), value.clone())),
                Source::Result { step: of, field } => match stages.get(*of)? {
                    Stage::Found(found) => {
                        let row = if step.over == Some(*of) { row } else { found.first() };
                        slots.insert(name.clone(), row?.get(field)?.clone());
                    }
                    Stage::Calls(calls) if calls.len() == 1 => later.push((name.clone(), calls.start, field.clone())),
                    Stage::Calls(_) => return None,
                },
            }
        }
        let variant = (slots, later);
        if !variants.contains(&variant) {
            variants.push(variant);
        }
    }
    Some(variants)
}

/// `value` as CEL.
fn literal(value: &Value) -> String {
    // JSON's escapes are CEL's, but for the surrogate pairs that serde_json does not write.
    value.to_string()
}

/// `text` as a template that says just it.
fn verbatim(text: &str) -> String {
    format!("{{{{ {} }}}}", Value::from(text))
}

//! A conversation without model or database: small skills, a clock, and messages whose skill is given.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use chrono::{NaiveDate, NaiveDateTime};
use dialogue::{Band, Candidate, Catalogue, Decision, Meaning, Payload, State, Step, World, act};
use serde_json::{Map, Value, json};
use skills::Skill;

const LEAVE: &str = r#"
skill: leave.request
title: {zh: 请假, en: Request leave}
effect: write
examples: [请假]
slots:
  required: [kind, from, to]
  properties:
    employee: {type: string, x-source: context.user}
    kind: {enum: [annual, sick], x-labels: {annual: {zh: 年假, en: annual leave}, sick: {zh: 病假, en: sick leave}}}
    from: {format: date}
    to: {format: date, x-range-from: from, x-default: slots.from}
    note: {type: string}
rules:
  - {check: "slots.from <= slots.to", say: {zh: 反了, en: reversed}, slot: to}
confirm: {zh: "{{ from }}", en: "{{ from }}"}
run: {sql: "INSERT INTO t VALUES (:tenant_id, :employee, :kind, :from, :to, :note) RETURNING 1"}
reply: {zh: 好, en: ok}
undo: leave.cancel
"#;
const CANCEL: &str = r#"
skill: leave.cancel
title: {zh: 撤销请假, en: Cancel leave}
effect: write
examples: [撤销请假]
slots: {required: [number], properties: {number: {type: string, pattern: '^LR-\d+$'}}}
confirm: {zh: "{{ number }}", en: "{{ number }}"}
run: {sql: "DELETE FROM t WHERE tenant_id = :tenant_id AND number = :number RETURNING 1"}
reply: {zh: 好, en: ok}
"#;
const COMP: &str = r#"
skill: comp_leave.request
title: {zh: 调休, en: Comp leave}
effect: write
examples: [调休]
slots: {required: [date], properties: {date: {format: date}}}
confirm: {zh: "{{ date }}", en: "{{ date }}"}
run: {sql: "INSERT INTO t VALUES (:tenant_id, :date) RETURNING 1"}
reply: {zh: 好, en: ok}
"#;
const ROOM: &str = r#"
skill: room.book
title: {zh: 订会议室, en: Book a room}
effect: write
examples: [订会议室]
slots:
  required: [at, people]
  properties:
    at: {format: date-time}
    people: {type: integer, minimum: 1, maximum: 30}
confirm: {zh: "{{ at }}", en: "{{ at }}"}
run: {sql: "INSERT INTO t VALUES (:tenant_id, :at, :people) RETURNING 1"}
reply: {zh: 好, en: ok}
later: true
"#;
const ORDER: &str = r#"
skill: order.status
title: {zh: 查订单, en: Order status}
effect: read
examples: [查订单]
slots: {required: [order], properties: {order: {type: string, pattern: '^SO-\d{5}$', x-read: ['(?i)SO-?(\d{5})', '(?:订单号?|order)\s*(\d{5})'], x-write: 'SO-{}'}}}
facts: {sql: "SELECT 1 FROM t WHERE tenant_id = :tenant_id AND no = :order", missing: {slot: order, say: {zh: 没有, en: none}}}
run: {sql: "SELECT status FROM t WHERE tenant_id = :tenant_id AND no = :order"}
reply: {zh: 好, en: ok}
"#;

const ORDER_CANCEL: &str = r#"
skill: order.cancel
title: {zh: 取消订单, en: Cancel an order}
effect: write
examples: [取消订单]
undo: {skill: order.restore, minutes: 30}
slots:
  required: [order]
  properties:
    customer: {type: string, x-lookup: {sql: "SELECT no, name FROM c WHERE tenant_id = :tenant_id"}}
    order: {type: string, pattern: '^SO-\d{5}$', x-lookup: {strict: false, sql: "SELECT no, label FROM t WHERE tenant_id = :tenant_id AND customer = :customer"}}
    note: {type: string, x-offer: true}
    tax: {type: integer, x-compute: "slots.note == null ? 1 : 2"}
facts: {sql: "SELECT 1 AS n FROM t WHERE tenant_id = :tenant_id AND no = :order", missing: {slot: order, say: {zh: 没有, en: none}}}
confirm: {zh: "{{ order }}", en: "{{ order }}"}
run: {sql: "UPDATE t SET x = :note, y = :tax WHERE tenant_id = :tenant_id AND no = :order RETURNING no"}
reply: {zh: 好, en: ok}
"#;
const ORDER_RESTORE: &str = r#"
skill: order.restore
title: {zh: 恢复订单, en: Restore an order}
effect: write
examples: [恢复订单]
slots: {required: [order], properties: {order: {type: string, pattern: '^SO-\d{5}$', x-lookup: {sql: "SELECT no, label FROM t WHERE tenant_id = :tenant_id"}}}}
confirm: {zh: "{{ order }}", en: "{{ order }}"}
run: {sql: "UPDATE t SET x = '' WHERE tenant_id = :tenant_id AND no = :order RETURNING no"}
reply: {zh: 好, en: ok}
"#;

/// Built once; it holds twenty years of holidays.
pub(crate) static CALENDAR: LazyLock<Arc<values::Calendar>> =
    LazyLock::new(|| Arc::new(values::Calendar::mainland_china()));

/// Skills that can be published anew and withdrawn.
#[derive(Clone)]
pub(crate) struct Skills {
    versions: Vec<Arc<Skill>>,
    live: BTreeMap<String, u32>,
}

static COMPILED: LazyLock<Vec<Arc<Skill>>> = LazyLock::new(|| {
    let sources = [LEAVE, CANCEL, COMP, ROOM, ORDER, ORDER_CANCEL, ORDER_RESTORE];
    let compile = |version: u32| {
        sources.iter().map(move |text| {
            let manifest = skills::yaml::read("test", text).expect("a manifest");
            Arc::new(Skill::compile(manifest, version, "test").expect("a skill"))
        })
    };
    (1..=3).flat_map(compile).collect()
});

impl Skills {
    pub(crate) fn new() -> Self {
        let live = COMPILED.iter().map(|skill| (skill.name().to_owned(), 1)).collect();
        Self { versions: COMPILED.clone(), live }
    }

    /// Publishes the next version; after the third, withdraws the skill with all its versions.
    pub(crate) fn edit(&mut self, name: &str) {
        match self.live.get_mut(name) {
            Some(version) if *version < 3 => *version += 1,
            _ => {
                self.live.remove(name);
                self.versions.retain(|skill| skill.name() != name);
            }
        }
    }
}

impl Catalogue for Skills {
    fn live(&self, name: &str) -> Option<Arc<Skill>> {
        self.version(name, *self.live.get(name)?)
    }
    fn version(&self, name: &str, version: u32) -> Option<Arc<Skill>> {
        self.versions.iter().find(|skill| skill.name() == name && skill.version == version).cloned()
    }
}

/// A conversation on Monday 2026-11-23, 10:00.
pub(crate) struct Talk {
    pub(crate) skills: Skills,
    pub(crate) later: chrono::TimeDelta,
    calendar: &'static Arc<values::Calendar>,
    context: Map<String, Value>,
    pub(crate) state: State,
}

impl Talk {
    pub(crate) fn new() -> Self {
        let context = json!({"user": "E1001"}).as_object().cloned().expect("map");
        Self {
            skills: Skills::new(),
            later: chrono::TimeDelta::zero(),
            calendar: &CALENDAR,
            context,
            state: State::default(),
        }
    }

    pub(crate) fn now() -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2026, 11, 23).and_then(|day| day.and_hms_opt(10, 0, 0)).expect("a time")
    }

    pub(crate) fn world(&self) -> World<'_> {
        World {
            catalogue: &self.skills,
            calendar: self.calendar,
            policy: values::Policy::default(),
            now: Self::now() + self.later,
            context: &self.context,
        }
    }

    /// Says `text`, which understanding takes for `skill` (or for nothing).
    pub(crate) fn say(&mut self, text: &str, skill: Option<&str>) -> Decision {
        let reading = act::read(text);
        let meaning = Meaning {
            text: text.into(),
            language: None,
            values: values::read(&reading.rest, &values::Context::new(Self::now(), self.calendar)),
            act: reading,
            candidates: skill.map(|skill| Candidate { skill: skill.into(), p: 0.95 }).into_iter().collect(),
            band: if skill.is_some() { Band::Act } else { Band::Refuse },
            similarity: 0.9,
            payload: None,
            tags: Vec::new(),
            is_tagged: false,
            sentences: Vec::new(),
            inputs: Map::new(),
            more: vec![],
        };
        self.step(&meaning)
    }

    pub(crate) fn press(&mut self, payload: Payload) -> Decision {
        let meaning = Meaning {
            text: String::new(),
            language: None,
            act: act::ActReading::default(),
            candidates: vec![],
            band: Band::Refuse,
            similarity: 0.0,
            values: vec![],
            payload: Some(payload),
            tags: Vec::new(),
            is_tagged: false,
            sentences: Vec::new(),
            inputs: Map::new(),
            more: vec![],
        };
        self.step(&meaning)
    }

    pub(crate) fn step(&mut self, meaning: &Meaning) -> Decision {
        let Step { state, decision, .. } = dialogue::step(self.state.clone(), meaning, &self.world());
        // A conversation survives being stored.
        let stored = serde_json::to_string(&state).expect("json");
        self.state = serde_json::from_str(&stored).expect("a state");
        decision
    }

    pub(crate) fn slot(&self, name: &str) -> Value {
        self.state.top().map(|frame| frame.values()).and_then(|slots| slots.get(name).cloned()).unwrap_or_default()
    }
}

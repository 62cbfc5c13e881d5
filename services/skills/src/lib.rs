//! What a skill is: its manifest, read strictly from YAML, checked, and compiled into the form that dialogue and
//! dispatch use. Pure: no file, no clock, no network; packs come in as texts.
//!
//! * [`Manifest`]: the data as written ([`manifest`]), with [`Slot`]s ([`slot`])
//! * [`Skill`]: a manifest compiled once per version: validators, conditions, templates and how it is carried out
//!   ([`Execution`]: a statement, a request ([`http`]), a person, other skills)
//! * [`Pack`]: a folder of skills with its schema, seed data and conversation tests
//! * [`lint`]: what is wrong or doubtful in a pack, with the place and the remedy

pub mod example;
mod execution;
pub mod expression;
pub mod http;
pub mod lint;
pub mod manifest;
mod message;
pub mod pack;
pub mod scenario;
mod skill;
pub mod slot;
pub mod sql;
pub mod template;
pub mod yaml;

pub use execution::{Execution, Step, StepScope};
pub use manifest::{Effect, Manifest, SkillName};
pub use message::Message;
pub use pack::Pack;
pub use skill::{Error, Skill, fold, slot_title};
pub use slot::Slot;

//! Versions of skills that are not live, for the conversations that stand on them, and plans, which are skills made for one
//! request. What is forgotten here is brought from the database again when a conversation needs it (`registry::fetch_version`).

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, PoisonError, RwLock};

use skills::Skill;

/// Versions kept at hand.
const MOST: usize = 500;

/// The versions at hand, the first come forgotten first.
#[derive(Default)]
pub(crate) struct Older(RwLock<Kept>);

#[derive(Clone, Default)]
struct Kept {
    skills: HashMap<(String, u32), Arc<Skill>>,
    order: VecDeque<(String, u32)>,
}

impl Older {
    pub(crate) fn keep(&self, skill: Arc<Skill>) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let key = (skill.name().to_owned(), skill.version);
        if kept.skills.insert(key.clone(), skill).is_none() {
            kept.order.push_back(key);
        }
        if kept.order.len() > MOST
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.skills.remove(&oldest);
        }
    }

    pub(crate) fn get(&self, name: &str, version: u32) -> Option<Arc<Skill>> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.skills.get(&(name.to_owned(), version)).cloned()
    }
}

impl Clone for Older {
    fn clone(&self) -> Self {
        Self(RwLock::new(self.0.read().unwrap_or_else(PoisonError::into_inner).clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(version: u32) -> Arc<Skill> {
        let yaml = "skill: a.b\ntitle: {zh: 甲, en: A}\neffect: read\nexamples: [甲]\nrun: {sql: SELECT 1 AS n}\nreply: {zh: 好, en: ok}\n";
        let manifest = skills::yaml::read("a.skill.yaml", yaml).expect("a manifest");
        Arc::new(Skill::compile(manifest, version, "a").expect("a skill"))
    }

    #[test]
    fn the_oldest_is_forgotten_when_there_are_many() {
        let older = Older::default();
        (1..).take(MOST + 1).for_each(|number| older.keep(version(number)));
        assert!(older.get("a.b", 1).is_none());
        assert!(older.get("a.b", 2).is_some());
        older.clone().keep(version(1));
        assert!(older.get("a.b", 1).is_none(), "a copy is a copy");
    }
}

//! Published skills: versions that never change, one of them live.

use ::skills::{Manifest, yaml};
use store::skills::{self, Published};
use store::testing::Database;
use store::{apps, keys};

use crate::{manifest, tenant};

fn read(skill: &str, title: &str) -> Manifest {
    yaml::read("test", &manifest(skill, title, "p")).unwrap()
}

#[tokio::test]
async fn only_what_has_changed_gets_a_new_version_and_a_new_revision() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let mut tx = database.begin(a).await.unwrap();
    let first =
        skills::publish(&mut tx, app.id, "p", &[read("a.one", "一"), read("a.two", "二")], "me", "初版").await.unwrap();
    let published = |skill: &str, version, is_new| Published { skill: skill.into(), version, is_new };
    assert_eq!(first, [published("a.one", 1, true), published("a.two", 1, true)]);
    let second =
        skills::publish(&mut tx, app.id, "p", &[read("a.one", "一"), read("a.two", "二二")], "me", "").await.unwrap();
    assert_eq!(second, [published("a.one", 1, false), published("a.two", 2, true)]);
    assert_eq!(skills::live(&mut tx, app.id).await.unwrap().revision, 2);
    let third = skills::publish(&mut tx, app.id, "p", &[read("a.two", "二二")], "me", "").await.unwrap();
    assert_eq!(third, [published("a.two", 2, false)]);
    let live = skills::live(&mut tx, app.id).await.unwrap();
    assert_eq!(live.revision, 2, "nothing changed");
    let names: Vec<_> = live.skills.iter().map(|skill| (skill.manifest.skill.as_str(), skill.version)).collect();
    assert_eq!(names, [("a.one", 1), ("a.two", 2)]);
    let old = skills::version(&mut tx, app.id, "a.two", 1).await.unwrap().unwrap();
    assert_eq!(old.manifest.title.zh, "二");
    assert!(skills::version(&mut tx, app.id, "a.two", 3).await.unwrap().is_none());
    assert!(skills::version(&mut tx, app.id, "a.two", u32::MAX).await.unwrap().is_none());
}

#[tokio::test]
async fn a_stored_manifest_keeps_the_order_of_its_slots() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let mut tx = database.begin(a).await.unwrap();
    skills::publish(&mut tx, app.id, "p", &[read("a.one", "一")], "", "").await.unwrap();
    let live = skills::live(&mut tx, app.id).await.unwrap();
    let slots: Vec<_> = live.skills[0].manifest.slots.properties.keys().collect();
    assert_eq!(slots, ["the_longest", "beta", "alpha"]);
}

#[tokio::test]
async fn a_withdrawn_skill_can_be_restored_to_any_version() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let mut tx = database.begin(a).await.unwrap();
    for title in ["一", "二"] {
        skills::publish(&mut tx, app.id, "p", &[read("a.one", title)], "", "").await.unwrap();
    }
    assert!(skills::withdraw(&mut tx, app.id, "a.one").await.unwrap());
    assert!(!skills::withdraw(&mut tx, app.id, "a.one").await.unwrap());
    assert!(skills::live(&mut tx, app.id).await.unwrap().skills.is_empty());
    skills::restore(&mut tx, app.id, "a.one", 1).await.unwrap();
    assert_eq!(skills::live(&mut tx, app.id).await.unwrap().skills[0].version, 1);
    skills::publish(&mut tx, app.id, "p", &[read("a.one", "二")], "", "").await.unwrap();
    assert_eq!(skills::live(&mut tx, app.id).await.unwrap().skills[0].version, 2, "no third version for the same text");
    assert!(skills::restore(&mut tx, app.id, "a.one", 7).await.is_err());
}

#[tokio::test]
async fn a_published_version_cannot_be_changed() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let mut tx = database.begin(a).await.unwrap();
    skills::publish(&mut tx, app.id, "p", &[read("a.one", "一")], "", "").await.unwrap();
    for statement in ["UPDATE paigong.skill_version SET note = 'x'", "DELETE FROM paigong.skill_version"] {
        tx.savepoint().await.unwrap();
        assert!(tx.batch(statement, "changing history").await.is_err(), "{statement}");
        tx.rollback_to_savepoint().await.unwrap();
    }
}

#[tokio::test]
async fn two_publishers_of_one_app_get_versions_one_after_the_other() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let publish = |title: &'static str| {
        let store = database.store.clone();
        tokio::spawn(async move {
            let mut tx = store.begin(a).await.unwrap();
            let published = skills::publish(&mut tx, app.id, "p", &[read("a.one", title)], "", "").await.unwrap();
            tx.commit().await.unwrap();
            published[0].version
        })
    };
    let tasks: Vec<_> = ["一", "二", "三", "四"].into_iter().map(publish).collect();
    let mut versions = Vec::new();
    for task in tasks {
        versions.push(task.await.unwrap());
    }
    versions.sort_unstable();
    assert_eq!(versions, [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_change_is_hinted_at_commit_and_seen_by_the_next_request() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let mut listener = sqlx::postgres::PgListener::connect(&database.url()).await.unwrap();
    listener.listen(skills::CHANNEL).await.unwrap();
    let mut tx = database.begin(a).await.unwrap();
    let (_, key) = keys::create(&mut tx, app.id, "", None).await.unwrap();
    skills::publish(&mut tx, app.id, "p", &[read("a.one", "一")], "", "").await.unwrap();
    tx.commit().await.unwrap();
    let hint =
        tokio::time::timeout(std::time::Duration::from_secs(10), listener.recv()).await.expect("a hint").unwrap();
    assert_eq!(hint.payload(), "", "it tells no tenant");
    let caller = keys::authenticate(&database, key.reveal()).await.unwrap().unwrap().caller;
    assert_eq!(caller.revision, 1);
    let mut tx = database.begin(a).await.unwrap();
    assert_eq!(apps::find(&mut tx, "助手").await.unwrap().unwrap().revision, 1);
}

//! Facts of turns, the numbers over them, the queue of what to look at, and labels.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use paigong_core::AppId;
use store::analytics::{self, Wanted};
use store::facts::{self, Row};
use store::review::{self, Filter, Kind, Label, Taught};
use store::skills;
use store::testing::Database;
use uuid::Uuid;

use crate::{conversation, pack, tenant, thing, turn};

fn row(turn: Uuid, seq: i32, uncertainty: f32, signals: &[&str]) -> Row {
    Row {
        turn,
        seq,
        at: Utc::now(),
        language: "zh",
        skill: Some("thing.one".into()),
        path: "model",
        band: Some("ask".into()),
        outcome: "asked",
        signals: signals.iter().map(|signal| (*signal).to_owned()).collect(),
        p_best: Some(0.5),
        p_second: None,
        uncertainty,
        friction: if signals.is_empty() { 0.0 } else { 0.4 },
        latency_ms: Some(10 * seq),
        reasoned: seq == 2,
        llm_tokens: 7,
        llm_cost_micros: 3,
        task_turns: (seq == 1).then_some(2),
        completed: (seq == 1).then_some(true),
        due_at: None,
    }
}

fn wanted(app: AppId, group: &str) -> Wanted<'_> {
    let day = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
    Wanted { app, since: day(2000), until: day(2200), group, skill: None, language: None }
}

#[tokio::test]
async fn of_many_tenants_only_those_with_something_to_do_are_named() {
    let database = Database::with(|options| options.max_connections = 1).await;
    let (a, app) = tenant(&database, "甲").await;
    let (b, other) = tenant(&database, "乙").await;
    let (since, now) = (Utc::now() - facts::WINDOW, Utc::now());
    assert_eq!(facts::tenants(&database, since, now).await.unwrap(), []);
    let id = conversation(&database, a, &app, "u").await;
    conversation(&database, b, &other, "u").await;
    let mut tx = database.begin(a).await.unwrap();
    let (first, _) = turn(&mut tx, id, "请假").await;
    tx.commit().await.unwrap();
    assert_eq!(facts::tenants(&database, since, now).await.unwrap(), [a]);
    assert_eq!(facts::tenants(&database, now + TimeDelta::hours(1), now).await.unwrap(), [], "too old");
    let mut tx = database.begin(a).await.unwrap();
    let due = Row { due_at: Some(now + TimeDelta::minutes(30)), ..row(first.0, 1, 0.5, &[]) };
    facts::put(&mut tx, app.id, id, &due).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(facts::tenants(&database, since, now).await.unwrap(), []);
    assert_eq!(facts::tenants(&database, since, now + TimeDelta::hours(1)).await.unwrap(), [a], "due");
    // The one connection is nobody's again.
    let mut connection = database.pool().acquire().await.unwrap();
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM paigong.turn").fetch_one(&mut *connection).await.unwrap();
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn new_turns_are_found_once_and_those_that_are_due_again() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let id = conversation(&database, a, &app, "u").await;
    let mut tx = database.begin(a).await.unwrap();
    let (first, _) = turn(&mut tx, id, "请假").await;
    tx.commit().await.unwrap();
    let (since, now) = (Utc::now() - facts::WINDOW, Utc::now());
    let mut tx = database.begin(a).await.unwrap();
    assert!(facts::claim(&mut tx).await.unwrap());
    let mut other = database.begin(a).await.unwrap();
    assert!(!facts::claim(&mut other).await.unwrap(), "one replica at a time");
    assert_eq!(facts::stale(&mut tx, since, now, 10).await.unwrap(), [(id, app.id)]);
    assert_eq!(facts::stale(&mut tx, now + TimeDelta::hours(1), now, 10).await.unwrap(), [], "too old");
    let due = Row { due_at: Some(now + TimeDelta::minutes(30)), ..row(first.0, 1, 0.5, &[]) };
    facts::put(&mut tx, app.id, id, &due).await.unwrap();
    assert_eq!(facts::stale(&mut tx, DateTime::UNIX_EPOCH, now, 10).await.unwrap(), []);
    let later = now + TimeDelta::minutes(31);
    assert_eq!(facts::stale(&mut tx, DateTime::UNIX_EPOCH, later, 10).await.unwrap(), [(id, app.id)]);
    facts::put(&mut tx, app.id, id, &row(first.0, 1, 0.5, &["abandon"])).await.unwrap();
    assert_eq!(facts::stale(&mut tx, DateTime::UNIX_EPOCH, later, 10).await.unwrap(), []);
    assert_eq!(facts::clear(&mut tx).await.unwrap(), 1);
}

#[tokio::test]
async fn the_numbers_of_the_groups_add_up() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let id = conversation(&database, a, &app, "u").await;
    let mut tx = database.begin(a).await.unwrap();
    for seq in 1..=4 {
        let (turn, _) = turn(&mut tx, id, "请假").await;
        let signals: &[&str] = if seq == 3 { &["correction", "denial"] } else { &[] };
        let language = if seq == 4 { "en" } else { "zh" };
        let at = Utc::now() - TimeDelta::days(i64::from(seq));
        facts::put(&mut tx, app.id, id, &Row { language, at, ..row(turn.0, seq, 0.1, signals) }).await.unwrap();
    }
    let total = analytics::lines(&mut tx, &wanted(app.id, "")).await.unwrap().remove(0);
    assert_eq!(
        (total.turns, total.conversations, total.tasks, total.completed, total.completed_turns),
        (4, 1, 1, 1, 2)
    );
    assert_eq!((total.correction, total.denial, total.reasoned, total.llm_tokens), (1, 1, 1, 28));
    assert_eq!((total.p50_ms, total.llm_cost_micros), (Some(25.0), 12));
    for (group, keys) in [("day", 4), ("language", 2), ("skill", 1), ("version", 1)] {
        let lines = analytics::lines(&mut tx, &wanted(app.id, group)).await.unwrap();
        assert_eq!(lines.len(), keys, "{group}");
        assert_eq!(lines.iter().map(|line| line.turns).sum::<i64>(), 4, "{group}");
    }
    let english = Wanted { language: Some("en"), ..wanted(app.id, "") };
    assert_eq!(analytics::lines(&mut tx, &english).await.unwrap()[0].turns, 1);
}

#[tokio::test]
async fn the_most_worthwhile_turn_is_first_until_it_has_a_label() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let id = conversation(&database, a, &app, "u").await;
    let mut tx = database.begin(a).await.unwrap();
    let mut turns = Vec::new();
    for (seq, uncertainty, signals) in [(1, 0.2, &[][..]), (2, 0.9, &["rephrase"]), (3, 0.9, &[]), (4, 0.0, &[])] {
        let (turn, _) = turn(&mut tx, id, "想歇两天").await;
        facts::put(&mut tx, app.id, id, &row(turn.0, seq, uncertainty, signals)).await.unwrap();
        turns.push(turn.0);
    }
    let all = Filter::default();
    let seqs = |found: Vec<review::Doubtful>| found.iter().map(|one| one.seq).collect::<Vec<_>>();
    assert_eq!(seqs(review::queue(&mut tx, app.id, &all, None, 10).await.unwrap()), [2, 3, 1]);
    assert_eq!(seqs(review::queue(&mut tx, app.id, &all, Some(turns[1]), 1).await.unwrap()), [3]);
    let rephrased = Filter { signal: Some("rephrase"), ..all };
    assert_eq!(seqs(review::queue(&mut tx, app.id, &rephrased, None, 10).await.unwrap()), [2]);
    assert_eq!(review::open(&mut tx, app.id, &all).await.unwrap(), 3);
    let label = Label {
        id: Uuid::now_v7(),
        action: "skill".into(),
        skill: Some("thing.one".into()),
        utterance: "想歇两天".into(),
        taught: None,
        by: "person:x".into(),
        lessons: Vec::new(),
    };
    review::put(&mut tx, app.id, turns[1], &label).await.unwrap();
    assert_eq!(seqs(review::queue(&mut tx, app.id, &all, None, 10).await.unwrap()), [3, 1]);
    assert_eq!(review::take(&mut tx, app.id, turns[1]).await.unwrap(), Some(label));
    assert_eq!(review::open(&mut tx, app.id, &all).await.unwrap(), 3);
}

#[tokio::test]
async fn a_label_teaches_a_live_skill_and_takes_it_back() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let pack = pack("review_pack", &thing("review_pack"), "");
    let manifests: Vec<_> = pack.manifests.iter().map(|(_, manifest)| manifest.clone()).collect();
    let mut tx = database.begin(a).await.unwrap();
    skills::publish(&mut tx, app.id, "review_pack", &manifests, "", "").await.unwrap();
    let app = app.id;
    let teach = async |tx: &mut store::TenantTx, skill: &str, kind| {
        review::teach(tx, app, skill, kind, "瞧瞧", "p").await.unwrap()
    };
    assert_eq!(teach(&mut tx, "no.skill", Kind::Example).await, Taught::NoSkill);
    assert!(matches!(teach(&mut tx, "thing.one", Kind::Example).await, Taught::Now(_)));
    assert_eq!(teach(&mut tx, "thing.one", Kind::Example).await, Taught::Before);
    let manifest = async |tx: &mut store::TenantTx| skills::live(tx, app).await.unwrap().skills.remove(0).manifest;
    assert_eq!(manifest(&mut tx).await.examples, ["看一下", "瞧瞧"]);
    let Taught::Now(lesson) = teach(&mut tx, "thing.one", Kind::Counterexample).await else { panic!("not taught") };
    assert_eq!((lesson.added, lesson.removed.as_slice()), (true, [(1, "瞧瞧".to_owned())].as_slice()));
    let taught = manifest(&mut tx).await;
    assert_eq!((taught.examples, taught.counterexamples), (vec!["看一下".to_owned()], vec!["瞧瞧".to_owned()]));
    let label = |lessons| Label {
        id: Uuid::now_v7(),
        action: "out_of_scope".into(),
        skill: None,
        utterance: "瞧瞧".into(),
        taught: Some("thing.one".into()),
        by: "p".into(),
        lessons,
    };
    review::unteach(&mut tx, app, &label(vec![lesson.clone()]), "p").await.unwrap();
    let taught = manifest(&mut tx).await;
    assert_eq!((taught.examples, taught.counterexamples), (vec!["看一下".to_owned(), "瞧瞧".to_owned()], vec![]));

    // A label from before does not say what it removed.
    teach(&mut tx, "thing.one", Kind::Counterexample).await;
    review::unteach(&mut tx, app, &label(Vec::new()), "p").await.unwrap();
    let taught = manifest(&mut tx).await;
    assert_eq!((taught.examples, taught.counterexamples), (vec!["看一下".to_owned()], vec![]));
}

//! Conversations as people search them, and what is left of a user who was erased.

use store::testing::Database;
use store::threads::{self, Filter};
use store::{erasure, runs};

use crate::{conversation, tenant, turn};

#[tokio::test]
async fn conversations_are_found_by_words_taken_at_their_word_and_never_another_tenants() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let (b, other) = tenant(&database, "乙").await;
    let (leave, discount) =
        (conversation(&database, a, &app, "u-1").await, conversation(&database, a, &app, "u-2").await);
    let mut tx = database.begin(a).await.unwrap();
    turn(&mut tx, leave, "下周三请一天年假").await;
    turn(&mut tx, leave, "Thanks").await;
    turn(&mut tx, discount, "打 50% 的折扣 a_b").await;
    tx.commit().await.unwrap();

    let mut tx = database.begin(a).await.unwrap();
    for (words, expected) in [
        ("年假", vec![leave]),
        ("tHANKS", vec![leave]),
        ("好的", vec![discount, leave]),
        ("50%", vec![discount]),
        ("%", vec![discount]),
        ("a_b", vec![discount]),
        ("aXb", vec![]),
        ("\\", vec![]),
    ] {
        let filter = Filter { words: Some(words.into()), ..Filter::default() };
        let found = threads::search(&mut tx, app.id, &filter, None, 10).await.unwrap();
        let ids: Vec<_> = found.iter().map(|thread| thread.id).collect();
        assert_eq!(ids, expected.iter().map(|id| id.0).collect::<Vec<_>>(), "{words}");
    }
    let filter = Filter { end_user: Some("u-1".into()), ..Filter::default() };
    let found = threads::search(&mut tx, app.id, &filter, None, 10).await.unwrap().remove(0);
    assert_eq!((found.turns, found.first_query.as_str(), found.last_answer.as_str()), (2, "下周三请一天年假", "好的"));
    assert_eq!(found.state, "closed");
    assert_eq!(threads::search(&mut tx, app.id, &Filter::default(), Some(discount.0), 10).await.unwrap().len(), 1);
    let mut tx = database.begin(b).await.unwrap();
    for app in [app.id, other.id] {
        assert_eq!(threads::search(&mut tx, app, &Filter::default(), None, 10).await.unwrap(), []);
        assert_eq!(threads::get(&mut tx, app, leave).await.unwrap(), None);
        assert!(erasure::conversations(&mut tx, app, "u-1", None, 10).await.unwrap().is_empty());
    }
    assert_eq!(erasure::erase(&mut tx, other.id, &[leave.0]).await.unwrap(), erasure::Erased::default());
}

#[tokio::test]
async fn who_is_erased_leaves_empty_rows_in_the_ledger_and_nobody_else_is() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let (gone, kept) = (conversation(&database, a, &app, "u-1").await, conversation(&database, a, &app, "u-2").await);
    let mut tx = database.begin(a).await.unwrap();
    for id in [gone, kept] {
        let (turn, _) = turn(&mut tx, id, "秘密").await;
        sqlx::query(
            "INSERT INTO paigong.run (tenant_id, id, app_id, conversation_id, turn_id, skill, skill_version, effect, slots, run_key, state)
             VALUES ($1, gen_random_uuid(), $2, $3, $4, 's', 1, 'read', '{\"reason\": \"秘密\"}', $3::text, 'queued')",
        )
        .bind(a.0)
        .bind(app.id.0)
        .bind(id.0)
        .bind(turn.0)
        .execute(tx.connection())
        .await
        .unwrap();
    }
    assert_eq!(erasure::lock(&mut tx, app.id, "u-1").await.unwrap(), (vec![gone.0], true), "a run is under way");
    sqlx::query("UPDATE paigong.run SET state = 'succeeded', result = '[{\"a\": \"秘密\"}]', finished_at = now()")
        .execute(tx.connection())
        .await
        .unwrap();
    assert!(!erasure::lock(&mut tx, app.id, "u-1").await.unwrap().1);
    let records = erasure::records(&mut tx, app.id, &[gone.0]).await.unwrap();
    assert_eq!((records["turns"].as_array().unwrap().len(), records["runs"].as_array().unwrap().len()), (1, 1));
    let erased = erasure::erase(&mut tx, app.id, &[gone.0]).await.unwrap();
    assert_eq!((erased.conversations, erased.turns, erased.runs), (1, 1, 1));
    tx.commit().await.unwrap();
    let mut tx = database.begin(a).await.unwrap();
    let left = runs::list(&mut tx, gone).await.unwrap().remove(0);
    assert_eq!((left.slots.to_string().as_str(), left.state.as_str()), ("{}", "succeeded"));
    assert!(runs::get(&mut tx, app.id, left.id).await.unwrap().is_some(), "it can still be read");
    assert!(!format!("{left:?}").contains("秘密"));
    assert!(format!("{:?}", runs::list(&mut tx, kept).await.unwrap()).contains("秘密"), "another user's is as it was");
}

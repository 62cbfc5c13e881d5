//! App keys: shown once, found by their hash, refused when revoked or expired.

use chrono::{Duration, Utc};
use store::keys;
use store::testing::Database;

use crate::tenant;

#[tokio::test]
async fn a_key_tells_who_is_calling() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let mut tx = database.begin(a).await.unwrap();
    let (id, key) = keys::create(&mut tx, app.id, "网站", None).await.unwrap();
    tx.commit().await.unwrap();
    let known = keys::authenticate(&database, key.reveal()).await.unwrap().expect("the key is valid");
    assert_eq!((known.rights, known.secrets), (keys::Rights::default(), None));
    let caller = known.caller;
    assert_eq!((caller.tenant, caller.app, caller.key), (a, app.id, id));
    assert_eq!((caller.time_zone.name(), caller.default_language.tag(), caller.revision), ("Asia/Shanghai", "zh", 0));
    let mut tx = database.begin(a).await.unwrap();
    let listed = keys::list(&mut tx, app.id).await.unwrap();
    assert!(listed[0].last_used_at.is_some(), "the use was noted");
    assert_eq!(listed[0].prefix, key.prefix());
}

#[tokio::test]
async fn a_revoked_an_expired_and_an_invented_key_are_refused() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let mut tx = database.begin(a).await.unwrap();
    let (id, revoked) = keys::create(&mut tx, app.id, "", None).await.unwrap();
    let (_, expired) = keys::create(&mut tx, app.id, "", Some(Utc::now() - Duration::seconds(1))).await.unwrap();
    let (_, valid) = keys::create(&mut tx, app.id, "", Some(Utc::now() + Duration::hours(1))).await.unwrap();
    assert!(keys::revoke(&mut tx, app.id, id).await.unwrap());
    assert!(!keys::revoke(&mut tx, app.id, id).await.unwrap(), "only once");
    tx.commit().await.unwrap();
    let mut changed = valid.reveal().to_owned();
    let last = if changed.pop() == Some('a') { 'b' } else { 'a' };
    changed.push(last);
    for key in [revoked.reveal(), expired.reveal(), &changed, "", "pg_", "pg_x_y\0", &"钥".repeat(40)] {
        assert_eq!(keys::authenticate(&database, key).await.unwrap(), None, "{key:?}");
    }
    assert!(keys::authenticate(&database, valid.reveal()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_plain_key_is_in_no_debug_output_and_not_in_the_database() {
    let database = Database::new().await;
    let (a, app) = tenant(&database, "甲").await;
    let mut tx = database.begin(a).await.unwrap();
    let (_, key) = keys::create(&mut tx, app.id, "", None).await.unwrap();
    let secret = key.reveal().rsplit_once('_').unwrap().1;
    assert!(!format!("{key:?}").contains(secret));
    let stored: String =
        sqlx::query_scalar("SELECT row(k.*)::text FROM paigong.app_key k").fetch_one(tx.connection()).await.unwrap();
    assert!(stored.contains(key.prefix()) && !stored.contains(secret), "{stored}");
}

//! People: invitations, roles, sessions, and the brake on guessing.

use chrono::TimeDelta;
use paigong_core::{Language, Role, TenantId};
use sqlx::Executor as _;
use store::attempts::{self, Subject};
use store::members::{self, Changed};
use store::passwords::Password;
use store::people::{self, Accepting, fold_email};
use store::testing::Database;
use store::{PlainToken, sessions};
use uuid::Uuid;

use crate::{code, tenant};

/// Somebody who has accepted an invitation.
pub(crate) async fn person(database: &Database, tenant: TenantId, email: &str, role: Role) -> Uuid {
    let mut tx = database.begin(tenant).await.unwrap();
    let (_, token) = members::invite(&mut tx, Some(email), role, TimeDelta::days(1)).await.unwrap();
    tx.commit().await.unwrap();
    accept(database, &token, email).await.expect("a valid invitation")
}

async fn accept(database: &Database, token: &PlainToken, email: &str) -> Option<Uuid> {
    let invited = people::invited(database, token.hash()).await.unwrap()?;
    if let Some((known, _)) = people::find(database, email).await.unwrap() {
        return people::accept(database, &invited, token.hash(), Accepting::Known(known.id)).await.unwrap();
    }
    let hash = Password::choose("correct horse battery", email).unwrap().hash().unwrap();
    let new = Accepting::New { email, name: "王伟", locale: Language::Zh, password: &hash };
    people::accept(database, &invited, token.hash(), new).await.unwrap()
}

#[tokio::test]
async fn the_first_person_becomes_owner_once() {
    let database = Database::new().await;
    let void = people::first(&database, "甲").await.unwrap().expect("a token");
    let token = people::first(&database, "甲").await.unwrap().expect("a token");
    assert!(people::invited(&database, void.hash()).await.unwrap().is_none(), "the later token is the valid one");
    let invited = people::invited(&database, token.hash()).await.unwrap().expect("valid");
    assert_eq!((invited.email.as_deref(), invited.role), (None, Role::Owner));
    // Two at once: one of them is the first.
    let (one, two) =
        tokio::join!(accept(&database, &token, "one@example.com"), accept(&database, &token, "two@example.com"));
    let owner = one.xor(two).expect("exactly one of them");
    assert_eq!(sessions::tenants(&database, owner).await.unwrap()[0].2, Role::Owner);
    assert!(people::first(&database, "甲").await.unwrap().is_none(), "somebody exists");
    assert!(people::any(&database).await.unwrap());
}

#[tokio::test]
async fn an_invitation_is_for_one_use_one_tenant_and_a_while() {
    let database = Database::new().await;
    let (a, _) = tenant(&database, "甲").await;
    let (b, _) = tenant(&database, "乙").await;
    let mut tx = database.begin(a).await.unwrap();
    let (_, token) = members::invite(&mut tx, Some("li@example.com"), Role::Editor, TimeDelta::days(1)).await.unwrap();
    let (late, expired) =
        members::invite(&mut tx, Some("late@example.com"), Role::Owner, TimeDelta::seconds(-1)).await.unwrap();
    assert_eq!(members::invitations(&mut tx).await.unwrap().len(), 1, "without the expired one");
    assert!(members::withdraw(&mut tx, late.id).await.unwrap());
    tx.commit().await.unwrap();
    assert!(!format!("{token:?} {:?}", token.hash()).contains(token.reveal()));
    assert!(accept(&database, &expired, "late@example.com").await.is_none());
    let li = accept(&database, &token, "li@example.com").await.expect("valid");
    assert!(accept(&database, &token, "li@example.com").await.is_none(), "only once");
    assert_eq!(members::role_in(&database, a, li).await.unwrap().unwrap().0, Role::Editor);
    assert!(members::role_in(&database, b, li).await.unwrap().is_none());
    // The same person in another tenant, as something else.
    assert_eq!(person(&database, b, "li@example.com", Role::Viewer).await, li);
    assert_eq!(members::role_in(&database, b, li).await.unwrap().unwrap().0, Role::Viewer);
    // An invitation never takes anything away.
    person(&database, a, "li@example.com", Role::Viewer).await;
    assert_eq!(members::role_in(&database, a, li).await.unwrap().unwrap().0, Role::Editor);
}

#[tokio::test]
async fn a_tenant_keeps_an_owner_also_when_two_remove_each_other() {
    let database = Database::new().await;
    let (a, _) = tenant(&database, "甲").await;
    let one = person(&database, a, "one@example.com", Role::Owner).await;
    let two = person(&database, a, "two@example.com", Role::Owner).await;
    let remove = |whom: Uuid| {
        let database = &database;
        async move {
            let mut tx = database.begin(a).await.unwrap();
            let changed = members::remove(&mut tx, whom).await.unwrap();
            tx.commit().await.unwrap();
            changed
        }
    };
    let (first, second) = tokio::join!(remove(one), remove(two));
    let mut both = [format!("{first:?}"), format!("{second:?}")];
    both.sort();
    assert_eq!(both, ["Done", "LastOwner"]);
    let mut tx = database.begin(a).await.unwrap();
    let left = members::list(&mut tx).await.unwrap().remove(0);
    assert_eq!(members::set_role(&mut tx, left.person.id, Role::Viewer).await.unwrap(), Changed::LastOwner);
    assert_eq!(members::set_role(&mut tx, left.person.id, Role::Owner).await.unwrap(), Changed::Done);
    assert_eq!(members::remove(&mut tx, Uuid::now_v7()).await.unwrap(), Changed::Gone);
}

#[tokio::test]
async fn a_session_ends_when_told_so_with_the_password_and_after_a_while() {
    let database = Database::new().await;
    let (a, _) = tenant(&database, "甲").await;
    let who = person(&database, a, "one@example.com", Role::Owner).await;
    let find = async |token: &PlainToken| sessions::find(&database, token.hash()).await.unwrap();
    let first = sessions::begin(&database, who).await.unwrap().token;
    let second = sessions::begin(&database, who).await.unwrap().token;
    assert_eq!(find(&first).await.unwrap().id, who);
    assert!(sessions::end(&database, first.hash()).await.unwrap());
    assert!(find(&first).await.is_none() && find(&second).await.is_some());
    let hash = Password::generate().hash().unwrap();
    assert!(people::set_password(&database, who, &hash).await.unwrap());
    assert!(find(&second).await.is_none(), "another password ends every session");
    for age in ["last_seen_at = now() - interval '13 hours'", "expires_at = now()"] {
        let token = sessions::begin(&database, who).await.unwrap().token;
        let set = format!("UPDATE paigong.session SET {age}");
        database.pool().execute(sqlx::AssertSqlSafe(set)).await.unwrap();
        assert!(find(&token).await.is_none(), "{age}");
    }
}

#[tokio::test]
async fn a_tenant_sees_its_members_and_no_hash() {
    let database = Database::new().await;
    let (a, _) = tenant(&database, "甲").await;
    let (b, _) = tenant(&database, "乙").await;
    let of_a = person(&database, a, "a@example.com", Role::Owner).await;
    let of_b = person(&database, b, "b@example.com", Role::Owner).await;
    sessions::begin(&database, of_b).await.unwrap();
    let mut tx = database.begin(a).await.unwrap();
    let seen = sqlx::query_scalar::<_, Uuid>("SELECT id FROM paigong.person").fetch_all(tx.connection()).await.unwrap();
    assert_eq!(seen, [of_a]);
    let gone = tx.connection().execute("DELETE FROM paigong.session WHERE person_id IS NOT NULL").await.unwrap();
    assert_eq!(gone.rows_affected(), 0, "the sessions of others can't be ended");
    for sql in [
        "SELECT password FROM paigong.person",
        "SELECT hash FROM paigong.session",
        "SELECT * FROM paigong.login_attempt",
        "UPDATE paigong.person SET name = 'x'",
        "INSERT INTO paigong.session (hash, person_id, expires_at) VALUES (sha256('x'), gen_random_uuid(), now())",
        "INSERT INTO paigong.membership (tenant_id, person_id, role) VALUES (paigong.current_tenant(), gen_random_uuid(), 'owner')",
    ] {
        let mut tx = database.begin(a).await.unwrap();
        assert_eq!(code(tx.connection().execute(sql).await), "42501", "{sql}");
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_for_known_and_unknown_alike() {
    let database = Database::new().await;
    for email in ["known@example.com", "unknown@example.com"] {
        let subject = Subject::Email(email);
        // Many at once are counted one by one.
        let waits = at_once(&database, subject, 8).await;
        assert_eq!(waits.iter().filter(|blocked| !**blocked).count(), 5, "{waits:?}");
        let wait = attempts::count(&database, subject).await.unwrap().expect("blocked");
        assert!(wait.as_secs() <= 2, "{wait:?}");
        // Every attempt after a wait doubles it, up to a quarter of an hour.
        let mut longest = 0;
        for _ in 0..14 {
            database.pool().execute("UPDATE paigong.login_attempt SET blocked_until = '-infinity'").await.unwrap();
            assert!(attempts::count(&database, subject).await.unwrap().is_none());
            longest = attempts::count(&database, subject).await.unwrap().expect("blocked").as_secs().max(longest);
        }
        assert!((890..=900).contains(&longest), "{longest}");
        attempts::succeeded(&database, subject).await.unwrap();
        assert!(attempts::count(&database, subject).await.unwrap().is_none());
    }
    database.pool().execute("UPDATE paigong.login_attempt SET last_at = now() - interval '2 days'").await.unwrap();
    assert_eq!(attempts::sweep(&database).await.unwrap(), 2);
    assert_eq!(fold_email("A@B.c"), Some("a@b.c".into()));
}

/// Whether each of `count` attempts at once was refused.
async fn at_once(database: &Database, subject: Subject<'static>, count: usize) -> Vec<bool> {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..count {
        let store = database.store.clone();
        tasks.spawn(async move { attempts::count(&store, subject).await.unwrap().is_some() });
    }
    tasks.join_all().await
}

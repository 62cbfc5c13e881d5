//! `login_attempt`: the brake on guessing passwords, by e-mail address and by network address. It knows no person: an
//! address that nobody has is slowed down just the same, so that an answer does not tell who exists.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::{Error, Store};

/// Whose attempts are counted. Only a hash of it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// An e-mail address, folded.
    Email(&'a str),
    /// A network address; many people may share one, so more is allowed.
    Address(&'a str),
}

impl Subject<'_> {
    /// Attempts that are free; each one more doubles the wait, from one second to a quarter of an hour.
    fn free(self) -> i32 {
        match self {
            Self::Email(_) => 5,
            Self::Address(_) => 50,
        }
    }

    fn hash(self) -> [u8; 32] {
        let text = match self {
            Self::Email(email) => format!("email:{email}"),
            Self::Address(address) => format!("address:{address}"),
        };
        Sha256::digest(text.as_bytes()).into()
    }
}

/// Counts an attempt before it is made, so that many at once are counted, too. `Some`: it may not be made yet, but after that
/// time. What was attempted a day ago is forgotten.
///
/// # Errors
/// As for any statement.
pub async fn count(store: &Store, subject: Subject<'_>) -> Result<Option<Duration>, Error> {
    const OPERATION: &str = "counting an attempt to log in";
    let hash = subject.hash();
    // The clock, not the transaction's beginning: those who wait for the row come later than they began. 2^10 seconds are more
    // than the longest wait.
    let counted = sqlx::query_scalar!(
        "INSERT INTO paigong.login_attempt AS a (subject) VALUES ($1)
         ON CONFLICT (subject) DO UPDATE SET
             attempts = CASE WHEN a.last_at < now() - interval '1 day' THEN 1 ELSE a.attempts + 1 END,
             last_at = clock_timestamp(),
             blocked_until = CASE
                 WHEN a.last_at < now() - interval '1 day' OR a.attempts + 1 < $2 THEN '-infinity'
                 ELSE clock_timestamp()
                      + least(interval '15 minutes', interval '1 second' * power(2, least(a.attempts + 1 - $2, 10))) END
         WHERE a.blocked_until <= clock_timestamp() RETURNING attempts",
        hash.as_slice(),
        subject.free()
    )
    .fetch_optional(store.pool())
    .await
    .map_err(Error::of(OPERATION))?;
    if counted.is_some() {
        return Ok(None);
    }
    let seconds = sqlx::query_scalar!(
        r#"SELECT extract(epoch FROM greatest(blocked_until, clock_timestamp()) - clock_timestamp())::float8 AS "seconds!"
           FROM paigong.login_attempt WHERE subject = $1"#,
        hash.as_slice()
    )
    .fetch_optional(store.pool())
    .await
    .map_err(Error::of(OPERATION))?;
    Ok(Some(Duration::from_secs_f64(seconds.unwrap_or_default().clamp(1.0, 900.0))))
}

/// Takes back the count of an attempt that succeeded. The count of an e-mail address begins anew; that of a network address
/// goes back by the one, so that nobody can guess others' passwords between logging in with their own.
///
/// # Errors
/// As for any statement.
pub async fn succeeded(store: &Store, subject: Subject<'_>) -> Result<(), Error> {
    let hash = subject.hash();
    let done = match subject {
        Subject::Email(_) => {
            sqlx::query!("DELETE FROM paigong.login_attempt WHERE subject = $1", hash.as_slice()).execute(store.pool()).await
        }
        Subject::Address(_) => {
            sqlx::query!(
                "UPDATE paigong.login_attempt SET attempts = greatest(attempts - 1, 1), blocked_until = '-infinity' WHERE subject = $1",
                hash.as_slice()
            )
            .execute(store.pool())
            .await
        }
    };
    done.map(drop).map_err(Error::of("forgetting attempts to log in"))
}

/// Forgets attempts of more than a day ago. How many subjects that were.
///
/// # Errors
/// As for any statement.
pub async fn sweep(store: &Store) -> Result<u64, Error> {
    let done = sqlx::query!("DELETE FROM paigong.login_attempt WHERE last_at < now() - interval '1 day'")
        .execute(store.pool())
        .await
        .map_err(Error::of("sweeping attempts to log in"))?;
    Ok(done.rows_affected())
}

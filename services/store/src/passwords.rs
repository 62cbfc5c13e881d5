//! Passwords: what may be one, and their argon2id hashes. Pure but for the salt's randomness, and slow on purpose: call it on
//! a thread that may block.

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use rand::RngExt as _;
use rand::distr::Alphanumeric;
use secrecy::{ExposeSecret, SecretString};

/// Characters that a password has at least.
pub const LEAST: usize = 12;
/// Bytes that are hashed at most: a longer one is refused, never cut.
pub const MOST: usize = 512;

/// A password in plain text. `Debug` does not show it.
#[derive(Debug, Clone)]
pub struct Password(SecretString);

/// Why a text can't become a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Fewer than [`LEAST`] characters.
    #[error("a password has at least 12 characters")]
    Short,
    /// More than [`MOST`] bytes.
    #[error("a password has at most 512 bytes")]
    Long,
    /// One character again and again, or the person's own e-mail address.
    #[error("the password is too easy to guess")]
    Guessable,
}

/// An argon2id hash in the PHC string format, with its salt and its parameters.
#[derive(Clone)]
pub struct PasswordHash(pub(crate) String);

impl Password {
    /// A new password of whoever has this e-mail address.
    ///
    /// # Errors
    /// [`Refused`] says why not.
    pub fn choose(text: &str, email: &str) -> Result<Self, Refused> {
        if text.chars().count() < LEAST {
            return Err(Refused::Short);
        }
        if text.len() > MOST {
            return Err(Refused::Long);
        }
        let mut characters = text.chars();
        let first = characters.next();
        if characters.all(|c| Some(c) == first) || text.to_lowercase() == email {
            return Err(Refused::Guessable);
        }
        Ok(Self(text.to_owned().into()))
    }

    /// A password that was sent to log in, right or wrong. One that is too long to be right is taken as the empty one, which
    /// nobody has.
    #[must_use]
    pub fn given(text: &str) -> Self {
        Self(if text.len() > MOST { String::new() } else { text.to_owned() }.into())
    }

    /// A random one, to be handed out once.
    #[must_use]
    pub fn generate() -> Self {
        let mut random = rand::rng();
        Self((0..20).map(|_| char::from(random.sample(Alphanumeric))).collect::<String>().into())
    }

    /// The text, to hand it out.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// Its hash with a new salt; `None` when the system has no randomness or memory to offer. Takes some 30 ms and 19 MiB.
    #[must_use]
    pub fn hash(&self) -> Option<PasswordHash> {
        let salt: [u8; 16] = rand::rng().random();
        let hash = Argon2::default().hash_password_with_salt(self.reveal().as_bytes(), &salt).ok()?;
        Some(PasswordHash(hash.to_string()))
    }

    /// Whether it is the one of `hash`; without a hash it takes as long and is not.
    #[must_use]
    pub fn is_of(&self, hash: Option<&PasswordHash>) -> bool {
        let Some(hash) = hash else {
            std::hint::black_box(self.hash());
            return false;
        };
        Phc::new(&hash.0).is_ok_and(|hash| Argon2::default().verify_password(self.reveal().as_bytes(), &hash).is_ok())
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_only_and_is_salted() {
        let password = Password::choose("正确的马电池订书钉一二三", "a@example.com").expect("a password");
        let (one, two) = (password.hash().expect("a hash"), password.hash().expect("a hash"));
        assert!(one.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", one.0);
        assert_ne!(one.0, two.0);
        assert!(password.is_of(Some(&one)) && password.is_of(Some(&two)));
        assert!(!Password::given("another one").is_of(Some(&one)));
        assert!(!password.is_of(None));
    }

    #[test]
    fn what_is_short_long_or_easy_to_guess_is_no_password() {
        let why = |text: &str| Password::choose(text, "somebody@example.com").map(drop);
        assert_eq!(why("elevenchars"), Err(Refused::Short));
        assert_eq!(why(&"長".repeat(200)), Err(Refused::Long));
        assert_eq!(why("aaaaaaaaaaaa"), Err(Refused::Guessable));
        assert_eq!(why("Somebody@example.com"), Err(Refused::Guessable));
        assert_eq!(why("twelve chars"), Ok(()));
    }

    #[test]
    fn debug_shows_no_secret_and_a_long_guess_is_still_wrong() {
        let password = Password::choose("correct horse battery", "a@example.com").expect("a password");
        let hash = password.hash().expect("a hash");
        assert!(!format!("{password:?} {hash:?}").contains("horse"));
        assert!(!format!("{hash:?}").contains("argon2"));
        assert!(!Password::given(&"長".repeat(10_000)).is_of(Some(&hash)));
    }
}

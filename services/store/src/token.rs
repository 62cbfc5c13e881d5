//! One-time and session tokens: 256 random bits that are handed out once; the database knows only their SHA-256.

use rand::RngExt as _;
use rand::distr::Alphanumeric;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// 43 of 62 kinds of characters are 256 bits.
const LENGTH: usize = 43;

/// A token in plain text. Neither `Debug` nor a log shows it.
#[derive(Debug, Clone)]
pub struct PlainToken(SecretString);

/// What the database keeps of a token. Who has it can't log in with it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash(pub(crate) [u8; 32]);

impl PlainToken {
    pub(crate) fn generate() -> Self {
        let mut random = rand::rng();
        Self((0..LENGTH).map(|_| char::from(random.sample(Alphanumeric))).collect::<String>().into())
    }

    /// A token that somebody sent; `None` when it can't be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        fits.then(|| Self(text.to_owned().into()))
    }

    /// The text, to hand it out.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// What the database keeps.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.reveal().as_bytes()).into())
    }

    /// Another secret that only who has this one can make: for `purpose`, as 64 hexadecimal digits.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> String {
        let digest: [u8; 32] = Sha256::digest(format!("{purpose}:{}", self.reveal()).as_bytes()).into();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl std::fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

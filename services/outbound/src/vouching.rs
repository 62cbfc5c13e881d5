//! How the backend of a site vouches for a user whom a page names: an HMAC-SHA256 of the user's id, by a secret that the page
//! does not know.

use std::fmt;
use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::RngExt as _;
use rand::distr::Alphanumeric;
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::seal::{Keyring, OpenError, Place};

const PREFIX: &str = "pgs_";
/// 43 of 62 kinds of characters are 256 bits.
const LENGTH: usize = 43;

/// The secret: `pgs_` and 43 letters and digits. All of this text, as it stands, is the HMAC's key.
#[derive(Clone)]
pub struct SigningSecret(Zeroizing<String>);

impl SigningSecret {
    /// A new secret.
    #[must_use]
    pub fn generate() -> Self {
        let mut random = rand::rng();
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + LENGTH));
        text.push_str(PREFIX);
        text.extend((0..LENGTH).map(|_| char::from(random.sample(Alphanumeric))));
        Self(text)
    }

    /// The text, to be shown once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Sealed, to be kept with the app key `key`.
    #[must_use]
    pub fn seal(&self, keyring: &Keyring, tenant: Uuid, key: Uuid) -> Vec<u8> {
        keyring.seal(&place(tenant, key), self.0.as_bytes())
    }

    /// The secret that was kept with the app key `key`.
    ///
    /// # Errors
    /// An [`OpenError`], for any bytes whatever.
    pub fn open(keyring: &Keyring, tenant: Uuid, key: Uuid, sealed: &[u8]) -> Result<Self, OpenError> {
        let bytes = keyring.open(&place(tenant, key), sealed)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| OpenError::Malformed)?;
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// What vouches for `user`: 64 hexadecimal digits.
    #[must_use]
    pub fn sign(&self, user: &str) -> String {
        self.mac(user).finalize().into_bytes().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Whether `signature` vouches for `user`. Takes the same time for every wrong one.
    #[must_use]
    pub fn verifies(&self, user: &str, signature: &str) -> bool {
        let digits = signature.as_bytes().chunks_exact(2);
        let bytes: Option<Vec<u8>> = digits
            .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
            .collect();
        signature.len() == 64 && bytes.is_some_and(|bytes| self.mac(user).verify_slice(&bytes).is_ok())
    }

    fn mac(&self, user: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).expect("HMAC takes keys of every length");
        mac.update(user.as_bytes());
        mac
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

fn place(tenant: Uuid, key: Uuid) -> Place<'static> {
    Place { tenant, table: "app_key", row: key, column: "secrets" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_what_every_hmac_library_makes() {
        let secret = SigningSecret(Zeroizing::new("key".into()));
        let known = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";
        let user = "The quick brown fox jumps over the lazy dog";
        assert_eq!(secret.sign(user), known);
        assert!(secret.verifies(user, known) && secret.verifies(user, &known.to_uppercase()));
        for wrong in [
            "",
            "f7",
            &known[..62],
            &known.replace('f', "e"),
            &format!("{known}00"),
            &"签".repeat(64),
            &"+1".repeat(32),
        ] {
            assert!(!secret.verifies(user, wrong), "{wrong}");
        }
        assert!(!secret.verifies("somebody else", known));
    }

    #[test]
    fn a_secret_opens_with_its_own_key_only_and_does_not_show() {
        let line = Keyring::generate_line("k1").expect("an id");
        let keyring = Keyring::parse(&line).expect("a ring");
        let (tenant, key, secret) = (Uuid::from_u128(1), Uuid::from_u128(2), SigningSecret::generate());
        let sealed = secret.seal(&keyring, tenant, key);
        let opened = SigningSecret::open(&keyring, tenant, key, &sealed).expect("its own");
        assert!(opened.verifies("E1001", &secret.sign("E1001")));
        assert_eq!(SigningSecret::open(&keyring, tenant, tenant, &sealed).err(), Some(OpenError::Rejected));
        assert!(!format!("{secret:?}").contains(&secret.reveal()[4..]));
    }
}

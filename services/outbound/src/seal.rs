//! Secrets at rest: XChaCha20-Poly1305 under a key that is not in the database.
//!
//! What is sealed is bound to its place: tenant, table, row and column are authenticated with it, so that a ciphertext that
//! was copied elsewhere does not open. A ring has several keys while they are being replaced.
//!
//! The bytes: version 1 (1 byte) | length of the key's id (1 byte) | the key's id | nonce (24 bytes, random) | ciphertext and
//! tag (16 bytes longer than what was sealed).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use rand::Rng as _;
use uuid::Uuid;
use zeroize::Zeroizing;

/// What a sealed setting begins with.
pub const SEALED: &str = "sealed:";
/// Where settings are kept.
const SETTING: Place<'_> = Place { tenant: Uuid::nil(), table: "configuration", row: Uuid::nil(), column: "setting" };

const VERSION: u8 = 1;
const KEY: usize = 32;
const NONCE: usize = 24;
const TAG: usize = 16;
const MAX_ID: usize = 16;

/// Where a sealed value is kept. It opens there and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Whose it is.
    pub tenant: Uuid,
    /// The table.
    pub table: &'a str,
    /// The row's id.
    pub row: Uuid,
    /// The column.
    pub column: &'a str,
}

/// The keys: the first one seals, every one opens. Erased when dropped; its `Debug` shows the ids.
#[derive(Clone)]
pub struct Keyring(Vec<Key>);

#[derive(Clone)]
struct Key {
    id: String,
    bytes: Zeroizing<Vec<u8>>,
}

/// Why a ring cannot be used. Counts its keys from 1 and repeats nothing of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no key.
    #[error("there is no key: write one as id:base64, such as paigong generates")]
    Empty,
    /// A key has no id.
    #[error("key {0} has no id: write id:base64")]
    NoId(usize),
    /// An id cannot be used.
    #[error("the id of key {0} cannot be used: it has 1 to 16 of a-z, 0-9, _ and -")]
    Id(usize),
    /// A key is not what it should be.
    #[error("key {0} is not the base64 of 32 bytes: generate one")]
    Key(usize),
    /// Two keys have the same id.
    #[error("key {0} has the id of an earlier one: give every key its own")]
    Twice(usize),
}

/// Why a value does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It is not something that was sealed, or by a later version.
    #[error("this is no sealed value of a version known here")]
    Malformed,
    /// The ring does not have its key.
    #[error("it was sealed with the key {id}, which is not among the keys: add it after the current one")]
    UnknownKey {
        /// The key's id.
        id: String,
    },
    /// It was altered, moved from its place, or sealed with another key of the same id.
    #[error("it does not open: it was altered or moved, or its key's id now names another key")]
    Rejected,
}

impl Keyring {
    /// Reads one or more `id:base64(32 bytes)`, separated by commas or newlines.
    ///
    /// # Errors
    ///
    /// Says which key cannot be used and why, without repeating any of it.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut keys: Vec<Key> = Vec::new();
        let entries = text.split([',', '\n']).map(str::trim).filter(|entry| !entry.is_empty());
        for (number, entry) in (1..).zip(entries) {
            let (id, encoded) = entry.split_once(':').ok_or(Error::NoId(number))?;
            if !is_id(id) {
                return Err(Error::Id(number));
            }
            if keys.iter().any(|key| key.id == id) {
                return Err(Error::Twice(number));
            }
            let bytes = Zeroizing::new(STANDARD.decode(encoded.trim()).map_err(|_| Error::Key(number))?);
            if bytes.len() != KEY {
                return Err(Error::Key(number));
            }
            keys.push(Key { id: id.to_owned(), bytes });
        }
        if keys.is_empty() { Err(Error::Empty) } else { Ok(Self(keys)) }
    }

    /// A new random key with this id, as [`Keyring::parse`] reads it.
    ///
    /// # Errors
    ///
    /// [`Error::Id`] when the id cannot be used.
    pub fn generate_line(id: &str) -> Result<Zeroizing<String>, Error> {
        if !is_id(id) {
            return Err(Error::Id(1));
        }
        let mut key = Zeroizing::new([0; KEY]);
        rand::rng().fill_bytes(&mut *key);
        let mut line = Zeroizing::new(String::with_capacity(MAX_ID + 1 + 44));
        line.push_str(id);
        line.push(':');
        STANDARD.encode_string(key.as_slice(), &mut line);
        Ok(line)
    }

    /// Seals a value for its place, with the ring's first key.
    pub fn seal(&self, place: &Place<'_>, plain: &[u8]) -> Vec<u8> {
        // A ring is never empty: `parse` is the only way to one.
        let key = &self.0[0];
        let mut nonce = [0; NONCE];
        rand::rng().fill_bytes(&mut nonce);

        let mut sealed = Vec::with_capacity(2 + key.id.len() + NONCE + plain.len() + TAG);
        sealed.push(VERSION);
        sealed.push(u8::try_from(key.id.len()).expect("an id has at most 16 bytes"));
        sealed.extend_from_slice(key.id.as_bytes());
        let aad = place.authenticated(&sealed);
        sealed.extend_from_slice(&nonce);
        let ciphertext = key
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &aad })
            .expect("only values of more than 256 GiB cannot be sealed");
        sealed.extend_from_slice(&ciphertext);
        sealed
    }

    /// Opens a value in its place, with the key that sealed it.
    ///
    /// # Errors
    ///
    /// An [`OpenError`], for any bytes whatever.
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let parts = Parts::of(sealed).ok_or(OpenError::Malformed)?;
        let key = self
            .0
            .iter()
            .find(|key| key.id == parts.id)
            .ok_or_else(|| OpenError::UnknownKey { id: parts.id.to_owned() })?;
        let aad = place.authenticated(parts.header);
        key.cipher()
            .decrypt(&XNonce::from(*parts.nonce), Payload { msg: parts.ciphertext, aad: &aad })
            .map(Zeroizing::new)
            .map_err(|_| OpenError::Rejected)
    }

    /// Seals a secret that stands in a configuration: `sealed:` and Base64.
    #[must_use]
    pub fn seal_setting(&self, secret: &str) -> String {
        format!("{SEALED}{}", STANDARD.encode(self.seal(&SETTING, secret.as_bytes())))
    }

    /// Opens a setting that [`Self::seal_setting`] made.
    ///
    /// # Errors
    ///
    /// An [`OpenError`], for any text whatever.
    pub fn open_setting(&self, text: &str) -> Result<Zeroizing<String>, OpenError> {
        let sealed = text.strip_prefix(SEALED).and_then(|text| STANDARD.decode(text.trim()).ok());
        let plain = self.open(&SETTING, &sealed.ok_or(OpenError::Malformed)?)?;
        std::str::from_utf8(&plain).map(|plain| Zeroizing::new(plain.to_owned())).map_err(|_| OpenError::Malformed)
    }

    /// Whether a value was sealed with the key that seals now; if not, it is to be opened and sealed again. Does not open it.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        Parts::of(sealed).is_some_and(|parts| parts.id == self.0[0].id)
    }
}

impl Key {
    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new_from_slice(&self.bytes).expect("a key has 32 bytes")
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keyring").field(&self.0.iter().map(|key| &key.id).collect::<Vec<_>>()).finish()
    }
}

impl Place<'_> {
    /// What is authenticated besides the value: the header's bytes and the place, each behind its length, so that no two
    /// places have the same bytes.
    fn authenticated(&self, header: &[u8]) -> Vec<u8> {
        let parts =
            [header, self.tenant.as_bytes(), self.table.as_bytes(), self.row.as_bytes(), self.column.as_bytes()];
        let mut bytes = Vec::with_capacity(parts.iter().map(|part| 8 + part.len()).sum());
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }
}

/// The parts of a sealed value, borrowed from it.
struct Parts<'a> {
    header: &'a [u8],
    id: &'a str,
    nonce: &'a [u8; NONCE],
    ciphertext: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(sealed: &'a [u8]) -> Option<Self> {
        let [VERSION, length, ..] = *sealed else { return None };
        let (header, rest) = sealed.split_at_checked(2 + usize::from(length))?;
        let id = std::str::from_utf8(header.get(2..)?).ok().filter(|id| is_id(id))?;
        let (nonce, ciphertext) = rest.split_first_chunk()?;
        (ciphertext.len() >= TAG).then_some(Self { header, id, nonce, ciphertext })
    }
}

fn is_id(id: &str) -> bool {
    (1..=MAX_ID).contains(&id.len()) && id.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
}

#[cfg(test)]
mod tests;

//! Signatures of webhooks: Standard Webhooks 1.0.0 (<https://www.standardwebhooks.com>), HMAC-SHA256, scheme `v1`.
//!
//! What is signed is `id.timestamp.body`, the bytes exactly as they are sent. While a secret is being replaced, a message is
//! signed with the old and the new one, and the receiver takes either.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderName, HeaderValue};
use rand::Rng as _;
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq as _};
use zeroize::Zeroizing;

/// Names the message; the same for every attempt to deliver it. Receivers recognise what they already have by it.
pub const ID: HeaderName = HeaderName::from_static("webhook-id");
/// Unix seconds of the attempt.
pub const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
/// One or more signatures, separated by spaces.
pub const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// How far a timestamp may be from the receiver's clock: 5 minutes.
pub const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// Signatures that are looked at in one header; a rotation has two.
const MAX_SIGNATURES: usize = 16;

const PREFIX: &str = "whsec_";

/// The key of a webhook's signatures, 24 to 64 bytes. Erased when dropped; its `Debug` does not show it.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

/// What cannot be signed, or signed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is no secret.
    #[error("a secret is whsec_ and the base64 of 24 to 64 bytes")]
    Secret,
    /// There is no secret to sign with.
    #[error("a message needs at least one secret to be signed with")]
    NoSecret,
    /// The id would make the signed content ambiguous, or is no header.
    #[error("a message's id is visible ASCII without dots and spaces, and not empty")]
    Id,
    /// The timestamp is before 1970.
    #[error("a message's timestamp is in seconds since 1970")]
    Timestamp,
}

/// Why a signature is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The timestamp is too far in the past: a recording played again, or a clock that is wrong.
    #[error("the timestamp is too old; check the clocks")]
    Old,
    /// The timestamp is too far in the future.
    #[error("the timestamp is in the future; check the clocks")]
    Early,
    /// The header has no signature of the scheme `v1`.
    #[error("there is no signature of the scheme v1")]
    Missing,
    /// No signature is that of this message by one of these secrets.
    #[error("no signature is that of this message; check the secret, and that the body is checked as it was received")]
    Mismatch,
}

impl Secret {
    /// Reads `whsec_` and the base64 of 24 to 64 bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Secret`], which does not repeat the text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let encoded = text.strip_prefix(PREFIX).ok_or(Error::Secret)?;
        let key = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| Error::Secret)?);
        if !(24..=64).contains(&key.len()) {
            return Err(Error::Secret);
        }
        Ok(Self(key))
    }

    /// A new secret of 32 random bytes.
    pub fn generate() -> Self {
        let mut key = Zeroizing::new(vec![0; 32]);
        rand::rng().fill_bytes(&mut key);
        Self(key)
    }

    /// The secret as text, as [`Secret::parse`] reads it; to be shown once, or sealed.
    pub fn reveal(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + 88));
        text.push_str(PREFIX);
        STANDARD.encode_string(self.0.as_slice(), &mut text);
        text
    }

    fn mac(&self, id: &str, timestamp: i64, body: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of every length");
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The value of `webhook-signature`: one `v1,` signature per secret, in their order, separated by spaces.
///
/// `timestamp`: Unix seconds of the attempt. `body`: the bytes that are sent.
///
/// # Errors
///
/// [`Error::NoSecret`], [`Error::Id`], [`Error::Timestamp`].
pub fn sign(secrets: &[Secret], id: &str, timestamp: i64, body: &[u8]) -> Result<String, Error> {
    if secrets.is_empty() {
        return Err(Error::NoSecret);
    }
    if !is_id(id) {
        return Err(Error::Id);
    }
    if timestamp < 0 {
        return Err(Error::Timestamp);
    }
    let signatures: Vec<String> =
        secrets.iter().map(|secret| format!("v1,{}", STANDARD.encode(secret.mac(id, timestamp, body)))).collect();
    Ok(signatures.join(" "))
}

/// The three headers of a signed message: [`ID`], [`TIMESTAMP`], [`SIGNATURE`].
///
/// # Errors
///
/// As [`sign`].
pub fn headers(secrets: &[Secret], id: &str, timestamp: i64, body: &[u8]) -> Result<HeaderMap, Error> {
    let signature = HeaderValue::try_from(sign(secrets, id, timestamp, body)?).expect("base64 is a header's value");
    let mut headers = HeaderMap::with_capacity(3);
    headers.insert(ID, HeaderValue::from_str(id).map_err(|_| Error::Id)?);
    headers.insert(TIMESTAMP, HeaderValue::from(timestamp));
    headers.insert(SIGNATURE, signature);
    Ok(headers)
}

/// Whether one of the signatures in `header` is that of this message by one of these secrets.
///
/// `timestamp` and `now`: Unix seconds, as the header says and by the receiver's clock; `tolerance`: how far they may be
/// apart, in either direction, usually [`TOLERANCE`]. The comparison takes the same time whether it succeeds or not.
/// Recordings that are played again within the tolerance are recognised by their id, by the caller.
///
/// # Errors
///
/// Says why the message is not to be believed.
pub fn verify(
    secrets: &[Secret],
    id: &str,
    timestamp: i64,
    header: &str,
    body: &[u8],
    now: i64,
    tolerance: Duration,
) -> Result<(), Invalid> {
    let tolerance = i64::try_from(tolerance.as_secs()).unwrap_or(i64::MAX);
    if timestamp < now.saturating_sub(tolerance) {
        return Err(Invalid::Old);
    }
    if timestamp > now.saturating_add(tolerance) {
        return Err(Invalid::Early);
    }
    let signatures: Vec<Vec<u8>> = header
        .split(' ')
        .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
        .take(MAX_SIGNATURES)
        .collect();
    if signatures.is_empty() {
        return Err(Invalid::Missing);
    }
    if !is_id(id) {
        return Err(Invalid::Mismatch);
    }
    let mut found = Choice::from(0);
    for secret in secrets {
        let expected = secret.mac(id, timestamp, body);
        for signature in &signatures {
            found |= expected.ct_eq(signature);
        }
    }
    if bool::from(found) { Ok(()) } else { Err(Invalid::Mismatch) }
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'.')
}

#[cfg(test)]
mod tests;

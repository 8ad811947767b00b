//! The names of the places in shared data.

use super::seal::MacKey;
use crate::registry::LookupKind;
use crate::verified::SourceId;
use alloc::format;
use alloc::string::String;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::hash::Hasher as _;
use sha2::{Digest as _, Sha256};
use siphasher::sip::SipHasher13;

/// The places of one realm. All names have one length and differ in the last four bytes only: no two of those have one
/// CRC32, which is all that Kong's engine compares.
#[derive(Debug, Clone)]
pub struct Names {
    realm: String,
    standing: String,
    floor: String,
    lease: String,
    hash: [u8; 16],
}

/// The place of a few callers: 24 bits of a hash of their lookup keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Bucket(u32);

impl Names {
    /// Of a realm whose values are sealed with `key`.
    #[must_use]
    pub fn new(realm: &str, key: &MacKey) -> Self {
        let realm = format!("{PREFIX}{realm}/");
        let place = |name: &str| format!("{realm}{name}");
        let (standing, floor, lease) = (place("+now"), place("+low"), place("+own"));
        Self { realm, standing, floor, lease, hash: *key.of_places() }
    }

    /// Whether they are this realm's.
    pub(super) fn is_of(&self, realm: &str) -> bool {
        let own = self.realm.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix('/'));
        own == Some(realm)
    }

    /// Where the standing is.
    #[must_use]
    pub fn standing(&self) -> &str {
        &self.standing
    }

    /// Where the floor is.
    #[must_use]
    pub fn floor(&self) -> &str {
        &self.floor
    }

    /// Where the lease is.
    #[must_use]
    pub fn lease(&self) -> &str {
        &self.lease
    }

    /// Where the keys of a source are, with those of a few others perhaps.
    pub(super) fn keys(&self, source: &SourceId) -> String {
        let [.., one, two, three] = self.digest(&[source.as_str().as_bytes()]);
        let mut place = URL_SAFE_NO_PAD.encode([one, two, three]);
        place.truncate(3);
        format!("{}.{place}", self.realm)
    }

    /// Where a caller is.
    pub(super) fn bucket(&self, source: &SourceId, kind: LookupKind, value: &str) -> Bucket {
        let parts = [source.as_str().as_bytes(), kind.name().as_bytes(), value.as_bytes()];
        let [.., one, two, three] = self.digest(&parts);
        Bucket(u32::from_be_bytes([0, one, two, three]))
    }

    /// The name of a caller's place.
    pub(super) fn of(&self, bucket: Bucket) -> String {
        let [_, place @ ..] = bucket.0.to_be_bytes();
        format!("{}{}", self.realm, URL_SAFE_NO_PAD.encode(place))
    }

    /// Each part with its length in front, so that no list of parts reads as another; as wide in WebAssembly as outside,
    /// where a writer may be.
    fn digest(&self, parts: &[&[u8]]) -> [u8; 8] {
        let mut hasher = SipHasher13::new_with_key(&self.hash);
        for part in parts {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            hasher.write(&length.to_be_bytes());
            hasher.write(part);
        }
        hasher.finish().to_be_bytes()
    }
}

/// Where the workers of a realm meet, whatever its state: the place for what is about this.
pub(crate) fn meeting_place(realm: &str, about: &[u8]) -> String {
    let [first, second, ..] = <[u8; 32]>::from(Sha256::digest(about));
    meeting_place_of(realm, u16::from_be_bytes([first, second]))
}

/// All of them, 1,024: each is created in each worker before it takes requests, which must not take long.
pub(crate) fn meeting_places(realm: &str) -> impl Iterator<Item = String> {
    (0..=u16::MAX).step_by(1 << OTHER_BITS).map(move |place| meeting_place_of(realm, place))
}

/// By the first ten bits.
fn meeting_place_of(realm: &str, bits: u16) -> String {
    let place = bits >> OTHER_BITS << OTHER_BITS;
    let mut place = URL_SAFE_NO_PAD.encode(place.to_be_bytes());
    place.truncate(2);
    format!("{PREFIX}{realm}/~~{place}")
}

impl Bucket {
    /// The slot of a table of `size` slots.
    pub(super) fn slot(self, size: usize) -> usize {
        usize::try_from(self.0).unwrap_or_default().checked_rem(size).unwrap_or_default()
    }
}

/// Those of two bytes that do not count for a meeting place.
const OTHER_BITS: u32 = 6;

/// Kong's engine looks for a zone named `claimgate` first.
const PREFIX: &str = "claimgate/v1/";

#[cfg(test)]
mod tests;

use super::{Keyring, Place, Unopened};
use crate::time::UnixTime;
use crate::world::Entropy;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::HashSet;

/// Counts, so that no two fills are alike.
struct Counter(u64);

/// The worst that an engine can do.
struct Broken;

impl Entropy for Counter {
    fn fill(&mut self, out: &mut [u8]) {
        self.0 = self.0.wrapping_add(1);
        out.fill(0);
        out[..8].copy_from_slice(&self.0.to_be_bytes());
    }
}

impl Entropy for Broken {
    fn fill(&mut self, out: &mut [u8]) {
        out.fill(0);
    }
}

const NOW: UnixTime = UnixTime::from_seconds(1_760_000_000);
const HERE: Place<'static> = Place(&[b"session", b"realm"]);

fn ring(secrets: &[&str]) -> Keyring {
    Keyring::new(secrets.iter().map(|secret| secret.as_bytes()), "session").unwrap()
}

fn sealed(ring: &Keyring, plaintext: &[u8]) -> String {
    ring.seal(HERE, plaintext, NOW, &mut Counter(0)).unwrap()
}

#[test]
fn what_was_sealed_opens_for_its_place_alone() {
    let ring = ring(&["one secret of at least thirty-two bytes"]);
    for plaintext in [&b""[..], b"x", &[0xff; 5_000]] {
        let text = sealed(&ring, plaintext);
        assert_eq!(ring.open(HERE, text.as_bytes()).as_deref(), Ok(plaintext));
        for other in [
            &[&b"session"[..], b"other"][..],
            &[b"sessio", b"nrealm"],
            &[b"session"],
            &[],
            &[b"session", b"realm", b""],
        ] {
            assert_eq!(ring.open(Place(other), text.as_bytes()), Err(Unopened::Forged), "{other:?}");
        }
    }
}

#[test]
fn what_was_changed_in_any_byte_does_not_open() {
    let ring = ring(&["one secret of at least thirty-two bytes"]);
    // 1 + 4 + 24 + 16 + 1 bytes leave bits over in the last digit.
    for plaintext in [&b"x"[..], b"xy", b"xyz", b"a session that holds a token"] {
        let text = sealed(&ring, plaintext).into_bytes();
        for place in 0..text.len() {
            for other in 0..=u8::MAX {
                let mut changed = text.clone();
                changed[place] = other;
                assert_eq!(ring.open(HERE, &changed).is_ok(), changed == text, "{place} {other}");
            }
            assert!(ring.open(HERE, &text[..place]).is_err(), "{place}");
            let (head, tail) = text.split_at(place);
            assert!(ring.open(HERE, &[head, b"A", tail].concat()).is_err(), "{place}");
        }
        assert!(ring.open(HERE, &[&text[..], b"="].concat()).is_err());
    }
}

#[test]
fn a_text_opens_as_long_as_its_secret_is_among_them() {
    let (old, both, new) =
        (ring(&["old secret"]), ring(&["new secret", "old secret"]), ring(&["new secret"]));
    let (by_old, by_both) = (sealed(&old, b"x"), sealed(&both, b"x"));
    assert!(both.open(HERE, by_old.as_bytes()).is_ok());
    assert!(new.open(HERE, by_both.as_bytes()).is_ok());
    assert_eq!(new.open(HERE, by_old.as_bytes()), Err(Unopened::KeyUnknown));
    assert_eq!(old.open(HERE, by_both.as_bytes()), Err(Unopened::KeyUnknown));
}

#[test]
fn one_secret_gives_each_purpose_keys_of_its_own() {
    let other = Keyring::new([b"one secret".as_slice()], "login").unwrap();
    let text = sealed(&ring(&["one secret"]), b"x");
    assert_eq!(other.open(HERE, text.as_bytes()), Err(Unopened::KeyUnknown));
    assert!(Keyring::new([], "session").is_none());
}

#[test]
fn a_text_does_not_show_what_is_in_it() {
    let ring = ring(&["one secret of at least thirty-two bytes"]);
    let text = URL_SAFE_NO_PAD.decode(sealed(&ring, &[b'a'; 64])).unwrap();
    assert!(!text.windows(4).any(|bytes| bytes == b"aaaa"));
    assert!(!format!("{ring:?}").contains("secret"), "{ring:?}");
}

#[test]
fn where_randomness_repeats_itself_no_nonce_does_but_for_the_same_plaintext() {
    let ring = ring(&["one secret of at least thirty-two bytes"]);
    let nonce = |plaintext: &[u8], now: i64, entropy: &mut dyn Entropy| {
        let text = ring.seal(HERE, plaintext, UnixTime::from_seconds(now), entropy).unwrap();
        URL_SAFE_NO_PAD.decode(text).unwrap()[5..29].to_vec()
    };
    assert_eq!(nonce(b"x", 1, &mut Broken), nonce(b"x", 1, &mut Broken));
    assert_ne!(nonce(b"x", 1, &mut Broken), nonce(b"y", 1, &mut Broken));
    assert_ne!(nonce(b"x", 1, &mut Broken), nonce(b"x", 2, &mut Broken));
    assert_ne!(nonce(b"x", 1, &mut Counter(1)), nonce(b"x", 1, &mut Counter(2)));
}

/// A gateway of another machine, or of another version, opens what this one sealed.
#[test]
fn a_sealed_text_is_the_same_everywhere() {
    let ring = ring(&["a secret"]);
    assert_eq!(sealed(&ring, b"plain"), SEALED);
    assert_eq!(ring.open(HERE, SEALED.as_bytes()), Ok(b"plain".into()));
}

const SEALED: &str = "ATGOGesp-ml7CCfbkBZeD3c6Jotbq2IDJw33AqAh-D8OwEzl_IL32twBC8cVMNkC2Vg";

#[test]
#[ignore = "ten million nonces, a minute: scripts/test.sh runs it"]
fn ten_million_nonces_hold_no_repeat() {
    let ring = ring(&["one secret of at least thirty-two bytes"]);
    let associated = HERE.bytes();
    let mut seen = HashSet::with_capacity(10_000_000);
    // Half with an engine whose randomness is a constant and plaintexts that differ, half the other way round.
    let mut counter = Counter(0);
    for turn in 0..5_000_000_u64 {
        let plaintext: Vec<u8> = turn.to_be_bytes().into();
        assert!(seen.insert(ring.first.nonce(&associated, &plaintext, NOW, &mut Broken)), "{turn}");
        assert!(seen.insert(ring.first.nonce(&associated, b"the same", NOW, &mut counter)), "{turn}");
    }
    assert_eq!(seen.len(), 10_000_000);
}

use super::{Secrets, Sender};
use crate::login::Login;
use crate::time::UnixTime;
use crate::verified::SourceId;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

fn secrets(seed: u8, source: &str, service: &str, route: Option<&str>) -> Secrets {
    let login = Login {
        seed: [seed; 32],
        client: "web".into(),
        redirect_uri: "https://gw.example/callback".into(),
        target: "https://gw.example/orders".into(),
        began: UnixTime::from_seconds(1_760_000_000),
    };
    login.secrets(Sender { source: &SourceId::new(source), service, route })
}

/// Each of them is another for every seed and every sender, and none is any of the others.
#[test]
fn no_two_secrets_are_alike() {
    let mut all: Vec<Box<str>> = Vec::new();
    for seed in [1, 2] {
        for (source, service, route) in [
            ("idp", "s1", None),
            ("idp", "s1", Some("")),
            ("idp", "s1", Some("r1")),
            ("idp", "s1", Some("r2")),
            ("idp", "s1r1", None),
            ("idp", "s2", Some("r1")),
            ("idps1", "", Some("r1")),
            ("other", "s1", Some("r1")),
        ] {
            let Secrets { state, nonce, verifier } = secrets(seed, source, service, route);
            all.extend([state, nonce, verifier]);
        }
    }
    let distinct: BTreeSet<&str> = all.iter().map(|text| &**text).collect();
    assert_eq!((all.len(), distinct.len()), (48, 48));
    // RFC 7636 4.1: 43 to 128 characters, none but unreserved ones.
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    assert!(distinct.iter().all(|text| text.len() == 43 && plain(text)), "{distinct:?}");
}

/// A gateway of another machine, or of another version, makes the same of a seed. By HMAC-SHA-256 of another
/// implementation.
#[test]
fn secrets_are_the_same_everywhere() {
    let Secrets { state, nonce, verifier } = secrets(7, "idp", "s1", Some("r1"));
    assert_eq!([&*state, &nonce, &verifier], [STATE, NONCE, VERIFIER]);
}

/// RFC 7636, appendix B.
#[test]
fn the_challenge_is_the_hash_of_the_verifier() {
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into();
    let secrets = Secrets { verifier, ..secrets(1, "idp", "s1", None) };
    assert_eq!(secrets.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

#[test]
fn nothing_of_them_is_shown() {
    let secrets = secrets(1, "idp", "s1", None);
    let shown = format!("{secrets:?}");
    for secret in [&secrets.state, &secrets.nonce, &secrets.verifier] {
        assert!(!shown.contains(&**secret), "{shown}");
    }
}

const STATE: &str = "6tZBs5geJUCVH0THGrZN2-9vcPDmgGnUtYj2QMgxSZY";
const NONCE: &str = "YKUUb2vVgS5WB2aegj4wRZGoSZo5AJCqB7wJrxr5RMg";
const VERIFIER: &str = "877oZufxmBPZ68Y02NROOyuv8f2N-Tosi8SjwxaMiuA";

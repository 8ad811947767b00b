//! No token is proven by a set without keys, and the parts of one that was read make up the token.
#![no_main]
use claimgate_policy::jwt::Unverified;
use claimgate_policy::keys::KeySet;
use claimgate_policy::verified::{self, SourceId};

libfuzzer_sys::fuzz_target!(|token: &[u8]| {
    if let Ok(unverified) = Unverified::parse(token) {
        assert!(token.starts_with(unverified.signing_input()) && unverified.token() == token);
        assert!(verified::verify(&unverified, &SourceId::new("idp"), &KeySet::default(), None).is_err());
    }
});

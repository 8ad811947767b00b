//! Whatever decodes encodes to the same bytes.
#![no_main]

use claimgate_sandbox::pairs::{PairLimits, decode, encode};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = PairLimits { bytes: 1 << 20, pairs: 1_024 };
    if let Some(pairs) = decode(data, limits).filter(|_| !data.is_empty()) {
        assert_eq!(encode(&pairs).as_deref(), Some(data));
    }
});

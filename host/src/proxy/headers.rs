//! Headers as hyper has them, and as filters see them.

use bytes::{BufMut, Bytes, BytesMut};
use claimgate_sandbox::{HeaderMap as Pairs, Pair};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::respond::Failure;

/// Pseudo headers, then the rest. All names and values share one allocation.
pub(crate) fn to_pairs<const N: usize>(pseudo: [(&'static str, &[u8]); N], headers: &HeaderMap) -> Pairs {
    let sizes = pseudo.iter().map(|(_, value)| value.len());
    let sizes =
        sizes.chain(headers.iter().map(|(name, value)| name.as_str().len().saturating_add(value.len())));
    let mut arena = BytesMut::with_capacity(sizes.fold(0, usize::saturating_add));
    let mut pairs: Vec<Pair> = Vec::with_capacity(headers.len().saturating_add(SPARE_PAIRS));
    for (name, value) in pseudo {
        pairs.push((Bytes::from_static(name.as_bytes()), take(&mut arena, value)));
    }
    for (name, value) in headers {
        let name = take(&mut arena, name.as_str().as_bytes());
        pairs.push((name, take(&mut arena, value.as_bytes())));
    }
    Pairs::from_pairs(pairs)
}

/// The headers without pseudo headers. Values are not copied.
pub(crate) fn from_pairs(pairs: impl IntoIterator<Item = Pair>) -> Result<HeaderMap, Failure> {
    let pairs = pairs.into_iter();
    let mut headers = HeaderMap::with_capacity(pairs.size_hint().0);
    for (name, value) in pairs.filter(|(name, _)| name.first() != Some(&b':')) {
        let name = HeaderName::from_bytes(&name).map_err(|_| Failure::FilterOutput)?;
        let value = HeaderValue::from_maybe_shared(value).map_err(|_| Failure::FilterOutput)?;
        headers.append(name, value);
    }
    Ok(headers)
}

fn take(arena: &mut BytesMut, bytes: &[u8]) -> Bytes {
    arena.put_slice(bytes);
    arena.split().freeze()
}

/// Room for what filters usually add.
const SPARE_PAIRS: usize = 12;

//! A request's path as nginx understands it: decoded, without empty and dot segments.

use bytes::Bytes;

/// `$uri`, and behind a question mark the arguments as they came.
pub(super) fn normalised(target: &[u8]) -> Bytes {
    let end = target.iter().position(|byte| *byte == b'?').unwrap_or(target.len());
    let (path, arguments) = target.split_at_checked(end).unwrap_or((target, &[]));
    [&resolved(&decoded(path)), arguments].concat().into()
}

/// Each escape as its byte, once. A broken escape stays.
fn decoded(path: &[u8]) -> Vec<u8> {
    let mut rest = path;
    let mut out = Vec::with_capacity(path.len());
    while let Some((byte, after)) = rest.split_first() {
        let escape = match after {
            [high, low, ..] if *byte == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escape {
            Some((high, low)) => {
                out.push(high << 4 | low);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push(*byte);
                rest = after;
            }
        }
    }
    out
}

/// Without empty segments and dots. Nothing stands above the top.
fn resolved(path: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut is_directory = false;
    for segment in path.split(|byte| *byte == b'/') {
        is_directory = matches!(segment, b"" | b"." | b"..");
        match segment {
            b"" | b"." => {}
            b".." => drop(kept.pop()),
            name => kept.push(name),
        }
    }
    let mut out: Vec<u8> = kept.iter().flat_map(|name| [b"/", *name].concat()).collect();
    if is_directory {
        out.push(b'/');
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests;

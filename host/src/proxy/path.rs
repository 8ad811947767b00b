//! Which paths mean the same to every server that reads them.

/// Whether all servers agree about what this path names: no encoded slash, backslash, dot or NUL, no
/// broken escape, no empty or dot segment, no backslash, nothing but visible ASCII. `path` is raw and
/// without query.
///
/// A rule for `/admin` is worth nothing if the upstream also serves it as `/x/..%2fadmin`.
pub(crate) fn is_unambiguous(path: &str) -> bool {
    path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && !has_telling_escape(path.as_bytes())
        && !path.split('/').skip(1).any(is_dot_segment)
        && !path.contains("//")
}

/// An escape that is broken, or that stands for a separator, a dot or a NUL.
fn has_telling_escape(path: &[u8]) -> bool {
    path.split(|byte| *byte == b'%').skip(1).any(|rest| match rest {
        [b'2', b'e' | b'E' | b'f' | b'F', ..] | [b'5', b'c' | b'C', ..] | [b'0', b'0', ..] => true,
        [high, low, ..] => !high.is_ascii_hexdigit() || !low.is_ascii_hexdigit(),
        _ => true,
    })
}

/// Some servers drop what follows a semicolon before they resolve dots.
fn is_dot_segment(segment: &str) -> bool {
    let name = segment.split_once(';').map_or(segment, |(name, _)| name);
    name == "." || name == ".."
}

#[cfg(test)]
mod tests;

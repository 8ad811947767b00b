//! The status that a host function answers.

/// What a host function answers, as far as every filter can take it.
///
/// The ABI knows more numbers (5, 6, 9, 11, 12). The Rust SDK reads the status into an enum that has
/// exactly these, so any other number would be undefined behaviour inside the guest; a bad guest
/// pointer (6) is a trap instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Ok = 0,
    NotFound = 1,
    BadArgument = 2,
    SerializationFailure = 3,
    ParseFailure = 4,
    CasMismatch = 8,
    InternalFailure = 10,
}

impl Status {
    pub(crate) fn code(self) -> u32 {
        self as u32
    }
}

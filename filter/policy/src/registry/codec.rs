//! Records as bytes, for shared data.

mod decode;
mod encode;

pub(crate) use decode::{read_key, read_record};
pub(crate) use encode::{key, record};

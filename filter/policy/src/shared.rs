//! State that is pushed: callers and keys in the engine's shared data, where they change without a new config.
//!
//! ```text
//! claimgate/v1/<realm>/<place>      four characters of place, so that Kong's engine, which compares nothing but a
//!                                   CRC32 of the name, never takes one place of a realm for another
//!   +now   Standing                 which load of the state counts, and how far it has come
//!   +low   Generation               the load below which none counts any more
//!   +own   Lease                    which writer may write
//!   .xxx   KeysEntry, a few         the keys of the sources whose names hash to xxx
//!   xxxx   Entry, a few             the callers whose lookup keys hash to xxxx
//!   ~~xx   see session::handover    what workers leave each other of the refresh token that hashes to xx
//! counter claimgate_changes         goes up after each change; says "look again", and nothing else
//! ```
//!
//! Every value is sealed with a key that is in the config: whoever shares the engine's data can take state away, and
//! cannot make any up.
//! A writer writes entries, then the standing, then the floor, then announces; a reader asks for the counter, then the
//! floor, then the standing, then the entry. So whoever is told that a change was made is right about the next request,
//! and an answer that is kept counts as long as the counter that was read before it.
//!
//! The floor is there for Kong's engine, which may drop a value and count its numbers from 1 again: a writer that has
//! been away could then find the number that it knew, and put an earlier standing back. The test `model` finds that when
//! the floor is left out.

mod bucket;
mod key_entries;
mod lease;
mod names;
mod reader;
mod seal;
mod standing;
mod writer;

pub(crate) mod binary;

pub use binary::ValueError;
pub use bucket::{Entry, Held};
pub use lease::{Lease, LeaseError, Tenure};
pub use names::Names;
pub(crate) use names::{meeting_place, meeting_places};
pub use reader::{Pushed, Reader};
pub use seal::{MacKey, MacKeyError};
pub use standing::{Generation, Standing};
pub use writer::{Edit, Writer, WriterError};

/// The counter that goes up with each change of what is pushed, of whatever realm.
pub const CHANGES: &str = "claimgate_changes";

/// The engine's shared data, for reading.
pub trait SharedData {
    /// The value with this name, and the number that its next write has to know; `None` if there is none.
    ///
    /// # Errors
    /// [`Unavailable`] if the engine does not say.
    fn get(&self, name: &str) -> Result<Option<Found>, Unavailable>;

    /// How often a change was announced since the engine's process started; `None` if the engine does not say.
    fn changes(&self) -> Option<u64>;
}

/// The same, for writing.
pub trait SharedDataMut: SharedData {
    /// Writes a value if the present one still has the number `cas`, or, with 0, if there is none; some engines then
    /// overwrite what is there. Whether it was written.
    ///
    /// # Errors
    /// [`Unavailable`] if the engine does not take it.
    fn set(&self, name: &str, value: &[u8], cas: u32) -> Result<bool, Unavailable>;

    /// Adds one to the counter of changes.
    ///
    /// # Errors
    /// [`Unavailable`] if the engine does not count.
    fn announce(&self) -> Result<(), Unavailable>;
}

/// A value in shared data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The value.
    pub bytes: alloc::vec::Vec<u8>,
    /// What its next write has to know; never 0.
    pub cas: u32,
}

/// The engine did not do what it was asked; the edge has logged why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unavailable;

#[cfg(test)]
pub(crate) mod memory;
#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

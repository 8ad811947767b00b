//! The chain of filters on one worker, and one exchange's streams in it.
//!
//! ```text
//! Chain -> Seat (one per filter: its live instance and a warm spare) -> Slot (an instance in use)
//! Streams (one per exchange: a stream in each Slot) -> Mailbox (what filters decide later)
//! ```
//!
//! An instance that fails is never entered again: every exchange in it is answered 503, the seat takes
//! the spare, and another one is built on another thread, with growing pauses if this goes on.

use std::rc::Rc;

use bytes::Bytes;
use claimgate_sandbox::{BodyVerdict, Direction, HeaderMap as Pairs, StreamFacts, StreamId, Verdict};

use crate::proxy::mailbox::Mailbox;
use crate::proxy::respond::{Failure, Stop};

pub(crate) mod recipe;
mod seat;
mod slot;

pub(crate) use seat::Seat;
use slot::Slot;

/// The filters of a worker, in the order in which a request meets them.
#[derive(Debug)]
pub(crate) struct Chain {
    seats: Vec<Rc<Seat>>,
}

impl Chain {
    pub(crate) fn new(seats: Vec<Rc<Seat>>) -> Self {
        Self { seats }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// Opens a stream in every filter.
    pub(crate) fn open(&self, facts: &StreamFacts, mailbox: &Rc<Mailbox>) -> Result<OpenStreams, Stop> {
        let mut streams = Streams { legs: Vec::with_capacity(self.seats.len()) };
        for (leg, seat) in self.seats.iter().enumerate() {
            let slot = seat.live().ok_or(Failure::FilterDead)?;
            let stream = slot.open(facts.clone(), mailbox, leg)?;
            let (early, first) = (seat.reads_body_early(), seat.reads_body_first());
            streams.legs.push(Leg { slot, stream, reads_body_early: early, reads_body_first: first });
        }
        Ok(OpenStreams(Rc::new(streams)))
    }
}

/// One exchange's streams. A leg is a filter's index; a position counts in the order of the direction,
/// since responses meet the filters in reverse.
#[derive(Debug)]
pub(crate) struct Streams {
    legs: Vec<Leg>,
}

impl Streams {
    pub(crate) fn len(&self) -> usize {
        self.legs.len()
    }

    /// The leg at a position. Its own inverse.
    pub(crate) fn leg(&self, direction: Direction, position: usize) -> usize {
        match direction {
            Direction::Request => position,
            Direction::Response => self.legs.len().saturating_sub(position).saturating_sub(1),
        }
    }

    /// The position of a leg.
    pub(crate) fn position(&self, direction: Direction, leg: usize) -> usize {
        self.leg(direction, leg)
    }

    /// Whether the filter wants body while it pauses the headers.
    pub(crate) fn reads_body_early(&self, leg: usize) -> bool {
        self.legs.get(leg).is_some_and(|leg| leg.reads_body_early)
    }

    /// Whether the filter takes the whole body before the head goes on.
    pub(crate) fn reads_body_first(&self, leg: usize) -> bool {
        self.legs.get(leg).is_some_and(|leg| leg.reads_body_first)
    }

    pub(crate) fn on_headers(
        &self,
        direction: Direction,
        leg: usize,
        headers: Pairs,
        end: bool,
    ) -> Result<Verdict, Stop> {
        let Leg { slot, stream, .. } = self.at(leg)?;
        slot.enter(|instance| match direction {
            Direction::Request => instance.on_request_headers(*stream, headers, end),
            Direction::Response => instance.on_response_headers(*stream, headers, end),
        })
    }

    /// The headers as the filter left them.
    pub(crate) fn headers(&self, direction: Direction, leg: usize) -> Result<Pairs, Stop> {
        let Leg { slot, stream, .. } = self.at(leg)?;
        let headers = slot.look(|instance| match direction {
            Direction::Request => instance.request_headers(*stream).cloned(),
            Direction::Response => instance.response_headers(*stream).cloned(),
        });
        Ok(headers.ok_or(Failure::FilterDead)?)
    }

    pub(crate) fn body(
        &self,
        direction: Direction,
        leg: usize,
        body: Bytes,
        end: bool,
    ) -> Result<BodyVerdict, Stop> {
        let Leg { slot, stream, .. } = self.at(leg)?;
        slot.enter(|instance| match direction {
            Direction::Request => instance.on_request_body(*stream, body, end),
            Direction::Response => instance.on_response_body(*stream, body, end),
        })
    }

    pub(crate) fn on_trailers(
        &self,
        direction: Direction,
        leg: usize,
        trailers: Pairs,
    ) -> Result<Verdict, Stop> {
        let Leg { slot, stream, .. } = self.at(leg)?;
        slot.enter(|instance| match direction {
            Direction::Request => instance.on_request_trailers(*stream, trailers),
            Direction::Response => instance.on_response_trailers(*stream, trailers),
        })
    }

    /// The trailers as the filter left them.
    pub(crate) fn trailers(&self, direction: Direction, leg: usize) -> Option<Pairs> {
        let Leg { slot, stream, .. } = self.legs.get(leg)?;
        slot.look(|instance| match direction {
            Direction::Request => instance.request_trailers(*stream).cloned(),
            Direction::Response => instance.response_trailers(*stream).cloned(),
        })
    }

    fn at(&self, leg: usize) -> Result<&Leg, Failure> {
        self.legs.get(leg).ok_or(Failure::FilterDead)
    }

    fn close(&self) {
        for Leg { slot, stream, .. } in &self.legs {
            slot.close(*stream);
        }
    }
}

/// An exchange that could not open a stream in every filter ends those that it has.
impl Drop for Streams {
    fn drop(&mut self) {
        self.close();
    }
}

/// The owner of an exchange's streams: dropped, it ends them, whoever else still holds on to them.
#[derive(Debug)]
pub(crate) struct OpenStreams(pub(crate) Rc<Streams>);

impl Drop for OpenStreams {
    fn drop(&mut self) {
        self.0.close();
    }
}

#[derive(Debug)]
struct Leg {
    slot: Rc<Slot>,
    stream: StreamId,
    reads_body_early: bool,
    reads_body_first: bool,
}

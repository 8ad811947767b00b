//! One HTTP stream inside an instance: what was paused, held back or answered.

use crate::abi::types::{Action, Direction};
use crate::effect::LocalResponse;
use crate::facts::StreamFacts;
use crate::header_map::HeaderMap;
use crate::quirks::head::Arrival;

use bytes::{Bytes, BytesMut};

/// A stream with its two halves.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) facts: StreamFacts,
    /// What the guest stored with proxy_set_property: the path as it was given, and the value.
    pub(crate) properties: Vec<(Bytes, Bytes)>,
    request: Half,
    response: Half,
    answer: Answer,
    /// The request's head, on an engine where it does not go upstream as guests see it.
    pub(crate) arrival: Option<Arrival>,
    /// Its instance is dead, and it goes on all the same.
    pub(crate) adrift: bool,
    /// The guest reset the stream: nothing of it goes on.
    reset: bool,
    pub(crate) end: End,
}

impl Stream {
    pub(crate) fn new(facts: StreamFacts) -> Self {
        Self {
            facts,
            properties: Vec::new(),
            request: Half::default(),
            response: Half::default(),
            answer: Answer::None,
            arrival: None,
            adrift: false,
            reset: false,
            end: End::Open,
        }
    }

    pub(crate) fn half(&self, direction: Direction) -> &Half {
        match direction {
            Direction::Request => &self.request,
            Direction::Response => &self.response,
        }
    }

    pub(crate) fn half_mut(&mut self, direction: Direction) -> &mut Half {
        match direction {
            Direction::Request => &mut self.request,
            Direction::Response => &mut self.response,
        }
    }

    /// A half, with what it arrived as if that is kept.
    pub(crate) fn half_with_arrival(&mut self, direction: Direction) -> (&mut Half, Option<&mut Arrival>) {
        match direction {
            Direction::Request => (&mut self.request, self.arrival.as_mut()),
            Direction::Response => (&mut self.response, None),
        }
    }

    /// Whether all of the request is on its way upstream.
    pub(crate) fn is_under_way(&self) -> bool {
        self.request.ended && self.request.headers_sent && self.request.flow == Flow::Open
    }

    /// Whether one of the request's own callbacks runs.
    pub(crate) fn is_asked_about_its_request(&self) -> bool {
        self.request.is_running()
    }

    /// Goes on without its guest, whatever that had answered.
    pub(crate) fn cast_off(&mut self) {
        self.adrift = true;
        self.answer = Answer::None;
    }

    /// The answer that the guest gave in the callback that runs.
    pub(crate) fn take_pending_answer(&mut self) -> Option<LocalResponse> {
        match std::mem::replace(&mut self.answer, Answer::Given) {
            Answer::Pending(response) => Some(*response),
            other => {
                self.answer = other;
                None
            }
        }
    }

    /// What the guest stored under a path of one part.
    pub(crate) fn property(&self, name: &[u8]) -> Option<&Bytes> {
        self.properties.iter().find(|(path, _)| path == name).map(|(_, value)| value)
    }

    /// Enters a callback, or says why it may not come now. `may_pass_headers` lets body and trailers
    /// through while the headers are paused.
    pub(crate) fn begin(
        &mut self,
        direction: Direction,
        stage: Stage,
        may_pass_headers: bool,
    ) -> Result<(), &'static str> {
        if self.reset {
            return Err("the guest reset it");
        }
        if direction == Direction::Request && !matches!(self.answer, Answer::None) {
            return Err("the guest answered it");
        }
        let half = self.half_mut(direction);
        match half.flow {
            Flow::Running { .. } => return Err("a callback is running"),
            Flow::Paused(Stage::Headers) if stage != Stage::Headers && !may_pass_headers => {
                return Err("its headers are paused");
            }
            Flow::Open | Flow::Paused(_) => half.flow = Flow::Running { stage, resumed: false },
        }
        Ok(())
    }

    /// Leaves a callback. What the guest did inside of it outweighs the action that it returned.
    pub(crate) fn finish(&mut self, direction: Direction, action: Action) -> Outcome {
        let half = self.half_mut(direction);
        let released = half.leave(action);
        if let Some(response) = self.take_pending_answer() {
            self.half_mut(direction).body.clear();
            return Outcome::Answered(response);
        }
        if self.reset || !released {
            return Outcome::Held;
        }
        self.half_mut(direction).release();
        Outcome::Released
    }

    /// Takes the guest's answer. `Some` gives it back because no callback of the stream will: it has to
    /// become an effect. A second answer is dropped, as is one to a stream that is at its end.
    pub(crate) fn respond(&mut self, response: LocalResponse) -> Option<LocalResponse> {
        if !matches!(self.answer, Answer::None) || self.reset || self.end != End::Open {
            return None;
        }
        if self.request.is_running() || self.response.is_running() {
            self.answer = Answer::Pending(Box::new(response));
            return None;
        }
        self.answer = Answer::Given;
        Some(response)
    }

    /// Lets a half go on. `Some` carries the body that was held back and has to become an effect;
    /// inside the half's own callback the callback's outcome says it instead.
    pub(crate) fn resume(&mut self, direction: Direction) -> Option<Bytes> {
        let answered = direction == Direction::Request && !matches!(self.answer, Answer::None);
        if answered || self.reset || self.end != End::Open {
            return None;
        }
        let half = self.half_mut(direction);
        match &mut half.flow {
            Flow::Open => None,
            Flow::Running { resumed, .. } => {
                *resumed = true;
                None
            }
            Flow::Paused(_) => {
                half.flow = Flow::Open;
                half.release();
                Some(half.take_body())
            }
        }
    }

    /// Whether the reset is news.
    pub(crate) fn reset(&mut self) -> bool {
        let news = !self.reset && self.end == End::Open;
        self.reset = true;
        news
    }
}

/// One direction of a stream.
#[derive(Debug, Default)]
pub(crate) struct Half {
    pub(crate) headers: Option<HeaderMap>,
    pub(crate) trailers: Option<HeaderMap>,
    /// Body inside the sandbox: the piece of the callback that runs, and what was held back before it.
    body: BytesMut,
    flow: Flow,
    /// The body lies in a file, where guests cannot read it.
    spilled: bool,
    /// The length that the body had, where it may not grow.
    longest: Option<usize>,
    /// Nothing follows.
    pub(crate) ended: bool,
    headers_sent: bool,
    trailers_sent: bool,
}

impl Half {
    /// The body, while the guest may read it.
    pub(crate) fn body(&self) -> Option<&[u8]> {
        self.has_body().then_some(&self.body)
    }

    /// The body, while the guest may change it.
    pub(crate) fn body_mut(&mut self) -> Option<&mut BytesMut> {
        self.has_body().then_some(&mut self.body)
    }

    pub(crate) fn is_spilled(&self) -> bool {
        self.spilled
    }

    /// Notes whether the body is too long for its buffer.
    pub(crate) fn spill_beyond(&mut self, buffer: usize) {
        self.spilled = self.body.len() > buffer;
    }

    /// Lets the body that goes on be no longer than it is now.
    pub(crate) fn keep_length(&mut self) {
        self.longest = Some(self.body.len());
    }

    pub(crate) fn take_body(&mut self) -> Bytes {
        if let Some(longest) = self.longest {
            self.body.truncate(longest);
        }
        std::mem::take(&mut self.body).freeze()
    }

    /// Adds a piece of body. The first one is not copied if nobody else holds it.
    pub(crate) fn hold(&mut self, chunk: Bytes) {
        if self.body.is_empty() {
            self.body = BytesMut::from(chunk);
        } else {
            self.body.extend_from_slice(&chunk);
        }
    }

    /// Whether the guest's changes to the headers still matter.
    pub(crate) fn headers_open(&self) -> bool {
        !self.headers_sent
    }

    /// Whether the guest's changes to the trailers still matter.
    pub(crate) fn trailers_open(&self) -> bool {
        !self.trailers_sent
    }

    fn has_body(&self) -> bool {
        !self.body.is_empty() || matches!(self.flow, Flow::Running { stage: Stage::Body, .. })
    }

    fn is_running(&self) -> bool {
        matches!(self.flow, Flow::Running { .. })
    }

    fn leave(&mut self, action: Action) -> bool {
        let (stage, resumed) = match self.flow {
            Flow::Running { stage, resumed } => (stage, resumed),
            Flow::Open => return true,
            Flow::Paused(_) => return false,
        };
        let released = resumed || action == Action::Continue;
        self.flow = if released { Flow::Open } else { Flow::Paused(stage) };
        released
    }

    fn release(&mut self) {
        self.headers_sent |= self.headers.is_some();
        self.trailers_sent |= self.trailers.is_some();
    }
}

/// Whether a half moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Flow {
    #[default]
    Open,
    Running {
        stage: Stage,
        /// The guest resumed the half inside its own callback; then a Pause that follows is void.
        resumed: bool,
    },
    Paused(Stage),
}

/// The part of a message that a callback is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Headers,
    Body,
    Trailers,
}

/// What a callback came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Released,
    Held,
    Answered(LocalResponse),
}

/// How far a stream is towards its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Open,
    /// Its last callbacks run: nothing can be answered, resumed or reset any more.
    Closing,
    /// The guest asked for time until proxy_done.
    AwaitsDone,
}

#[derive(Debug)]
enum Answer {
    None,
    /// Given inside a callback of the stream, whose outcome it will be.
    Pending(Box<LocalResponse>),
    Given,
}

#[cfg(test)]
mod tests;

//! One direction of an exchange: takes body from its source, through the filters, piece by piece.
//!
//! Nothing is gathered here. A piece that a filter holds stays in its instance; the source is read
//! again only when somebody wants the next piece, so that back-pressure reaches the sender.

use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use claimgate_sandbox::{BodyVerdict, Direction, HeaderMap as Pairs, Verdict};
use http::HeaderMap;
use http_body::Body;
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep_until};

use super::headers;
use super::mailbox::Mailbox;
use super::respond::{Failure, Stop};
use crate::filters::Streams;

/// See the module.
#[derive(Debug)]
pub(crate) struct Pump {
    direction: Direction,
    source: Source,
    mailbox: Rc<Mailbox>,
    streams: Option<Rc<Streams>>,
    /// How many filters, counted in the direction's order, have let the headers through.
    open: usize,
    /// Where the last piece stands while a filter holds it.
    last_held_at: Option<usize>,
    trailers: Option<Trailers>,
    finished: bool,
    source_patience: Patience,
    filter_patience: Patience,
    bytes: u64,
    most_bytes: Option<u64>,
}

/// What comes out.
#[derive(Debug)]
pub(crate) enum Piece {
    /// Body; it may be empty.
    Data(Bytes),
    /// Trailers; nothing comes after them.
    Trailers(HeaderMap),
}

/// Bounds of one direction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Between two pieces from the source.
    pub(crate) source: Duration,
    /// How long filters may hold what is the last of the source.
    pub(crate) pause: Duration,
    /// All pieces together.
    pub(crate) bytes: Option<u64>,
}

impl Pump {
    pub(crate) fn new(direction: Direction, body: Incoming, mailbox: Rc<Mailbox>, bounds: Bounds) -> Self {
        let source = if body.is_end_stream() { Source::Ended } else { Source::Network(body) };
        Self::with(direction, source, mailbox, bounds)
    }

    /// A body that is all there.
    pub(crate) fn of_bytes(direction: Direction, body: Bytes, mailbox: Rc<Mailbox>, bounds: Bounds) -> Self {
        let source =
            if body.is_empty() { Source::Ended } else { Source::Carried { body, from: 0, last: true } };
        Self::with(direction, source, mailbox, bounds)
    }

    fn with(direction: Direction, source: Source, mailbox: Rc<Mailbox>, bounds: Bounds) -> Self {
        Self {
            direction,
            // Nothing follows the headers, and the filters were told so with them.
            finished: matches!(source, Source::Ended),
            source,
            mailbox,
            streams: None,
            open: 0,
            last_held_at: None,
            trailers: None,
            source_patience: Patience::new(bounds.source),
            filter_patience: Patience::new(bounds.pause),
            bytes: 0,
            most_bytes: bounds.bytes,
        }
    }

    /// Whether nothing more comes out.
    pub(crate) fn is_finished(&self) -> bool {
        self.finished
    }

    /// Whether nothing more comes in.
    pub(crate) fn source_ended(&self) -> bool {
        matches!(self.source, Source::Ended)
    }

    /// How long it may have nothing to give before it fails.
    pub(crate) fn patience(&self) -> Duration {
        self.source_patience.bound.max(self.filter_patience.bound)
    }

    /// Leads pieces through the first `open` filters.
    pub(crate) fn through(&mut self, streams: &Rc<Streams>, open: usize) {
        self.streams.get_or_insert_with(|| Rc::clone(streams));
        self.open = open;
    }

    /// Waits for the next piece.
    pub(crate) async fn next(&mut self) -> Option<Result<Piece, Stop>> {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// Puts back a piece that came out of the first filters, for those that open later.
    pub(crate) fn put_back(&mut self, piece: Option<Piece>) {
        let from = self.open;
        match piece {
            Some(Piece::Trailers(map)) => {
                self.trailers =
                    Some(Trailers { map: headers::to_pairs([], &map), next: from, paused: false });
            }
            Some(Piece::Data(body)) => self.carry(body, from),
            None => self.carry(Bytes::new(), from),
        }
        self.finished = false;
    }

    /// A piece that is still carried was released later, but comes first: what the filters behind it
    /// let go while it waits is empty.
    fn carry(&mut self, body: Bytes, from: usize) {
        let last = self.finished;
        self.source = match std::mem::replace(&mut self.source, Source::Ended) {
            Source::Network(incoming) => Source::CarriedThenNetwork { body, from, incoming },
            Source::Ended => Source::Carried { body, from, last },
            carried @ (Source::Carried { .. } | Source::CarriedThenNetwork { .. }) => carried,
        };
    }

    /// The next piece; `None` after the last.
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Piece, Stop>>> {
        if let Some(stop) = self.mailbox.stopped_in(self.direction) {
            return Poll::Ready(Some(Err(stop)));
        }
        let polled = self.poll_piece(context);
        if let Poll::Ready(Some(Err(stop))) = &polled {
            self.mailbox.stop(stop.clone());
        }
        polled
    }

    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Piece, Stop>>> {
        loop {
            if self.finished {
                return Poll::Ready(None);
            }
            if let Some(piece) = self.poll_resumed(context).transpose()? {
                return Poll::Ready(Some(Ok(piece)));
            }
            if let Some(trailers) = self.trailers.take() {
                match self.push_trailers(trailers)? {
                    Pushed::Out(piece) => return Poll::Ready(Some(Ok(piece))),
                    Pushed::Moved => continue,
                    Pushed::Held => {}
                }
            }
            if self.source_ended() {
                ready!(self.filter_patience.poll(context));
                return Poll::Ready(Some(Err(Failure::FilterTimeout.into())));
            }
            let taken = ready!(self.poll_source(context))?;
            if let Some(piece) = self.push_taken(taken)? {
                return Poll::Ready(Some(Ok(piece)));
            }
        }
    }

    /// What filters have let go since the last time.
    fn poll_resumed(&mut self, context: &mut Context<'_>) -> Option<Result<Piece, Stop>> {
        let streams = self.streams.clone()?;
        while let Poll::Ready((leg, body)) = self.mailbox.poll_resumed(self.direction, context) {
            let at = streams.position(self.direction, leg);
            let last = self.last_held_at == Some(at);
            if last {
                self.last_held_at = None;
            }
            if let Some(trailers) =
                self.trailers.as_mut().filter(|trailers| trailers.paused && trailers.next == at)
            {
                trailers.paused = false;
                trailers.next = at.saturating_add(1);
                if let Some(map) = streams.trailers(self.direction, leg) {
                    trailers.map = map;
                }
            }
            match self.push(at.saturating_add(1), body, last) {
                Ok(None) => {}
                Ok(Some(piece)) => return Some(Ok(Piece::Data(piece))),
                Err(stop) => return Some(Err(stop)),
            }
        }
        None
    }

    fn poll_source(&mut self, context: &mut Context<'_>) -> Poll<Result<Taken, Stop>> {
        let incoming = match &mut self.source {
            Source::Network(incoming) => incoming,
            Source::Ended | Source::Carried { .. } | Source::CarriedThenNetwork { .. } => {
                return Poll::Ready(Ok(self.take_carried()));
            }
        };
        let Poll::Ready(frame) = Pin::new(incoming).poll_frame(context) else {
            ready!(self.source_patience.poll(context));
            return Poll::Ready(Err(self.source_failure(true).into()));
        };
        self.source_patience.reset();
        let Some(frame) = frame else {
            self.source = Source::Ended;
            return Poll::Ready(Ok(Taken::Data { body: Bytes::new(), from: 0, last: true }));
        };
        let frame = frame.map_err(|error| {
            tracing::debug!(direction = ?self.direction, %error, "a body ended early");
            Stop::from(self.source_failure(false))
        })?;
        Poll::Ready(match frame.into_data() {
            Ok(body) => self.count(body),
            Err(frame) => {
                self.source = Source::Ended;
                Ok(Taken::Trailers(frame.into_trailers().unwrap_or_default()))
            }
        })
    }

    fn take_carried(&mut self) -> Taken {
        match std::mem::replace(&mut self.source, Source::Ended) {
            Source::Carried { body, from, last } => Taken::Data { body, from, last },
            Source::CarriedThenNetwork { body, from, incoming } => {
                self.source = Source::Network(incoming);
                Taken::Data { body, from, last: false }
            }
            Source::Network(_) | Source::Ended => Taken::Data { body: Bytes::new(), from: 0, last: true },
        }
    }

    fn count(&mut self, body: Bytes) -> Result<Taken, Stop> {
        self.bytes = self.bytes.saturating_add(u64::try_from(body.len()).unwrap_or(u64::MAX));
        if self.most_bytes.is_some_and(|most| self.bytes > most) {
            return Err(Failure::BodyTooLarge.into());
        }
        let last = matches!(&self.source, Source::Network(incoming) if incoming.is_end_stream());
        if last {
            self.source = Source::Ended;
        }
        Ok(Taken::Data { body, from: 0, last })
    }

    fn push_taken(&mut self, taken: Taken) -> Result<Option<Piece>, Stop> {
        match taken {
            Taken::Data { body, from, last } => Ok(self.push(from, body, last)?.map(Piece::Data)),
            Taken::Trailers(map) if self.open == 0 => {
                self.finished = true;
                Ok(Some(Piece::Trailers(map)))
            }
            Taken::Trailers(map) => {
                let map = headers::to_pairs([], &map);
                self.trailers = Some(Trailers { map, next: 0, paused: false });
                Ok(None)
            }
        }
    }

    /// Leads a piece through the filters from position `from` on; `None` if one of them holds it.
    fn push(&mut self, from: usize, mut body: Bytes, last: bool) -> Result<Option<Bytes>, Stop> {
        if let Some(streams) = &self.streams {
            for at in from..self.open {
                let leg = streams.leg(self.direction, at);
                match streams.body(self.direction, leg, body, last)? {
                    BodyVerdict::Forward(bytes) => body = bytes,
                    BodyVerdict::Hold => {
                        self.last_held_at = if last { Some(at) } else { self.last_held_at };
                        return Ok(None);
                    }
                    BodyVerdict::TooLarge => return Err(self.too_large().into()),
                    BodyVerdict::Respond(response) => return Err(Stop::Answer(Box::new(response))),
                }
            }
        }
        self.finished |= last;
        Ok(Some(body))
    }

    /// Leads trailers through one filter: what it held comes out before the next one sees them.
    fn push_trailers(&mut self, mut trailers: Trailers) -> Result<Pushed, Stop> {
        let Some(streams) = self.streams.clone().filter(|_| trailers.next < self.open) else {
            self.finished = true;
            return Ok(Pushed::Out(Piece::Trailers(headers::from_pairs(trailers.map)?)));
        };
        if trailers.paused {
            self.trailers = Some(trailers);
            return Ok(Pushed::Held);
        }
        let leg = streams.leg(self.direction, trailers.next);
        match streams.on_trailers(self.direction, leg, trailers.map.clone())? {
            Verdict::Continue => {
                trailers.next = trailers.next.saturating_add(1);
                if let Some(map) = streams.trailers(self.direction, leg) {
                    trailers.map = map;
                }
            }
            Verdict::Pause => trailers.paused = true,
            Verdict::Respond(response) => return Err(Stop::Answer(Box::new(response))),
        }
        self.trailers = Some(trailers);
        Ok(Pushed::Moved)
    }

    fn too_large(&self) -> Failure {
        match self.direction {
            Direction::Request => Failure::BodyTooLarge,
            Direction::Response => Failure::UpstreamResponse,
        }
    }

    fn source_failure(&self, silent: bool) -> Failure {
        match (self.direction, silent) {
            (Direction::Request, true) => Failure::ClientTimeout,
            (Direction::Request, false) => Failure::ClientBody,
            (Direction::Response, true) => Failure::UpstreamTimeout,
            (Direction::Response, false) => Failure::UpstreamResponse,
        }
    }
}

/// Where body comes from. Carried body has passed the filters before `from`.
#[derive(Debug)]
enum Source {
    Network(Incoming),
    Carried { body: Bytes, from: usize, last: bool },
    CarriedThenNetwork { body: Bytes, from: usize, incoming: Incoming },
    Ended,
}

enum Taken {
    Data { body: Bytes, from: usize, last: bool },
    Trailers(HeaderMap),
}

enum Pushed {
    Out(Piece),
    Moved,
    Held,
}

#[derive(Debug)]
struct Trailers {
    map: Pairs,
    /// The position of the filter that sees them next, or has paused them.
    next: usize,
    paused: bool,
}

/// A bound on waiting that costs nothing while nobody waits.
#[derive(Debug)]
struct Patience {
    bound: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
    armed: bool,
}

impl Patience {
    fn new(bound: Duration) -> Self {
        Self { bound, sleep: None, armed: false }
    }

    fn reset(&mut self) {
        self.armed = false;
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let now = Instant::now();
        let deadline = now.checked_add(self.bound).unwrap_or(now);
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if !self.armed {
            sleep.as_mut().reset(deadline);
            self.armed = true;
        }
        sleep.as_mut().poll(context)
    }
}

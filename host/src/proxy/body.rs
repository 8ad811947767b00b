//! The bodies that hyper reads from us: towards the upstream, and towards the client.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::mailbox::{Mailbox, Turn};
use super::pump::{Piece, Pump};
use super::reading::Reading;
use super::upstream::Lease;
use crate::filters::OpenStreams;

/// A body that is all there.
#[derive(Debug)]
pub(crate) struct Whole(Option<Bytes>);

impl Whole {
    pub(crate) fn new(body: Bytes) -> Self {
        Self(Some(body).filter(|body| !body.is_empty()))
    }
}

impl Body for Whole {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        Poll::Ready(self.get_mut().0.take().map(|body| Ok(Frame::data(body))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let size = self.0.as_ref().map_or(0, Bytes::len);
        SizeHint::with_exact(u64::try_from(size).unwrap_or(u64::MAX))
    }
}

/// The body of a request to an upstream.
#[derive(Debug)]
pub(crate) enum RequestBody {
    /// All there.
    Whole(Whole),
    /// From the client.
    Streamed { pump: Box<Pump>, mailbox: Rc<Mailbox> },
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        match self.get_mut() {
            Self::Whole(body) => Pin::new(body).poll_frame(context),
            Self::Streamed { pump, mailbox } => {
                // Being asked shows that the upstream has read what came before.
                let polled = poll_frame(pump, context);
                mailbox.progress(match &polled {
                    Poll::Pending => Turn::Client,
                    Poll::Ready(None) => Turn::UpstreamAnswers,
                    Poll::Ready(Some(_)) if pump.is_finished() => Turn::UpstreamAnswers,
                    Poll::Ready(Some(_)) => Turn::UpstreamReads,
                });
                polled
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_end_stream(),
            Self::Streamed { pump, .. } => pump.is_finished(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => body.size_hint(),
            // Unknown: the content-length header decides, if there is one.
            Self::Streamed { .. } => SizeHint::default(),
        }
    }
}

/// The body of a response to a client. It keeps the exchange's filter streams open until it is sent
/// or dropped: their last callback is the log.
#[derive(Debug)]
pub(crate) struct Reply {
    kind: Kind,
    _streams: Option<OpenStreams>,
    reader: Option<Reader>,
}

impl Reply {
    pub(crate) fn full(body: Bytes) -> Self {
        Self { kind: Kind::Whole(Whole::new(body)), _streams: None, reader: None }
    }

    /// From the upstream, over a connection that can be used again afterwards.
    pub(crate) fn streamed(pump: Pump, lease: Lease) -> Self {
        if pump.is_finished() {
            lease.release();
            return Self::full(Bytes::new());
        }
        let streamed = Streamed { pump, lease: Some(lease), rest: Bytes::new() };
        Self { kind: Kind::Streamed(Box::new(streamed)), _streams: None, reader: None }
    }

    pub(crate) fn keeping(self, streams: Option<OpenStreams>, reading: Rc<Reading>) -> Self {
        Self { _streams: streams, reader: Some(Reader::new(reading)), ..self }
    }
}

impl Body for Reply {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let Self { kind, reader, .. } = self.get_mut();
        let (polled, patience) = match kind {
            Kind::Whole(body) => (Pin::new(body).poll_frame(context), Duration::ZERO),
            Kind::Streamed(streamed) => (streamed.poll_frame(context), streamed.pump.patience()),
        };
        if let Some(Reader(reading)) = reader {
            reading.expect(if polled.is_ready() { Duration::ZERO } else { patience });
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Whole(body) => body.is_end_stream(),
            Kind::Streamed(streamed) => streamed.rest.is_empty() && streamed.pump.is_finished(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Whole(body) => body.size_hint(),
            Kind::Streamed(_) => SizeHint::default(),
        }
    }
}

#[derive(Debug)]
enum Kind {
    Whole(Whole),
    Streamed(Box<Streamed>),
}

#[derive(Debug)]
struct Streamed {
    pump: Pump,
    lease: Option<Lease>,
    /// Of the last piece: a client is seen to read when it gets the next one, so none may take it long.
    rest: Bytes,
}

impl Streamed {
    fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if self.rest.is_empty() {
            let polled = ready!(poll_frame(&mut self.pump, context));
            if let Some(lease) = self.lease.take_if(|_| self.pump.source_ended()) {
                lease.release();
            }
            match polled.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(body))) => self.rest = body,
                Some(Ok(Err(trailers))) => return Poll::Ready(Some(Ok(trailers))),
                Some(Err(broken)) => return Poll::Ready(Some(Err(broken))),
                None => return Poll::Ready(None),
            }
        }
        let piece = self.rest.split_to(self.rest.len().min(PIECE_BYTES));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}

/// Watches a client read, from the head of its response until hyper has taken all of it. What is still
/// on its way then has the same bound.
#[derive(Debug)]
struct Reader(Rc<Reading>);

impl Reader {
    fn new(reading: Rc<Reading>) -> Self {
        reading.expect(Duration::ZERO);
        Self(reading)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.expect(Duration::ZERO);
    }
}

/// A body that could not be completed: the connection that it goes out on is closed. Why is in the
/// exchange's mailbox.
#[derive(Debug)]
pub(crate) struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the exchange was ended in the middle of a body")
    }
}

impl Error for Broken {}

fn poll_frame(pump: &mut Pump, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
    loop {
        let piece = match ready!(pump.poll_next(context)) {
            None => return Poll::Ready(None),
            Some(Err(_)) => return Poll::Ready(Some(Err(Broken))),
            Some(Ok(piece)) => piece,
        };
        match piece {
            Piece::Data(body) if body.is_empty() => {}
            Piece::Data(body) => return Poll::Ready(Some(Ok(Frame::data(body)))),
            Piece::Trailers(map) => return Poll::Ready(Some(Ok(Frame::trailers(map)))),
        }
    }
}

const PIECE_BYTES: usize = 64 << 10;

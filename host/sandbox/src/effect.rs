//! What leaves the sandbox: ids, verdicts, and the effects that the embedder performs.

use std::{fmt, time::Duration};

use crate::abi::types::Direction;
use crate::header_map::{HeaderMap, Pair};

use bytes::Bytes;

/// What a guest asked for. The sandbox only records it; the embedder performs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send a request, and hand the outcome to [`Instance::on_call_response`](crate::Instance::on_call_response).
    HttpCall {
        /// Names the call in its outcome.
        call: CallId,
        /// The stream on whose behalf the guest asked. The call outlives it, as in Envoy.
        stream: Option<StreamId>,
        /// A target that [`Upstreams::is_known`](crate::Upstreams::is_known) accepted; with nginx's quirks
        /// any origin: a guest says `host[:port]` there.
        upstream: String,
        /// Request headers; `:method`, `:path` and `:authority` are there.
        headers: HeaderMap,
        /// Request body.
        body: Bytes,
        /// Request trailers.
        trailers: HeaderMap,
        /// How long to wait; zero if the guest asked for no bound.
        timeout: Duration,
    },
    /// Nobody waits for this call any more. Its outcome must not be delivered.
    CancelCall(CallId),
    /// Let a stream that was paused go on.
    Resume {
        /// Which stream.
        stream: StreamId,
        /// Which half of it.
        direction: Direction,
        /// Body that was held back; it goes out first.
        body: Bytes,
    },
    /// Answer a stream whose callback is not the one that ran.
    Respond {
        /// Which stream.
        stream: StreamId,
        /// The answer.
        response: LocalResponse,
    },
    /// Reset a stream.
    Close {
        /// Which stream.
        stream: StreamId,
        /// The half that the guest named.
        direction: Direction,
    },
    /// Call [`Instance::on_tick`](crate::Instance::on_tick) this often; `None` stops it.
    TickEvery(Option<Duration>),
}

/// What becomes of headers or trailers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Send them on, as the instance now has them.
    Continue,
    /// Keep them until an effect says otherwise.
    Pause,
    /// Answer with this instead.
    Respond(LocalResponse),
}

/// What becomes of a piece of body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyVerdict {
    /// Send these bytes on: all that was held back, the new piece, and what the guest made of them.
    Forward(Bytes),
    /// Nothing to send: the piece is held inside and comes out later.
    Hold,
    /// More body was held back than the limit allows. Answer 413 to a request, 502 for a response.
    TooLarge,
    /// Answer with this instead.
    Respond(LocalResponse),
}

/// An answer that a guest made itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalResponse {
    /// 200 to 599; with nginx's quirks up to 999.
    pub status: u16,
    /// Why, for logs; never for the client.
    pub details: String,
    /// Headers without `:status`; names are valid and in lower case, repeated names are kept.
    pub headers: Vec<Pair>,
    /// Body.
    pub body: Bytes,
    /// The gRPC status, if the guest gave one.
    pub grpc_status: Option<u32>,
}

/// How an [`Effect::HttpCall`] ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallOutcome {
    /// An answer came, whatever its status.
    Answer {
        /// `:status` and the headers.
        headers: HeaderMap,
        /// Body.
        body: Bytes,
        /// Trailers.
        trailers: HeaderMap,
    },
    /// No answer came.
    Failed,
}

/// An HTTP stream: one request and its response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub(crate) u32);

/// An HTTP call that a guest started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub(crate) u32);

/// The root context of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RootId(pub(crate) u32);

macro_rules! number {
    ($($id:ident)*) => {$(
        impl $id {
            /// The number that the guest knows it by.
            pub fn get(self) -> u32 {
                self.0
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

number!(StreamId CallId RootId);

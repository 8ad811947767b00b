//! What the gate asks its edge to do, and what the edge tells the gate.
//!
//! The gate never performs anything: it returns a [`Step`], the edge carries it out on whatever engine it runs
//! on, and hands the outcome back as an [`Event`].

use crate::denial::{Denial, Status};
use crate::headers::HeaderEdit;
use crate::permit::Permit;
use crate::provider::AnswerKey;
use crate::time::UnixTime;
use crate::verified::SourceId;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// What to do with the request now.
#[derive(Debug)]
#[must_use = "a step that is not carried out leaves the request without a decision"]
pub enum Step {
    /// Hold the request and deliver its body, whole and at most this many bytes, as [`Event::Body`].
    NeedBody {
        /// Bytes; a longer body ends in a refusal.
        at_most: usize,
    },
    /// Hold the request, make this call, and deliver the outcome as [`Event::Answer`].
    Call {
        /// The call.
        call: HttpCall,
        /// Edits of the request to make first, on engines that might let it go while it is held.
        before: Vec<HeaderEdit>,
    },
    /// Hold the request until `topic` is announced or `until` has come, then deliver [`Event::Woken`].
    Wait {
        /// What is waited for.
        topic: Topic,
        /// The last moment to wait.
        until: UnixTime,
    },
    /// Forward the request, edited as the permit says.
    Forward(Box<Permit>),
    /// Answer the client; nothing goes upstream.
    Reply(Box<Response>),
}

/// What happened since the last step.
pub enum Event<'a> {
    /// Body bytes, and whether they are the last.
    Body(&'a [u8], bool),
    /// The outcome of a [`Step::Call`].
    Answer(CallId, Result<HttpResponse<'a>, CallError>),
    /// The topic of a [`Step::Wait`] was announced, or its time came.
    Woken,
}

/// Names a call between a [`Step::Call`] and its [`Event::Answer`]; unique within one gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallId(pub u32);

/// What requests can wait for together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topic {
    /// The end of a fetch of this source's keys.
    Keys(SourceId),
    /// The answer to this question.
    Answer(AnswerKey),
}

/// A call to an identity provider.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpCall {
    /// The name under which the outcome comes back.
    pub id: CallId,
    /// The cluster (Envoy), `host:port` (nginx) or upstream (our host) to call.
    pub target: Box<str>,
    /// Header fields, pseudo headers first.
    pub headers: Vec<(Box<str>, Box<[u8]>)>,
    /// The body; may hold a client secret, so it is never logged.
    pub body: Box<[u8]>,
    /// How long the engine may take, milliseconds.
    pub timeout_ms: u32,
}

impl fmt::Debug for HttpCall {
    /// Without header values and body, which may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpCall").field("id", &self.id).field("target", &self.target).finish_non_exhaustive()
    }
}

/// An answer to an [`HttpCall`].
#[derive(Clone, Copy)]
pub struct HttpResponse<'a> {
    /// `:status`.
    pub status: u16,
    /// Header fields as sent, any case.
    pub headers: &'a [(&'a [u8], &'a [u8])],
    /// The body.
    pub body: &'a [u8],
}

impl fmt::Debug for HttpResponse<'_> {
    /// Without headers and body, which may hold tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Why a call has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallError {
    /// The engine would not send it (unknown target, or too many calls).
    NotSent,
    /// Sent, and no complete answer came.
    Failed,
}

/// An answer to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: Status,
    /// Header fields.
    pub headers: Vec<HeaderEdit>,
    /// The body.
    pub body: Box<[u8]>,
    /// Why; `None` for answers that are not refusals.
    pub denial: Option<Denial>,
}

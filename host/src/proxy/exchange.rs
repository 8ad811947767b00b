//! One request and its response: the phases, in order.

use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use claimgate_sandbox::{Direction, HeaderMap as Pairs, StreamFacts, Verdict};
use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version, response};
use hyper::body::Incoming;
use tokio::time::timeout;

use super::Proxy;
use super::body::{Reply, RequestBody, Whole};
use super::connection::Reset;
use super::head::{self, Head, Peer};
use super::mailbox::{Mailbox, Turn};
use super::pump::{Bounds, Piece, Pump};
use super::reading::Reading;
use super::respond::{Failure, Local, Stop};
use super::{headers, path, upstream::Lease};
use crate::filters::{OpenStreams, Streams, recipe};
use crate::router::{Ambiguous, Found, upstream_path};

impl Proxy {
    /// Answers one request.
    pub(crate) async fn exchange(
        &self,
        peer: &Peer,
        request: Request<Incoming>,
    ) -> Result<Response<Reply>, Reset> {
        // Unwatched, a client that does not read would keep all that its response holds.
        let reading = Reading::current().ok_or(Reset)?;
        reading.pause();
        let mut exchange =
            Exchange { proxy: self, mailbox: Rc::new(Mailbox::new()), streams: None, answered: false };
        let outcome = match self.limits().request_timeout {
            None => exchange.run(peer, request).await,
            Some(bound) => timeout(bound, exchange.run(peer, request))
                .await
                .unwrap_or(Err(Failure::RequestTimeout.into())),
        };
        let response = match outcome {
            Ok(response) => response,
            Err(stop) => exchange.refuse(stop).await?,
        };
        self.stats.response(response.status());
        Ok(response.map(|reply| reply.keeping(exchange.streams, reading)))
    }
}

struct Exchange<'a> {
    proxy: &'a Proxy,
    mailbox: Rc<Mailbox>,
    streams: Option<OpenStreams>,
    /// The filters have begun to see the upstream's response.
    answered: bool,
}

impl<'a> Exchange<'a> {
    async fn run(&mut self, peer: &Peer, request: Request<Incoming>) -> Result<Response<Reply>, Stop> {
        let (parts, body) = request.into_parts();
        let version = parts.version;
        let mut head = Head::read(parts, peer, &self.proxy.plan.trusted)?;
        let mut found = self.find(&head);
        let mut pump = Pump::new(Direction::Request, body, Rc::clone(&self.mailbox), self.request_bounds());
        self.refuse_declared_size(&head)?;
        if !self.proxy.chain.is_empty() {
            let pairs = head.to_pairs();
            if !recipe::have_room(&pairs) {
                return Err(Failure::HeadTooLarge.into());
            }
            let facts = self.facts(peer, &head, version, found.ok().flatten());
            let streams = self.proxy.chain.open(&facts, &self.mailbox)?;
            let streams = Rc::clone(&self.streams.insert(streams).0);
            let filtered = Head::from_pairs(self.filter_request(&streams, pairs, &mut pump).await?)?;
            let moved = filtered.method != head.method
                || filtered.target != head.target
                || filtered.authority != head.authority;
            head = filtered;
            if moved {
                found = self.find(&head);
            }
        }
        let found = found.map_err(|Ambiguous| Failure::AmbiguousPath)?.ok_or(Failure::NoRoute)?;
        let (response, lease) = self.forward(head, found, pump).await?;
        self.respond(response, lease).await
    }

    fn find(&self, head: &Head) -> Result<Option<Found<'a>>, Ambiguous> {
        self.proxy.plan.router.find(head.host(), head.path(), head.has_one_reading(), &head.method)
    }

    /// A body that says that it is too long is refused before anything of it is read.
    fn refuse_declared_size(&self, head: &Head) -> Result<(), Failure> {
        let declared =
            head.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        match (declared, self.proxy.limits().request_body_bytes) {
            (Some(declared), Some(most)) if declared > most => Err(Failure::BodyTooLarge),
            _ => Ok(()),
        }
    }

    fn facts(&self, peer: &Peer, head: &Head, version: Version, found: Option<Found<'_>>) -> StreamFacts {
        let service = found.and_then(|found| self.proxy.plan.services.get(found.service));
        let id = head.headers.get("x-request-id").and_then(|id| id.to_str().ok());
        StreamFacts {
            source_address: head.client(peer, &self.proxy.plan.trusted).to_string(),
            destination_address: peer.local.to_string(),
            protocol: protocol(version).to_owned(),
            scheme: head.scheme.to_string(),
            request_id: id.unwrap_or_default().to_owned(),
            route_name: found.map(|found| found.route.name.clone()).unwrap_or_default(),
            service_name: service.map(|service| service.name.clone()).unwrap_or_default(),
            start_unix_nanos: self.proxy.clock.0.unix_nanos(),
            connection_id: peer.id,
            ..StreamFacts::default()
        }
    }

    /// Leads the head through the filters. One that pauses holds back all that come after it.
    async fn filter_request(
        &self,
        streams: &Rc<Streams>,
        mut pairs: Pairs,
        pump: &mut Pump,
    ) -> Result<Pairs, Stop> {
        for leg in 0..streams.len() {
            match streams.on_headers(Direction::Request, leg, pairs, pump.is_finished())? {
                Verdict::Continue => {}
                Verdict::Pause => self.within_pause(self.wait_for_request(streams, leg, pump)).await?,
                Verdict::Respond(response) => return Err(Stop::Answer(Box::new(response))),
            }
            if streams.reads_body_first(leg) && !pump.is_finished() {
                read_ahead(streams, leg, pump).await?;
            }
            if let Some(stop) = self.mailbox.stopped() {
                return Err(stop);
            }
            pairs = streams.headers(Direction::Request, leg)?;
            pump.through(streams, leg.saturating_add(1));
        }
        Ok(pairs)
    }

    async fn wait_for_request(&self, streams: &Rc<Streams>, leg: usize, pump: &mut Pump) -> Result<(), Stop> {
        if !streams.reads_body_early(leg) || pump.is_finished() {
            return self.mailbox.resumed(Direction::Request).await.map(drop);
        }
        read_ahead(streams, leg, pump).await
    }

    async fn within_pause<T>(&self, wait: impl Future<Output = Result<T, Stop>>) -> Result<T, Stop> {
        let bound = self.proxy.limits().pause_timeout;
        timeout(bound, wait).await.unwrap_or(Err(Failure::FilterTimeout.into()))
    }

    /// Sends the request and waits for the head of the response, or for a filter's other idea.
    async fn forward(
        &self,
        head: Head,
        found: Found<'_>,
        pump: Pump,
    ) -> Result<(Response<Incoming>, Lease), Stop> {
        let server = self.proxy.servers.get(found.service).ok_or(Failure::NoRoute)?;
        let target = self.proxy.plan.services.get(found.service).ok_or(Failure::NoRoute)?;
        let turn = if pump.is_finished() { Turn::UpstreamAnswers } else { Turn::UpstreamReads };
        let request = self.upstream_request(head, found, &target.path, server.authority(), pump)?;
        let started = Instant::now();
        let timeouts = server.timeouts();
        let outcome = tokio::select! {
            biased;
            stop = self.mailbox.ended() => return Err(stop),
            outcome = server.send(request, || self.mailbox.progress(turn)) => outcome,
            () = self.mailbox.upstream_stalled(timeouts.read, timeouts.write) => {
                Err(Failure::UpstreamTimeout)
            }
        };
        match outcome {
            Ok(answered) => {
                self.proxy.stats.upstream_answered(started.elapsed());
                Ok(answered)
            }
            // A body that broke off says better than the connection why.
            Err(failure) => Err(self.mailbox.stopped().unwrap_or_else(|| failure.into())),
        }
    }

    fn upstream_request(
        &self,
        head: Head,
        found: Found<'_>,
        base: &str,
        authority: &str,
        pump: Pump,
    ) -> Result<Request<RequestBody>, Failure> {
        let Head { method, target, authority: client, mut headers, .. } = head;
        let uri = match (base, found.prefix) {
            ("", "") => target,
            // Read otherwise, a path could leave the place that it is put into.
            _ if !path::is_unambiguous(target.path()) => return Err(Failure::AmbiguousPath),
            _ => rewrite(&target, base, found.prefix)?,
        };
        head::say_prefix(&mut headers, found.prefix);
        let own = || HeaderValue::from_str(authority).map_err(|_| Failure::UpstreamConnect);
        headers.insert(HOST, if found.route.preserve_host && !client.is_empty() { client } else { own()? });
        declare_body(&method, &mut headers, !pump.is_finished());
        let body = if pump.is_finished() {
            RequestBody::Whole(Whole::new(Bytes::new()))
        } else {
            RequestBody::Streamed { pump: Box::new(pump), mailbox: Rc::clone(&self.mailbox) }
        };
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = Uri::from(uri);
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// Leads the upstream's response to the client.
    async fn respond(&mut self, response: Response<Incoming>, lease: Lease) -> Result<Response<Reply>, Stop> {
        let (parts, body) = response.into_parts();
        let response::Parts { mut status, mut headers, .. } = parts;
        if status.is_informational() {
            return Err(Failure::UpstreamResponse.into());
        }
        head::strip_connection_headers(&mut headers);
        let bounds = self.response_bounds(lease.read_timeout());
        let mut pump = Pump::new(Direction::Response, body, Rc::clone(&self.mailbox), bounds);
        self.answered = true;
        if let Some(OpenStreams(streams)) = &self.streams {
            (status, headers) = self.filter_response(streams, status, &headers, pump.is_finished()).await?;
            head::strip_connection_headers(&mut headers);
            pump.through(streams, streams.len());
        }
        let mut response = Response::new(Reply::streamed(pump, lease));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }

    async fn filter_response(
        &self,
        streams: &Rc<Streams>,
        status: StatusCode,
        headers: &HeaderMap,
        end: bool,
    ) -> Result<(StatusCode, HeaderMap), Stop> {
        let mut pairs = headers::to_pairs([(":status", status.as_str().as_bytes())], headers);
        for position in 0..streams.len() {
            let leg = streams.leg(Direction::Response, position);
            match streams.on_headers(Direction::Response, leg, pairs, end)? {
                Verdict::Continue => {}
                Verdict::Pause => {
                    self.within_pause(self.mailbox.resumed(Direction::Response)).await.map(drop)?
                }
                Verdict::Respond(response) => return Err(Stop::Answer(Box::new(response))),
            }
            pairs = streams.headers(Direction::Response, leg)?;
        }
        let status = pairs.get(":status").and_then(|status| StatusCode::from_bytes(status).ok());
        Ok((status.ok_or(Failure::FilterOutput)?, headers::from_pairs(pairs)?))
    }

    /// Answers instead of the upstream. Filters see this response, too, unless they have begun to see
    /// another one, or one of them is lost.
    async fn refuse(&mut self, stop: Stop) -> Result<Response<Reply>, Reset> {
        if let Stop::Failure(failure) = stop {
            note(failure);
        }
        let filters_see = !self.answered && !matches!(stop, Stop::Failure(Failure::FilterDead));
        let local = local(stop)?;
        self.mailbox.answer();
        let local = match &self.streams {
            Some(OpenStreams(streams)) if filters_see => match self.filter_local(streams, local).await {
                Ok(local) => local,
                Err(stop) => self::local(stop)?,
            },
            _ => local,
        };
        Ok(local.into_response())
    }

    async fn filter_local(&self, streams: &Rc<Streams>, local: Local) -> Result<Local, Stop> {
        let Local { status, mut headers, body } = local;
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        let (status, headers) = self.filter_response(streams, status, &headers, body.is_empty()).await?;
        let bounds = self.response_bounds(self.proxy.limits().pause_timeout);
        let mut pump = Pump::of_bytes(Direction::Response, body, Rc::clone(&self.mailbox), bounds);
        pump.through(streams, streams.len());
        let mut body = BytesMut::new();
        while let Some(piece) = pump.next().await {
            if let Piece::Data(piece) = piece? {
                body.extend_from_slice(&piece);
            }
        }
        Ok(Local { status, headers, body: body.freeze() })
    }

    fn request_bounds(&self) -> Bounds {
        let limits = self.proxy.limits();
        Bounds { source: limits.idle_timeout, pause: limits.pause_timeout, bytes: limits.request_body_bytes }
    }

    fn response_bounds(&self, source: Duration) -> Bounds {
        Bounds { source, pause: self.proxy.limits().pause_timeout, bytes: None }
    }
}

/// Leads body through the filters up to `leg` until the first piece comes out, and keeps that for what follows.
async fn read_ahead(streams: &Rc<Streams>, leg: usize, pump: &mut Pump) -> Result<(), Stop> {
    pump.through(streams, leg.saturating_add(1));
    let piece = pump.next().await.transpose()?;
    pump.put_back(piece);
    Ok(())
}

fn note(failure: Failure) {
    if failure.status().is_server_error() {
        tracing::warn!(?failure, "a request was not served");
    } else {
        tracing::debug!(?failure, "a request was refused");
    }
}

fn local(stop: Stop) -> Result<Local, Reset> {
    match stop {
        Stop::Reset => Err(Reset),
        Stop::Failure(failure) => Ok(Local::of_failure(failure)),
        Stop::Answer(answer) => Ok(Local::of_filter(*answer).unwrap_or_else(Local::of_failure)),
    }
}

/// Makes the headers say what follows. A length that a filter left beside no body would let the next
/// request on the connection be read as that body; hyper takes a GET or HEAD without a length for one
/// without a body.
fn declare_body(method: &Method, headers: &mut HeaderMap, has_body: bool) {
    let rarely_has_body = matches!(*method, Method::GET | Method::HEAD);
    if has_body {
        if rarely_has_body && !headers.contains_key(CONTENT_LENGTH) {
            headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        }
    } else if matches!(*method, Method::POST | Method::PUT | Method::PATCH) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    } else {
        headers.remove(CONTENT_LENGTH);
    }
}

fn rewrite(target: &PathAndQuery, base: &str, prefix: &str) -> Result<PathAndQuery, Failure> {
    let path = upstream_path(base, prefix, target.path());
    let target = match target.query() {
        Some(query) => [&path, "?", query].concat(),
        None => path,
    };
    PathAndQuery::from_maybe_shared(Bytes::from(target)).map_err(|_| Failure::BadRequest)
}

fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2",
        _ => "HTTP/1.1",
    }
}

//! A stand-in for the engine: it answers as it was told to, and remembers what it was asked.

use super::{CounterId, GaugeId, HeaderMap, Host, HostError, Level};
use crate::hostcalls::pairs;
use crate::traces;
use claimgate_policy::headers::HeaderEdit;
use claimgate_policy::step::HttpCall;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

type Answer = Result<Vec<u8>, HostError>;
type ForeignFunction = Box<dyn Fn(&str, &[u8]) -> Answer>;

/// An engine that does everything, has no properties and stands at [`Double::NOW`], until told otherwise.
pub(crate) struct Double {
    pub(crate) config: RefCell<Answer>,
    /// Its environment.
    pub(crate) variables: RefCell<BTreeMap<String, Result<String, HostError>>>,
    pub(crate) headers: RefCell<Answer>,
    pub(crate) trailers: RefCell<Answer>,
    pub(crate) body: RefCell<Answer>,
    pub(crate) now: Cell<Result<u64, HostError>>,
    pub(crate) foreign: RefCell<ForeignFunction>,
    /// The edit with this index fails, and all that follow.
    pub(crate) edits_work_until: Cell<usize>,
    pub(crate) takes_answers: Cell<bool>,
    pub(crate) defines_counters: Cell<bool>,
    /// Whether shared data and calls work.
    pub(crate) works: Cell<bool>,
    /// What the last call was answered with.
    pub(crate) call_answer: RefCell<(Answer, Answer)>,
    pub(crate) period: Cell<Option<u32>>,
    /// The number of the context that was entered last.
    pub(crate) active: Cell<u32>,
    /// Contexts that were active when a request was let go.
    pub(crate) resumed: RefCell<Vec<u32>>,
    shared: RefCell<BTreeMap<String, (Vec<u8>, u32)>>,
    calls: RefCell<Vec<HttpCall>>,
    properties: RefCell<BTreeMap<String, Answer>>,
    asked: RefCell<Vec<String>>,
    logged: RefCell<Vec<(Level, String)>>,
    edits: RefCell<Vec<(HeaderMap, HeaderEdit)>>,
    answers: RefCell<Vec<Answered>>,
    counters: RefCell<Vec<(String, u32)>>,
    gauges: RefCell<Vec<(String, u64)>>,
}

/// An answer to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Double {
    /// Its clock, whole seconds.
    pub(crate) const NOW: i64 = 1_760_000_000;

    pub(crate) fn new() -> Self {
        Self {
            config: RefCell::new(Err(HostError::NotFound)),
            variables: RefCell::default(),
            headers: RefCell::new(Err(HostError::BadArgument)),
            trailers: RefCell::new(Ok(Vec::new())),
            body: RefCell::new(Err(HostError::NotFound)),
            now: Cell::new(Ok(1_760_000_000_999_999_999)),
            foreign: RefCell::new(Box::new(|_, _| Err(HostError::NotFound))),
            edits_work_until: Cell::new(usize::MAX),
            takes_answers: Cell::new(true),
            defines_counters: Cell::new(true),
            works: Cell::new(true),
            call_answer: RefCell::new((Err(HostError::BadArgument), Err(HostError::BadArgument))),
            period: Cell::new(None),
            active: Cell::new(0),
            resumed: RefCell::default(),
            shared: RefCell::default(),
            calls: RefCell::default(),
            properties: RefCell::default(),
            asked: RefCell::default(),
            logged: RefCell::default(),
            edits: RefCell::default(),
            answers: RefCell::default(),
            counters: RefCell::default(),
            gauges: RefCell::default(),
        }
    }

    /// Sets a property; members of the path joined by dots.
    pub(crate) fn has_property(&self, path: &str, answer: Answer) {
        self.properties.borrow_mut().insert(path.into(), answer);
    }

    /// Sets the request's header map.
    pub(crate) fn has_headers(&self, headers: &[(&str, &str)]) {
        *self.headers.borrow_mut() = Ok(encoded(headers));
    }

    /// Sets the request's trailers.
    pub(crate) fn has_trailers(&self, trailers: &[(&str, &str)]) {
        *self.trailers.borrow_mut() = Ok(encoded(trailers));
    }

    /// The properties that were asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.borrow().clone()
    }

    /// The lines that were logged at this level.
    pub(crate) fn logged(&self, level: Level) -> Vec<String> {
        let logged = self.logged.borrow();
        logged.iter().filter(|(found, _)| *found == level).map(|(_, line)| line.clone()).collect()
    }

    pub(crate) fn edits(&self) -> Vec<(HeaderMap, HeaderEdit)> {
        self.edits.borrow().clone()
    }

    pub(crate) fn answers(&self) -> Vec<Answered> {
        self.answers.borrow().clone()
    }

    /// The calls that were made.
    pub(crate) fn calls(&self) -> Vec<HttpCall> {
        self.calls.borrow().clone()
    }

    /// Answers the next call: a status and a body.
    pub(crate) fn answers_calls(&self, status: &str, body: &str) {
        *self.call_answer.borrow_mut() =
            (Ok(encoded(&[("server", "feed"), (":status", status)])), Ok(body.into()));
    }

    /// The same by a clock that says this.
    pub(crate) fn answers_calls_at(&self, date: &str, status: &str, body: &str) {
        *self.call_answer.borrow_mut() =
            (Ok(encoded(&[("date", date), (":status", status)])), Ok(body.into()));
    }

    /// How many values stand in shared data.
    pub(crate) fn shared_values(&self) -> usize {
        self.shared.borrow().len()
    }

    /// Gauges in the order of their definition.
    pub(crate) fn gauges(&self) -> Vec<(String, u64)> {
        self.gauges.borrow().clone()
    }

    /// Counters in the order of their definition.
    pub(crate) fn counters(&self) -> Vec<(String, u32)> {
        self.counters.borrow().clone()
    }
}

impl Host for Double {
    fn log(&self, level: Level, line: &str) {
        traces::saw("filter.log", line);
        self.logged.borrow_mut().push((level, line.into()));
    }

    fn now(&self) -> Result<u64, HostError> {
        self.now.get()
    }

    fn plugin_configuration(&self, _size: usize) -> Answer {
        self.config.borrow().clone()
    }

    fn variable(&self, name: &str) -> Result<String, HostError> {
        self.variables.borrow().get(name).cloned().unwrap_or(Err(HostError::NotFound))
    }

    fn pairs(&self, map: HeaderMap) -> Answer {
        match map {
            HeaderMap::Request => self.headers.borrow().clone(),
            HeaderMap::RequestTrailers => self.trailers.borrow().clone(),
            HeaderMap::Response => Err(HostError::BadArgument),
            HeaderMap::CallResponse => self.call_answer.borrow().0.clone(),
        }
    }

    fn edit_header(&self, map: HeaderMap, edit: &HeaderEdit) -> Result<(), HostError> {
        let mut edits = self.edits.borrow_mut();
        if edits.len() >= self.edits_work_until.get() {
            return Err(HostError::InternalFailure);
        }
        edits.push((map, edit.clone()));
        Ok(())
    }

    fn request_body(&self, at_most: usize) -> Answer {
        let body = self.body.borrow().clone()?;
        Ok(body.into_iter().take(at_most).collect())
    }

    fn replace_request_body(&self, held: usize, body: &[u8]) -> Result<(), HostError> {
        let present = self.body.borrow().clone()?;
        let rest = present.get(held..).ok_or(HostError::BadArgument)?.to_vec();
        *self.body.borrow_mut() = Ok([body.to_vec(), rest].concat());
        Ok(())
    }

    fn send_local_response(&self, status: u16, headers: &[u8], body: &[u8]) -> Result<(), HostError> {
        if !self.takes_answers.get() {
            return Err(HostError::BadArgument);
        }
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let headers = pairs::Pairs::new(headers).unwrap().map(Result::unwrap);
        let headers = headers.map(|(name, value)| (text(name), text(value))).collect();
        let answered = Answered { status, headers, body: text(body) };
        traces::saw("filter.answers", &format!("{answered:?}"));
        self.answers.borrow_mut().push(answered);
        Ok(())
    }

    fn property(&self, path: &[&str]) -> Answer {
        let path = path.join(".");
        let answer = self.properties.borrow().get(&path).cloned().unwrap_or(Err(HostError::NotFound));
        self.asked.borrow_mut().push(path);
        answer
    }

    fn define_counter(&self, name: &str) -> Result<CounterId, HostError> {
        if !self.defines_counters.get() {
            return Err(HostError::InternalFailure);
        }
        traces::saw("filter.metrics", name);
        let mut counters = self.counters.borrow_mut();
        let known = counters.iter().position(|(known, _)| known == name);
        let place = known.unwrap_or(counters.len());
        if known.is_none() {
            counters.push((name.into(), 0));
        }
        Ok(CounterId(u32::try_from(place).unwrap()))
    }

    fn increment(&self, counter: CounterId) -> Result<(), HostError> {
        let mut counters = self.counters.borrow_mut();
        let (_, count) = counters.get_mut(usize::try_from(counter.0).unwrap()).ok_or(HostError::NotFound)?;
        *count = count.saturating_add(1);
        Ok(())
    }

    fn count(&self, counter: CounterId) -> Result<u64, HostError> {
        let counters = self.counters.borrow();
        let (_, count) = counters.get(usize::try_from(counter.0).unwrap()).ok_or(HostError::NotFound)?;
        Ok(u64::from(*count))
    }

    fn define_gauge(&self, name: &str) -> Result<GaugeId, HostError> {
        traces::saw("filter.metrics", name);
        let mut gauges = self.gauges.borrow_mut();
        let known = gauges.iter().position(|(known, _)| known == name);
        let place = known.unwrap_or(gauges.len());
        if known.is_none() {
            gauges.push((name.into(), 0));
        }
        Ok(GaugeId(u32::try_from(place).unwrap()))
    }

    fn set_gauge(&self, gauge: GaugeId, value: u64) -> Result<(), HostError> {
        let mut gauges = self.gauges.borrow_mut();
        gauges.get_mut(usize::try_from(gauge.0).unwrap()).ok_or(HostError::NotFound)?.1 = value;
        Ok(())
    }

    fn shared_data(&self, name: &str) -> Result<(Vec<u8>, u32), HostError> {
        if !self.works.get() {
            return Err(HostError::InternalFailure);
        }
        self.shared.borrow().get(name).cloned().ok_or(HostError::NotFound)
    }

    fn set_shared_data(&self, name: &str, value: &[u8], cas: u32) -> Result<(), HostError> {
        if !self.works.get() {
            return Err(HostError::InternalFailure);
        }
        let mut shared = self.shared.borrow_mut();
        let present = shared.get(name).map_or(0, |(_, cas)| *cas);
        if cas != 0 && cas != present {
            return Err(HostError::CasMismatch);
        }
        shared.insert(name.into(), (value.into(), present.saturating_add(1)));
        Ok(())
    }

    fn set_tick_period(&self, milliseconds: u32) -> Result<(), HostError> {
        self.period.set(Some(milliseconds));
        Ok(())
    }

    fn http_call(&self, call: &HttpCall) -> Result<u32, HostError> {
        let mut calls = self.calls.borrow_mut();
        calls.push(call.clone());
        if self.works.get() { Ok(u32::try_from(calls.len()).unwrap()) } else { Err(HostError::BadArgument) }
    }

    fn enter(&self, context: u32) -> Result<(), HostError> {
        self.active.set(context);
        Ok(())
    }

    fn resume_request(&self) -> Result<(), HostError> {
        self.resumed.borrow_mut().push(self.active.get());
        Ok(())
    }

    fn call_body(&self, at_most: usize) -> Answer {
        let body = self.call_answer.borrow().1.clone()?;
        Ok(body.into_iter().take(at_most).collect())
    }

    fn call_foreign_function(&self, name: &str, argument: &[u8]) -> Answer {
        (self.foreign.borrow())(name, argument)
    }
}

fn encoded(fields: &[(&str, &str)]) -> Vec<u8> {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
    pairs::encode(&fields).unwrap()
}

//! The HTTP context: what the engine tells of one request, handed to it and to those that it lets go on.

use crate::held::Held;
use crate::plugin::Plugin;
use crate::request::{Request, Wish};
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use std::cell::RefCell;
use std::rc::Rc;

/// The engine's context of one request.
pub(crate) struct Http {
    plugin: Rc<Plugin>,
    request: Rc<RefCell<Request>>,
}

impl Http {
    /// Of the context with this number.
    pub(crate) fn new(id: u32, plugin: Rc<Plugin>) -> Self {
        let request = Rc::new(RefCell::new(Request::new(id, Rc::clone(&plugin))));
        Self { plugin, request }
    }

    fn held(&self) -> &Held {
        self.plugin.held()
    }

    fn action(&self) -> Action {
        self.request.borrow_mut().action()
    }

    /// Does what a step of the request asked for.
    fn grant(&self, wish: Wish) {
        self.held().grant(self.plugin.host(), &self.request, wish);
    }
}

impl Context for Http {
    fn on_http_call_response(&mut self, token: u32, headers: usize, _body_size: usize, _trailers: usize) {
        self.held().answer(self.plugin.host(), token, headers);
    }
}

impl HttpContext for Http {
    fn on_http_request_headers(&mut self, _count: usize, end: bool) -> Action {
        let wish = self.request.borrow_mut().take_head(end);
        self.grant(wish);
        self.action()
    }

    // On Envoy with `allow_on_headers_stop_iteration`, Continue from here would release a request that is held
    // or was refused at its head.
    fn on_http_request_body(&mut self, size: usize, end: bool) -> Action {
        let wish = self.request.borrow_mut().take_body(size, end);
        self.grant(wish);
        self.action()
    }

    fn on_http_request_trailers(&mut self, _count: usize) -> Action {
        let wish = self.request.borrow_mut().take_trailers();
        self.grant(wish);
        self.request.borrow_mut().trailers_action()
    }

    fn on_http_response_headers(&mut self, _count: usize, _end: bool) -> Action {
        self.request.borrow_mut().take_response()
    }

    fn on_log(&mut self) {
        self.request.borrow_mut().log();
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        if let Ok(mut request) = self.request.try_borrow_mut()
            && let Some(topic) = request.abandon()
        {
            self.held().lost(topic);
        }
    }
}

#[cfg(test)]
mod tests;

//! The form of a page.

use crate::support::table::Request;
use form_urlencoded::Serializer;
use std::collections::BTreeMap;

/// Names and values of a query or a form.
pub(crate) type Arguments = BTreeMap<String, String>;

/// Where a page's form goes, and its inputs that have a value.
pub(crate) fn of(page: &str) -> Option<(String, Arguments)> {
    let action = attribute(page, "action")?;
    let inputs = page.split("<input ").skip(1);
    let fields = inputs.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)));
    Some((action.to_owned(), fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()))
}

/// The request with which it is sent.
pub(crate) fn posted(path: &str, host: &str, form: &Arguments) -> Request {
    let body = Serializer::new(String::new()).extend_pairs(form).finish();
    let form = ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned());
    Request { method: "POST".to_owned(), headers: vec![form], body, ..Request::get(path, host) }
}

fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = element.split_once(&format!("{name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

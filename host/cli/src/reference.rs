//! The documentation of a filter's document, made from the tables that the decoder reads it with: as a JSON Schema
//! for editors, as Markdown for people.

/// The JSON Schema.
mod schema;

/// The Markdown.
mod markdown;

pub(crate) use markdown::markdown;
pub(crate) use schema::schema;

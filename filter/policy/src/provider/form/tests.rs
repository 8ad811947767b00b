use super::{Form, escaped};
use crate::request::{arguments, unescaped};
use alloc::format;
use alloc::vec::Vec;

#[test]
fn the_example_of_rfc_6749_appendix_b_is_escaped_as_it_says() {
    assert_eq!(escaped(" %&+\u{a3}\u{20ac}".as_bytes()), "+%25%26%2B%C2%A3%E2%82%AC");
}

#[test]
fn a_form_keeps_its_order_and_has_each_parameter_once() {
    let mut form = Form::new();
    assert_eq!((form.is_empty(), form.encoded().as_str()), (true, ""));
    form.set("grant_type", b"password");
    form.set("scope", b"a b");
    form.set("grant_type", b"refresh_token");
    assert_eq!(form.encoded(), "grant_type=refresh_token&scope=a+b");
    assert_eq!((form.value("scope"), form.value("code")), (Some(b"a b".as_slice()), None));
}

#[test]
fn every_byte_comes_back_as_the_reader_of_forms_reads_it() {
    let every: Vec<u8> = (0..=255).collect();
    let mut form = Form::new();
    form.set("n=&+ %", &every);
    let text = form.encoded();
    assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
    let read: Vec<_> =
        arguments(text.as_bytes()).map(|(name, value)| (unescaped(name), unescaped(value))).collect();
    assert_eq!(read, [(b"n=&+ %".as_slice().into(), every.into())]);
}

#[test]
fn debug_shows_names_alone() {
    let mut form = Form::new();
    form.set("password", b"s3cret");
    assert_eq!(format!("{form:?}"), r#"["password"]"#);
}

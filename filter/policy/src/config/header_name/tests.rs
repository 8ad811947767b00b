use super::{FRAMING, HeaderName, HeaderNameError, LONGEST};
use std::string::ToString;

#[test]
fn a_name_is_kept_in_lower_case() {
    assert_eq!(HeaderName::new("X-Access_Token").unwrap().to_string(), "x-access_token");
}

#[test]
fn refuses_what_is_no_field_name() {
    let long = "x".repeat(LONGEST + 1);
    for name in ["", "x y", "x:y", ":path", "x\r\ny", "ü", "x\0", "\"x\"", "x,y", &long] {
        assert_eq!(HeaderName::new(name), Err(HeaderNameError::NotAToken), "{name:?}");
    }
}

#[test]
fn refuses_fields_that_frame_or_route_the_message_in_any_case() {
    for name in FRAMING {
        assert_eq!(HeaderName::new(&name.to_uppercase()), Err(HeaderNameError::Framing), "{name}");
    }
}

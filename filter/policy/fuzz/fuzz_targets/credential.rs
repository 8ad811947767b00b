//! A credential that was hidden is nowhere to be found, and nothing else of a JSON body is gone.
#![no_main]
use claimgate_policy::capabilities::Capabilities;
use claimgate_policy::config::{CredentialRules, Places};
use claimgate_policy::credential::{Hidden, Search, search};
use claimgate_policy::headers::HeaderEdit;
use claimgate_policy::request::RequestHead;
use serde_json::Value;

// Three parts, each ended by a zero: the query, the cookies, and the body behind its type's first letter.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(3, |byte| *byte == 0);
    let [query, cookie, body] = std::array::from_fn(|_| parts.next().unwrap_or_default());
    let (media_type, body) = match body.split_first() {
        Some((b'f', rest)) => ("application/x-www-form-urlencoded", rest),
        Some((_, rest)) => ("application/json", rest),
        None => ("application/json", body),
    };
    let target = [b"/?", query].concat();
    let headers = [("cookie", cookie), ("content-type", media_type.as_bytes())];
    let Some((hidden, place)) = hide(&target, &headers, body) else { return };
    let (mut target, mut headers) = (target, headers.to_vec());
    for edit in &hidden.edits {
        match edit {
            HeaderEdit::Set(name, value) if name == ":path" => target = value.to_vec(),
            HeaderEdit::Set(name, value) => {
                headers.iter_mut().filter(|(found, _)| found == name).for_each(|(_, old)| *old = value);
            }
            HeaderEdit::Remove(name) => headers.retain(|(found, _)| found.as_bytes() != &**name),
        }
    }
    let rest = hidden.body.as_deref().unwrap_or(body);
    assert!(hide(&target, &headers, rest).is_none(), "found again after it was hidden in {place}");
    if media_type == "application/json" && place == "body" {
        let mut before: Value = serde_json::from_slice(body).expect("a body with a token in it");
        before.as_object_mut().expect("an object").remove("access_token");
        assert_eq!(serde_json::from_slice::<Value>(rest).expect("JSON still"), before);
    }
});

/// What hides the one token of this request, and the name of the place where it stood.
fn hide(target: &[u8], headers: &[(&str, &[u8])], body: &[u8]) -> Option<(Hidden, &'static str)> {
    let fields: Vec<(&[u8], &[u8])> = headers.iter().map(|(name, value)| (name.as_bytes(), *value)).collect();
    let head = RequestHead { method: b"POST", target, authority: b"", headers: &fields, has_body: true };
    let rules = CredentialRules {
        places: Places { header: true, query: true, body: true, cookie: true },
        header_name: None,
        cookie_name: Some("token".into()),
        hide_credentials: true,
        run_on_preflight: true,
        anonymous: None,
    };
    let Ok(Search::Found(credential)) = search(&head, &rules, Some(body)) else { return None };
    let engine = Capabilities { holds_for_body: true, ..Capabilities::ENVOY };
    let hidden = credential.hide(&head, Some(body), &engine).expect("this engine can hide everything");
    Some((hidden, credential.place().name()))
}

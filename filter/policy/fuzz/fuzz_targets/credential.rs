//! A credential that was hidden is nowhere to be found, and nothing else of a JSON body is gone.
#![no_main]
use claimgate_policy::capabilities::Capabilities;
use claimgate_policy::config::{CredentialRules, KeyName, Methods, Places};
use claimgate_policy::credential::{Found, Hidden, Sought, find};
use claimgate_policy::headers::HeaderEdit;
use claimgate_policy::request::RequestHead;
use serde_json::Value;

/// What takes the one credential out, the name of the place where it stood, and its arguments there.
type Hiding = (Hidden, &'static str, &'static [&'static str]);

// Four parts, each ended by a zero: the query, the cookies, Authorization, and the body behind its type's first letter.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(4, |byte| *byte == 0);
    let [query, cookie, authorization, body] = std::array::from_fn(|_| parts.next().unwrap_or_default());
    let (media_type, body) = match body.split_first() {
        Some((b'f', rest)) => ("application/x-www-form-urlencoded", rest),
        Some((_, rest)) => ("application/json", rest),
        None => ("application/json", body),
    };
    let target = [b"/?", query].concat();
    let headers =
        [("cookie", cookie), ("authorization", authorization), ("content-type", media_type.as_bytes())];
    let Some((hidden, place, names)) = hide(&target, &headers, body) else { return };
    let (mut target, mut headers) = (target, headers.to_vec());
    for edit in &hidden.edits {
        match edit {
            HeaderEdit::Set(name, value) if name == ":path" => target = value.to_vec(),
            HeaderEdit::Set(name, value) => {
                headers.iter_mut().filter(|(found, _)| found == name).for_each(|(_, old)| *old = value);
            }
            HeaderEdit::Append(name, value) => headers.push((name, value)),
            HeaderEdit::Remove(name) => headers.retain(|(found, _)| found.as_bytes() != &**name),
        }
    }
    let rest = hidden.body.as_deref().unwrap_or(body);
    assert!(hide(&target, &headers, rest).is_none(), "found again after it was hidden in {place}");
    if media_type == "application/json" && place == "body" {
        let mut before: Value = serde_json::from_slice(body).expect("a body with a credential in it");
        let members = before.as_object_mut().expect("an object");
        names.iter().for_each(|name| drop(members.remove(*name)));
        assert_eq!(serde_json::from_slice::<Value>(rest).expect("JSON still"), before);
    }
});

fn hide(target: &[u8], headers: &[(&str, &[u8])], body: &[u8]) -> Option<Hiding> {
    let fields: Vec<(&[u8], &[u8])> = headers.iter().map(|(name, value)| (name.as_bytes(), *value)).collect();
    let head = RequestHead {
        method: b"POST",
        target,
        authority: b"",
        headers: &fields,
        has_body: true,
        https: false,
    };
    let everywhere = Places { header: true, query: true, body: true, cookie: true };
    let rules = CredentialRules {
        places: everywhere,
        header_name: None,
        cookie_name: Some("token".into()),
        hide_credentials: true,
        run_on_preflight: true,
        anonymous: None,
    };
    let refresh_token = KeyName { argument: "refresh_token".into(), header: "refresh-token".into() };
    let methods = Methods {
        bearer: true,
        client_credentials: Some(everywhere),
        password: Some(Places { header: false, ..everywhere }),
        refresh_token: Some((everywhere, refresh_token)),
        ..Methods::default()
    };
    let Ok(Sought::Found(found)) = find(&head, &rules, &methods, Some(body)) else { return None };
    let engine = Capabilities { holds_for_body: true, ..Capabilities::ENVOY };
    let hidden = found.hide(&head, Some(body), &engine).expect("this engine can hide everything");
    let names: &[&str] = match &found {
        Found::Token(_) => &["access_token"],
        Found::RefreshToken(_) => &["refresh_token"],
        Found::Password(_) => &["username", "password"],
        Found::ClientCredentials(_) => &["client_id", "client_secret"],
        Found::Session(_) => return None,
    };
    Some((hidden, found.place()?.name(), names))
}

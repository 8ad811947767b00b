use super::{CLAIM_HEADER, DOCUMENT, Holds, Member, Need, Object};
use crate::config::Config;
use crate::fixtures::{ISSUER, STATE_KEY, jwks};
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

#[test]
fn the_fullest_document_has_every_object_and_is_accepted() {
    for (object, pointer) in objects() {
        let document = fullest(&pointer);
        Config::parse(document.to_string().as_bytes()).unwrap();
        assert!(document.pointer(&pointer).is_some_and(serde_json::Value::is_object), "{}", object.place);
    }
}

#[test]
fn no_member_is_accepted_and_then_ignored() {
    for (object, pointer) in objects() {
        for member in object.members {
            // No member takes an object with this member.
            let errors = refusal(&pointer, member.name, serde_json::json!({"member": "of an object"}));
            let path = path(&pointer, member.name);
            assert!(errors.lines().any(|line| line.starts_with(&path)), "{path}: {errors}");
        }
    }
}

#[test]
fn a_member_that_is_required_is_missed_and_another_is_not() {
    for (object, pointer) in objects() {
        for member in object.members.iter().filter(|member| !object.one_of.contains(&member.name)) {
            let path = format!("{}: ", path(&pointer, member.name));
            let errors = match Config::parse(without(&pointer, member.name).as_bytes()) {
                Ok(_) => String::new(),
                Err(errors) => errors.to_string(),
            };
            let missed = errors.lines().any(|line| line.starts_with(&path) && line.contains("found nothing"));
            assert_eq!(missed, member.need == Need::Required, "{path}{errors}");
        }
    }
}

#[test]
fn choices_are_those_of_the_decoder() {
    for (object, pointer) in objects() {
        for member in object.members {
            let (Holds::Choice(choices) | Holds::Numbered(choices)) = member.holds else { continue };
            let errors = refusal(&pointer, member.name, "no-such-choice".into());
            let (last, rest) = choices.split_last().unwrap();
            let expected = format!("expected {} or {last}", rest.join(", "));
            assert!(errors.contains(&expected), "{}: {errors}", member.name);
        }
    }
}

#[test]
fn every_member_says_in_one_line_what_it_means() {
    for (object, _) in objects() {
        let docs = object.members.iter().map(|member| (member.name, member.doc));
        for (name, doc) in docs.chain([(object.place, object.doc)]) {
            let line = !doc.is_empty() && !doc.contains('\n') && !doc.ends_with('.');
            assert!(line, "{name}: {doc:?}");
        }
    }
}

/// Every object of the table, and where the fullest document has one (RFC 6901).
fn objects() -> Vec<(&'static Object, String)> {
    let header = "/services/0/plugins/0/config/upstream_headers/0";
    let mut found = Vec::from([(&CLAIM_HEADER, header.to_string())]);
    collect(&DOCUMENT, String::new(), &mut found);
    found
}

fn collect(object: &'static Object, pointer: String, found: &mut Vec<(&'static Object, String)>) {
    for Member { name, holds, .. } in object.members {
        match holds {
            Holds::Object(inner) => collect(inner, format!("{pointer}/{name}"), found),
            Holds::Objects(inner) | Holds::SomeObjects(inner) => {
                collect(inner, format!("{pointer}/{name}/0"), found);
            }
            _ => {}
        }
    }
    found.push((object, pointer));
}

/// What is said about the fullest document with this value there.
fn refusal(pointer: &str, name: &str, value: serde_json::Value) -> String {
    let mut document = fullest(pointer);
    document.pointer_mut(pointer).unwrap().as_object_mut().unwrap().insert(name.into(), value);
    let Err(errors) = Config::parse(document.to_string().as_bytes()) else {
        panic!("{pointer}/{name} was accepted");
    };
    errors.to_string()
}

fn without(pointer: &str, name: &str) -> String {
    let mut document = fullest(pointer);
    document.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(name);
    document.to_string()
}

/// As errors name it: `/a/0` and `b` are `a[0].b`.
fn path(pointer: &str, name: &str) -> String {
    let mut path = String::new();
    for step in pointer.split('/').chain([name]).filter(|step| !step.is_empty()) {
        match step.parse::<usize>() {
            Ok(index) => path.push_str(&format!("[{index}]")),
            Err(_) if path.is_empty() => path.push_str(step),
            Err(_) => path.push_str(&format!(".{step}")),
        }
    }
    path
}

/// The fullest document with something there: one that holds its callers and keys itself, or one where they are pushed.
fn fullest(pointer: &str) -> serde_json::Value {
    let jwks = jwks();
    let plugin = format!(r#"{{"name":"openid-connect","config":{{"issuer":"{ISSUER}"}}}}"#);
    let document = format!(
        r#"{{"version":1,
            "origins":[{{"url":"https://idp.example","upstream":"idp"}}],
            "sources":[{{"id":"idp","issuer":"{ISSUER}","jwks":{jwks}}}],
            "defaults":{{"plugins":[{plugin}]}},
            "services":[{{"id":"s","plugins":[{{"name":"openid-connect","config":{{"issuer":"{ISSUER}",
                "upstream_headers":[{{"header":"x-sub","path":["sub"]}}]}}}}],
                "routes":[{{"id":"r","paths":["/"],"methods":["GET"],"plugins":[{plugin}]}}]}}],
            "consumers":[{{"username":"ann","custom_id":"42"}}],
            "consumer_groups":[{{"id":"g","name":"gold"}}],
            "applications":[{{"id":"a","custom_id":"7","consumer":{{"username":"app"}},
                "registrations":[{{"service":"s","status":"approved"}}]}}]}}"#
    );
    let mut document: serde_json::Value = serde_json::from_str(&document).unwrap();
    if ["/state", "/sources"].iter().any(|pushed| pointer.starts_with(pushed)) {
        let members = document.as_object_mut().unwrap();
        members.remove("consumers");
        members.remove("applications");
        members
            .insert("state".into(), serde_json::json!({"key": STATE_KEY, "feed": {"upstream": "registry"}}));
    }
    document
}

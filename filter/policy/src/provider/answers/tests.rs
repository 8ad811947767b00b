use super::{Answer, AnswerCache, CacheRules, Question};
use crate::provider::{Client, ClientAuth, Draft, Request, Secret, TokenAnswer, Url};
use crate::time::UnixTime;
use crate::verified::SourceId;
use alloc::boxed::Box;
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

const NOW: UnixTime = UnixTime::from_seconds(1_000);
const RULES: CacheRules = CacheRules { ttl: 3_600, least: None, most: None, refusals: None };
const KEEPS: Option<&CacheRules> = Some(&RULES);

fn cache() -> AnswerCache {
    AnswerCache::new([7; 32], 1 << 20)
}

fn token(text: &str) -> Answer {
    Answer::Token(Arc::new(TokenAnswer {
        access_token: text.into(),
        expires_in: None,
        refresh_token: None,
        id_token: None,
        scope: None,
    }))
}

fn draft(url: &str, arguments: &[(&str, &str)]) -> Draft {
    let mut draft = Draft::new(Url::parse(url).expect("url"));
    arguments.iter().for_each(|(name, value)| draft.form.set(name, value.as_bytes()));
    draft
}

#[test]
fn an_answer_is_found_by_its_question_until_it_is_over() {
    let (cache, source, client) = (cache(), SourceId::new("idp"), Client::with_secret("a", b"s"));
    let draft = draft("https://idp.example/token", &[("grant_type", "client_credentials")]);
    let key = cache.key(
        &Question::Form { source: &source, draft: &draft, client: &client, auth: ClientAuth::Basic },
        KEEPS,
    );
    assert_eq!(cache.get(&key, NOW), None);
    cache.put(&key, token("t"), NOW, 60);
    assert_eq!(cache.get(&key, NOW.plus(59)), Some(token("t")));
    assert_eq!(cache.get(&key, NOW.plus(60)), None);
    cache.put(&key, token("u"), NOW.plus(60), 60);
    assert_eq!(cache.get(&key, NOW.plus(60)), Some(token("u")));
    assert_eq!(cache.len(), 1);
}

#[test]
fn an_answer_is_found_by_the_rules_that_it_was_kept_under_and_by_no_others() {
    let (cache, source, client) = (cache(), SourceId::new("idp"), Client::with_secret("a", b"s"));
    let draft = draft("https://idp.example/introspect", &[("token", "t")]);
    let auth = ClientAuth::Basic;
    let question = Question::Form { source: &source, draft: &draft, client: &client, auth };
    cache.put(&cache.key(&question, KEEPS), Answer::Inactive, NOW, 60);
    assert!(cache.get(&cache.key(&question, Some(&RULES)), NOW).is_some());
    let others = [
        CacheRules { ttl: 60, ..RULES },
        CacheRules { least: Some(60), ..RULES },
        CacheRules { most: Some(60), ..RULES },
        CacheRules { refusals: Some(60), ..RULES },
    ];
    for rules in others.iter().map(Some).chain([None]) {
        assert_eq!(cache.get(&cache.key(&question, rules), NOW), None, "{rules:?}");
    }
}

#[test]
fn no_part_of_a_question_can_differ_or_move_without_another_name() {
    let (cache, source) = (cache(), SourceId::new("idp"));
    let base = || draft("https://idp.example/token", &[("a", "b"), ("scope", "x")]);
    let with_header = |name: &str, value: &str| {
        let mut draft = base();
        draft.headers.push((name.into(), value.as_bytes().into()));
        draft
    };
    let with = |secret: &[u8]| Client::with_secret("id", secret);
    let none = || Client { secret: None, ..with(b"") };
    let questions: Vec<(SourceId, Draft, Client, ClientAuth)> = Vec::from([
        (source.clone(), base(), with(b"s"), ClientAuth::Basic),
        (SourceId::new("id"), base(), with(b"s"), ClientAuth::Basic),
        (
            source.clone(),
            draft("https://idp.example/", &[("a", "b"), ("scope", "x")]),
            with(b"s"),
            ClientAuth::Basic,
        ),
        (source.clone(), draft("https://idp.example/token", &[("a", "b")]), with(b"s"), ClientAuth::Basic),
        (source.clone(), base(), with(b"S"), ClientAuth::Basic),
        (source.clone(), base(), with(b""), ClientAuth::Basic),
        (source.clone(), base(), none(), ClientAuth::Basic),
        (source.clone(), base(), Client::with_secret("ids", b""), ClientAuth::Basic),
        (source.clone(), base(), with(b"s"), ClientAuth::Post),
        (source.clone(), with_header("x", "y"), with(b"s"), ClientAuth::Basic),
        (source.clone(), with_header("xy", ""), with(b"s"), ClientAuth::Basic),
    ]);
    let mut keys: Vec<[u8; 32]> = questions
        .iter()
        .map(|(source, draft, client, auth)| {
            cache.key(&Question::Form { source, draft, client, auth: *auth }, KEEPS).0
        })
        .collect();
    let request =
        |token: &str| Request::get(base().url, "application/json").with("authorization", token.as_bytes());
    for token in ["Bearer a", "Bearer b"] {
        keys.push(cache.key(&Question::UserInfo { source: &source, request: &request(token) }, KEEPS).0);
    }
    let count = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), count);
}

#[test]
fn a_seed_makes_other_names_and_a_name_shows_no_secret() {
    let (source, draft) = (SourceId::new("idp"), draft("https://idp.example/token", &[]));
    let client = Client { secret: Some(Secret::new(b"s3cret")), ..Client::with_secret("a", b"") };
    let question = Question::Form { source: &source, draft: &draft, client: &client, auth: ClientAuth::Post };
    let (one, other) = (cache(), AnswerCache::new([8; 32], 1 << 20));
    assert_ne!(one.key(&question, KEEPS), other.key(&question, KEEPS));
    one.put(&one.key(&question, KEEPS), token("t0ken"), NOW, 60);
    let shown = format!(
        "{one:?} {:?} {client:?} {:?}",
        one.key(&question, KEEPS),
        one.get(&one.key(&question, KEEPS), NOW)
    );
    assert!(!shown.contains("s3cret") && !shown.contains("t0ken"), "{shown}");
}

#[test]
fn what_does_not_hold_or_takes_too_large_a_share_is_not_kept() {
    let (source, draft) = (SourceId::new("idp"), draft("https://idp.example/token", &[]));
    let client = Client::with_secret("a", b"s");
    let cache = AnswerCache::new([7; 32], 16 * 1024);
    let key = cache.key(
        &Question::Form { source: &source, draft: &draft, client: &client, auth: ClientAuth::Basic },
        KEEPS,
    );
    for lifetime in [0, -1, i64::MIN] {
        cache.put(&key, token("t"), NOW, lifetime);
    }
    cache.put(&key, token(&"t".repeat(1_024)), NOW, 60);
    assert!(cache.is_empty());
    cache.put(&key, Answer::Refused("invalid_client".into()), NOW, i64::MAX);
    assert_eq!(cache.get(&key, NOW), Some(Answer::Refused("invalid_client".into())));
}

#[test]
fn stays_within_its_bytes_and_keeps_a_used_answer_through_a_flood() {
    let (cache, source) = (AnswerCache::new([7; 32], 64 * 1024), SourceId::new("idp"));
    let draft = draft("https://idp.example/token", &[]);
    let key = |secret: &str| {
        let client = Client::with_secret("a", secret.as_bytes());
        cache.key(
            &Question::Form { source: &source, draft: &draft, client: &client, auth: ClientAuth::Basic },
            KEEPS,
        )
    };
    let used = key("used");
    cache.put(&used, token("t"), NOW, 60);
    for number in 0..2_000 {
        assert!(cache.get(&used, NOW).is_some(), "after {number}");
        cache.put(&key(&format!("wrong {number}")), Answer::Refused(Box::from("invalid_client")), NOW, 60);
        assert!(cache.bytes() <= 64 * 1024);
    }
    assert!(cache.len() > 20);
}

#[test]
fn finds_nothing_instead_of_failing_when_it_is_called_from_within() {
    let (cache, source, draft) = (cache(), SourceId::new("idp"), draft("https://idp.example/token", &[]));
    let client = Client::with_secret("a", b"s");
    let key = cache.key(
        &Question::Form { source: &source, draft: &draft, client: &client, auth: ClientAuth::Basic },
        KEEPS,
    );
    cache.put(&key, Answer::Inactive, NOW, 60);
    let outer = cache.state.borrow_mut();
    assert_eq!((cache.get(&key, NOW), cache.is_empty()), (None, true));
    drop(outer);
    assert_eq!(cache.get(&key, NOW), Some(Answer::Inactive));
}

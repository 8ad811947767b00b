use super::{Subject, Told, judge};
use crate::config::{Acl, AclList};
use crate::denial::Denial;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

fn acl(list: AclList) -> Acl {
    Acl {
        list,
        hide_groups_header: false,
        always_use_authenticated_groups: false,
        include_consumer_groups: false,
        written: "the list".into(),
    }
}

fn allow(groups: &[&str]) -> Acl {
    acl(AclList::Allow(groups.iter().map(|group| (*group).into()).collect()))
}

fn deny(groups: &[&str]) -> Acl {
    acl(AclList::Deny(groups.iter().map(|group| (*group).into()).collect()))
}

/// A consumer in these groups, with a credential.
fn consumer<'a>(groups: &'a [&'a str]) -> Subject<'a> {
    Subject { has_credential: true, has_consumer: true, groups, ..Subject::default() }
}

/// A token without consumer.
fn token<'a>(groups: Option<&'a [&'a str]>) -> Subject<'a> {
    Subject { has_credential: true, authenticated_groups: groups, ..Subject::default() }
}

/// The headers as they read, or the refusal's name.
fn judged(subject: &Subject<'_>, acl: &Acl) -> Result<(Option<String>, Option<String>), &'static str> {
    let text = |value: Option<Cow<'static, str>>| value.map(Cow::into_owned);
    let told = judge(subject, acl).map_err(|denial| denial.name())?;
    Ok((text(told.of_consumer), text(told.of_token)))
}

fn by_consumer(groups: &str) -> Result<(Option<String>, Option<String>), &'static str> {
    Ok((Some(groups.into()), None))
}

fn by_token(groups: &str) -> Result<(Option<String>, Option<String>), &'static str> {
    Ok((None, Some(groups.into())))
}

const SILENT: Result<(Option<String>, Option<String>), &str> = Ok((None, None));
const DENIED: Result<(Option<String>, Option<String>), &str> = Err("AclDenied");
const UNAUTHENTICATED: Result<(Option<String>, Option<String>), &str> = Err("AclUnauthenticated");

#[test]
fn a_consumer_is_judged_by_its_groups() {
    let staff = consumer(&["staff", "night shift"]);
    assert_eq!(judged(&staff, &allow(&["x", "night shift"])), by_consumer("staff, night shift"));
    assert_eq!(judged(&staff, &allow(&["Staff", "night", "shift"])), DENIED);
    assert_eq!(judged(&staff, &deny(&["x", "staff"])), DENIED);
    assert_eq!(judged(&staff, &deny(&["x"])), by_consumer("staff, night shift"));
}

#[test]
fn a_consumer_without_groups_passes_a_deny_list_alone() {
    assert_eq!(judged(&consumer(&[]), &deny(&["x"])), SILENT);
    assert_eq!(judged(&consumer(&[]), &allow(&["x"])), DENIED);
    let anonymous = Subject { has_credential: false, ..consumer(&[]) };
    assert_eq!(judged(&anonymous, &deny(&["x"])), SILENT);
    assert_eq!(judged(&anonymous, &allow(&["x"])), UNAUTHENTICATED);
}

#[test]
fn a_token_without_consumer_is_judged_by_its_own_groups() {
    let staff = token(Some(&["staff", "a"]));
    assert_eq!(judged(&staff, &allow(&["staff"])), by_token("staff, a"));
    assert_eq!(judged(&staff, &allow(&["x"])), DENIED);
    assert_eq!(judged(&staff, &deny(&["staff"])), DENIED);
    assert_eq!(judged(&staff, &deny(&["x"])), by_token("staff, a"));
}

#[test]
fn without_consumer_and_groups_either_list_refuses() {
    for acl in [allow(&["x"]), deny(&["x"])] {
        for groups in [None, Some(&[][..])] {
            assert_eq!(judged(&token(groups), &acl), DENIED);
            let nobody = Subject { has_credential: false, ..token(groups) };
            assert_eq!(judged(&nobody, &acl), UNAUTHENTICATED);
        }
    }
}

#[test]
fn groups_of_the_token_go_before_those_of_a_consumer_only_when_asked_or_without_a_credential() {
    let both = Subject { authenticated_groups: Some(&["token"]), ..consumer(&["own"]) };
    let always = |acl: Acl| Acl { always_use_authenticated_groups: true, ..acl };
    assert_eq!(judged(&both, &allow(&["own"])), by_consumer("own"));
    assert_eq!(judged(&both, &allow(&["token"])), DENIED);
    assert_eq!(judged(&both, &always(allow(&["token"]))), by_token("token"));
    assert_eq!(judged(&both, &always(allow(&["own"]))), DENIED);
    let anonymous = Subject { has_credential: false, ..both };
    assert_eq!(judged(&anonymous, &allow(&["token"])), by_token("token"));
    assert_eq!(judged(&anonymous, &allow(&["own"])), DENIED);
    let without = consumer(&["own"]);
    assert_eq!(judged(&without, &always(allow(&["own"]))), by_consumer("own"));
}

#[test]
fn a_token_that_says_that_there_are_no_groups_does_not_fall_back_to_the_consumer_s() {
    let empty = Subject { authenticated_groups: Some(&[]), ..consumer(&["own"]) };
    for acl in [allow(&["own"]), deny(&["x"])] {
        assert_eq!(judged(&empty, &Acl { always_use_authenticated_groups: true, ..acl }), DENIED);
    }
}

#[test]
fn consumer_groups_count_only_where_they_are_included() {
    let gold = Subject { consumer_groups: &["gold"], ..consumer(&["own"]) };
    let include = |acl: Acl| Acl { include_consumer_groups: true, ..acl };
    assert_eq!(judged(&gold, &allow(&["gold"])), DENIED);
    assert_eq!(judged(&gold, &deny(&["gold"])), by_consumer("own"));
    assert_eq!(judged(&gold, &include(allow(&["gold"]))), by_consumer("own, gold"));
    assert_eq!(judged(&gold, &include(deny(&["gold"]))), DENIED);
    let token = Subject { consumer_groups: &["gold"], ..token(None) };
    assert_eq!(judged(&token, &allow(&["gold"])), DENIED);
    assert_eq!(judged(&token, &include(allow(&["gold"]))), by_token("gold"));
}

#[test]
fn consumer_groups_do_not_count_where_the_token_s_groups_go_before_the_consumer_s() {
    let both = Subject { authenticated_groups: Some(&["a"]), consumer_groups: &["gold"], ..consumer(&[]) };
    let acl =
        Acl { include_consumer_groups: true, always_use_authenticated_groups: true, ..allow(&["gold"]) };
    assert_eq!(judged(&both, &acl), DENIED);
}

#[test]
fn hidden_groups_decide_and_are_not_told() {
    let hide = |acl: Acl| Acl { hide_groups_header: true, ..acl };
    assert_eq!(judged(&consumer(&["a"]), &hide(allow(&["a"]))), SILENT);
    assert_eq!(judged(&token(Some(&["a"])), &hide(allow(&["a"]))), SILENT);
    assert_eq!(judged(&consumer(&["a"]), &hide(deny(&["a"]))), DENIED);
}

#[test]
fn a_group_that_would_read_as_two_is_not_told() {
    let groups = token(Some(&["a", "b, admin", "caf\u{e9}"]));
    assert_eq!(judged(&groups, &allow(&["a"])), by_token("a"));
    assert_eq!(judged(&groups, &allow(&["admin"])), DENIED);
    assert_eq!(judged(&groups, &deny(&["b, admin"])), DENIED);
    assert_eq!(judged(&token(Some(&["b, admin"])), &allow(&["b, admin"])), SILENT);
}

#[test]
fn a_refusal_says_what_is_listed_and_what_is_there() {
    let denial = judge(&consumer(&["a", "b"]), &allow(&["x"])).unwrap_err();
    assert_eq!(denial, Denial::AclDenied { expected: "the list".into(), found: "a, b".into() });
    let denial = judge(&consumer(&[]), &allow(&["x"])).unwrap_err();
    assert_eq!(denial, Denial::AclDenied { expected: "the list".into(), found: "none".into() });
    let denial = judge(&Subject::default(), &deny(&["x"])).unwrap_err();
    assert_eq!(denial, Denial::AclUnauthenticated { expected: "the list".into() });
}

/// Whatever a subject is: a group on a deny list, or none on an allow list, keeps it out.
#[test]
fn no_subject_passes_against_the_list() {
    let groups: [&[&str]; 3] = [&[], &["in"], &["out"]];
    let subjects: Vec<Subject<'_>> = groups
        .into_iter()
        .flat_map(|own| groups.into_iter().map(Some).chain([None]).map(move |of_token| (own, of_token)))
        .flat_map(|(own, of_token)| {
            [(true, true), (true, false), (false, true), (false, false)].map(
                |(has_credential, has_consumer)| Subject {
                    has_credential,
                    has_consumer,
                    groups: if has_consumer { own } else { &[] },
                    consumer_groups: &[],
                    authenticated_groups: of_token,
                },
            )
        })
        .collect();
    for subject in &subjects {
        let anywhere = |group| {
            subject.groups.contains(&group)
                || subject.authenticated_groups.unwrap_or_default().contains(&group)
        };
        for always_use_authenticated_groups in [false, true] {
            let by = |acl: Acl| Acl { always_use_authenticated_groups, ..acl };
            let allowed: Option<Told<'_>> = judge(subject, &by(allow(&["in"]))).ok();
            assert!(allowed.is_none() || anywhere("in"), "{subject:?}");
            let passed = judge(subject, &by(deny(&["out"]))).is_ok();
            assert!(!passed || subject.has_consumer || anywhere("in"), "{subject:?}");
            assert!(
                !judge(subject, &by(deny(&["in", "out"]))).is_ok_and(|told| told != Told::default()),
                "{subject:?}"
            );
        }
    }
}

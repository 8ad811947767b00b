use super::{Egress, Origins, PlainHttp};

#[test]
fn what_may_be_called_is_what_the_rules_admit() {
    let any = Egress::default();
    let plain = Egress { plain_http: PlainHttp::Any, ..Egress::default() };
    let named = Egress { origins: Origins::Named, ..Egress::default() };
    let table = [
        ("https://idp.test", true, true, false),
        ("https://127.0.0.1:8443", true, true, false),
        ("http://localhost:8080", true, true, false),
        ("http://127.0.0.1", true, true, false),
        ("http://idp.test", false, true, false),
        ("http://169.254.169.254", false, true, false),
        ("https://idp.test/", false, false, false),
        ("https://user@idp.test", false, false, false),
        ("idp", false, false, false),
    ];
    for (target, by_default, with_plain, with_named) in table {
        let found = [&any, &plain, &named].map(|egress| egress.admits(target).is_some());
        assert_eq!(found, [by_default, with_plain, with_named], "{target}");
    }
}

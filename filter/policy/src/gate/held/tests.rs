use super::HeldHead;
use crate::request::RequestHead;

#[test]
fn a_head_that_was_held_is_the_head_that_came() {
    let headers: &[(&[u8], &[u8])] = &[(b"A", b"1"), (b"b", b"\xff"), (b"a", b"")];
    let came = RequestHead {
        method: b"POST",
        target: b"/a?b",
        authority: b"api.example:8443",
        headers,
        has_body: true,
        https: true,
    };
    for came in [came, RequestHead { has_body: false, ..came }, RequestHead { https: false, ..came }] {
        HeldHead::copy(&came).with(|held| {
            assert_eq!(
                (held.method, held.target, held.authority),
                (came.method, came.target, came.authority)
            );
            assert_eq!(held.headers, came.headers);
            assert_eq!((held.has_body, held.https), (came.has_body, came.https));
        });
    }
}

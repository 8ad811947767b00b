use bytes::Bytes;
use claimgate_sandbox::HeaderMap;

use super::have_room;

#[test]
fn headers_leave_room_for_what_a_guest_adds() {
    let table = [
        ("few", 20, 10, true),
        ("as many as there may be", 960, 10, true),
        ("one more", 961, 10, false),
        ("as long as they may be", 1, 960 << 10, true),
        ("a byte more", 1, (960 << 10) + 1, false),
    ];
    for (case, pairs, bytes, expected) in table {
        let pair = (Bytes::from_static(b"x"), Bytes::from(vec![b'1'; bytes - 1]));
        assert_eq!(have_room(&HeaderMap::from_pairs(vec![pair; pairs])), expected, "{case}");
    }
}

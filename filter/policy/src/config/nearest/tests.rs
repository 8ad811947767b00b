use super::nearest;

#[test]
fn finds_the_name_that_a_slip_of_the_keyboard_meant() {
    let known = ["leeway", "issuer", "audience_claim", "audience_required"];
    let cases = [
        ("leway", Some("leeway")),
        ("levay", Some("leeway")),
        ("Issuer", Some("issuer")),
        ("audience_claims", Some("audience_claim")),
        ("audience_require", Some("audience_required")),
        ("bananas", None),
        ("", None),
        ("ä", None),
    ];
    for (written, expected) in cases {
        assert_eq!(nearest(written, known.into_iter()), expected, "{written}");
    }
}

#[test]
fn a_very_long_name_is_like_none() {
    let long = "x".repeat(1_000_000);
    assert_eq!(nearest(&long, ["issuer"].into_iter()), None);
}

use super::{Address, Exception};

#[test]
fn an_entry_is_for_what_it_names() {
    let table = [
        ("*", "https://idp.test", true),
        ("idp.test", "https://idp.test", true),
        ("IDP.Test", "https://idp.test", true),
        ("idp.test", "https://eu.idp.test", true),
        ("idp.test", "https://myidp.test", false),
        ("idp.test", "https://idp.test.evil", false),
        (".idp.test", "https://eu.idp.test", true),
        (".idp.test", "https://idp.test", false),
        ("*.idp.test", "https://eu.idp.test", true),
        ("*.idp.test", "https://idp.test", false),
        ("idp.test:8443", "https://idp.test:8443", true),
        ("idp.test:8443", "https://idp.test", false),
        ("idp.test:443", "https://idp.test", true),
        ("10.0.0.0/8", "https://10.1.2.3", true),
        ("10.0.0.0/8", "https://11.1.2.3", false),
        ("10.0.0.0/8", "https://10.test", false),
        ("10.0.0.1:80", "http://10.0.0.1", true),
        ("10.0.0.1:80", "http://10.0.0.1:81", false),
        ("fd00::/8", "https://[fd00::1]", true),
        ("fd00::1", "https://[fd00::1]", true),
        ("[fd00::1]", "https://[fd00::1]", true),
        ("[fd00::1]:443", "https://[fd00::1]", true),
        ("[fd00::1]:443", "https://[fd00::1]:444", false),
        (" idp.test ", "https://idp.test", true),
    ];
    for (entry, address, expected) in table {
        let (exception, address) = (Exception::parse(entry).unwrap(), Address::parse(address).unwrap());
        assert_eq!(exception.is_for(&address), expected, "{entry} {address}");
    }
}

#[test]
fn what_names_nothing_is_no_entry() {
    for text in [
        "",
        ".",
        "a b",
        "https://idp.test",
        "idp.test:",
        "idp.test:0",
        "idp.test:x",
        "i*p.test",
        "10.0.0.0/40",
    ] {
        assert_eq!(Exception::parse(text), None, "{text:?}");
    }
}

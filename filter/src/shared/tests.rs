use super::EngineData;
use crate::host::Level;
use crate::host::double::Double;
use claimgate_policy::shared::{Found, SharedData as _, SharedDataMut as _, Unavailable};
use std::rc::Rc;

#[test]
fn values_come_back_with_the_number_that_the_next_write_has_to_know() {
    let data = EngineData::new(Rc::new(Double::new()));
    assert_eq!(data.get("name"), Ok(None));
    assert_eq!(data.set("name", b"one", 0), Ok(true));
    assert_eq!(data.get("name"), Ok(Some(Found { bytes: b"one".to_vec(), cas: 1 })));
    assert_eq!(data.set("name", b"two", 1), Ok(true));
    assert_eq!(data.set("name", b"three", 1), Ok(false), "somebody else was faster");
    assert_eq!(data.get("name"), Ok(Some(Found { bytes: b"two".to_vec(), cas: 2 })));
}

#[test]
fn changes_are_counted() {
    let data = EngineData::new(Rc::new(Double::new()));
    assert_eq!(data.changes(), Some(0));
    data.announce().unwrap();
    assert_eq!(data.changes(), Some(1));
}

#[test]
fn an_engine_that_does_not_do_it_is_said_to_be_unavailable() {
    let host = Rc::new(Double::new());
    host.works.set(false);
    host.defines_counters.set(false);
    let data = EngineData::new(Rc::<Double>::clone(&host));
    assert_eq!(data.get("name"), Err(Unavailable));
    assert_eq!(data.set("name", b"one", 0), Err(Unavailable));
    assert_eq!(data.changes(), None);
    assert_eq!(data.announce(), Err(Unavailable));
    assert_eq!(host.logged(Level::Error).len(), 3);
}

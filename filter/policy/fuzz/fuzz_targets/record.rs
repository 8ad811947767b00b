//! Whatever stands in a caller's place, a look-up ends, and what it gives has the name that was asked for; it can be
//! written, and then reads the same.
#![no_main]
use claimgate_policy::config::Config;
use claimgate_policy::registry::{LookupKind, Record};
use claimgate_policy::shared::{
    Edit, Found, Generation, MacKey, Names, SharedData, SharedDataMut, Unavailable, Writer,
};
use claimgate_policy::verified::SourceId;
use claimgate_policy::world::Policy;
use hmac::{Hmac, Mac};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a writer has put somewhere, and these bytes, sealed, everywhere else.
struct Data<'a> {
    written: RefCell<BTreeMap<String, Vec<u8>>>,
    elsewhere: Option<&'a [u8]>,
}

libfuzzer_sys::fuzz_target!(|content: &[u8]| {
    let Some(record) = found(&Data::load(&[], Some(content))) else { return };
    assert_eq!((&*record.key.realm, &*record.key.value), ("fuzz", NAME));
    let again = Data::load(&[Edit::Put(Record::clone(&record))], None);
    assert_eq!(found(&again), Some(record));
});

fn found(data: &Data<'_>) -> Option<Arc<Record>> {
    let document = r#"{"version":1,"realm":"fuzz","state":{"key":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"},
        "sources":[{"id":"idp","issuer":"https://idp.example/"}],
        "services":[{"name":"s","plugins":[{"name":"openid-connect","config":{"issuer":"https://idp.example/"}}]}]}"#;
    let policy = Policy::new(Config::parse(document.as_bytes()).expect("a config"));
    let directory = policy.directory(Some(data));
    directory.find(&SourceId::new("idp"), LookupKind::CustomId, NAME).ok().flatten()
}

impl<'a> Data<'a> {
    fn load(edits: &[Edit], elsewhere: Option<&'a [u8]>) -> Self {
        let data = Self { written: RefCell::default(), elsewhere };
        let key = MacKey::new(&SECRET);
        let mut writer = Writer::new(Names::new("fuzz", &key), key, Generation(GENERATION));
        writer.begin(&data).expect("a change");
        edits.iter().for_each(|edit| writer.write(&data, edit).expect("what was read can be written"));
        writer.publish(&data).expect("it counts");
        data
    }
}

impl SharedData for Data<'_> {
    fn get(&self, name: &str) -> Result<Option<Found>, Unavailable> {
        let written = self.written.borrow().get(name).cloned();
        let elsewhere = self.elsewhere.filter(|_| !name.contains("/+")).map(|content| sealed(name, content));
        Ok(written.or(elsewhere).map(|bytes| Found { bytes, cas: 1 }))
    }

    fn changes(&self) -> Option<u64> {
        None
    }
}

impl SharedDataMut for Data<'_> {
    fn set(&self, name: &str, value: &[u8], _cas: u32) -> Result<bool, Unavailable> {
        self.written.borrow_mut().insert(name.to_owned(), value.to_vec());
        Ok(true)
    }

    fn announce(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}

/// Random bytes never have the right MAC, so it is put behind them here.
fn sealed(name: &str, content: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&SECRET).expect("any length is a key");
    for part in [b"claimgate shared data seal\0", name.as_bytes(), b"\0", content] {
        mac.update(part);
    }
    [content, &mac.finalize().into_bytes()[..16]].concat()
}

/// `state.key` of the config: 0 to 31.
const SECRET: [u8; 32] = {
    let mut secret = [0; 32];
    let mut at = 0;
    while at < 32 {
        secret[at] = at as u8;
        at += 1;
    }
    secret
};

/// What the fuzzer has to find for its entries to count.
const GENERATION: u64 = 1;

const NAME: &str = "a";

//! The case table of `testdata`, what it expects, and the first place where it runs: the policy itself. The test
//! binaries beside this directory add the engines, and compare each answer with the policy's.

pub(crate) mod audit;
pub(crate) mod certified;
pub(crate) mod cloud;
pub(crate) mod document;
pub(crate) mod file;
pub(crate) mod file_server;
pub(crate) mod flows;
pub(crate) mod form;
pub(crate) mod hostile;
pub(crate) mod jar;
pub(crate) mod judge;
pub(crate) mod keyring;
pub(crate) mod latency;
pub(crate) mod native;
pub(crate) mod observed;
pub(crate) mod one_token;
pub(crate) mod person;
pub(crate) mod port;
pub(crate) mod provider;
pub(crate) mod proxied;
pub(crate) mod registry;
pub(crate) mod run;
pub(crate) mod table;
pub(crate) mod token;
pub(crate) mod traces;
pub(crate) mod upstream;
pub(crate) mod values;
pub(crate) mod wait;
pub(crate) mod wasm;
pub(crate) mod wire;

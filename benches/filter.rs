//! The shipped filter in the sandbox: one request from its head to its end, without a network.
#![allow(missing_docs, reason = "criterion's macros make items without docs")]
#![allow(clippy::expect_used, reason = "a bench without its filter has nothing to measure")]

use bytes::Bytes;
use claimgate::mint::SigningAlgorithm;
use claimgate_benches::Scene;
use claimgate_benches::embedder::{self, NoNative};
use claimgate_benches::scene::{cookie, document, document_with_sessions, head, headers};
use claimgate_sandbox::foreign::{ForeignFunctions, Native};
use claimgate_sandbox::{Instance, StreamFacts, Verdict};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use std::sync::Arc;

fn filter(criterion: &mut Criterion) {
    let path = embedder::filter_path();
    let wasm = std::fs::read(&path).expect("the filter: run scripts/build-filter.sh first");
    let mut group = criterion.benchmark_group("filter");
    for algorithm in [SigningAlgorithm::Rs256, SigningAlgorithm::Es256] {
        let scene = Scene::new(algorithm, APPLICATIONS);
        let config = document(&scene.signer, APPLICATIONS).to_string();
        let name = algorithm.name();

        let mut instance = embedder::instance(&wasm, &config, Arc::new(Native));
        let seen = Bytes::from(scene.authorization(0));
        permitted(&mut instance, ("authorization", &seen));
        group.bench_function(format!("{name}/seen"), |bencher| {
            bencher.iter(|| permitted(&mut instance, ("authorization", &seen)));
        });

        let sessions = Scene::with(algorithm, |signer| document_with_sessions(signer, APPLICATIONS));
        let config = document_with_sessions(&sessions.signer, APPLICATIONS).to_string();
        let mut with_sessions = embedder::instance(&wasm, &config, Arc::new(Native));
        let cookie = Bytes::from(session(&sessions));
        permitted(&mut with_sessions, ("cookie", &cookie));
        group.bench_function(format!("{name}/session"), |bencher| {
            bencher.iter(|| permitted(&mut with_sessions, ("cookie", &cookie)));
        });

        let natives: [(&str, Arc<dyn ForeignFunctions>); 2] =
            [("host's code", Arc::new(Native)), ("own code", Arc::new(NoNative))];
        for (code, foreign) in natives {
            let mut instance = embedder::instance(&wasm, &config, foreign);
            let mut serials = 0..;
            group.bench_function(format!("{name}/new, {code}"), |bencher| {
                let next = || {
                    let serial = serials.next().expect("a number");
                    Bytes::from(scene.another_authorization(serial % APPLICATIONS, serial))
                };
                bencher.iter_batched(
                    next,
                    |token| permitted(&mut instance, ("authorization", &token)),
                    BatchSize::SmallInput,
                );
            });
        }
    }
    group.finish();
}

/// The cookies of the session that a token begins.
fn session(scene: &Scene) -> String {
    let authorization = scene.authorization(0);
    let headers = headers(&authorization).map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    cookie(&head(&headers), &scene.world())
}

fn permitted(instance: &mut Instance, (name, value): (&'static str, &Bytes)) {
    let stream = instance.open_stream(StreamFacts::default()).expect("a stream");
    let verdict =
        instance.on_request_headers(stream, embedder::headers(name, value.clone()), true).expect("a verdict");
    assert!(matches!(verdict, Verdict::Continue), "expected a permit, got {verdict:?}");
    instance.close_stream(stream).expect("an end");
    instance.take_effects();
}

const APPLICATIONS: usize = 8_000;

criterion_group!(benches, filter);
criterion_main!(benches);

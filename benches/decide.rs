//! One decision of the policy core, natively: a token that was seen before, one that was not, and one in a session.
#![allow(missing_docs, reason = "criterion's macros make items without docs")]

use claimgate::mint::SigningAlgorithm;
use claimgate_benches::Scene;
use claimgate_benches::scene::{cookie, document_with_sessions, head, headers, permitted};
use claimgate_policy::World;
use claimgate_policy::cache::TokenCache;
use claimgate_policy::provider::AnswerCache;
use claimgate_policy::world::Memory;
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

fn decide(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decide");
    for algorithm in [SigningAlgorithm::Rs256, SigningAlgorithm::Es256] {
        let scene = Scene::new(algorithm, 4_000);
        let authorization = scene.authorization(1_234);
        let headers = headers(&authorization).map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        let head = head(&headers);

        permitted(&head, &scene.world());
        group.bench_function(format!("{}/seen", algorithm.name()), |bencher| {
            bencher.iter(|| permitted(black_box(&head), &scene.world()));
        });

        let nothing_kept = Memory::new(
            scene.policy.config(),
            TokenCache::new([1; 16], 0),
            AnswerCache::new([1; 32], 1 << 20),
        );
        let world = World { memory: &nothing_kept, ..scene.world() };
        group.bench_function(format!("{}/new", algorithm.name()), |bencher| {
            bencher.iter(|| permitted(black_box(&head), &world));
        });

        let scene = Scene::with(algorithm, |signer| document_with_sessions(signer, 4_000));
        let authorization = scene.authorization(1_234);
        let headers = self::headers(&authorization).map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        let cookie = cookie(&self::head(&headers), &scene.world());
        let headers = headers.map(|(name, value)| match name {
            b"authorization" => (b"cookie".as_slice(), cookie.as_bytes()),
            name => (name, value),
        });
        let head = self::head(&headers);
        group.bench_function(format!("{}/session", algorithm.name()), |bencher| {
            bencher.iter(|| permitted(black_box(&head), &scene.world()));
        });
    }
    group.finish();
}

criterion_group!(benches, decide);
criterion_main!(benches);

//! The documents of README.md's pages on identity providers, in `examples/envoy/provider.yaml`.

use crate::bootstrap;
use crate::process::Envoy;
use crate::support::cloud::{CLOUDS, Idp};
use crate::support::proxied::Proxied;
use crate::support::upstream::Upstream;
use serde_json::json;
use std::sync::Arc;

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn each_page_lets_its_application_in_with_a_token_or_its_secret_and_nobody_else() {
    let upstream = Arc::new(Upstream::start());
    for cloud in &CLOUDS {
        let idp = Idp::start(cloud);
        let mut document = cloud.page(&idp);
        document["origins"] = json!([{ "url": idp.origin(), "upstream": "idp" }]);
        let mut bootstrap = bootstrap::asking(upstream.address, idp.address);
        *bootstrap::document(&mut bootstrap) = json!(document.to_string());
        let envoy = Envoy::start("pages", &bootstrap);
        let (upstream, audit) = (Arc::clone(&upstream), Arc::clone(&envoy.audit));
        let mut gate = Proxied { address: envoy.listeners["gateway"], upstream, audit, filter: None };
        cloud.check(&idp, &mut gate, true);
    }
}

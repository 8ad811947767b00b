//! What a request costs in Envoy with and without the filter, and in the gateway: `scripts/bench-envoy.sh`.

fn main() -> std::process::ExitCode {
    claimgate_benches::envoy::main()
}

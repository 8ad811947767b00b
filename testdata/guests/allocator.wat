;; Its allocator asks the host for something that the host would have to allocate for. The host refuses
;; with 10 (INTERNAL_FAILURE), and the guest then allocates; on any other answer it traps.
(module
  (import "env" "proxy_get_header_map_pairs" (func $pairs (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "malloc") (param i32) (result i32)
    (if (i32.ne (i32.const 10) (call $pairs (i32.const 0) (i32.const 0) (i32.const 4))) (then unreachable))
    (i32.const 1024))
  (func (export "proxy_on_context_create") (param i32 i32))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (call $pairs (i32.const 0) (i32.const 0) (i32.const 4)))
)

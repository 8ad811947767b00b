;; Logs how a stream ends, and asks for time that it never gives back.
(module
  (import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "logdonedelete")
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "malloc") (param i32) (result i32) (i32.const 1024))
  (func (export "proxy_on_context_create") (param i32 i32))
  (func (export "proxy_on_log") (param i32) (drop (call $log (i32.const 2) (i32.const 0) (i32.const 3))))
  (func (export "proxy_on_done") (param i32) (result i32)
    (drop (call $log (i32.const 2) (i32.const 3) (i32.const 4)))
    (i32.const 0))
  (func (export "proxy_on_delete") (param i32) (drop (call $log (i32.const 2) (i32.const 7) (i32.const 6))))
)

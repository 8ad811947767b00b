;; Fails in the way that the number of request headers says; with no headers it lets the request through.
(module
  (import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))
  (import "env" "proxy_continue_stream" (func $continue (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "proxy_abi_version_0_2_0"))
  (func (export "malloc") (param i32) (result i32) (i32.const 0))
  (func (export "proxy_on_context_create") (param i32 i32))

  (func $trap (export "on purpose") unreachable)
  (func $loop_for_ever (loop $again (br $again)))
  (func $need_memory
    (loop $again
      (br_if $again (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
    unreachable)
  (func $recurse (param i64 i64 i64 i64) (result i64)
    (i64.add (local.get 0)
      (call $recurse (local.get 3) (local.get 0) (local.get 1) (i64.add (local.get 2) (i64.const 1)))))

  (func (export "proxy_on_request_headers") (param $context i32) (param $headers i32) (param i32) (result i32)
    (drop (call $continue (i32.const 0)))
    (if (i32.eq (local.get $headers) (i32.const 1)) (then (call $trap)))
    (if (i32.eq (local.get $headers) (i32.const 2)) (then (call $loop_for_ever)))
    (if (i32.eq (local.get $headers) (i32.const 3)) (then (call $need_memory)))
    (if (i32.eq (local.get $headers) (i32.const 4))
      (then (drop (call $recurse (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)))))
    (if (i32.eq (local.get $headers) (i32.const 5))
      (then (drop (call $log (i32.const 2) (i32.const 65530) (i32.const 100)))))
    (if (i32.eq (local.get $headers) (i32.const 6)) (then (call $exit (i32.const 3))))
    (i32.const 0))
)

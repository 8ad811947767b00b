;; Keeps a record of its calls, as SDKs do, and traps when one is answered that it did not make. A request with
;; one header makes a call and waits; one with two traps; any other goes through. Logs each answer.
(module
  (import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))
  (import "env" "proxy_http_call"
    (func $call (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 0) "known")
  (data (i32.const 16) "answered")
  ;; :method GET, :path /, :authority a
  (data (i32.const 64)
    "\03\00\00\00"
    "\07\00\00\00\03\00\00\00" "\05\00\00\00\01\00\00\00" "\0a\00\00\00\01\00\00\00"
    ":method\00GET\00" ":path\00/\00" ":authority\00a\00")
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "malloc") (param i32) (result i32) (i32.const 4096))
  (func (export "proxy_on_context_create") (param i32 i32))
  (func (export "proxy_on_request_headers") (param $stream i32) (param $headers i32) (param i32) (result i32)
    (if (i32.eq (local.get $headers) (i32.const 2)) (then unreachable))
    (if (i32.ne (local.get $headers) (i32.const 1)) (then (return (i32.const 0))))
    (if (call $call (i32.const 0) (i32.const 5) (i32.const 64) (i32.const 61) (i32.const 0) (i32.const 0)
          (i32.const 0) (i32.const 0) (i32.const 1000) (i32.const 1024))
      (then unreachable))
    ;; The record: 1 at the place of the call's token.
    (i32.store8 (i32.add (i32.const 8192) (i32.load (i32.const 1024))) (i32.const 1))
    (i32.const 1))
  (func (export "proxy_on_http_call_response") (param $root i32) (param $token i32) (param i32 i32 i32)
    (if (i32.ge_u (local.get $token) (i32.const 4096)) (then unreachable))
    (if (i32.eqz (i32.load8_u (i32.add (i32.const 8192) (local.get $token)))) (then unreachable))
    (drop (call $log (i32.const 2) (i32.const 16) (i32.const 8))))
)

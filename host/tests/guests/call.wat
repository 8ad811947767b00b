;; Calls the target that the request's header x-target names, and answers with what the call brought: its body, 502
;; "refused" where the call could not be made, 503 "failed" where no answer came.
(data (i32.const 0) "x-target")
(data (i32.const 16) "refused")
(data (i32.const 32) "failed")
;; :method GET, :path /check, :authority idp.test
(data (i32.const 512)
  "\03\00\00\00"
  "\07\00\00\00\03\00\00\00" "\05\00\00\00\06\00\00\00" "\0a\00\00\00\08\00\00\00"
  ":method\00GET\00" ":path\00/check\00" ":authority\00idp.test\00")
(func $answer (param $status i32) (param $body i32) (param $length i32)
  (drop (call $respond (local.get $status) (i32.const 0) (i32.const 0) (local.get $body) (local.get $length)
    (i32.const 0) (i32.const 0) (i32.const -1))))
(func (export "proxy_on_request_headers") (param $stream i32) (param i32 i32) (result i32)
  (drop (call $get (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 1024) (i32.const 1028)))
  (if (call $http_call (i32.load (i32.const 1024)) (i32.load (i32.const 1028)) (i32.const 512) (i32.const 73)
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 20000) (i32.const 1032))
    (then (call $answer (i32.const 502) (i32.const 16) (i32.const 7)))
    (else
      ;; Which stream waits for which call.
      (i32.store (i32.add (i32.const 65536) (i32.mul (i32.load (i32.const 1032)) (i32.const 4))) (local.get $stream))))
  (i32.const 1))
(func (export "proxy_on_http_call_response") (param $root i32) (param $call i32) (param $headers i32) (param $body i32) (param i32)
  (if (i32.eqz (local.get $headers))
    (then
      (drop (call $enter (i32.load (i32.add (i32.const 65536) (i32.mul (local.get $call) (i32.const 4))))))
      (call $answer (i32.const 503) (i32.const 32) (i32.const 6))
      (return)))
  (drop (call $buffer (i32.const 4) (i32.const 0) (local.get $body) (i32.const 1024) (i32.const 1028)))
  (drop (call $enter (i32.load (i32.add (i32.const 65536) (i32.mul (local.get $call) (i32.const 4))))))
  (call $answer (i32.const 200) (i32.load (i32.const 1024)) (i32.load (i32.const 1028))))

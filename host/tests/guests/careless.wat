;; Does what a filter must not do on Kong's engine, as the request's headers ask for it:
;;   x-call   asks the upstream `idp`, waits, and says nothing when there is an answer
;;   x-go     asks the upstream `idp`, and does not wait
;;   x-trap   traps              x-late   traps when the response comes
;;   x-veto   answers 403 when body comes        x-break  traps when the response's body comes
;;   x-deny   answers 403        x-lost   removes :path
;;   x-fall   traps when a call is answered
;; Removes x-user from every request, and marks every response with x-seen.
(data (i32.const 0) "x-call")
(data (i32.const 16) "x-go")
(data (i32.const 32) "x-trap")
(data (i32.const 48) "x-late")
(data (i32.const 64) "x-veto")
(data (i32.const 80) "x-break")
(data (i32.const 96) "x-deny")
(data (i32.const 112) "x-lost")
(data (i32.const 128) ":path")
(data (i32.const 144) "x-user")
(data (i32.const 160) "x-seen")
(data (i32.const 176) "no")
(data (i32.const 192) "idp")
(data (i32.const 208) "x-fall")
;; :method GET, :path /check, :authority idp.test
(data (i32.const 512)
  "\03\00\00\00"
  "\07\00\00\00\03\00\00\00" "\05\00\00\00\06\00\00\00" "\0a\00\00\00\08\00\00\00"
  ":method\00GET\00" ":path\00/check\00" ":authority\00idp.test\00")
(func $has (param $name i32) (param $length i32) (result i32)
  (i32.eqz (call $get (i32.const 0) (local.get $name) (local.get $length) (i32.const 1024) (i32.const 1028))))
(func $ask
  (if (call $http_call (i32.const 192) (i32.const 3) (i32.const 512) (i32.const 73)
        (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 5000) (i32.const 1024))
    (then unreachable)))
(func $refuse
  (drop (call $respond (i32.const 403) (i32.const 0) (i32.const 0) (i32.const 176) (i32.const 2)
    (i32.const 0) (i32.const 0) (i32.const -1))))
(func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
  (drop (call $remove (i32.const 0) (i32.const 144) (i32.const 6)))
  (if (call $has (i32.const 32) (i32.const 6)) (then unreachable))
  (if (call $has (i32.const 96) (i32.const 6)) (then (call $refuse) (return (i32.const 1))))
  (if (call $has (i32.const 112) (i32.const 6))
    (then (drop (call $remove (i32.const 0) (i32.const 128) (i32.const 5)))))
  (if (call $has (i32.const 0) (i32.const 6)) (then (call $ask) (return (i32.const 1))))
  (if (call $has (i32.const 16) (i32.const 4)) (then (call $ask)))
  (i32.const 0))
(func (export "proxy_on_http_call_response") (param i32 i32 i32 i32 i32)
  (if (call $has (i32.const 208) (i32.const 6)) (then unreachable)))
(func (export "proxy_on_request_body") (param i32 i32 i32) (result i32)
  (if (call $has (i32.const 64) (i32.const 6)) (then (call $refuse) (return (i32.const 1))))
  (i32.const 0))
(func (export "proxy_on_response_headers") (param i32 i32 i32) (result i32)
  (if (call $has (i32.const 48) (i32.const 6)) (then unreachable))
  (drop (call $replace (i32.const 2) (i32.const 160) (i32.const 6) (i32.const 176) (i32.const 2)))
  (i32.const 0))
(func (export "proxy_on_response_body") (param i32 i32 i32) (result i32)
  (if (call $has (i32.const 80) (i32.const 7)) (then unreachable))
  (i32.const 0))

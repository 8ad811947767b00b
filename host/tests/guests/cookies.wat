;; Answers a request with x-login by itself, with 302 and the cookies a and b; adds the cookie c to every response.
(data (i32.const 0) "x-login")
(data (i32.const 16) "set-cookie")
(data (i32.const 32) "c=3")
(data (i32.const 512)
  "\02\00\00\00"
  "\0a\00\00\00\03\00\00\00" "\0a\00\00\00\03\00\00\00"
  "set-cookie\00a=1\00" "set-cookie\00b=2\00")
(func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
  (if (call $get (i32.const 0) (i32.const 0) (i32.const 7) (i32.const 1024) (i32.const 1028))
    (then (return (i32.const 0))))
  (drop (call $respond (i32.const 302) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
    (i32.const 512) (i32.const 50) (i32.const -1)))
  (i32.const 1))
(func (export "proxy_on_response_headers") (param i32 i32 i32) (result i32)
  (drop (call $add (i32.const 2) (i32.const 16) (i32.const 10) (i32.const 32) (i32.const 3)))
  (i32.const 0))

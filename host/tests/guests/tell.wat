;; Tells the log, as a warning, what it is configured with.
(func (export "proxy_on_configure") (param i32 i32) (result i32)
  (drop (call $buffer (i32.const 7) (i32.const 0) (i32.const 65536) (i32.const 0) (i32.const 4)))
  (drop (call $log (i32.const 3) (i32.load (i32.const 0)) (i32.load (i32.const 4))))
  (i32.const 1))

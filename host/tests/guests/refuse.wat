;; Refuses its configuration.
(func (export "proxy_on_configure") (param i32 i32) (result i32) (i32.const 0))

;; The probe: calls host functions as a script says, and reports what they answered.
;;
;; Each callback reads the shared data "script", runs it, writes the shared data "report" and answers
;; the script's action. Without a script it lets everything through.
;;
;; script: action, number of steps, then 56 bytes for each step: what, arity, 12 arguments (all u32),
;; then data for the arguments to point at. The allocator starts again at 65536 in each callback, so
;; the script lies there and its addresses are known.
;; what: the place of a function in $functions. arity: number of arguments; 13 = (i32, i64);
;; 100 = report the bytes whose pointer and length lie at the addresses in arguments 0 and 1;
;; 101 = report the 8 bytes at the address in argument 0.
;; report: for each step a status, or the length and the bytes, or the 8 bytes.
(module
  (type $t0 (func (result i32)))
  (type $t1 (func (param i32) (result i32)))
  (type $t2 (func (param i32 i32) (result i32)))
  (type $t3 (func (param i32 i32 i32) (result i32)))
  (type $t4 (func (param i32 i32 i32 i32) (result i32)))
  (type $t5 (func (param i32 i32 i32 i32 i32) (result i32)))
  (type $t6 (func (param i32 i32 i32 i32 i32 i32) (result i32)))
  (type $t8 (func (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (type $t9 (func (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (type $t10 (func (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (type $t12 (func (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (type $t_i64 (func (param i32 i64) (result i32)))

  (import "env" "proxy_log" (func $proxy_log (type $t3)))
  (import "env" "proxy_get_log_level" (func $proxy_get_log_level (type $t1)))
  (import "env" "proxy_get_current_time_nanoseconds" (func $proxy_get_current_time_nanoseconds (type $t1)))
  (import "env" "proxy_set_tick_period_milliseconds" (func $proxy_set_tick_period_milliseconds (type $t1)))
  (import "env" "proxy_get_buffer_bytes" (func $proxy_get_buffer_bytes (type $t5)))
  (import "env" "proxy_set_buffer_bytes" (func $proxy_set_buffer_bytes (type $t5)))
  (import "env" "proxy_get_buffer_status" (func $proxy_get_buffer_status (type $t3)))
  (import "env" "proxy_get_header_map_size" (func $proxy_get_header_map_size (type $t2)))
  (import "env" "proxy_get_header_map_pairs" (func $proxy_get_header_map_pairs (type $t3)))
  (import "env" "proxy_set_header_map_pairs" (func $proxy_set_header_map_pairs (type $t3)))
  (import "env" "proxy_get_header_map_value" (func $proxy_get_header_map_value (type $t5)))
  (import "env" "proxy_add_header_map_value" (func $proxy_add_header_map_value (type $t5)))
  (import "env" "proxy_replace_header_map_value" (func $proxy_replace_header_map_value (type $t5)))
  (import "env" "proxy_remove_header_map_value" (func $proxy_remove_header_map_value (type $t3)))
  (import "env" "proxy_continue_stream" (func $proxy_continue_stream (type $t1)))
  (import "env" "proxy_close_stream" (func $proxy_close_stream (type $t1)))
  (import "env" "proxy_send_local_response" (func $proxy_send_local_response (type $t8)))
  (import "env" "proxy_http_call" (func $proxy_http_call (type $t10)))
  (import "env" "proxy_get_property" (func $proxy_get_property (type $t4)))
  (import "env" "proxy_set_property" (func $proxy_set_property (type $t4)))
  (import "env" "proxy_get_shared_data" (func $proxy_get_shared_data (type $t5)))
  (import "env" "proxy_set_shared_data" (func $proxy_set_shared_data (type $t5)))
  (import "env" "proxy_define_metric" (func $proxy_define_metric (type $t4)))
  (import "env" "proxy_increment_metric" (func $proxy_increment_metric (type $t_i64)))
  (import "env" "proxy_record_metric" (func $proxy_record_metric (type $t_i64)))
  (import "env" "proxy_get_metric" (func $proxy_get_metric (type $t2)))
  (import "env" "proxy_call_foreign_function" (func $proxy_call_foreign_function (type $t6)))
  (import "env" "proxy_set_effective_context" (func $proxy_set_effective_context (type $t1)))
  (import "env" "proxy_done" (func $proxy_done (type $t0)))
  (import "env" "proxy_register_shared_queue" (func $proxy_register_shared_queue (type $t3)))
  (import "env" "proxy_resolve_shared_queue" (func $proxy_resolve_shared_queue (type $t5)))
  (import "env" "proxy_enqueue_shared_queue" (func $proxy_enqueue_shared_queue (type $t3)))
  (import "env" "proxy_dequeue_shared_queue" (func $proxy_dequeue_shared_queue (type $t3)))
  (import "env" "proxy_grpc_call" (func $proxy_grpc_call (type $t12)))
  (import "env" "proxy_grpc_stream" (func $proxy_grpc_stream (type $t9)))
  (import "env" "proxy_grpc_send" (func $proxy_grpc_send (type $t4)))
  (import "env" "proxy_grpc_cancel" (func $proxy_grpc_cancel (type $t1)))
  (import "env" "proxy_grpc_close" (func $proxy_grpc_close (type $t1)))
  (import "env" "proxy_get_status" (func $proxy_get_status (type $t3)))

  ;; In the order of the table HOSTCALLS.
  (table $functions funcref (elem
    $proxy_log $proxy_get_log_level $proxy_get_current_time_nanoseconds
    $proxy_set_tick_period_milliseconds $proxy_get_buffer_bytes $proxy_set_buffer_bytes
    $proxy_get_buffer_status $proxy_get_header_map_size $proxy_get_header_map_pairs
    $proxy_set_header_map_pairs $proxy_get_header_map_value $proxy_add_header_map_value
    $proxy_replace_header_map_value $proxy_remove_header_map_value $proxy_continue_stream
    $proxy_close_stream $proxy_send_local_response $proxy_http_call
    $proxy_get_property $proxy_set_property $proxy_get_shared_data
    $proxy_set_shared_data $proxy_define_metric $proxy_increment_metric
    $proxy_record_metric $proxy_get_metric $proxy_call_foreign_function
    $proxy_set_effective_context $proxy_done $proxy_register_shared_queue
    $proxy_resolve_shared_queue $proxy_enqueue_shared_queue $proxy_dequeue_shared_queue
    $proxy_grpc_call $proxy_grpc_stream $proxy_grpc_send
    $proxy_grpc_cancel $proxy_grpc_close $proxy_get_status
  ))

  (memory (export "memory") 4)
  (global $heap (mut i32) (i32.const 65536))
  (global $report (mut i32) (i32.const 32768))
  (data (i32.const 16) "script")
  (data (i32.const 32) "report")

  (func (export "proxy_abi_version_0_2_1"))

  (func (export "proxy_on_memory_allocate") (param $size i32) (result i32)
    (global.get $heap)
    (global.set $heap
      (i32.add (global.get $heap) (i32.and (i32.add (local.get $size) (i32.const 7)) (i32.const -8)))))

  (func $argument (param $step i32) (param $index i32) (result i32)
    (i32.load offset=8 (i32.add (local.get $step) (i32.shl (local.get $index) (i32.const 2)))))

  (func $call (param $s i32) (result i32)
    (local $arity i32)
    (local.set $arity (i32.load offset=4 (local.get $s)))
    (if (i32.eq (local.get $arity) (i32.const 0)) (then (return (call_indirect (type $t0)
      (i32.load (local.get $s))))))
    (if (i32.eq (local.get $arity) (i32.const 1)) (then (return (call_indirect (type $t1)
      (i32.load offset=8 (local.get $s))
      (i32.load (local.get $s))))))
    (if (i32.eq (local.get $arity) (i32.const 2)) (then (return (call_indirect (type $t2)
      (i32.load offset=8 (local.get $s)) (i32.load offset=12 (local.get $s))
      (i32.load (local.get $s))))))
    (if (i32.eq (local.get $arity) (i32.const 3)) (then (return (call_indirect (type $t3)
      (i32.load offset=8 (local.get $s)) (i32.load offset=12 (local.get $s)) (i32.load offset=16 (local.get $s))
      (i32.load (local.get $s))))))
    (if (i32.eq (local.get $arity) (i32.const 4)) (then (return (call_indirect (type $t4)
      (i32.load offset=8 (local.get $s)) (i32.load offset=12 (local.get $s)) (i32.load offset=16 (local.get $s))
      (i32.load offset=20 (local.get $s))
      (i32.load (local.get $s))))))
    (if (i32.eq (local.get $arity) (i32.const 5)) (then (return (call_indirect (type $t5)
      (i32.load offset=8 (local.get $s)) (i32.load offset=12 (local.get $s)) (i32.load offset=16 (local.get $s))
      (i32.load offset=20 (local.get $s)) (i32.load offset=24 (local.get $s))
      (i32.load (local.get $s))))))
    (if (i32.eq (local.get $arity) (i32.const 6)) (then (return (call_indirect (type $t6)
      (i32.load offset=8 (local.get $s)) (i32.load offset=12 (local.get $s)) (i32.load offset=16 (local.get $s))
      (i32.load offset=20 (local.get $s)) (i32.load offset=24 (local.get $s)) (i32.load offset=28 (local.get $s))
      (i32.load (local.get $s))))))
    (if (i32.eq (local.get $arity) (i32.const 8)) (then (return (call_indirect (type $t8)
      (i32.load offset=8 (local.get $s)) (i32.load offset=12 (local.get $s)) (i32.load offset=16 (local.get $s))
      (i32.load offset=20 (local.get $s)) (i32.load offset=24 (local.get $s)) (i32.load offset=28 (local.get $s))
      (i32.load offset=32 (local.get $s)) (i32.load offset=36 (local.get $s))
      (i32.load (local.get $s))))))
    (if (i32.eq (local.get $arity) (i32.const 9)) (then (return (call_indirect (type $t9)
      (i32.load offset=8 (local.get $s)) (i32.load offset=12 (local.get $s)) (i32.load offset=16 (local.get $s))
      (i32.load offset=20 (local.get $s)) (i32.load offset=24 (local.get $s)) (i32.load offset=28 (local.get $s))
      (i32.load offset=32 (local.get $s)) (i32.load offset=36 (local.get $s)) (i32.load offset=40 (local.get $s))
      (i32.load (local.get $s))))))
    (if (i32.eq (local.get $arity) (i32.const 10)) (then (return (call_indirect (type $t10)
      (i32.load offset=8 (local.get $s)) (i32.load offset=12 (local.get $s)) (i32.load offset=16 (local.get $s))
      (i32.load offset=20 (local.get $s)) (i32.load offset=24 (local.get $s)) (i32.load offset=28 (local.get $s))
      (i32.load offset=32 (local.get $s)) (i32.load offset=36 (local.get $s)) (i32.load offset=40 (local.get $s))
      (i32.load offset=44 (local.get $s))
      (i32.load (local.get $s))))))
    (if (i32.eq (local.get $arity) (i32.const 12)) (then (return (call_indirect (type $t12)
      (i32.load offset=8 (local.get $s)) (i32.load offset=12 (local.get $s)) (i32.load offset=16 (local.get $s))
      (i32.load offset=20 (local.get $s)) (i32.load offset=24 (local.get $s)) (i32.load offset=28 (local.get $s))
      (i32.load offset=32 (local.get $s)) (i32.load offset=36 (local.get $s)) (i32.load offset=40 (local.get $s))
      (i32.load offset=44 (local.get $s)) (i32.load offset=48 (local.get $s)) (i32.load offset=52 (local.get $s))
      (i32.load (local.get $s))))))
    (if (i32.eq (local.get $arity) (i32.const 13)) (then (return
      (call_indirect (type $t_i64) (call $argument (local.get $s) (i32.const 0)) (i64.load offset=16 (local.get $s)) (i32.load (local.get $s))))))
    unreachable)

  (func $report_word (param $word i32)
    (i32.store (global.get $report) (local.get $word))
    (global.set $report (i32.add (global.get $report) (i32.const 4))))

  (func $report_bytes (param $pointer i32) (param $length i32)
    (memory.copy (global.get $report) (local.get $pointer) (local.get $length))
    (global.set $report (i32.add (global.get $report) (local.get $length))))

  (func $step (param $s i32)
    (local $length i32)
    (if (i32.eq (i32.load offset=4 (local.get $s)) (i32.const 101))
      (then (call $report_bytes (call $argument (local.get $s) (i32.const 0)) (i32.const 8)) (return)))
    (if (i32.eq (i32.load offset=4 (local.get $s)) (i32.const 100))
      (then
        (local.set $length (i32.load (call $argument (local.get $s) (i32.const 1))))
        (call $report_word (local.get $length))
        (call $report_bytes (i32.load (call $argument (local.get $s) (i32.const 0))) (local.get $length))
        (return)))
    (call $report_word (call $call (local.get $s))))

  (func $run (result i32)
    (local $step i32) (local $end i32)
    (global.set $heap (i32.const 65536))
    (global.set $report (i32.const 32768))
    (if (call $proxy_get_shared_data
          (i32.const 16) (i32.const 6) (i32.const 48) (i32.const 52) (i32.const 56))
      (then (return (i32.const 0))))
    (local.set $step (i32.const 65544))
    (local.set $end
      (i32.add (local.get $step) (i32.mul (i32.load (i32.const 65540)) (i32.const 56))))
    (block $ran
      (loop $next
        (br_if $ran (i32.ge_u (local.get $step) (local.get $end)))
        (call $step (local.get $step))
        (local.set $step (i32.add (local.get $step) (i32.const 56)))
        (br $next)))
    (drop (call $proxy_set_shared_data
      (i32.const 32) (i32.const 6)
      (i32.const 32768) (i32.sub (global.get $report) (i32.const 32768)) (i32.const 0)))
    (i32.load (i32.const 65536)))

  (func (export "proxy_on_context_create") (param i32 i32))
  (func (export "proxy_on_configure") (param i32 i32) (result i32) (i32.eqz (call $run)))
  (func (export "proxy_on_tick") (param i32) (drop (call $run)))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32) (call $run))
  (func (export "proxy_on_request_body") (param i32 i32 i32) (result i32) (call $run))
  (func (export "proxy_on_request_trailers") (param i32 i32) (result i32) (call $run))
  (func (export "proxy_on_response_headers") (param i32 i32 i32) (result i32) (call $run))
  (func (export "proxy_on_response_body") (param i32 i32 i32) (result i32) (call $run))
  (func (export "proxy_on_response_trailers") (param i32 i32) (result i32) (call $run))
  (func (export "proxy_on_http_call_response") (param i32 i32 i32 i32 i32) (drop (call $run)))
  (func (export "proxy_on_log") (param i32))
  (func (export "proxy_on_done") (param i32) (result i32) (i32.eqz (call $run)))
  (func (export "proxy_on_delete") (param i32))
)

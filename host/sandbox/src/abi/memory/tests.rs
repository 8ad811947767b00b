use super::{GuestRange, read_u32, write_u32, write_u64};

#[test]
fn gives_the_bytes_of_a_range_inside_the_memory() {
    assert_eq!(GuestRange::new(1, 2).read(&[1, 2, 3]).unwrap(), &[2, 3]);
}

#[test]
fn refuses_ranges_that_leave_the_memory() {
    for (pointer, length) in [(0, 4), (3, 1), (4, 1), (u32::MAX, 1), (u32::MAX, u32::MAX), (2, u32::MAX)] {
        let range = GuestRange::new(pointer, length);
        assert!(range.read(&[0; 3]).is_err(), "{range:?}");
        assert!(range.write(&mut [0; 3]).is_err(), "{range:?}");
    }
}

#[test]
fn an_empty_range_is_inside_wherever_it_points() {
    assert_eq!(GuestRange::new(u32::MAX, 0).read(&[]).unwrap(), b"");
}

#[test]
fn integers_are_little_endian() {
    let mut memory = [0; 12];
    write_u32(&mut memory, 0, 0x0102_0304).unwrap();
    write_u64(&mut memory, 4, 5).unwrap();
    assert_eq!(memory, [4, 3, 2, 1, 5, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(read_u32(&memory, 0).unwrap(), 0x0102_0304);
    assert!(write_u64(&mut memory, 5, 0).is_err());
    assert!(read_u32(&memory, 9).is_err());
}

#[test]
fn a_fault_says_what_was_expected_and_found() {
    let fault = GuestRange::new(8, 2).read(&[0; 9]).unwrap_err();
    assert_eq!(fault.to_string(), "expected a range inside 9 bytes of guest memory, got 2 bytes at 8");
}

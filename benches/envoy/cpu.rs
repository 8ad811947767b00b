//! The CPU time of another process, user and system, with all threads that it has and had.

use std::io;
use std::time::Duration;

/// What the process has used since it started, in nanoseconds of the scheduler; `/proc` would round to hundredths.
#[cfg(target_os = "linux")]
pub(crate) fn used(process: u32) -> io::Result<Duration> {
    use nix::time::clock_getcpuclockid;
    use nix::unistd::Pid;
    let process = i32::try_from(process).map_err(io::Error::other)?;
    let used = clock_getcpuclockid(Pid::from_raw(process)).and_then(|clock| clock.now())?;
    Ok(used.into())
}

/// Only Linux and the BSDs have such a clock.
#[cfg(not(target_os = "linux"))]
pub(crate) fn used(_process: u32) -> io::Result<Duration> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::used;
    use std::hint::black_box;
    use std::time::{Duration, Instant};

    #[test]
    fn a_process_that_works_uses_cpu_time() {
        let before = used(std::process::id()).unwrap();
        let began = Instant::now();
        // Other threads of the tests may add more.
        while used(std::process::id()).unwrap() < before + Duration::from_millis(5) {
            black_box(began.elapsed());
            assert!(began.elapsed() < Duration::from_secs(20), "expected 5 ms of work within 20 s");
        }
    }

    #[test]
    fn a_process_that_does_not_exist_has_no_clock() {
        // Linux gives out smaller numbers only.
        assert!(used(1 << 22).is_err());
    }
}

//! WASI preview1, as far as a plugin may have it: log lines, time, randomness, its own environment.
//!
//! Under both module names, as in Envoy. Files, directories and sockets link and do not exist.

use crate::abi::memory::{GuestRange, read_u32, write_u32, write_u64};
use crate::abi::types::LogLevel;
use crate::hostcalls::Guest;
use crate::quirks::Quirk;
use crate::state::State;

use aws_lc_rs::rand;
use wasmtime::{Caller, FuncType, Linker, Result, Val, ValType, format_err};

/// Registers all of preview1.
pub(crate) fn define(linker: &mut Linker<State>) -> Result<()> {
    MODULES.iter().try_for_each(|module| {
        define_working(linker, module)?;
        STUBS.iter().try_for_each(|(name, parameters, errno)| stub(linker, module, name, parameters, *errno))
    })
}

fn define_working(linker: &mut Linker<State>, module: &str) -> Result<()> {
    linker.func_wrap(module, "fd_write", |caller: Caller<'_, State>, fd, iovs, count, out| {
        fd_write(&mut Guest::new(caller)?, fd, (iovs, count), out)
    })?;
    linker.func_wrap(module, "fd_fdstat_get", |caller: Caller<'_, State>, fd, out| {
        fd_fdstat_get(&mut Guest::new(caller)?, fd, out)
    })?;
    linker.func_wrap(module, "environ_sizes_get", |caller: Caller<'_, State>, count, size| {
        environ_sizes_get(&mut Guest::new(caller)?, count, size)
    })?;
    linker.func_wrap(module, "environ_get", |caller: Caller<'_, State>, pointers, texts| {
        environ_get(&mut Guest::new(caller)?, pointers, texts)
    })?;
    linker.func_wrap(module, "args_sizes_get", |caller: Caller<'_, State>, count, size| {
        args_sizes_get(&mut Guest::new(caller)?, count, size)
    })?;
    linker.func_wrap(module, "clock_time_get", |caller: Caller<'_, State>, id, _precision: u64, out| {
        clock_time_get(&mut Guest::new(caller)?, id, out)
    })?;
    linker.func_wrap(module, "random_get", |caller: Caller<'_, State>, pointer, length| {
        random_get(&mut Guest::new(caller)?, GuestRange::new(pointer, length), length)
    })?;
    linker.func_wrap(
        module,
        "poll_oneoff",
        |caller: Caller<'_, State>, _in: u32, _out: u32, _n: u32, out| {
            poll_oneoff(&mut Guest::new(caller)?, out)
        },
    )?;
    linker.func_wrap(module, "proc_exit", |code: u32| -> Result<()> {
        Err(format_err!("expected the guest to return, but it called proc_exit({code})"))
    })?;
    Ok(())
}

/// Standard output is the log at info, standard error at error.
fn fd_write(guest: &mut Guest<'_>, fd: u32, (iovs, count): (u32, u32), out: u32) -> Result<u32> {
    let level = match fd {
        STDOUT => LogLevel::Info,
        STDERR => LogLevel::Error,
        _ => return Ok(BADF),
    };
    let (memory, state) = guest.parts();
    let Some(size) = count.checked_mul(IOVEC).filter(|_| count <= MAX_IOVECS) else {
        return Ok(INVAL);
    };
    let mut text = Vec::new();
    let mut written = 0_u32;
    for iov in GuestRange::new(iovs, size).read(memory)?.chunks_exact(8) {
        let part = GuestRange::new(read_u32(iov, 0)?, read_u32(iov, 4)?).read(memory)?;
        let room = state.plugin.limits.log_message_bytes.saturating_sub(text.len());
        text.extend_from_slice(part.get(..room).unwrap_or(part));
        written = written.saturating_add(u32::try_from(part.len())?);
    }
    state.log(level, text.trim_ascii_end());
    write_u32(memory, out, written)?;
    Ok(SUCCESS)
}

/// Standard output and error are character devices that can be written.
fn fd_fdstat_get(guest: &mut Guest<'_>, fd: u32, out: u32) -> Result<u32> {
    if fd != STDOUT && fd != STDERR {
        return Ok(BADF);
    }
    let (memory, _) = guest.parts();
    let mut fdstat = [0; 24];
    let fields = [(0, CHARACTER_DEVICE), (8, RIGHT_FD_WRITE)];
    for (at, value) in fields {
        if let Some(byte) = fdstat.get_mut(at) {
            *byte = value;
        }
    }
    GuestRange::new(out, 24).write(memory)?.copy_from_slice(&fdstat);
    Ok(SUCCESS)
}

fn environ_sizes_get(guest: &mut Guest<'_>, count: u32, size: u32) -> Result<u32> {
    let (memory, state) = guest.parts();
    let environment = &state.plugin.environment;
    let bytes: usize = environment.iter().map(|variable| entry(variable).len()).sum();
    write_u32(memory, count, u32::try_from(environment.len())?)?;
    write_u32(memory, size, u32::try_from(bytes)?)?;
    Ok(SUCCESS)
}

fn environ_get(guest: &mut Guest<'_>, mut pointers: u32, mut texts: u32) -> Result<u32> {
    let (memory, state) = guest.parts();
    let overflow = || format_err!("expected the environment to fit into guest memory");
    for variable in &state.plugin.environment {
        let entry = entry(variable);
        let length = u32::try_from(entry.len())?;
        write_u32(memory, pointers, texts)?;
        GuestRange::new(texts, length).write(memory)?.copy_from_slice(&entry);
        pointers = pointers.checked_add(4).ok_or_else(overflow)?;
        texts = texts.checked_add(length).ok_or_else(overflow)?;
    }
    Ok(SUCCESS)
}

fn entry((name, value): &(String, String)) -> Vec<u8> {
    format!("{name}={value}\0").into_bytes()
}

fn args_sizes_get(guest: &mut Guest<'_>, count: u32, size: u32) -> Result<u32> {
    let (memory, _) = guest.parts();
    write_u32(memory, count, 0)?;
    write_u32(memory, size, 0)?;
    Ok(SUCCESS)
}

fn clock_time_get(guest: &mut Guest<'_>, id: u32, out: u32) -> Result<u32> {
    let (memory, state) = guest.parts();
    let nanos = match id {
        CLOCK_REALTIME => state.environment.clock.unix_nanos(),
        CLOCK_MONOTONIC => u64::try_from(state.started.elapsed().as_nanos())?,
        _ => return Ok(NOTSUP),
    };
    write_u64(memory, out, nanos)?;
    Ok(SUCCESS)
}

fn random_get(guest: &mut Guest<'_>, range: GuestRange, length: u32) -> Result<u32> {
    if length > MAX_RANDOM {
        return Ok(INVAL);
    }
    let (memory, state) = guest.parts();
    if state.has(Quirk::WeakRandom) {
        state.weak_random.fill(range.write(memory)?);
        return Ok(SUCCESS);
    }
    Ok(rand::fill(range.write(memory)?).map_or(IO, |()| SUCCESS))
}

/// Nothing to wait for: a plugin must not block its worker.
fn poll_oneoff(guest: &mut Guest<'_>, out: u32) -> Result<u32> {
    let (memory, _) = guest.parts();
    write_u32(memory, out, 0)?;
    Ok(SUCCESS)
}

/// Defines a function that always answers `errno`; in `parameters` i is an i32, I an i64.
fn stub(linker: &mut Linker<State>, module: &str, name: &str, parameters: &str, errno: u32) -> Result<()> {
    let types = parameters.bytes().map(|kind| if kind == b'I' { ValType::I64 } else { ValType::I32 });
    let function = FuncType::new(linker.engine(), types, [ValType::I32]);
    linker.func_new(module, name, function, move |_, _, results| {
        if let Some(result) = results.first_mut() {
            *result = Val::I32(errno.cast_signed());
        }
        Ok(())
    })?;
    Ok(())
}

const MODULES: [&str; 2] = ["wasi_snapshot_preview1", "wasi_unstable"];

const SUCCESS: u32 = 0;
const BADF: u32 = 8;
const INVAL: u32 = 28;
const IO: u32 = 29;
const NOTSUP: u32 = 58;

const STDOUT: u32 = 1;
const STDERR: u32 = 2;
const CLOCK_REALTIME: u32 = 0;
const CLOCK_MONOTONIC: u32 = 1;
const CHARACTER_DEVICE: u8 = 2;
const RIGHT_FD_WRITE: u8 = 64;
const IOVEC: u32 = 8;
const MAX_IOVECS: u32 = 1_024;
/// As in Envoy.
const MAX_RANDOM: u32 = 64 << 10;

/// What links and does nothing: name, parameters, answer.
const STUBS: [(&str, &str, u32); 37] = [
    ("args_get", "ii", SUCCESS),
    ("sched_yield", "", SUCCESS),
    ("fd_close", "i", BADF),
    ("fd_prestat_dir_name", "iii", BADF),
    ("fd_prestat_get", "ii", BADF),
    ("fd_read", "iiii", BADF),
    ("fd_seek", "iIii", BADF),
    ("clock_res_get", "ii", NOTSUP),
    ("fd_advise", "iIIi", NOTSUP),
    ("fd_allocate", "iII", NOTSUP),
    ("fd_datasync", "i", NOTSUP),
    ("fd_fdstat_set_flags", "ii", NOTSUP),
    ("fd_fdstat_set_rights", "iII", NOTSUP),
    ("fd_filestat_get", "ii", NOTSUP),
    ("fd_filestat_set_size", "iI", NOTSUP),
    ("fd_filestat_set_times", "iIIi", NOTSUP),
    ("fd_pread", "iiiIi", NOTSUP),
    ("fd_pwrite", "iiiIi", NOTSUP),
    ("fd_readdir", "iiiIi", NOTSUP),
    ("fd_renumber", "ii", NOTSUP),
    ("fd_sync", "i", NOTSUP),
    ("fd_tell", "ii", NOTSUP),
    ("path_create_directory", "iii", NOTSUP),
    ("path_filestat_get", "iiiii", NOTSUP),
    ("path_filestat_set_times", "iiiiIIi", NOTSUP),
    ("path_link", "iiiiiii", NOTSUP),
    ("path_open", "iiiiiIIii", NOTSUP),
    ("path_readlink", "iiiiii", NOTSUP),
    ("path_remove_directory", "iii", NOTSUP),
    ("path_rename", "iiiiii", NOTSUP),
    ("path_symlink", "iiiii", NOTSUP),
    ("path_unlink_file", "iii", NOTSUP),
    ("proc_raise", "i", NOTSUP),
    ("sock_accept", "iii", NOTSUP),
    ("sock_recv", "iiiiii", NOTSUP),
    ("sock_send", "iiiii", NOTSUP),
    ("sock_shutdown", "ii", NOTSUP),
];

//! Values that instances with the same vm_id share.

use super::{Guest, Out, Result, Status, read, write_u32};
use crate::quirks::ZoneError;
use crate::shared::SharedDataError;

use bytes::Bytes;

pub(super) fn proxy_get_shared_data(
    guest: &mut Guest<'_>,
    (key, key_len, out, out_len, out_cas): (u32, u32, u32, u32, u32),
) -> Result<Status> {
    let (memory, state) = guest.parts();
    let key = read(memory, key, key_len)?;
    let shared = &state.environment.shared;
    let found = match state.plugin.quirks.settings() {
        Some(nginx) => shared.zones.get(&nginx.shm_kv, key)?,
        None => shared.data.get(&state.plugin.vm_id, key),
    };
    let Some((value, cas)) = found else {
        return Ok(Status::NotFound);
    };
    write_u32(memory, out_cas, cas)?;
    guest.give(&value, Out::new(out, out_len))
}

pub(super) fn proxy_set_shared_data(
    guest: &mut Guest<'_>,
    (key, key_len, value, value_len, cas): (u32, u32, u32, u32, u32),
) -> Result<Status> {
    let (memory, state) = guest.parts();
    let (key, value) = (read(memory, key, key_len)?, read(memory, value, value_len)?);
    if key.len().saturating_add(value.len()) > state.plugin.limits.shared_value_bytes {
        return Ok(Status::InternalFailure);
    }
    let value = Bytes::copy_from_slice(value);
    if let Some(nginx) = state.plugin.quirks.settings() {
        return match state.environment.shared.zones.set(&nginx.shm_kv, key, value, cas) {
            Ok(()) => Ok(Status::Ok),
            Err(ZoneError::CasMismatch { .. }) => Ok(Status::CasMismatch),
            Err(fatal) => Err(fatal.into()),
        };
    }
    Ok(match state.environment.shared.data.set(&state.plugin.vm_id, key, value, cas) {
        Ok(_cas) => Status::Ok,
        Err(SharedDataError::CasMismatch { .. }) => Status::CasMismatch,
        Err(SharedDataError::Full { .. }) => Status::InternalFailure,
    })
}

//! The leave to forward a request. Only this module makes one, and only from proof.

use crate::acl::Admitted;
use crate::capabilities::Capabilities;
use crate::config::{AccessTokenHeader, OpenIdConnect};
use crate::headers::{CREDENTIAL_IDENTIFIER, HeaderEdit, header_value};
use alloc::borrow::Cow;
use alloc::vec::Vec;

/// The leave to forward a request, with the edits that go with it.
#[derive(Debug)]
pub struct Permit {
    grounds: Grounds,
    request_edits: Vec<HeaderEdit>,
    response_edits: Vec<HeaderEdit>,
}

/// On what grounds a request is forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grounds {
    /// A verified token, within its time, with what the service requires, of a caller who may use it.
    Authenticated,
}

impl Grounds {
    /// As the audit line writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authenticated => "authenticated",
        }
    }
}

impl Permit {
    /// For a caller whose token passed every check. `stripped` are the edits that removed owned headers; they
    /// come first, so that what is set here stays.
    #[must_use]
    pub fn authenticated(
        admitted: &Admitted<'_>,
        rules: &OpenIdConnect,
        token: &[u8],
        stripped: Vec<HeaderEdit>,
        engine: &Capabilities,
    ) -> Self {
        let mut request_edits = stripped;
        request_edits.extend(credential_edits(rules, token, engine));
        request_edits.extend(identity_edits(admitted));
        Self { grounds: Grounds::Authenticated, request_edits, response_edits: Vec::new() }
    }

    /// On what grounds.
    #[must_use]
    pub fn grounds(&self) -> Grounds {
        self.grounds
    }

    /// Edits of the request before it goes upstream, in order.
    #[must_use]
    pub fn request_edits(&self) -> &[HeaderEdit] {
        &self.request_edits
    }

    /// Edits of the response before it goes to the client, in order.
    #[must_use]
    pub fn response_edits(&self) -> &[HeaderEdit] {
        &self.response_edits
    }
}

/// Kong's identity headers: for the consumer, where one was mapped, else for the credential. What does not fit into a
/// header is left out: the client's own copy is gone, so the upstream sees none.
fn identity_edits(admitted: &Admitted<'_>) -> Vec<HeaderEdit> {
    let (caller, groups) = (admitted.caller(), admitted.groups());
    let consumer = caller.record().map(|record| &record.consumer);
    let identity = [
        ("x-consumer-id", consumer.and_then(|consumer| consumer.id.as_deref())),
        ("x-consumer-username", consumer.and_then(|consumer| consumer.username.as_deref())),
        ("x-consumer-custom-id", consumer.and_then(|consumer| consumer.custom_id.as_deref())),
        ("x-consumer-groups", groups.of_consumer.as_deref()),
        ("x-authenticated-groups", groups.of_token.as_deref()),
        (CREDENTIAL_IDENTIFIER, caller.credential()),
    ];
    identity.into_iter().filter_map(|(name, value)| set(name, value?)).collect()
}

/// Hides the credential, and hands the access token on where the config says so.
fn credential_edits(rules: &OpenIdConnect, token: &[u8], engine: &Capabilities) -> Vec<HeaderEdit> {
    let hide = rules.credential.hide_credentials.then(|| HeaderEdit::removal("authorization", engine));
    match &rules.headers.upstream_access_token {
        // The client's own field may be spelled otherwise (`bearer`, two spaces); the upstream gets one form.
        AccessTokenHeader::Bearer => {
            let value = [b"Bearer ", token].concat().into_boxed_slice();
            Vec::from([HeaderEdit::Set(Cow::Borrowed("authorization"), value)])
        }
        AccessTokenHeader::Raw(name) => {
            let raw = HeaderEdit::Set(Cow::Owned(name.as_str().into()), token.into());
            hide.into_iter().chain([raw]).collect()
        }
        AccessTokenHeader::Off => hide.into_iter().collect(),
    }
}

fn set(name: &'static str, value: &str) -> Option<HeaderEdit> {
    Some(HeaderEdit::Set(Cow::Borrowed(name), header_value(value)?))
}

//! Names of Graph's own roles and scopes, and the ids by which manifests name them ("Microsoft Graph permissions
//! reference").

/// The id of a permission; `None` of one that is not known here.
pub(crate) fn id_of(name: &str) -> Option<&'static str> {
    KNOWN.iter().find(|(known, ..)| *known == name).map(|(_, id, _)| *id)
}

/// The name of a permission.
pub(crate) fn name_of(id: &str) -> Option<&'static str> {
    KNOWN.iter().find(|(_, known, _)| *known == id).map(|(name, ..)| *name)
}

/// Whether it is a role of apps, which needs an administrator, or a scope of users.
pub(crate) fn is_role(name: &str) -> bool {
    KNOWN.iter().any(|(known, _, kind)| *known == name && *kind == Kind::Role)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Role,
    Scope,
}

pub(super) const APPLICATION_READ_ALL: &str = "Application.Read.All";
pub(super) const APPLICATION_READ_WRITE_ALL: &str = "Application.ReadWrite.All";
pub(super) const APPLICATION_READ_WRITE_OWNED_BY: &str = "Application.ReadWrite.OwnedBy";
pub(super) const APP_ROLE_ASSIGNMENT_READ_WRITE_ALL: &str = "AppRoleAssignment.ReadWrite.All";
pub(super) const DIRECTORY_READ_ALL: &str = "Directory.Read.All";
pub(super) const USER_READ_ALL: &str = "User.Read.All";

const KNOWN: &[(&str, &str, Kind)] = &[
    (APPLICATION_READ_ALL, "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30", Kind::Role),
    (APPLICATION_READ_WRITE_ALL, "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9", Kind::Role),
    (APPLICATION_READ_WRITE_OWNED_BY, "18a4783c-866b-4cc7-a460-3d5e5662c884", Kind::Role),
    (APP_ROLE_ASSIGNMENT_READ_WRITE_ALL, "06b708a9-e830-4db3-a914-8e69da51d44f", Kind::Role),
    (DIRECTORY_READ_ALL, "7ab1d382-f21e-4acd-a863-ba3e13f7da61", Kind::Role),
    (USER_READ_ALL, "df021288-bdef-4463-88db-98f22de89214", Kind::Role),
    ("User.Read", "e1fe6dd8-ba31-4d61-89e7-88639da4683d", Kind::Scope),
];

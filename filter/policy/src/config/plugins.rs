//! Lists of plugins, and which of three such lists applies: as in Kong, the nearest config of each plugin, whole.

use super::error::{Report, quoted};
use super::keys::{PLUGINS, Status};
use super::nearest::nearest;
use super::node::{Fields, Node, one_of};
use super::rules::{
    Acl, ApplicationRegistration, Authentication, KeyAuth, OpenIdConnect, Rules, Scope, Strategies,
};
use super::{Source, acl, application_registration, key_auth, members, openid_connect};
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

mod strategies;

/// The plugins that one list configures.
#[derive(Debug, Default)]
pub(super) struct Plugins {
    /// One per strategy.
    openid_connect: Vec<Slot<OpenIdConnect>>,
    key_auth: Slot<KeyAuth>,
    application_registration: Slot<ApplicationRegistration>,
    acl: Slot<Acl>,
}

/// One plugin's place in a list.
#[derive(Debug, Default)]
enum Slot<T> {
    #[default]
    Absent,
    /// It is there, and its errors were reported.
    Broken,
    Sound(Arc<T>),
}

impl Plugins {
    /// Reads the member `plugins` of `parent`.
    pub(super) fn read(
        parent: &Fields<'_>,
        scope: Scope,
        sources: &[Arc<Source>],
        report: &mut Report,
    ) -> Self {
        let mut plugins = Self::default();
        let mut seen = Vec::new();
        for node in parent.items("plugins", report) {
            let Some((name, config)) = name_and_config(&node, report) else { continue };
            if name != OPENID_CONNECT && seen.contains(&name) {
                let hint = "openid-connect alone may stand several times, once per issuer";
                report.error(&node.path, "each plugin once", format!("a second {name}"), Some(hint.into()));
                continue;
            }
            seen.push(name);
            plugins.put(name, &config, scope, sources, report);
        }
        strategies::check(parent, &plugins.sound_strategies(), report);
        if seen.contains(&OPENID_CONNECT) && seen.contains(&KEY_AUTH) {
            report.error(&parent.path_of("plugins"), EITHER, "both", Some(ONE_PROOF.into()));
        }
        plugins
    }

    fn sound_strategies(&self) -> Vec<Arc<OpenIdConnect>> {
        self.openid_connect.iter().filter_map(Slot::sound).collect()
    }

    fn put(
        &mut self,
        name: &str,
        config: &Node<'_>,
        scope: Scope,
        sources: &[Arc<Source>],
        report: &mut Report,
    ) {
        let fields = config.fields(report);
        if name == OPENID_CONNECT {
            let decoded = fields.and_then(|fields| openid_connect::decode(&fields, scope, sources, report));
            self.openid_connect.push(Slot::filled(decoded));
        } else if name == KEY_AUTH {
            self.key_auth = Slot::filled(fields.and_then(|fields| key_auth::decode(&fields, scope, report)));
        } else if name == "acl" {
            self.acl = Slot::filled(fields.and_then(|fields| acl::decode(&fields, report)));
        } else if scope == Scope::Service {
            let decoded = fields.and_then(|fields| application_registration::decode(&fields, report));
            self.application_registration = Slot::filled(decoded);
        } else {
            let hint = "a registration is for a service as a whole";
            report.error(&config.path, format!("{name} on a service"), scope.name(), Some(hint.into()));
        }
    }

    /// What applies where these lists do, nearest first. `None` where authentication is missing or broken.
    pub(super) fn rules(lists: &[&Self]) -> Option<Rules> {
        let nearest = lists.iter().find(|list| list.authenticates())?;
        let authentication = match &nearest.key_auth {
            Slot::Sound(key_auth) => Authentication::KeyAuth(Arc::clone(key_auth)),
            Slot::Broken => return None,
            Slot::Absent => {
                let sound = nearest.sound_strategies();
                let whole = sound.len() == nearest.openid_connect.len();
                Authentication::OpenIdConnect(Strategies::new(&sound).filter(|_| whole)?)
            }
        };
        let application_registration = nearest_slot(lists.iter().map(|list| &list.application_registration));
        let acl = nearest_slot(lists.iter().map(|list| &list.acl));
        Some(Rules { authentication, application_registration, acl })
    }

    /// Whether openid-connect or key-auth is there, sound or not.
    pub(super) fn authenticates(&self) -> bool {
        !self.openid_connect.is_empty() || !matches!(self.key_auth, Slot::Absent)
    }

    /// Which of the two is there, if one is.
    pub(super) fn proof(&self) -> Option<&'static str> {
        match (&self.key_auth, self.openid_connect.is_empty()) {
            (Slot::Sound(_) | Slot::Broken, _) => Some(KEY_AUTH),
            (Slot::Absent, false) => Some(OPENID_CONNECT),
            (Slot::Absent, true) => None,
        }
    }
}

impl<T> Slot<T> {
    fn sound(&self) -> Option<Arc<T>> {
        match self {
            Self::Sound(sound) => Some(Arc::clone(sound)),
            Self::Absent | Self::Broken => None,
        }
    }

    fn filled(decoded: Option<T>) -> Self {
        decoded.map_or(Self::Broken, |decoded| Self::Sound(Arc::new(decoded)))
    }
}

/// The first slot that is there; a broken one does not give way to a farther one.
fn nearest_slot<'s, T: 's>(mut slots: impl Iterator<Item = &'s Slot<T>>) -> Option<Arc<T>> {
    match slots.find(|slot| !matches!(slot, Slot::Absent))? {
        Slot::Sound(sound) => Some(Arc::clone(sound)),
        Slot::Absent | Slot::Broken => None,
    }
}

/// A plugin's name, if it works, and its config.
fn name_and_config<'a>(node: &Node<'a>, report: &mut Report) -> Option<(&'static str, Node<'a>)> {
    let fields = node.fields(report)?;
    fields.only(&members::PLUGIN, report);
    let name = fields.required("name", "a plugin's name", report)?;
    let plugin = working(&name, report)?;
    let config = fields.required("config", "the plugin's config", report)?;
    Some((plugin, config))
}

fn working(node: &Node<'_>, report: &mut Report) -> Option<&'static str> {
    let written = node.text(report)?;
    let plugin = PLUGINS.iter().find(|plugin| plugin.name == written);
    if let Some(plugin) = plugin.filter(|plugin| plugin.status == Status::Works) {
        return Some(plugin.name);
    }
    let hint = match (plugin, nearest(written, PLUGINS.iter().map(|plugin| plugin.name))) {
        (Some(_), _) => String::from("not supported yet"),
        (None, Some(name)) => format!("did you mean {name}?"),
        (None, None) => String::from("other plugins belong to the gateway, not to this filter"),
    };
    let works = PLUGINS.iter().filter(|plugin| plugin.status == Status::Works);
    report.error(&node.path, one_of(works.map(|plugin| plugin.name)), quoted(written), Some(hint.into()));
    None
}

const OPENID_CONNECT: &str = "openid-connect";
const KEY_AUTH: &str = "key-auth";

/// What is said where both ways to prove who calls meet.
pub(super) const EITHER: &str = "openid-connect or key-auth";
pub(super) const ONE_PROOF: &str =
    "in Kong a request would have to pass both, and the second would say who calls; choose one for a route";

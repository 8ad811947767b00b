//! Names of services as metrics write them, where no two may be one.

use crate::config::error::{Report, quoted};
use crate::config::node::Fields;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;

/// By name in metrics: the service's own name, and where it stands.
#[derive(Debug, Default)]
pub(super) struct Counters(BTreeMap<String, (Arc<str>, String)>);

impl Counters {
    /// Takes the name of the service of `fields`; refuses one whose requests would be counted as others'.
    pub(super) fn take(&mut self, fields: &Fields<'_>, name: &Arc<str>, report: &mut Report) {
        let member = if fields.member("name").is_some() { "name" } else { "id" };
        let path = fields.path_of(member);
        if **name == *NO_SERVICE {
            let hint = "metrics count under it what no service takes";
            report.error(&path, "another name", quoted(name), Some(hint.into()));
        }
        let earlier = self.0.insert(plain(name), (Arc::clone(name), path.clone()));
        // One that is the very same was refused already.
        if let Some((_, earlier)) = earlier.filter(|(other, _)| other != name) {
            let expected = "a name that differs from others in more than . _ ~ and -";
            let hint = format!("metrics write each of these as _ and would count it with {earlier}");
            report.error(&path, expected, quoted(name), Some(hint.into()));
        }
    }
}

/// Prometheus takes letters, digits and `_` only, and every exporter folds what is left to `_`.
fn plain(name: &str) -> String {
    name.chars().map(|character| if character.is_ascii_alphanumeric() { character } else { '_' }).collect()
}

/// What metrics write where there is no service.
const NO_SERVICE: &str = "none";

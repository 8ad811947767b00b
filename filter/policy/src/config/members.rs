//! Every member of the document, one table per object: what it holds, and what it is unless given.
//!
//! The decoder takes the names that it knows from here, so no member can be decoded and be missing; the
//! documentation of the document and its JSON Schema are made from here too.

/// One kind of object in the document.
#[derive(Debug)]
pub struct Object {
    /// Where it stands, such as `services[].routes[]`; empty for the document itself.
    pub place: &'static str,
    /// What it is, in one line.
    pub doc: &'static str,
    /// Its members, each once.
    pub members: &'static [Member],
    /// Members of which at least one must be there; empty: none must.
    pub one_of: &'static [&'static str],
}

/// One member of an object.
#[derive(Debug)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// What its value is.
    pub holds: Holds,
    /// Whether it may be left out.
    pub need: Need,
    /// What it means, in one line.
    pub doc: &'static str,
}

/// Whether a member may be left out. `null` counts as left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It must be there.
    Required,
    /// It may, and then is what this says, in Markdown; an empty text: nothing.
    Optional(&'static str),
}

/// What a member's value is.
#[derive(Debug, Clone, Copy)]
pub enum Holds {
    /// The number 1.
    One,
    /// `true` or `false`.
    Flag,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// One of these texts, or its place among them as a number that counts from 0, as Kong writes it.
    Numbered(&'static [&'static str]),
    /// 1 to 64 of `A-Z a-z 0-9 . _ ~ -`.
    Identifier,
    /// Text, 1 to 512 bytes without control characters.
    Text,
    /// An array of texts.
    Texts,
    /// Seconds since 1970.
    Time,
    /// A whole number.
    Count {
        /// From this one.
        least: i64,
        /// To this one.
        most: i64,
    },
    /// A JSON Web Key Set (RFC 7517).
    KeySet,
    /// An object whose members are arrays of texts.
    TextsByName,
    /// An object.
    Object(&'static Object),
    /// An array of objects.
    Objects(&'static Object),
    /// As [`Holds::Objects`], and at least one.
    SomeObjects(&'static Object),
    /// The name of a plugin that works.
    PluginName,
    /// The config of the plugin that stands beside it.
    PluginConfig,
    /// Nothing yet.
    Nothing,
}

impl Object {
    /// The names of its members.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + Clone + use<> {
        self.members.iter().map(|member| member.name)
    }
}

/// The document.
#[rustfmt::skip] // one member, one line
pub static DOCUMENT: Object = Object {
    place: "",
    doc: "where tokens come from, the services with their plugins, and who may use what",
    members: &[
        required("version", Holds::One, "the version of the document's form"),
        optional("engine", Holds::Choice(&["auto", "envoy", "nginx", "claimgate"]), "`auto`", "what runs the filter; one that contradicts what the filter finds is an error"),
        optional("realm", Holds::Identifier, "`default`", "a name for this set of services"),
        optional("audit", Holds::Choice(&["off", "denied", "all"]), "`denied`", "which requests get an audit line"),
        optional("log_claims", Holds::Choice(&["off", "denied", "all"]), "`off`", "whose claims stand in the audit line: of no request, of those that were or would have been refused, of every one"),
        optional("log_claims_names", Holds::Texts, "what decides about a token and names no person", "which claims those are, by their names at the top of the payload"),
        optional("body_tokens", Holds::Flag, "`false`", "your word that the listener hands bodies to a filter that holds the head; a token in a body needs it, response_mode form_post and logout_post_arg"),
        optional("state", Holds::Object(&STATE), "", "callers, and keys, are pushed into the engine's shared data; `consumers` and `applications` then stand there alone"),
        optional("origins", Holds::Objects(&ORIGIN), "", "by which names the engine calls identity providers: needed on Envoy, where a filter can call clusters only"),
        optional("sources", Holds::Objects(&SOURCE), "one for each issuer that a plugin names", "issuers of tokens"),
        optional("defaults", Holds::Object(&DEFAULTS), "", "what applies to every service"),
        required("services", Holds::SomeObjects(&SERVICE), "what is behind the filter, and what each asks of a token"),
        optional("consumers", Holds::Objects(&CONSUMER), "", "callers by name"),
        optional("consumer_groups", Holds::Objects(&CONSUMER_GROUP), "", "groups of consumers, which tokens may name"),
        optional("applications", Holds::Objects(&APPLICATION), "", "callers that are approved per service"),
    ],
    one_of: &[],
};

/// An issuer.
#[rustfmt::skip] // one member, one line
pub static SOURCE: Object = Object {
    place: "sources[]",
    doc: "an issuer and its keys",
    members: &[
        required("id", Holds::Identifier, "the name by which consumers and applications refer to it"),
        required("issuer", Holds::Text, "`iss` of its tokens, byte for byte: an http or https URL"),
        optional("tenants", Holds::Texts, "", "where `issuer` holds `{tenantid}`: the GUIDs of the tenants whose tokens are accepted"),
        optional("jwks", Holds::KeySet, "pushed, with `state`; fetched without", "its key set itself, as its `jwks_uri` answers it"),
        optional("discovery", Holds::Text, "`issuer` + `/.well-known/openid-configuration`", "URL of its discovery document, such as Entra's with `?appid=`; `common` stands for `{tenantid}` unless given"),
        optional("jwks_uri", Holds::Text, "as the discovery document says", "URL of its key set"),
        optional("extra_jwks_uris", Holds::Texts, "", "URLs of further key sets"),
        optional("refresh_seconds", Holds::Count { least: 5, most: 86_400 }, "`600`", "how often its keys are fetched again"),
        optional("stale_seconds", Holds::Count { least: 60, most: 2_592_000 }, "`86400`", "for how long keys are used that could not be fetched again"),
    ],
    one_of: &[],
};

/// An origin that is called.
pub static ORIGIN: Object = Object {
    place: "origins[]",
    doc: "the engine's name for an origin",
    members: &[
        required(
            "url",
            Holds::Text,
            "`https://host[:port]`, or `*` for every other; an http origin only where nobody on the way can change what comes from there",
        ),
        required("upstream", Holds::Text, "a cluster of Envoy's, or an upstream of this project's host"),
    ],
    one_of: &[],
};

/// Pushed state.
#[rustfmt::skip] // one member, one line
pub static STATE: Object = Object {
    place: "state",
    doc: "callers and keys in shared data, each sealed with a key that readers and writers share",
    members: &[
        required("key", Holds::Text, "that key: 32 random bytes as base64url without padding"),
        optional("feed", Holds::Object(&FEED), "", "where a publisher gets them; left out where something else writes them"),
    ],
    one_of: &[],
};

/// The feed of a publisher.
#[rustfmt::skip] // one member, one line
pub static FEED: Object = Object {
    place: "state.feed",
    doc: "pages of callers and keys, which the root id `claimgate_publisher` of the same module reads and writes into shared data",
    members: &[
        required("upstream", Holds::Text, "a cluster of Envoy's, an upstream of this project's host, or `host:port` on Kong's engine"),
        optional("authority", Holds::Text, "`upstream`", "the host that the requests name"),
        optional("path", Holds::Text, "`/`", "what stands in front of every page's name"),
        optional("first", Holds::Text, "`snapshot.json`", "the name of the first page"),
        optional("poll_seconds", Holds::Count { least: 1, most: 3600 }, "`1`", "seconds from one look for changes to the next"),
    ],
    one_of: &[],
};

/// A page of a feed.
#[rustfmt::skip] // one member, one line
pub static PAGE: Object = Object {
    place: "page",
    doc: "a page of a feed: callers and keys as in the document, those that went first",
    members: &[
        required("version", Holds::One, "the version of the page's form"),
        optional("removed", Holds::Object(&REMOVED), "", "callers that are no more, as they were written"),
        optional("consumers", Holds::Objects(&CONSUMER), "", "consumers that came or changed"),
        optional("applications", Holds::Objects(&APPLICATION), "", "applications that came or changed"),
        optional("keys", Holds::Objects(&PAGE_KEYS), "", "key sets that came or changed"),
        optional("complete", Holds::Flag, "`false`", "whether the load is whole with this page; what follows are changes"),
        required("next", Holds::Text, "the name of the next page, which need not be there yet"),
    ],
    one_of: &[],
};

/// Callers that are no more.
pub static REMOVED: Object = Object {
    place: "page.removed",
    doc: "callers that are no more",
    members: &[
        optional("consumers", Holds::Objects(&CONSUMER), "", "consumers"),
        optional("applications", Holds::Objects(&APPLICATION), "", "applications"),
    ],
    one_of: &[],
};

/// A key set that is pushed.
pub static PAGE_KEYS: Object = Object {
    place: "page.keys[]",
    doc: "the keys of a source",
    members: &[
        required("source", Holds::Identifier, "the source's id"),
        required("jwks", Holds::KeySet, "its key set"),
    ],
    one_of: &[],
};

/// Plugins that apply where a service has none of their name.
#[rustfmt::skip] // one member, one line
pub static DEFAULTS: Object = Object {
    place: "defaults",
    doc: "what applies to every service",
    members: &[
        optional("plugins", Holds::Objects(&PLUGIN), "", "plugins that apply where a service has none of that name"),
    ],
    one_of: &[],
};

/// A service.
#[rustfmt::skip] // one member, one line
pub static SERVICE: Object = Object {
    place: "services[]",
    doc: "a service, with an `id` or a `name`, which then stands for both",
    members: &[
        optional("id", Holds::Identifier, "`name`", "what registrations refer to"),
        optional("name", Holds::Identifier, "`id`", "the name in logs and counters"),
        optional("enforcement", Holds::Choice(&["enforce", "report"]), "`enforce`", "`report` forwards what would be refused, without identity headers, and says so in the audit line"),
        optional("routes", Holds::Objects(&ROUTE), "", "which requests are for it; a lone service without routes takes every request"),
        optional("plugins", Holds::Objects(&PLUGIN), "", "what it asks of a token"),
    ],
    one_of: &["id", "name"],
};

/// A route.
#[rustfmt::skip] // one member, one line
pub static ROUTE: Object = Object {
    place: "services[].routes[]",
    doc: "a route, as Kong's: every attribute that is given must match, and one must be given",
    members: &[
        optional("id", Holds::Identifier, "`name`", "its id"),
        optional("name", Holds::Identifier, "`id`", "the name in logs"),
        optional("hosts", Holds::Texts, "any", "`example.com`, `*.example.com` or `example.*`, without a port"),
        optional("paths", Holds::Texts, "any", "prefixes, such as `/orders`; no regular expressions yet"),
        optional("methods", Holds::Texts, "any", "methods in upper case"),
        optional("headers", Holds::TextsByName, "any", "for each name, values of which the request must have one"),
        optional("plugins", Holds::Objects(&PLUGIN), "", "plugins that apply here instead of the service's of that name"),
    ],
    one_of: &["id", "name"],
};

/// A plugin.
#[rustfmt::skip] // one member, one line
pub static PLUGIN: Object = Object {
    place: "plugins[]",
    doc: "a plugin of a service, of a route or of `defaults`",
    members: &[
        required("name", Holds::PluginName, "the plugin; each name once, but for `openid-connect`: once per issuer"),
        required("config", Holds::PluginConfig, "its keys, as below"),
    ],
    one_of: &[],
};

/// A consumer.
#[rustfmt::skip] // one member, one line
pub static CONSUMER: Object = Object {
    place: "consumers[]",
    doc: "a consumer, by values that tokens may hold",
    members: &[
        optional("id", Holds::Text, "", "its id"),
        optional("username", Holds::Text, "", "its name"),
        optional("custom_id", Holds::Text, "", "its name elsewhere, such as a client id"),
        optional("source", Holds::Text, "the only one", "the source whose tokens name it"),
        optional("groups", Holds::Texts, "", "the groups that it is in, for acl"),
        optional("consumer_groups", Holds::Texts, "", "the consumer groups that it is in"),
    ],
    one_of: &["username", "custom_id"],
};

/// An application.
#[rustfmt::skip] // one member, one line
pub static APPLICATION: Object = Object {
    place: "applications[]",
    doc: "an application, and the services that it may use",
    members: &[
        required("id", Holds::Text, "its id"),
        optional("name", Holds::Text, "`id`", "its name"),
        optional("custom_id", Holds::Text, "", "the value that the consumer claim of its tokens holds, such as a client id"),
        optional("client_id", Holds::Text, "", "its client id, which is its API key where a service has key-auth"),
        optional("source", Holds::Text, "the only one", "the source whose tokens name it"),
        optional("consumer", Holds::Object(&OWN_CONSUMER), "", "the consumer that it is to the upstream"),
        optional("registrations", Holds::Objects(&REGISTRATION), "", "the services that it may use, or asked for"),
    ],
    one_of: &[],
};

/// The consumer of an application.
#[rustfmt::skip] // one member, one line
pub static OWN_CONSUMER: Object = Object {
    place: "applications[].consumer",
    doc: "the consumer that an application is to the upstream",
    members: &[
        optional("id", Holds::Text, "the application's", "its id"),
        optional("username", Holds::Text, "", "its name"),
        optional("groups", Holds::Texts, "", "the groups that it is in, for acl, beside the ids of the services that it may use"),
        optional("consumer_groups", Holds::Texts, "", "the consumer groups that it is in"),
    ],
    one_of: &[],
};

/// A group of consumers.
#[rustfmt::skip] // one member, one line
pub static CONSUMER_GROUP: Object = Object {
    place: "consumer_groups[]",
    doc: "a group of consumers",
    members: &[
        optional("id", Holds::Text, "", "its id"),
        required("name", Holds::Text, "its name, by which tokens and consumers refer to it"),
    ],
    one_of: &[],
};

/// A registration.
#[rustfmt::skip] // one member, one line
pub static REGISTRATION: Object = Object {
    place: "applications[].registrations[]",
    doc: "one service that an application may use, or asked for",
    members: &[
        required("service", Holds::Text, "the id or name of the service"),
        required("status", Holds::Numbered(&["approved", "pending", "rejected", "revoked"]), "where it stands, or Kong's 0 to 3; only `approved` lets requests through"),
        optional("suspended", Holds::Flag, "`false`", "refuse for now, whatever the status"),
        optional("expires_at", Holds::Time, "never", "from then on refuse; seconds since 1970"),
    ],
    one_of: &[],
};

/// A claim that is handed on in a header, in openid-connect's `upstream_headers` and `downstream_headers`.
pub static CLAIM_HEADER: Object = Object {
    place: "upstream_headers[]",
    doc: "a claim that is handed on in a header",
    members: &[
        required("header", Holds::Text, "the header's name"),
        required("path", Holds::Texts, "path of the claim"),
    ],
    one_of: &[],
};

const fn required(name: &'static str, holds: Holds, doc: &'static str) -> Member {
    Member { name, holds, need: Need::Required, doc }
}

const fn optional(name: &'static str, holds: Holds, unless: &'static str, doc: &'static str) -> Member {
    Member { name, holds, need: Need::Optional(unless), doc }
}

#[cfg(test)]
mod tests;

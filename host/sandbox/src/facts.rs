//! What the embedder knows of a stream before its first header. Feeds the properties.

/// Facts of one stream. Empty text means unknown, and a guest that asks gets NOT_FOUND.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StreamFacts {
    /// The client, as `address:port`.
    pub source_address: String,
    /// The address that the client reached, as `address:port`.
    pub destination_address: String,
    /// `HTTP/1.1`, `HTTP/2`.
    pub protocol: String,
    /// `http` or `https`.
    pub scheme: String,
    /// Names the request in logs.
    pub request_id: String,
    /// The route that was chosen.
    pub route_name: String,
    /// The service (Envoy: cluster) behind the route.
    pub service_name: String,
    /// The upstream, as `address:port`, if it is known already.
    pub upstream_address: String,
    /// When the request began: nanoseconds since the Unix epoch.
    pub start_unix_nanos: u64,
    /// Numbers the client's connections.
    pub connection_id: u64,
    /// How the client's connection is secured; `None` without TLS.
    pub tls: Option<TlsFacts>,
}

/// The TLS side of a client's connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsFacts {
    /// `TLSv1.3`.
    pub version: String,
    /// The name that the client asked for (SNI).
    pub server_name: String,
    /// Whether the client showed a certificate that was verified.
    pub mutual: bool,
    /// SHA-256 of the client's certificate, in hexadecimal.
    pub peer_certificate_sha256: String,
    /// The subject of the client's certificate.
    pub peer_subject: String,
    /// The first URI among the certificate's alternative names.
    pub peer_uri_san: String,
}

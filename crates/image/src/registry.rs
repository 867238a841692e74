//! A registry's version 2 interface: manifests and blobs over HTTP, with tokens, resumed where the line broke.

mod answer;
mod challenge;
mod download;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use ureq::{
    Agent,
    http::{Response, StatusCode},
    tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig},
};

use crate::{Credentials, Digest, Error, Reference, blob::Blob, limits, manifest::Descriptor, store::Store};

use self::{challenge::Challenge, download::Download};

/// How a registry is spoken to.
#[derive(Debug, Clone, Default)]
pub struct RegistryOptions {
    /// Who we are.
    pub credentials: Option<Credentials>,
    /// Speak HTTP without TLS. Registries on this machine are spoken to that way without being told, unless they want TLS.
    pub plain_http: bool,
    /// Take any certificate.
    pub insecure: bool,
    /// Certificates to trust instead of the system's, in PEM.
    pub ca_file: Option<PathBuf>,
    /// Our certificate and its key, in PEM.
    pub client_cert: Option<(PathBuf, PathBuf)>,
}

const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";
const SYSTEM_CERTIFICATES: &[&str] =
    &["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// One repository of a registry.
#[derive(Clone)]
pub(crate) struct Registry {
    agent: Agent,
    base: String,
    reference: Reference,
    credentials: Option<Credentials>,
    authorization: Arc<Mutex<Option<String>>>,
}

impl Registry {
    pub(crate) fn new(reference: Reference, options: &RegistryOptions) -> Result<Self, Error> {
        let host = reference.host();
        let agent = agent(options)?;
        let asks_for_tls = options.insecure || options.ca_file.is_some() || options.client_cert.is_some();
        let is_plain = options.plain_http || is_local(host) && !asks_for_tls && !wants_tls(&agent, host);
        let scheme = if is_plain { "http" } else { "https" };
        let base = format!("{scheme}://{host}/v2/{}", reference.repository);
        let credentials = options.credentials.clone();
        Ok(Self { agent, base, reference, credentials, authorization: Arc::default() })
    }

    /// The digest behind a tag, and the manifest itself.
    pub(crate) fn manifest(&self) -> Result<(Descriptor, Vec<u8>), Error> {
        let wanted = self.reference.wanted();
        let bytes = self.manifest_bytes(wanted)?;
        let digest = match &self.reference.digest {
            Some(digest) => digest.clone(),
            None => Digest::sha256(&bytes),
        };
        let found = digest.same_kind(&bytes);
        if found != digest {
            return Err(Error::Digest { what: format!("manifest {wanted}"), expected: digest, found });
        }
        Ok((Descriptor::bare(digest), bytes))
    }

    fn manifest_bytes(&self, wanted: &str) -> Result<Vec<u8>, Error> {
        let url = format!("{}/manifests/{wanted}", self.base);
        let response = self.get(&url, None)?;
        let stream =
            Box::new(response.into_body().into_with_config().limit(limits::MANIFEST_BYTES_MAX + 1).reader());
        Blob::Stream(stream).bytes(&url, limits::MANIFEST_BYTES_MAX)
    }

    /// Asks; signs in if the registry wants that; anything but success is an error.
    fn get(&self, url: &str, from: Option<u64>) -> Result<Response<ureq::Body>, Error> {
        let mut response = self.ask(url, from)?;
        if response.status() == StatusCode::UNAUTHORIZED {
            self.sign_in(url, &response)?;
            response = self.ask(url, from)?;
        }
        let fine = response.status().is_success()
            && (from.is_none() || response.status() == StatusCode::PARTIAL_CONTENT);
        if fine { Ok(response) } else { Err(answer::refused(url, response)) }
    }

    fn ask(&self, url: &str, from: Option<u64>) -> Result<Response<ureq::Body>, Error> {
        let mut request = self.agent.get(url).header("Accept", ACCEPT);
        if let Some(authorization) = self.authorization.lock().unwrap_or_else(|bad| bad.into_inner()).as_ref()
        {
            request = request.header("Authorization", authorization);
        }
        if let Some(from) = from {
            request = request.header("Range", format!("bytes={from}-"));
        }
        request.call().map_err(|error| unreachable(url, &error))
    }

    fn sign_in(&self, url: &str, response: &Response<ureq::Body>) -> Result<(), Error> {
        let offered =
            response.headers().get_all("www-authenticate").iter().filter_map(|header| header.to_str().ok());
        let challenge = offered.filter_map(Challenge::parse).next();
        let refuse =
            |why: &str| Error::Registry { url: url.to_owned(), why: why.to_owned(), status: Some(401) };
        let authorization = match (challenge, &self.credentials) {
            (Some(Challenge::Basic), Some(credentials)) => format!("Basic {}", credentials.basic()),
            (Some(Challenge::Basic), None) => return Err(refuse("a name and a password are wanted")),
            (Some(Challenge::Bearer(bearer)), _) => {
                let scope = bearer
                    .scope
                    .clone()
                    .unwrap_or_else(|| format!("repository:{}:pull", self.reference.repository));
                let safe = bearer.realm.starts_with("https://") || self.base.starts_with("http://");
                let credentials = self.credentials.as_ref().filter(|_| safe);
                format!("Bearer {}", bearer.token(&self.agent, &scope, credentials)?)
            }
            (None, _) => return Err(refuse("the registry refuses and does not say how to sign in")),
        };
        *self.authorization.lock().unwrap_or_else(|bad| bad.into_inner()) = Some(authorization);
        Ok(())
    }
}

impl Store for Registry {
    fn blob(&self, digest: &Digest) -> Result<Blob, Error> {
        let url = format!("{}/blobs/{digest}", self.base);
        match Download::start(self.clone(), url) {
            Ok(download) => Ok(Blob::Stream(Box::new(download))),
            // An index names manifests by digest, and those are asked for at another address.
            Err(Error::Registry { status: Some(404), .. }) => {
                let bytes = self.manifest_bytes(digest.as_str())?;
                Ok(Blob::Stream(Box::new(std::io::Cursor::new(bytes))))
            }
            Err(error) => Err(error),
        }
    }
}

fn is_local(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name == "localhost"
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        || name == "[::1]"
}

/// Whether a server takes a plain question for a broken TLS handshake, as servers that speak TLS do: with 400.
fn wants_tls(agent: &Agent, host: &str) -> bool {
    let answer = agent.get(format!("http://{host}/v2/")).call();
    answer.is_ok_and(|response| response.status() == StatusCode::BAD_REQUEST)
}

fn agent(options: &RegistryOptions) -> Result<Agent, Error> {
    let mut tls = TlsConfig::builder().disable_verification(options.insecure);
    if let Some(roots) = roots(options)? {
        tls = tls.root_certs(roots);
    }
    if let Some((certificate, key)) = &options.client_cert {
        let chain = certificates(&pem(certificate)?);
        let key = PrivateKey::from_pem(&pem(key)?)
            .map_err(|error| Error::malformed(key.display().to_string(), error.to_string()))?;
        tls = tls.client_cert(Some(ClientCert::new_with_certs(&chain, key)));
    }
    let config = Agent::config_builder()
        .tls_config(tls.build())
        .http_status_as_error(false)
        .user_agent(concat!("yagura/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(Duration::from_secs(15)))
        .timeout_recv_response(Some(Duration::from_secs(60)))
        .timeout_per_read(Some(Duration::from_secs(60)))
        .max_redirects(5)
        .build();
    Ok(config.new_agent())
}

fn roots(options: &RegistryOptions) -> Result<Option<RootCerts>, Error> {
    if let Some(file) = &options.ca_file {
        let found = certificates(&pem(file)?);
        if found.is_empty() {
            return Err(Error::malformed(file.display().to_string(), "holds no certificate in PEM"));
        }
        return Ok(Some(RootCerts::new_with_certs(&found)));
    }
    let system = SYSTEM_CERTIFICATES.iter().find_map(|path| pem(std::path::Path::new(path)).ok());
    let found = system.map(|text| certificates(&text)).unwrap_or_default();
    Ok((!found.is_empty()).then(|| RootCerts::new_with_certs(&found)))
}

fn pem(path: &std::path::Path) -> Result<Vec<u8>, Error> {
    Blob::Range(crate::blob::FileRange::open(path)?)
        .bytes(&path.display().to_string(), limits::ANSWER_BYTES_MAX)
}

fn certificates(text: &[u8]) -> Vec<Certificate<'static>> {
    let items = ureq::tls::parse_pem(text).filter_map(Result::ok);
    items.filter_map(|item| if let PemItem::Certificate(found) = item { Some(found) } else { None }).collect()
}

fn unreachable(url: &str, error: &ureq::Error) -> Error {
    let mut why = crate::layer::sentence(error);
    if why.contains("CaUsedAsEndEntity") {
        "its certificate is an authority's own (CA:TRUE), which may not be a server's; have that authority sign one for \
         the server, or take any certificate with --insecure"
            .clone_into(&mut why);
    }
    Error::Registry { url: url.to_owned(), why, status: None }
}

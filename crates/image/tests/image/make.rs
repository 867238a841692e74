//! Makes tars, archives and layouts.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use yagura_image::Digest;

/// Builds a tar entry by entry.
#[derive(Default, Clone)]
pub struct Tar(pub Vec<u8>);

impl Tar {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn file(self, name: &str, body: &[u8]) -> Self {
        self.entry(name, b'0', "", body)
    }

    pub fn folder(self, name: &str) -> Self {
        self.entry(name, b'5', "", b"")
    }

    pub fn symlink(self, name: &str, target: &str) -> Self {
        self.entry(name, b'2', target, b"")
    }

    pub fn hardlink(self, name: &str, target: &str) -> Self {
        self.entry(name, b'1', target, b"")
    }

    /// A pax header before the next entry.
    pub fn pax(self, records: &[u8]) -> Self {
        self.entry("pax", b'x', "", records)
    }

    /// A GNU long name before the next entry.
    pub fn long_name(self, name: &str) -> Self {
        let body = [name.as_bytes(), b"\0"].concat();
        self.entry("././@LongLink", b'L', "", &body)
    }

    pub fn entry(mut self, name: &str, kind: u8, link: &str, body: &[u8]) -> Self {
        self.0.extend_from_slice(&header(name, kind, link, body.len() as u64));
        self.0.extend_from_slice(body);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// The whole tar with its end.
    pub fn end(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 1024, 0);
        self.0
    }
}

pub fn header(name: &str, kind: u8, link: &str, size: u64) -> [u8; 512] {
    let mut block = [0; 512];
    let mut put = |at: usize, text: &[u8]| block[at..at + text.len()].copy_from_slice(text);
    put(0, name.as_bytes());
    put(100, b"0000755\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, &[kind]);
    put(157, link.as_bytes());
    put(257, b"ustar\x0000");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Gzip in two members.
pub fn gzip_members(bytes: &[u8]) -> Vec<u8> {
    let (first, second) = bytes.split_at(bytes.len() / 2);
    [gzip(first), gzip(second)].concat()
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// The blobs of an image: configuration, layers, manifest; and the manifest's descriptor.
pub struct Blobs {
    pub blobs: Vec<(Digest, Vec<u8>)>,
    pub manifest: Digest,
    pub config: Digest,
    pub layers: Vec<Digest>,
}

/// An image whose layers are packed by `pack`.
pub fn blobs(layers: &[Vec<u8>], pack: fn(&[u8]) -> Vec<u8>) -> Blobs {
    let packed: Vec<(Digest, Vec<u8>)> = layers
        .iter()
        .map(|layer| {
            let bytes = pack(layer);
            (Digest::sha256(&bytes), bytes)
        })
        .collect();
    let config = config(layers).into_bytes();
    let config_digest = Digest::sha256(&config);
    let described: Vec<String> = packed
        .iter()
        .map(|(digest, bytes)| {
            format!(r#"{{"mediaType":"layer","digest":"{digest}","size":{}}}"#, bytes.len())
        })
        .collect();
    let manifest = format!(
        r#"{{"schemaVersion":2,"config":{{"mediaType":"c","digest":"{config_digest}","size":{}}},"layers":[{}]}}"#,
        config.len(),
        described.join(",")
    );
    let digest = Digest::sha256(manifest.as_bytes());
    let layers = packed.iter().map(|(digest, _)| digest.clone()).collect();
    let mut blobs = packed;
    blobs.push((config_digest.clone(), config));
    blobs.push((digest.clone(), manifest.into_bytes()));
    Blobs { blobs, manifest: digest, config: config_digest, layers }
}

pub fn config(layers: &[Vec<u8>]) -> String {
    let ids: Vec<String> = layers.iter().map(|layer| format!("\"{}\"", Digest::sha256(layer))).collect();
    let steps: Vec<String> = (0..layers.len()).map(|n| format!(r#"{{"created_by":"step {n}"}}"#)).collect();
    format!(
        r#"{{"architecture":"amd64","os":"linux","rootfs":{{"type":"layers","diff_ids":[{}]}},"history":[{{"created_by":"ENV","empty_layer":true}},{}]}}"#,
        ids.join(","),
        steps.join(",")
    )
}

pub fn index(manifest: &Digest) -> String {
    format!(
        r#"{{"schemaVersion":2,"manifests":[{{"mediaType":"m","digest":"{manifest}","size":1,"annotations":{{"org.opencontainers.image.ref.name":"v1"}}}}]}}"#
    )
}

/// An OCI layout in a folder.
pub fn layout(folder: &Path, blobs: &Blobs) {
    std::fs::create_dir_all(folder.join("blobs/sha256")).unwrap();
    std::fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    std::fs::write(folder.join("index.json"), index(&blobs.manifest)).unwrap();
    for (digest, bytes) in &blobs.blobs {
        std::fs::write(folder.join("blobs/sha256").join(digest.hex()), bytes).unwrap();
    }
}

/// An OCI layout in a tar.
pub fn layout_tar(blobs: &Blobs) -> Vec<u8> {
    let mut tar = Tar::new().file("oci-layout", b"{}").file("index.json", index(&blobs.manifest).as_bytes());
    for (digest, bytes) in &blobs.blobs {
        tar = tar.file(&format!("blobs/sha256/{}", digest.hex()), bytes);
    }
    tar.end()
}

/// What `docker save` wrote for years.
pub fn docker_old(layers: &[Vec<u8>]) -> Vec<u8> {
    let names: Vec<String> = (0..layers.len()).map(|n| format!("layer{n}/layer.tar")).collect();
    let manifest = format!(r#"[{{"Config":"c.json","RepoTags":["a:v1"],"Layers":{names:?}}}]"#);
    let mut tar = Tar::new();
    for (name, layer) in names.iter().zip(layers) {
        tar = tar.folder(name.split('/').next().unwrap()).file(name, layer);
    }
    tar.file("c.json", config(layers).as_bytes()).file("manifest.json", manifest.as_bytes()).end()
}

/// What it writes today: an OCI layout with a `manifest.json`.
pub fn docker_new(layers: &[Vec<u8>]) -> Vec<u8> {
    let blobs = blobs(layers, <[u8]>::to_vec);
    let names: Vec<String> = blobs.layers.iter().map(|d| format!("blobs/sha256/{}", d.hex())).collect();
    let config = format!("blobs/sha256/{}", blobs.config.hex());
    let manifest = format!(r#"[{{"Config":"{config}","RepoTags":["a:v1"],"Layers":{names:?}}}]"#);
    let mut tar = layout_tar(&blobs);
    tar.truncate(tar.len() - 1024);
    Tar(tar).file("manifest.json", manifest.as_bytes()).end()
}

/// Writes a file into a folder and tells its path.
pub fn save(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// 300,000 bytes that no packing makes smaller.
pub fn noise() -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..300_000).map(next).collect()
}

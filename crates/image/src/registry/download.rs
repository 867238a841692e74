//! A blob on its way: a broken line is taken up where it broke.

use std::io::{self, Read};

use ureq::{BodyReader, http::Response};

use crate::{Error, limits};

use super::Registry;

/// Reads a blob from a registry.
pub(super) struct Download {
    registry: Registry,
    url: String,
    reader: BodyReader<'static>,
    position: u64,
    size: Option<u64>,
    resumes: u32,
}

impl Download {
    pub(super) fn start(registry: Registry, url: String) -> Result<Self, Error> {
        let response = registry.get(&url, None)?;
        let size = size(&response);
        let reader = reader(response);
        Ok(Self { registry, url, reader, position: 0, size, resumes: 0 })
    }

    fn resume(&mut self, broken: io::Error) -> io::Result<()> {
        if self.resumes >= limits::RESUMES_MAX {
            return Err(broken);
        }
        self.resumes += 1;
        match self.registry.get(&self.url, Some(self.position)) {
            Ok(response) => {
                self.reader = reader(response);
                Ok(())
            }
            Err(_) => Err(broken),
        }
    }
}

impl Read for Download {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let broken = match self.reader.read(buffer) {
                Ok(0) if !buffer.is_empty() && self.size.is_some_and(|size| self.position < size) => {
                    io::Error::new(io::ErrorKind::UnexpectedEof, "the registry closed the connection early")
                }
                Ok(count) => {
                    self.position += count as u64;
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            self.resume(broken)?;
        }
    }
}

fn size(response: &Response<ureq::Body>) -> Option<u64> {
    response.headers().get("content-length")?.to_str().ok()?.parse().ok()
}

fn reader(response: Response<ureq::Body>) -> BodyReader<'static> {
    response.into_body().into_with_config().limit(u64::MAX).reader()
}

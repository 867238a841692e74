//! From blocks to entries: names put together, damage reported, bodies offered.

use std::io;

use crate::{
    control::{Control, Stop},
    entry::{Problem, ProblemKind},
    limits, path,
    tar::{BLOCK, Header, Kind, Source, pax::Pax},
};

/// An entry of a tar before anybody decided what it means for a layer.
pub(crate) struct Extended<'a> {
    /// Clean path.
    pub(crate) path: &'a str,
    /// Link target as written.
    pub(crate) link: &'a str,
    pub(crate) kind: Kind,
    pub(crate) size: u64,
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// Where the body starts.
    pub(crate) offset: u64,
}

/// Gets each entry; may read its body from the source, which is put behind it afterwards.
pub(crate) trait Reader<S: Source> {
    fn entry(&mut self, entry: &Extended, source: &mut S) -> io::Result<()>;
    fn problem(&mut self, problem: Problem);
}

/// How a walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// By the mark at the end, or exactly after an entry.
    Whole,
    /// Too early, or by a ceiling; a problem was reported.
    Early,
}

/// Walks a tar from where the source stands.
pub(crate) fn walk<S: Source>(source: &mut S, reader: &mut impl Reader<S>, control: &Control) -> Ended {
    let mut walk = Walk::default();
    loop {
        match walk.step(source, reader, control) {
            Ok(Step::Next) => {}
            Ok(Step::End) => return Ended::Whole,
            Err(problem) => {
                reader.problem(problem);
                return Ended::Early;
            }
        }
    }
}

enum Step {
    Next,
    End,
}

#[derive(Default)]
struct Walk {
    pax: Pax,
    global: Pax,
    long_name: Option<Vec<u8>>,
    long_link: Option<Vec<u8>>,
    raw: Vec<u8>,
    path: String,
    link: String,
    /// Where damage began, while blocks are skipped to find the next header.
    lost_at: Option<u64>,
    seen: u64,
}

impl Walk {
    fn step<S: Source>(
        &mut self,
        source: &mut S,
        reader: &mut impl Reader<S>,
        control: &Control,
    ) -> Result<Step, Problem> {
        let at = source.position();
        let mut block = [0; BLOCK];
        let count = source.fill(&mut block).map_err(|error| unreadable(&error, at))?;
        if count == 0 && (self.seen > 0 || at == 0) {
            return self.end(at, reader);
        }
        if count < BLOCK {
            return Err(Problem::new(ProblemKind::Truncated, "the archive ends inside a header").offset(at));
        }
        let Some(header) = Header::parse(&block) else {
            if block.iter().all(|byte| *byte == 0) {
                return if self.lost_at.is_some() { Ok(Step::Next) } else { Ok(Step::End) };
            }
            self.lost_at.get_or_insert(at);
            control.time().map_err(|stop| stopped(&stop, control, at))?;
            return Ok(Step::Next);
        };
        if let Some(lost) = self.lost_at.take() {
            let message = format!("no header where one was due; went on at byte {at}");
            reader.problem(Problem::new(ProblemKind::Corrupt, message).offset(lost));
        }
        self.seen += 1;
        self.header(&header, source, reader, control)
    }

    fn end<S: Source>(&mut self, at: u64, reader: &mut impl Reader<S>) -> Result<Step, Problem> {
        if let Some(lost) = self.lost_at.take() {
            return Err(Problem::new(ProblemKind::Corrupt, "no header from here to the end").offset(lost));
        }
        if self.seen == 0 {
            reader.problem(Problem::new(ProblemKind::Truncated, "the archive is empty").offset(at));
        }
        Ok(Step::End)
    }

    fn header<S: Source>(
        &mut self,
        header: &Header,
        source: &mut S,
        reader: &mut impl Reader<S>,
        control: &Control,
    ) -> Result<Step, Problem> {
        let at = source.position() - BLOCK as u64;
        let kind = header.kind();
        let size =
            self.pax.size.or(self.global.size).filter(|_| kind == Kind::File).or_else(|| header.size());
        let Some(size) = size.filter(|size| *size <= i64::MAX as u64) else {
            reader.problem(Problem::new(ProblemKind::Corrupt, "an entry's size is no number").offset(at));
            self.forget();
            return Ok(Step::Next);
        };
        match kind {
            Kind::LongName => {
                self.long_name = self.extra(size, limits::PATH_BYTES_MAX as u64 + 1, source, reader)?
            }
            Kind::LongLink => {
                self.long_link = self.extra(size, limits::PATH_BYTES_MAX as u64 + 1, source, reader)?
            }
            Kind::Pax | Kind::PaxGlobal => {
                let records = self.extra(size, limits::PAX_BYTES_MAX, source, reader)?.unwrap_or_default();
                let into = if kind == Kind::Pax { &mut self.pax } else { &mut self.global };
                if !into.read(&records) {
                    let message = "an extended header is damaged";
                    reader.problem(Problem::new(ProblemKind::Corrupt, message).offset(at));
                }
            }
            _ => {
                control.entry().map_err(|stop| stopped(&stop, control, at))?;
                self.body(header, kind, size, source, reader)?;
                self.forget();
            }
        }
        Ok(Step::Next)
    }

    /// The body of a header that describes the next one.
    fn extra<S: Source>(
        &mut self,
        size: u64,
        max: u64,
        source: &mut S,
        reader: &mut impl Reader<S>,
    ) -> Result<Option<Vec<u8>>, Problem> {
        let at = source.position();
        if size > max {
            let message = format!("an extended header of {size} bytes was left out");
            reader.problem(Problem::new(ProblemKind::Limit, message).offset(at));
            seek(source, at, size)?;
            return Ok(None);
        }
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
        let count = source.fill(&mut bytes).map_err(|error| unreadable(&error, at))?;
        if count < bytes.len() {
            return Err(truncated(at));
        }
        seek(source, at, size)?;
        if let Some(end) = bytes.iter().position(|byte| *byte == 0).filter(|_| max > limits::PAX_BYTES_MAX) {
            bytes.truncate(end);
        }
        Ok(Some(bytes))
    }

    fn body<S: Source>(
        &mut self,
        header: &Header,
        kind: Kind,
        size: u64,
        source: &mut S,
        reader: &mut impl Reader<S>,
    ) -> Result<(), Problem> {
        let at = source.position();
        self.names(header, at, reader);
        let carries = matches!(kind, Kind::File | Kind::Sparse);
        let mut kind = kind;
        if kind == Kind::Sparse {
            sparse_map(header, source, at)?;
        } else if kind == Kind::File && (self.pax.sparse || self.global.sparse) {
            kind = Kind::Sparse;
        }
        let offset = source.position();
        let entry = Extended {
            path: &self.path,
            link: &self.link,
            kind,
            size: if carries { size } else { 0 },
            mode: header.mode(),
            uid: header.uid(),
            gid: header.gid(),
            offset,
        };
        reader.entry(&entry, source).map_err(|error| unreadable(&error, offset).path(self.path.as_str()))?;
        // Links and folders carry a size in some old archives, never a body.
        let body = if carries || kind == Kind::Other && size > 0 { size } else { 0 };
        seek(source, offset, body).map_err(|problem| problem.path(self.path.as_str()))
    }

    fn names<S: Source>(&mut self, header: &Header, at: u64, reader: &mut impl Reader<S>) {
        header.name(&mut self.raw);
        let name = self.pax.path.as_ref().or(self.long_name.as_ref()).or(self.global.path.as_ref());
        let clean = path::clean(name.map_or(self.raw.as_slice(), |name| trim(name)), &mut self.path);
        let link = self.pax.link.as_ref().or(self.long_link.as_ref());
        let link = link.map_or(header.link(), |link| trim(link));
        self.link.clear();
        self.link.push_str(&String::from_utf8_lossy(&link[..link.len().min(limits::PATH_BYTES_MAX)]));
        if clean.escapes {
            let message = "the name climbs above its root; it counts where it would land inside";
            reader.problem(Problem::new(ProblemKind::Escape, message).offset(at).path(self.path.as_str()));
        }
        if clean.too_long {
            let path: String = self.path.chars().take(200).collect();
            let message = format!("the name is longer than {} bytes and was cut", limits::PATH_BYTES_MAX);
            reader.problem(Problem::new(ProblemKind::Limit, message).offset(at).path(path));
        }
    }

    fn forget(&mut self) {
        if self.pax != Pax::default() {
            self.pax = Pax::default();
        }
        self.long_name = None;
        self.long_link = None;
    }
}

fn trim(name: &[u8]) -> &[u8] {
    let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
    &name[..end]
}

/// Further blocks of GNU's old map of holes.
fn sparse_map<S: Source>(header: &Header, source: &mut S, at: u64) -> Result<(), Problem> {
    let mut more = header.sparse_continues();
    while more {
        let mut block = [0; BLOCK];
        if source.fill(&mut block).map_err(|error| unreadable(&error, at))? < BLOCK {
            return Err(truncated(at));
        }
        more = block[504] != 0;
    }
    Ok(())
}

/// Puts the source behind a body and its padding.
fn seek<S: Source>(source: &mut S, start: u64, size: u64) -> Result<(), Problem> {
    let end = start + size.next_multiple_of(BLOCK as u64);
    let left = end.saturating_sub(source.position());
    let skipped = source.skip(left).map_err(|error| unreadable(&error, start))?;
    // The last body's padding may be missing.
    if source.position() < start + size || skipped < left && left - skipped >= BLOCK as u64 {
        return Err(truncated(start));
    }
    Ok(())
}

fn truncated(at: u64) -> Problem {
    Problem::new(ProblemKind::Truncated, "the archive ends inside an entry").offset(at)
}

fn unreadable(error: &io::Error, at: u64) -> Problem {
    let kind = match error.kind() {
        io::ErrorKind::UnexpectedEof => ProblemKind::Truncated,
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => ProblemKind::Corrupt,
        io::ErrorKind::QuotaExceeded => ProblemKind::Limit,
        _ => ProblemKind::Unreadable,
    };
    Problem::new(kind, error.to_string()).offset(at)
}

fn stopped(stop: &Stop, control: &Control, at: u64) -> Problem {
    Problem::new(ProblemKind::Limit, stop.message(control.limits)).offset(at)
}

//! `PATH` records: each name a call was given, and the folder in which it made or removed one.

use super::{AuditRecord, encode};
use crate::{ArgName, ArgValue, Event, EventKind};

// Falco's own bit among open's flags: the call made the file.
const CREATED: i64 = 1 << 32;
// O_CREAT and O_EXCL: the call makes the file or fails.
const MAKES: i64 = 0o100 | 0o200;
const ENOENT: i64 = -2;

/// A name, and what it is to the call.
struct Item<'e> {
    name: &'e str,
    kind: &'static str,
    inode: Option<(u64, u64)>,
}

/// The records, numbered.
pub(super) fn records(event: &Event) -> Vec<AuditRecord> {
    let items = items(event);
    let record = |(index, item): (usize, &Item<'_>)| {
        let mut record = AuditRecord::new("PATH", event);
        record.field("item", index);
        record.field("name", encode::text(item.name.as_bytes()));
        if let Some((device, inode)) = item.inode.filter(|(_, inode)| *inode != 0) {
            record.field("inode", inode);
            record.field("dev", encode::device(device));
        }
        record.field("nametype", item.kind);
        record
    };
    items.iter().enumerate().map(record).collect()
}

fn items(event: &Event) -> Vec<Item<'_>> {
    use ArgName as A;
    use EventKind as K;
    let given = |name: ArgName, kind| text(event, name).map(|name| Item { name, kind, inode: None });
    let plain = if event.result == ENOENT { "UNKNOWN" } else { "NORMAL" };
    let in_folder = |name: ArgName, kind| {
        let item = given(name, kind);
        let parent = item.as_ref().map(|item| parent(item.name));
        [parent, item]
    };
    match event.kind {
        K::Open | K::Openat | K::Openat2 | K::Creat | K::OpenByHandleAt => opened(event, plain),
        K::Execve | K::Execveat => {
            let file = &event.process.exe_file;
            let inode = Some((file.device, file.inode)).filter(|_| event.succeeded());
            given(A::Filename, plain).map(|item| Item { inode, ..item }).into_iter().collect()
        }
        K::Unlink | K::Rmdir => in_folder(A::Path, "DELETE").into_iter().flatten().collect(),
        K::Unlinkat => in_folder(A::Name, "DELETE").into_iter().flatten().collect(),
        K::Mkdir | K::Mkdirat | K::Mknod | K::Mknodat => {
            in_folder(A::Path, "CREATE").into_iter().flatten().collect()
        }
        K::Rename | K::Renameat | K::Renameat2 => {
            let [old_folder, old] = in_folder(A::Oldpath, "DELETE");
            let [new_folder, new] = in_folder(A::Newpath, "CREATE");
            [old_folder, new_folder, old, new].into_iter().flatten().collect()
        }
        K::Link | K::Linkat => {
            let [folder, new] = in_folder(A::Newpath, "CREATE");
            [given(A::Oldpath, plain), folder, new].into_iter().flatten().collect()
        }
        K::Symlink | K::Symlinkat => {
            let [folder, link] = in_folder(A::Linkpath, "CREATE");
            [folder, given(A::Target, "UNKNOWN"), link].into_iter().flatten().collect()
        }
        K::Chmod | K::Fchmodat => given(A::Filename, plain).into_iter().collect(),
        K::Chown
        | K::Lchown
        | K::Fchownat
        | K::Truncate
        | K::Setxattr
        | K::Lsetxattr
        | K::Removexattr
        | K::Lremovexattr
        | K::Utimensat
        | K::Chdir
        | K::Chroot
        | K::Mount => given(A::Path, plain).into_iter().collect(),
        K::Umount2 => given(A::Name, plain).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn opened<'e>(event: &'e Event, plain: &'static str) -> Vec<Item<'e>> {
    let Some(fd) = &event.fd else { return Vec::new() };
    let name = fd.raw_name.as_deref().unwrap_or(&fd.name);
    let flags = event.arg(ArgName::Flags).and_then(ArgValue::number).unwrap_or(0);
    let is_new = flags & CREATED != 0 || flags & MAKES == MAKES;
    let item = |kind| Item { name, kind, inode: fd.inode };
    if is_new && event.succeeded() { vec![parent(name), item("CREATE")] } else { vec![item(plain)] }
}

fn text(event: &Event, name: ArgName) -> Option<&str> {
    match event.arg(name)? {
        ArgValue::Text(text) | ArgValue::Path(text) => Some(text).map(|text| &**text),
        _ => None,
    }
}

// The name up to its last slash, that included; the working directory where there is none.
fn parent(name: &str) -> Item<'_> {
    let end = name.trim_end_matches('/').rfind('/').map_or(0, |slash| slash + 1);
    let name = if end == 0 { "." } else { &name[..end] };
    Item { name, kind: "PARENT", inode: None }
}

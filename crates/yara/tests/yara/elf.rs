//! Small ELF files for cases.

/// A 64-bit ELF file of a kind that holds `body`, with a table of dynamic symbols.
pub(crate) fn file(kind: &str, exports: &[String], imports: &[String], body: &[u8]) -> Vec<u8> {
    let number: u16 = match kind {
        "object" => 1,
        "library" => 3,
        "executable" | "stripped" => 2,
        other => panic!("`{other}` is no kind of ELF file"),
    };
    let mut out = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    out.extend(number.to_le_bytes());
    out.extend([0x3e, 0, 1, 0, 0, 0]);
    out.resize(64, 0);
    out.extend_from_slice(body);
    if kind == "stripped" {
        return out;
    }
    let (strings, symbols) = symbols(exports, imports);
    let names = b"\0.dynsym\0.dynstr\0.shstrtab\0";
    let mut sections = vec![[0; 64]];
    for (name, number, link, bytes) in
        [(1, 11_u32, 2_u32, symbols.as_slice()), (9, 3, 0, strings.as_slice()), (17, 3, 0, names.as_slice())]
    {
        out.resize(out.len().next_multiple_of(8), 0);
        let size = if number == 11 { 24 } else { 0 };
        sections.push(section(name, number, (out.len(), bytes.len()), link, size));
        out.extend_from_slice(bytes);
    }
    out.resize(out.len().next_multiple_of(8), 0);
    let table = out.len() as u64;
    out.splice(40..48, table.to_le_bytes());
    // Sizes of the headers, how many there are, and which holds the names.
    let sizes: [u16; 6] = [64, 56, 0, 64, 4, 3];
    out.splice(52..64, sizes.iter().flat_map(|size| size.to_le_bytes()));
    out.extend(sections.concat());
    out
}

fn symbols(exports: &[String], imports: &[String]) -> (Vec<u8>, Vec<u8>) {
    let (mut strings, mut symbols) = (vec![0], vec![0; 24]);
    let all = exports.iter().map(|name| (name, 1_u16)).chain(imports.iter().map(|name| (name, 0)));
    for (name, section) in all {
        let at = u32::try_from(strings.len()).expect("a case is small");
        strings.extend(name.bytes().chain([0]));
        symbols.extend(at.to_le_bytes());
        symbols.extend([0x12, 0]);
        symbols.extend(section.to_le_bytes());
        symbols.extend([0; 16]);
    }
    (strings, symbols)
}

fn section(name: u32, kind: u32, place: (usize, usize), link: u32, entry: u64) -> [u8; 64] {
    let mut out = [0; 64];
    out[0..4].copy_from_slice(&name.to_le_bytes());
    out[4..8].copy_from_slice(&kind.to_le_bytes());
    out[24..32].copy_from_slice(&(place.0 as u64).to_le_bytes());
    out[32..40].copy_from_slice(&(place.1 as u64).to_le_bytes());
    out[40..44].copy_from_slice(&link.to_le_bytes());
    out[56..64].copy_from_slice(&entry.to_le_bytes());
    out
}

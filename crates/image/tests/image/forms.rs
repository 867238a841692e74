//! The same layers in every form show the same entries.

use yagura_image::{OpenOptions, Platform, Target, TargetKind};

use crate::{
    make::{self, Tar},
    record::{image, walk},
};

type Pack = fn(&[u8]) -> Vec<u8>;

fn layers() -> Vec<Vec<u8>> {
    let first = Tar::new()
        .folder("./etc/")
        .file("./etc/a.txt", b"alpha")
        .file("./etc/large", &vec![7; 100_000])
        .file("./usr/yes.bin", &[b"yes".as_slice(), &[1; 9000]].concat())
        .file("./usr/no.bin", &[2; 9000])
        .symlink("./lib", "usr/lib")
        .end();
    let second = Tar::new().file("etc/.wh.a.txt", b"").file("etc/b.txt", b"beta").end();
    vec![first, second]
}

fn seen(records: &[crate::record::Record]) -> String {
    assert!(records.iter().all(|record| record.problems.is_empty()), "{records:?}");
    let lines = records.iter().map(|record| {
        let files: Vec<(&str, usize)> =
            record.files.iter().map(|(path, body)| (path.as_str(), body.len())).collect();
        format!("{:?} {files:?}", record.entries)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_form_of_an_image_shows_the_same_entries() {
    let folder = tempfile::tempdir().unwrap();
    let layers = layers();
    let expected = seen(&image(&make::save(&folder, "old.tar", &make::docker_old(&layers))));
    assert!(expected.contains("w etc/a.txt") && expected.contains("l lib -> usr/lib"), "{expected}");
    assert!(
        expected.contains("(\"usr/yes.bin\", 9003)") && !expected.contains("(\"usr/no.bin\""),
        "{expected}"
    );
    let packings: [(&str, Pack); 4] = [
        ("plain", <[u8]>::to_vec),
        ("gzip", make::gzip),
        ("members", make::gzip_members),
        ("zstd", make::zstd),
    ];
    let mut paths = vec![make::save(&folder, "new.tar", &make::docker_new(&layers))];
    paths.push(make::save(&folder, "old.tar.gz", &make::gzip(&make::docker_old(&layers))));
    for (name, pack) in packings {
        let blobs = make::blobs(&layers, pack);
        let at = folder.path().join(name);
        make::layout(&at, &blobs);
        paths.push(at);
        paths.push(make::save(&folder, &format!("{name}.tar"), &make::layout_tar(&blobs)));
    }
    for path in paths {
        assert_eq!(seen(&image(&path)), expected, "{}", path.display());
    }
}

#[test]
fn names_choose_an_image_and_layers_know_their_command() {
    let folder = tempfile::tempdir().unwrap();
    make::layout(&folder.path().join("l"), &make::blobs(&layers(), make::gzip));
    let at = |name: &str| {
        Target::image(&format!("oci:{}/l{name}", folder.path().display()), &OpenOptions::default())
    };
    let target = at(":v1").unwrap();
    assert_eq!(target.kind(), TargetKind::OciLayout);
    let commands: Vec<_> = target.layers().map(|layer| layer.created_by.clone().unwrap()).collect();
    assert_eq!(commands, ["step 0", "step 1"]);
    assert_eq!(target.platform(), Some("linux/amd64"));
    assert!(at(":v2").unwrap_err().to_string().contains("v2"));
}

#[test]
fn an_index_of_several_platforms_is_asked_for_one() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("l");
    let (a, b) = (make::blobs(&layers(), make::gzip), make::blobs(&layers()[..1], make::zstd));
    make::layout(&at, &a);
    make::layout(&at, &b);
    let manifest = |digest, arch: &str| {
        format!(r#"{{"digest":"{digest}","platform":{{"os":"linux","architecture":"{arch}"}}}}"#)
    };
    let index =
        format!(r#"{{"manifests":[{},{}]}}"#, manifest(&a.manifest, "amd64"), manifest(&b.manifest, "arm64"));
    std::fs::write(at.join("index.json"), index).unwrap();
    for (platform, layers) in [("linux/amd64", 2), ("linux/arm64", 1)] {
        let options = OpenOptions { platform: Platform::parse(platform), ..OpenOptions::default() };
        let target = Target::image(at.to_str().unwrap(), &options).unwrap();
        assert_eq!(walk(&target).len(), layers, "{platform}");
    }
    let options = OpenOptions { platform: Platform::parse("linux/s390x"), ..OpenOptions::default() };
    let error = Target::image(at.to_str().unwrap(), &options).unwrap_err().to_string();
    assert!(error.contains("linux/amd64, linux/arm64"), "{error}");
}

#[test]
fn a_tar_of_files_is_a_root_file_system() {
    let folder = tempfile::tempdir().unwrap();
    let path = make::save(&folder, "root.tar", &layers()[0]);
    let target = Target::image(path.to_str().unwrap(), &OpenOptions::default()).unwrap();
    assert_eq!(target.kind(), TargetKind::FileArchive);
    assert_eq!(walk(&target)[0].read(), ["etc/a.txt", "usr/yes.bin"]);
}

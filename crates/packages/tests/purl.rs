//! The package URL specification's rules, by way of an SBOM with one component a URL.

use yagura_packages::{Package, PackageType, sbom};

/// Reads a URL as others may write it and writes it in canonical form.
fn canonical(purl: &str) -> Option<String> {
    let bill = serde_json::json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6",
        "components": [{"type": "library", "name": "x", "purl": purl}],
    });
    let bill = sbom::read(bill.to_string().as_bytes()).expect("the document is right");
    bill.inventory.packages.first().map(Package::purl)
}

#[test]
fn every_type_has_its_canonical_form() {
    for (given, expected) in [
        // From the specification's rules for all types.
        ("pkg:npm/foobar@12.3.1", "pkg:npm/foobar@12.3.1"),
        ("PKG:NPM/foobar@12.3.1", "pkg:npm/foobar@12.3.1"),
        ("pkg://npm/foobar@12.3.1", "pkg:npm/foobar@12.3.1"),
        ("pkg:npm/%40angular/animation@12.3.1", "pkg:npm/%40angular/animation@12.3.1"),
        ("pkg:npm/@angular/animation@12.3.1", "pkg:npm/%40angular/animation@12.3.1"),
        ("pkg:generic/name@1?z=1&a=2&empty=", "pkg:generic/name@1?a=2&z=1"),
        ("pkg:generic/name@1?KEY=Value", "pkg:generic/name@1?key=Value"),
        ("pkg:generic/a%20b@1%2B2", "pkg:generic/a%20b@1%2B2"),
        ("pkg:generic/name@1:2", "pkg:generic/name@1:2"),
        ("pkg:generic/name@1%3A2", "pkg:generic/name@1:2"),
        ("pkg:generic/n@1#/a//b/../c/./", "pkg:generic/n@1#a/b/c"),
        // Types.
        ("pkg:pypi/Django_package@1.11.1.dev1", "pkg:pypi/django-package@1.11.1.dev1"),
        ("pkg:pypi/zope.interface@5", "pkg:pypi/zope-interface@5"),
        (
            "pkg:golang/GitHub.com/Masterminds/semver@v1.5.0",
            "pkg:golang/github.com/masterminds/semver@v1.5.0",
        ),
        (
            "pkg:golang/google.golang.org/genproto#googleapis/api/annotations",
            "pkg:golang/google.golang.org/genproto#googleapis/api/annotations",
        ),
        (
            "pkg:maven/org.apache.xmlgraphics/batik-anim@1.9.1?classifier=sources&type=zip",
            "pkg:maven/org.apache.xmlgraphics/batik-anim@1.9.1?classifier=sources&type=zip",
        ),
        (
            "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
            "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
        ),
        ("pkg:deb/debian/dpkg@1.19.0.4?arch=amd64&epoch=2", "pkg:deb/debian/dpkg@2:1.19.0.4?arch=amd64"),
        (
            "pkg:rpm/Fedora/curl@7.50.3-1.fc25?arch=i386&distro=fedora-25",
            "pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&distro=fedora-25",
        ),
        (
            "pkg:rpm/centerim@4.22.10-1.el6?arch=i686&epoch=1&distro=fedora-25",
            "pkg:rpm/centerim@4.22.10-1.el6?arch=i686&distro=fedora-25&epoch=1",
        ),
        ("pkg:apk/alpine/curl@7.83.0-r0?arch=x86", "pkg:apk/alpine/curl@7.83.0-r0?arch=x86"),
        ("pkg:alpm/arch/pacman@6.0.1-1?arch=x86_64", "pkg:alpm/arch/pacman@6.0.1-1?arch=x86_64"),
        ("pkg:composer/Laravel/Laravel@5.5.0", "pkg:composer/laravel/laravel@5.5.0"),
        ("pkg:gem/jruby-launcher@1.1.2?platform=java", "pkg:gem/jruby-launcher@1.1.2?platform=java"),
        ("pkg:nuget/EnterpriseLibrary.Common@6.0.1304", "pkg:nuget/EnterpriseLibrary.Common@6.0.1304"),
        ("pkg:cargo/structopt@0.3.11", "pkg:cargo/structopt@0.3.11"),
        ("pkg:hex/Acme/Foo@2.3.", "pkg:hex/acme/foo@2.3."),
        ("pkg:pub/Http@0.13.2", "pkg:pub/http@0.13.2"),
        ("pkg:hackage/AC-HalfInteger@1.2.1", "pkg:hackage/AC-HalfInteger@1.2.1"),
        ("pkg:cran/A3@0.9.1", "pkg:cran/A3@0.9.1"),
        ("pkg:conan/bincrafters/cctz@2.3?channel=stable", "pkg:conan/bincrafters/cctz@2.3?channel=stable"),
        ("pkg:swift/github.com/Alamofire/Alamofire@5.4.3", "pkg:swift/github.com/Alamofire/Alamofire@5.4.3"),
        (
            "pkg:cocoapods/GoogleUtilities@7.5.2#NSData+zlib",
            "pkg:cocoapods/GoogleUtilities@7.5.2#NSData%2Bzlib",
        ),
        (
            "pkg:github/Package-url/Purl-Spec@244fd47e07d1004f0aed9c",
            "pkg:github/package-url/purl-spec@244fd47e07d1004f0aed9c",
        ),
        ("pkg:bitnami/wordpress@6.2.0?arch=arm64", "pkg:bitnami/wordpress@6.2.0?arch=arm64"),
        ("pkg:huggingface/microsoft/deberta@559062AD", "pkg:huggingface/microsoft/deberta@559062ad"),
    ] {
        assert_eq!(canonical(given).as_deref(), Some(expected), "{given}");
        assert_eq!(canonical(expected).as_deref(), Some(expected), "{expected} is canonical");
    }
}

#[test]
fn what_is_no_package_url_is_refused() {
    for given in [
        "",
        "npm/x@1",
        "pkg:",
        "pkg:npm",
        "pkg:npm/",
        "pkg:n&g?inx/nginx@0.8.9",
        "pkg:npm/a%ZZ",
        "pkg:npm/%FF",
    ] {
        assert_eq!(canonical(given), given.is_empty().then(|| "pkg:generic/x".to_owned()), "{given:?}");
    }
}

#[test]
fn names_are_split_as_their_managers_write_them() {
    for (package_type, name, namespace, own, full) in [
        (PackageType::Npm, "@babel/core", Some("@babel"), "core", "@babel/core"),
        (PackageType::Npm, "lodash", None, "lodash", "lodash"),
        (PackageType::Maven, "org.slf4j:slf4j-api", Some("org.slf4j"), "slf4j-api", "org.slf4j:slf4j-api"),
        (PackageType::Golang, "golang.org/x/net", Some("golang.org/x"), "net", "golang.org/x/net"),
        (PackageType::Golang, "stdlib", None, "stdlib", "stdlib"),
        (PackageType::Composer, "psr/log", Some("psr"), "log", "psr/log"),
        (PackageType::Pypi, "a/b", None, "a/b", "a/b"),
        (PackageType::Npm, "@", None, "@", "@"),
    ] {
        let package = Package::new(package_type, name, "1");
        assert_eq!(package.namespace.as_deref(), namespace, "{name}");
        assert_eq!(package.name, own, "{name}");
        assert_eq!(package.full_name(), full);
    }
}

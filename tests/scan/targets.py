"""Makes one root file system in every form that a scan takes, scans each, and compares what is found.

The image has three layers: a Debian root file system; files of an application, with a whiteout and an opaque folder; more
files, with one that comes back. What is flattened must be found in every form; what the layers removed must not count.
"""

import argparse
import base64
import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

FAILURES = []


def run(*command, **options):
    options.setdefault("check", True)
    options.setdefault("stdout", subprocess.DEVNULL)
    return subprocess.run([str(part) for part in command], **options)


def say(text):
    print(f"==> {text}", flush=True)


def check(fact, holds, detail=""):
    print(f"{'ok    ' if holds else 'FAILED'} {fact}{': ' + detail if detail and not holds else ''}", flush=True)
    if not holds:
        FAILURES.append(fact)


# --- what is scanned

LOCK = {
    "name": "shop", "version": "1.0.0", "lockfileVersion": 3,
    "packages": {
        "": {"name": "shop", "version": "1.0.0", "dependencies": {"lodash": "4.17.15"}},
        "node_modules/lodash": {"version": "4.17.15", "license": "MIT"},
    },
}
YARA = 'rule planted_marker { meta: severity = "high" strings: $a = "yagura-test-marker-0f3c" condition: $a }\n'


def private_key():
    return run("openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048",
               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def write(root, path, text):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    (file.write_bytes if isinstance(text, bytes) else file.write_text)(text)


def jar(root, path, group, artifact, version):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"META-INF/maven/{group}/{artifact}/pom.properties",
                         f"groupId={group}\nartifactId={artifact}\nversion={version}\n")


def wheel(root, name, version):
    write(root, f"usr/lib/python3/dist-packages/{name}-{version}.dist-info/METADATA",
          f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nLicense: BSD\n")


def second_layer(root):
    write(root, "app/package-lock.json", json.dumps(LOCK, indent=1))
    write(root, "app/requirements.txt", "django==2.2.1\nrequests==2.19.0\n")
    jar(root, "app/lib/log4j-core-2.14.1.jar", "org.apache.logging.log4j", "log4j-core", "2.14.1")
    write(root, "app/keys/deploy.pem", private_key())
    write(root, "app/keys/old.pem", private_key())
    write(root, "app/data/sample.bin", b"\x00\x01yagura-test-marker-0f3c\x02")
    write(root, "app/removed/Gemfile.lock", "GEM\n  specs:\n    rack (2.0.1)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  rack\n")
    write(root, "app/opaque/a/Cargo.lock", 'version = 3\n\n[[package]]\nname = "smallvec"\nversion = "0.6.1"\n'
          'source = "registry+https://github.com/rust-lang/crates.io-index"\n')
    wheel(root, "Pillow", "8.0.0")
    (root / "app/link").symlink_to("../app")
    (root / "app/loop").symlink_to("loop")


def third_layer(root):
    shutil.rmtree(root / "app/removed")
    (root / "app/keys/old.pem").unlink()
    shutil.rmtree(root / "app/opaque")
    write(root, "app/opaque/b/go.mod", "module example.org/b\n\ngo 1.20\n\nrequire golang.org/x/text v0.3.0\n")
    write(root, "app/requirements.txt", "django==3.2.25\n")


# --- forms

def layers(work, base):
    """An OCI layout of three layers, and its flattened root file system."""
    layout, bundle = work / "layout", work / "bundle"
    run("umoci", "init", "--layout", layout)
    run("umoci", "new", "--image", f"{layout}:v1")
    for change in (lambda root: run("tar", "-C", root, "-xf", base, "--exclude=./dev/*"), second_layer, third_layer):
        shutil.rmtree(bundle, ignore_errors=True)
        run("umoci", "unpack", "--image", f"{layout}:v1", bundle)
        change(bundle / "rootfs")
        run("umoci", "repack", "--refresh-bundle", "--image", f"{layout}:v1", bundle)
    shutil.rmtree(bundle)
    run("umoci", "unpack", "--image", f"{layout}:v1", bundle)
    return layout, bundle / "rootfs"


def copy(source, target, *options):
    run("skopeo", "--insecure-policy", "copy", "--quiet", *options, source, target)


@contextlib.contextmanager
def started(command, ready, **options):
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        for _ in range(300):
            if ready():
                break
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended with {process.returncode}")
            time.sleep(0.1)
        else:
            raise RuntimeError(f"{command[0]} did not come up")
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def listens(port):
    def ready():
        with socket.socket() as one:
            one.settimeout(1)
            return one.connect_ex(("127.0.0.1", port)) == 0
    return ready


def certificate(folder):
    """A certificate for loopback, signed by an authority of its own."""
    quiet = {"stderr": subprocess.DEVNULL}
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test authority",
        "-keyout", folder / "ca.key", "-out", folder / "ca.crt", **quiet)
    run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", folder / "tls.key", "-out", folder / "tls.csr", **quiet)
    (folder / "tls.ext").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    run("openssl", "x509", "-req", "-in", folder / "tls.csr", "-CA", folder / "ca.crt", "-CAkey", folder / "ca.key", "-CAcreateserial",
        "-days", "2", "-extfile", folder / "tls.ext", "-out", folder / "tls.crt", **quiet)


@contextlib.contextmanager
def registry(work, tls):
    """A registry on loopback; with TLS it wants a name and password."""
    folder = work / ("registry-tls" if tls else "registry")
    folder.mkdir()
    port = free_port()
    config = f"version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {folder}/data\nhttp:\n  addr: 127.0.0.1:{port}\n"
    password = secrets.token_hex(12)
    if tls:
        certificate(folder)
        hashed = run("htpasswd", "-nbB", "scanner", password, stdout=subprocess.PIPE, text=True).stdout
        (folder / "htpasswd").write_text(hashed)
        (folder / "password").write_text(password)
        config += f"  tls:\n    certificate: {folder}/tls.crt\n    key: {folder}/tls.key\n"
        config += f"auth:\n  htpasswd:\n    realm: test\n    path: {folder}/htpasswd\n"
    (folder / "config.yml").write_text(config)
    with started(["docker-registry", "serve", folder / "config.yml"], listens(port)):
        yield folder, f"127.0.0.1:{port}", password


@contextlib.contextmanager
def containerd(work):
    """containerd with a store of its own."""
    folder = work / "containerd"
    folder.mkdir()
    (folder / "config.toml").write_text(
        f'version = 2\nroot = "{folder}/root"\nstate = "{folder}/state"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n'
        f'[grpc]\n  address = "{folder}/containerd.sock"\n')
    with started(["containerd", "--config", folder / "config.toml"], (folder / "containerd.sock").exists):
        yield folder


# --- scanning and comparing

class Scanner:
    def __init__(self, program, data, rules, work):
        self.program, self.data, self.rules, self.work = program, data, rules, work

    def report(self, *target, form="json", environment=None, accept=(0,)):
        out = self.work / f"report.{form}"
        out.unlink(missing_ok=True)
        command = [self.program, "scan", *target, "--data", self.data, "--format", form, "--output", out, "--quiet", "--no-progress",
                   "--scanners", "vuln,secret,malware", "--yara-rules", self.rules]
        done = run(*command, check=False, stderr=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})})
        if done.returncode not in accept or not out.exists():
            raise RuntimeError(f"{' '.join(map(str, target))}: exit {done.returncode}: {done.stderr.strip()[-400:]}")
        return out.read_text()

    def found(self, *target, **options):
        report = json.loads(self.report(*target, **options))
        there = lambda items: [one for one in items if not one.get("removed_by")]
        return {
            "packages": sorted((one["purl"], place["path"]) for one in report["packages"] for place in one["locations"]),
            "vulnerabilities": sorted({(one["id"], one["package"]["purl"] if isinstance(one.get("package"), dict) else one.get("purl", ""))
                                       for one in report["vulnerabilities"]}),
            "secrets": sorted((one["rule"], one["path"], one["line"]) for one in there(report["secrets"])),
            "malware": sorted((one["rule"], one["path"]) for one in there(report["malware"])),
        }, report


def differences(wanted, got):
    told = []
    for kind, items in wanted.items():
        missing, extra = set(items) - set(got[kind]), set(got[kind]) - set(items)
        if missing or extra:
            told.append(f"{kind}: {len(missing)} missing {sorted(missing)[:3]}, {len(extra)} more {sorted(extra)[:3]}")
    return "; ".join(told)


def compare_forms(scanner, work, layout, root):
    wanted, report = scanner.found("rootfs", root)
    say(f"flattened: {len(wanted['packages'])} packages, {len(wanted['vulnerabilities'])} vulnerabilities, "
        f"{len(wanted['secrets'])} secrets, {len(wanted['malware'])} malicious files")
    names = {purl.split("@")[0] for purl, _ in wanted["packages"]}
    for purl in ("pkg:npm/lodash", "pkg:maven/org.apache.logging.log4j/log4j-core", "pkg:pypi/django", "pkg:pypi/pillow",
                 "pkg:golang/golang.org/x/text", "pkg:deb/debian/bash"):
        check(f"{purl} is found", purl in names)
    for purl in ("pkg:gem/rack", "pkg:cargo/smallvec", "pkg:pypi/requests"):
        check(f"{purl}, which a layer removed, is not found", purl not in names)
    check("the key that is there is found", [path for _, path, _ in wanted["secrets"] if path.startswith("app/keys/")] == ["app/keys/deploy.pem"],
          str(wanted["secrets"]))
    check("the planted file is found by a rule of the user's", ("planted_marker", "app/data/sample.bin") in wanted["malware"], str(wanted["malware"]))

    def same(name, *target, **options):
        try:
            got, report = scanner.found(*target, **options)
        except RuntimeError as error:
            check(f"{name}: the same", False, str(error))
            return None
        check(f"{name}: the same", differences(wanted, got) == "", differences(wanted, got))
        return report

    run("tar", "-C", root, "-cf", work / "rootfs.tar", ".")
    same("root file system in a tar", "rootfs", work / "rootfs.tar")
    report = same("OCI layout, gzip", "image", f"oci:{layout}:v1")
    if report:
        removed = {(one["path"], one["rule"]) for one in report["secrets"] if one.get("removed_by")}
        check("a key that a layer removed is told, with that layer", any(path == "app/keys/old.pem" for path, _ in removed), str(removed))
        gone = {one["name"] for one in report["removed_packages"]}
        check("packages that layers removed are told", {"rack", "smallvec", "requests"} <= gone, str(gone))
    source = f"oci:{layout}:v1"
    copy(source, f"oci:{work}/plain:v1", "--dest-decompress")
    same("OCI layout, not compressed", "image", f"oci:{work}/plain:v1")
    copy(f"oci:{work}/plain:v1", f"oci:{work}/zstd:v1", "--dest-compress-format", "zstd")
    kinds = [one["mediaType"].rsplit("+", 1)[-1] for one in json.loads(run(
        "skopeo", "inspect", "--raw", f"oci:{work}/zstd:v1", stdout=subprocess.PIPE, text=True).stdout)["layers"]]
    check("the layout for zstd has zstd", set(kinds) == {"zstd"}, str(kinds))
    same("OCI layout, zstd", "image", f"oci:{work}/zstd:v1")
    copy(source, f"oci-archive:{work}/oci.tar:v1")
    same("OCI layout in a tar", "image", work / "oci.tar")
    copy(source, f"docker-archive:{work}/docker.tar:test/shop:v1")
    same("archive of docker save", "image", work / "docker.tar")
    run("gzip", "-1", "-k", work / "docker.tar")
    same("the same, gzip", "image", work / "docker.tar.gz")

    with registry(work, tls=False) as (folder, address, _):
        copy(source, f"docker://{address}/test/shop:v1", "--dest-tls-verify=false")
        same("registry", "image", f"registry:{address}/test/shop:v1")
        digest = run("skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", f"docker://{address}/test/shop:v1",
                     stdout=subprocess.PIPE, text=True).stdout.strip()
        same("registry, by digest", "image", f"registry:{address}/test/shop@{digest}")
        blob = next(path for path in (folder / "data").rglob("data") if path.stat().st_size > 100_000)
        content = bytearray(blob.read_bytes())
        content[len(content) // 2] ^= 1
        blob.write_bytes(content)
        got = json.loads(scanner.report("image", f"registry:{address}/test/shop:v1", accept=(0, 1, 3)) or "{}")
        told = json.dumps(got.get("problems", []))
        check("a layer that was changed in the registry is told", "digest" in told, told[:200])
    with registry(work, tls=True) as (folder, address, password):
        copy(source, f"docker://{address}/shop:v1", "--dest-tls-verify=false", "--dest-creds", f"scanner:{password}")
        name = f"registry:{address}/shop:v1"
        same("registry with password and own certificate", "image", name, "--ca-file", folder / "ca.crt", "--username", "scanner",
             "--password-file", folder / "password")
        same("the same, whatever the certificate", "image", name, "--insecure", "--username", "scanner",
             environment={"YAGURA_REGISTRY_PASSWORD": password})
        (work / "docker").mkdir()
        done = run(scanner.program, "scan", "image", name, "--data", scanner.data, check=False, stderr=subprocess.PIPE, text=True)
        check("a registry on this machine that wants TLS is spoken to with TLS", "https://" in done.stderr, done.stderr[-200:])
        auth = base64.b64encode(f"scanner:{password}".encode()).decode()
        (work / "docker/config.json").write_text(json.dumps({"auths": {address: {"auth": auth}}}))
        same("the same, as docker login left it", "image", name, "--ca-file", folder / "ca.crt",
             environment={"DOCKER_CONFIG": str(work / "docker")})
        for fact, options in (("a wrong password", ["--ca-file", folder / "ca.crt", "--username", "scanner", "--password-file", folder / "tls.crt"]),
                              ("an unknown certificate", ["--username", "scanner", "--password-file", folder / "password"])):
            done = run(scanner.program, "scan", "image", name, "--data", scanner.data, *options, check=False, stderr=subprocess.PIPE, text=True)
            check(f"{fact} is refused with a reason", done.returncode == 3 and "error:" in done.stderr and password not in done.stderr,
                  f"exit {done.returncode}: {done.stderr[-200:]}")

    stores = work / "storage"
    place = f"overlay@{stores}/root+{stores}/run"
    copy(source, f"containers-storage:[{place}]localhost/shop:v1")
    same("store of Podman", "image", "podman:localhost/shop:v1", "--store-root", stores / "root")
    # containers-storage leaves its folder mounted on itself.
    run("umount", stores / "root/overlay", check=False, stderr=subprocess.DEVNULL)
    with containerd(work) as folder:
        ctr = ["ctr", "--address", folder / "containerd.sock", "--namespace", "default"]
        run(*ctr, "images", "import", "--index-name", "localhost/shop:v1", work / "oci.tar")
        same("store of containerd", "image", "containerd:localhost/shop:v1", "--store-root", folder / "root")

    inside = subprocess.Popen(["unshare", "--mount", "--pid", "--fork", "--kill-child", f"--root={root}", "sleep", "600"])
    try:
        time.sleep(1)
        child = run("pgrep", "-P", inside.pid, stdout=subprocess.PIPE, text=True).stdout.split()[0]
        same("running process", "process", child)
    finally:
        inside.kill()
        inside.wait()

    for form in ("cyclonedx", "spdx"):
        bill = work / f"bill.{form}.json"
        bill.write_text(scanner.report("rootfs", root, form=form))
        got, _ = scanner.found("sbom", bill)
        ours = {purl for purl, _ in wanted["packages"]}
        theirs = {purl for purl, _ in got["packages"]}
        check(f"our own {form}: the same packages", ours == theirs, f"{sorted(ours ^ theirs)[:4]}")
        check(f"our own {form}: the same vulnerabilities", wanted["vulnerabilities"] == got["vulnerabilities"],
              differences({"vulnerabilities": wanted["vulnerabilities"]}, {"vulnerabilities": got["vulnerabilities"]}))
    return source


# --- reports by their formats' own rules

def valid_cyclonedx(path, _):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(path.read_text())
    return "" if error is None else str(error)[:300]


def valid_spdx(path, _):
    from spdx_tools.spdx.parser.parse_anything import parse_file
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
    messages = validate_full_spdx_document(parse_file(str(path)))
    return "; ".join(message.validation_message for message in messages[:3])


def valid_sarif(path, checkers):
    tool = next((checkers / "node_modules/@microsoft").glob("sarif-multitool-linux/Sarif.Multitool"))
    found = path.with_suffix(".found")
    run(tool, "validate", path, "--output", found, "--log", "ForceOverwrite", "--level", "Error", "--kind", "Fail", check=False)
    results = json.loads(found.read_text(encoding="utf-8-sig"))["runs"][0].get("results") or []
    errors = [one for one in results if one.get("level") == "error"]
    return "; ".join(f"{one['ruleId']} {json.dumps(one.get('message', {}))[:200]}" for one in errors[:3])


def valid_junit(path, _):
    from junitparser import JUnitXml
    suites = JUnitXml.fromfile(str(path))
    return "" if suites.tests >= suites.failures > 0 else f"{suites.tests} tests, {suites.failures} failures"


def valid_html(path, _):
    text = path.read_text()
    outside = [word for word in ("src=\"http", "href=\"http:", "@import", "<link") if word in text]
    return "" if text.lower().startswith("<!doctype html>") and not outside else f"{text[:20]!r}, {outside}"


def check_reports(scanner, work, source, checkers):
    for form, ending, valid in (("cyclonedx", "cdx.json", valid_cyclonedx), ("spdx", "spdx.json", valid_spdx), ("sarif", "sarif", valid_sarif),
                                ("junit", "xml", valid_junit), ("html", "html", valid_html)):
        first = scanner.report("image", source, form=form)
        path = work / f"checked.{ending}"
        path.write_text(first)
        try:
            problem = valid(path, checkers)
        except Exception as error:  # noqa: BLE001 a checker's complaint is an answer
            problem = f"{type(error).__name__}: {error}"[:300]
        check(f"{form} is valid", problem == "", problem)
    environment = {"SOURCE_DATE_EPOCH": "1700000000"}
    for form in ("cyclonedx", "spdx"):
        once = [scanner.report("image", source, form=form, environment=environment) for _ in range(2)]
        check(f"{form} is the same byte for byte", once[0] == once[1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--checkers", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--corpora", type=Path)
    options = parser.parse_args()
    program = Path(os.environ["YAGURA"]).resolve()
    options.cache.mkdir(parents=True, exist_ok=True)
    base = options.cache / "debian.tar"
    if not base.exists():
        say("making a Debian root file system")
        new = options.cache / "debian.new.tar"
        run("mmdebstrap", "--quiet", "--variant=minbase", "--include=openssl,python3-minimal", "bookworm", new)
        new.rename(base)
    with tempfile.TemporaryDirectory(prefix="yagura-scan-") as folder:
        work = Path(folder)
        (work / "rules").mkdir()
        (work / "rules/planted.yar").write_text(YARA)
        data = work / "data"
        if options.corpora:
            say("building the advisory database")
            advisories = options.corpora / "advisories"
            sources = [f"osv={zipped}" for zipped in sorted(advisories.glob("osv/*/all.zip"))]
            sources += [f"debian-lists={advisories}/native/debian-security-tracker.zip", f"rustsec={advisories}/native/rustsec-advisory-db.zip",
                        f"kev={advisories}/native/cisa-kev.zip"]
            run(program, "db", "update", "--quiet", "--data", data, *(word for source in sources for word in ("--source", source)))
        else:
            say("no corpora: packages, secrets and malware are compared, vulnerabilities are not")
        say("making the image")
        layout, root = layers(work, base)
        scanner = Scanner(program, data, work / "rules", work)
        source = compare_forms(scanner, work, layout, root)
        check_reports(scanner, work, source, options.checkers)
    print(f"{len(FAILURES)} failed" if FAILURES else "all forms agree, all reports are valid")
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())

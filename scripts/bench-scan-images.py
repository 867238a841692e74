#!/usr/bin/env python3
"""Makes what `bench-scan.sh` measures: archives of real and of awkward file systems.

usage: bench-scan-images.py OUT ROOTFS.tar PEERS_VENV
"""

import hashlib
import io
import json
import os
import sys
import tarfile


def digest(path):
    sha = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            sha.update(block)
    return sha.hexdigest()


def docker_archive(out, layers):
    """What `docker save` writes, from finished layer tars."""
    ids = [digest(layer) for layer in layers]
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "rootfs": {"type": "layers", "diff_ids": ["sha256:" + one for one in ids]},
            "history": [{"created_by": f"step {number}"} for number in range(len(layers))],
        }
    ).encode()
    names = [f"{one}/layer.tar" for one in ids]
    config_name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = json.dumps([{"Config": config_name, "RepoTags": ["bench:latest"], "Layers": names}]).encode()
    with tarfile.open(out, "w") as archive:
        for name, layer in zip(names, layers):
            archive.add(layer, name)
        for name, body in ((config_name, config), ("manifest.json", manifest)):
            add(archive, name, body)


def add(archive, name, body=b"", mode=0o644):
    info = tarfile.TarInfo(name)
    info.size = len(body)
    info.mode = mode
    archive.addfile(info, io.BytesIO(body))


def application(out, rootfs, venv):
    """A layer with a virtual environment, Go programs, a lock file, and npm's own modules once more."""
    with tarfile.open(out, "w") as layer:
        layer.add(venv, "opt/venv", filter=lambda info: None if info.name.endswith((".pyc", "/trivy", "/syft")) else info)
        for name in ("trivy", "syft"):
            layer.add(go_program(venv, name), f"usr/local/bin/{name}")
        lock = os.path.join(os.path.dirname(__file__), "..", "Cargo.lock")
        layer.add(lock, "srv/app/Cargo.lock")
        with tarfile.open(rootfs) as files:
            for member in files:
                name = member.name.removeprefix("./")
                if name.startswith("usr/share/nodejs/") and member.isfile() and name.endswith((".json", ".js")):
                    body = files.extractfile(member).read()
                    add(layer, "srv/app/node_modules/" + name.removeprefix("usr/share/nodejs/"), body)


def go_program(venv, name):
    """The program itself: a wheel may have a starter in bin/."""
    largest = max(
        (os.path.join(folder, file) for folder, _, files in os.walk(venv) for file in files if file.startswith(name)),
        key=os.path.getsize,
    )
    return largest


def removals(out):
    with tarfile.open(out, "w") as layer:
        for name in ("usr/share/doc/.wh..wh..opq", "srv/app/.wh.Cargo.lock", "opt/venv/lib/.wh.python3.11"):
            add(layer, name)
        add(layer, "srv/app/README", b"the application\n")


def empty_files(out, count=300_000):
    with tarfile.open(out, "w") as layer:
        for number in range(count):
            add(layer, f"data/{number // 1000}/{number}")


def main():
    out, rootfs, venv = sys.argv[1:4]
    os.makedirs(out, exist_ok=True)
    path = lambda name: os.path.join(out, name)
    docker_archive(path("debian.tar"), [rootfs])
    application(path("app-layer.tar"), rootfs, venv)
    removals(path("removals.tar"))
    docker_archive(path("three.tar"), [rootfs, path("app-layer.tar"), path("removals.tar")])
    empty_files(path("empty-layer.tar"))
    docker_archive(path("empty.tar"), [path("empty-layer.tar")])
    for name in ("app-layer.tar", "removals.tar", "empty-layer.tar"):
        os.remove(path(name))


main()

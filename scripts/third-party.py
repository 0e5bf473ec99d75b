#!/usr/bin/env python3
"""Writes what a package has to say of others' work in it: every component with its licence, then each
licence text once.

    third-party.py > third-party.txt
"""

import hashlib
import json
import pathlib

from cargo_packages import shipped_packages

UI = pathlib.Path("ui/node_modules")
# What the interface is built of, and what is in those packages beside their own code.
NPM = [
    "@kern-ux/native", "@lucide/svelte", "@tauri-apps/api", "esm-env", "pdfjs-dist", "svelte", "virtua",
]
TEXTS = ("LICEN", "COPYING", "NOTICE", "UNLICENSE")


def texts(folder):
    """The licence files of a package, nested ones included."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.name.upper().startswith(TEXTS) and "node_modules" not in path.relative_to(folder).parts
    )


def crates():
    for package in shipped_packages("--filter-platform=x86_64-unknown-linux-gnu"):
        # The crates of the workspace have no source.
        if package["source"]:
            folder = pathlib.Path(package["manifest_path"]).parent
            own = sorted(path for path in folder.iterdir() if path.name.upper().startswith(TEXTS) and path.is_file())
            yield f"{package['name']} {package['version']}", package["license"] or "see its text", own


def modules():
    for name in NPM:
        folder = UI / name
        if folder.is_dir():
            package = json.loads((folder / "package.json").read_text())
            yield f"{name} {package['version']}", str(package.get("license", "see its text")), texts(folder)


def main():
    known, order = {}, []
    print("Herold contains the work of others, under the licences named here.\n")
    for name, licence, files in [*modules(), *crates()]:
        numbers = []
        for file in files:
            text = file.read_text(errors="replace").strip()
            digest = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
            if digest not in known:
                order.append(text)
                known[digest] = len(order)
            numbers.append(known[digest])
        where = f" [{', '.join(str(number) for number in sorted(set(numbers)))}]" if numbers else ""
        print(f"- {name}: {licence}{where}")
    print("\nNames of emoji are from emojibase, copyright Miles Johnson: MIT")
    print("Herold Sans is Fira Sans, copyright 2012-2015 The Mozilla Foundation and Telefonica S.A.: OFL-1.1")
    for number, text in enumerate(order, 1):
        print(f"\n{'=' * 78}\n[{number}]\n\n{text}")


main()

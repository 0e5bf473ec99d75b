#!/usr/bin/env python3
"""Refuses a dependency whose licence does not fit a program under the EUPL-1.2.

Looks at what is linked or bundled: the normal and build dependencies of cargo, the runtime
dependencies of npm. Tools that only run here may have any licence.
"""

import json
import re
import sys

from cargo_packages import shipped_packages

# Permissive licences, and the EUPL's own list of compatible ones as far as it is needed.
ALLOWED = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-1-Clause", "BSD-2-Clause",
    "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "CDLA-Permissive-2.0", "EUPL-1.2", "ISC", "MIT",
    "MIT-0", "MPL-2.0", "NCSA", "OFL-1.1", "OpenSSL", "Unicode-3.0", "Unicode-DFS-2016",
    "Unlicense", "Zlib", "bzip2-1.0.6",
}


def is_allowed(expression):
    """Evaluates an SPDX expression; cargo's old "A/B" means "A OR B"."""
    words = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))
    python = []
    while words:
        word = words.pop(0)
        if word in ("AND", "OR"):
            python.append(word.lower())
        elif word in "()":
            python.append(word)
        else:
            if words[:1] == ["WITH"]:
                word = " ".join([word, words.pop(0), words.pop(0)])
            python.append(str(word.removesuffix("+") in ALLOWED))
    return eval(" ".join(python), {"__builtins__": {}})  # only True, False, and, or, brackets


def cargo_packages():
    for package in shipped_packages():
        yield package["name"], package["version"], package["license"]


def npm_packages():
    with open("ui/package-lock.json", encoding="utf-8") as file:
        entries = json.load(file)["packages"]
    for path, entry in entries.items():
        # The design tokens are a development dependency that ends up in the bundle.
        if path and (not entry.get("dev") or path.endswith("@kern-ux/native")):
            yield path.split("node_modules/")[-1], entry["version"], entry.get("license")


def main():
    count, refused = 0, []
    for name, version, licence in [*cargo_packages(), *npm_packages()]:
        count += 1
        if not licence or not is_allowed(licence):
            refused.append(f"{name} {version}: {licence or 'no licence named'}")
    print(f"{count} dependencies, {len(refused)} with a licence to look at")
    print(*sorted(refused), sep="\n", end="\n" if refused else "")
    return bool(refused)


if __name__ == "__main__":
    sys.exit(main())

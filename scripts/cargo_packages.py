"""What of cargo's packages ends up in Herold: its own crates, and what they are linked with or built by.

Neither dev-dependencies nor the crates that only test are among it.
"""

import json
import subprocess

TESTS = ("herold-testkit", "herold-e2e")


def shipped_packages(*options):
    """Packages as `cargo metadata` with these options describes them, and in its order."""
    metadata = json.loads(subprocess.check_output(
        ["cargo", "metadata", "--locked", "--format-version", "1", *options]))
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    waiting = [package["id"] for package in metadata["packages"]
               if package["id"] in metadata["workspace_members"] and package["name"] not in TESTS]
    reached = set()
    while waiting:
        package = waiting.pop()
        if package in reached:
            continue
        reached.add(package)
        for dependency in nodes[package]["deps"]:
            if any(kind["kind"] != "dev" for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    return [package for package in metadata["packages"] if package["id"] in reached]

#!/usr/bin/env python3
"""Refuses a publiccode.yml that the standard would refuse, as far as that can be said without a network.

    check-publiccode.py FILE

Run by the Python of Synapse, which has a reader of YAML. The lists are those of publiccode.yml 0.4, without what a
messenger will never be.
"""

import datetime
import pathlib
import re
import sys
from urllib.parse import urlsplit

import yaml

PLATFORMS = {"web", "windows", "mac", "linux", "ios", "android"}
STATES = {"concept", "development", "beta", "stable", "obsolete"}
KINDS = {
    "standalone/mobile", "standalone/iot", "standalone/desktop", "standalone/web", "standalone/backend",
    "standalone/other", "addon", "library", "configurationFiles",
}
CATEGORIES = {
    "collaboration", "communications", "enterprise-social-networking", "instant-messaging", "it-security",
    "online-community", "project-collaboration", "survey", "video-conferencing", "voip", "web-collaboration",
}
SCOPES = {
    "agriculture", "culture", "defence", "education", "emergency-services", "employment", "energy", "environment",
    "finance-and-economic-development", "foreign-affairs", "government", "healthcare", "infrastructures", "justice",
    "local-authorities", "manufacturing", "research", "science-and-technology", "security", "society", "sport",
    "tourism", "transportation", "welfare",
}
# A contract would need its contractors, each with a date.
MAINTENANCE = {"internal", "community", "none"}
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
KEYS = {
    "publiccodeYmlVersion", "name", "applicationSuite", "url", "landingURL", "isBasedOn", "softwareVersion",
    "releaseDate", "logo", "platforms", "categories", "usedBy", "roadmap", "developmentStatus", "softwareType",
    "intendedAudience", "description", "legal", "maintenance", "localisation", "dependsOn",
}


class Reader:
    """Walks through the file and collects what is wrong with it, each time with the way to the key."""

    def __init__(self, content, folder):
        self.content, self.folder, self.problems = content, folder, []

    def get(self, way, kind, needed=True):
        """The value at `a/b/c`, if it is there and of this kind."""
        value = self.content
        for key in way.split("/"):
            value = value.get(key) if isinstance(value, dict) else None
        if value is None:
            if needed:
                self.refuse(way, "is missing")
        elif not isinstance(value, kind) or (kind is not bool and not value):
            self.refuse(way, "is empty, or of the wrong type")
        else:
            return value
        return None

    def refuse(self, way, reason):
        self.problems.append(f"{way} {reason}")

    def one_of(self, way, allowed):
        value = self.get(way, str)
        if value and value not in allowed:
            self.refuse(way, f"may not be {value!r}")

    def each_of(self, way, allowed, needed=True):
        for value in self.get(way, list, needed) or []:
            if str(value) not in allowed:
                self.refuse(way, f"may not hold {value!r}")

    def each_has_a_name(self, way, needed):
        for value in self.get(way, list, needed) or []:
            if not isinstance(value, dict) or not value.get("name"):
                self.refuse(way, "holds something without a name")

    def date(self, way, needed):
        value = self.get(way, (str, datetime.date), needed)
        try:
            if value:
                datetime.datetime.strptime(str(value), "%Y-%m-%d")
        except ValueError:
            self.refuse(way, f"is no date: {value}")

    def address(self, way, needed):
        value = self.get(way, str, needed)
        if value and not (urlsplit(value).scheme in ("http", "https") and urlsplit(value).hostname):
            self.refuse(way, f"is no address: {value}")


def check_description(reader):
    for language in reader.get("description", dict) or {}:
        way = f"description/{language}"
        if not LANGUAGE.fullmatch(str(language)):
            reader.refuse(way, "is no language")
        reader.get(f"{way}/features", list)
        for key, least, most in (("shortDescription", 1, 150), ("longDescription", 150, 10_000)):
            text = reader.get(f"{way}/{key}", str)
            if text and not least <= len(text) <= most:
                reader.refuse(f"{way}/{key}", f"has {len(text)} characters, not {least} to {most}")


def problems_of(file):
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        return ["it is no list of keys"]
    reader = Reader(content, file.parent)
    for key in content.keys() - KEYS:
        reader.refuse(str(key), "is no key of the standard, or one that is going to be removed")
    reader.one_of("publiccodeYmlVersion", {"0.4", "0.4.0"})
    reader.get("name", str)
    reader.address("url", needed=True)
    reader.address("landingURL", needed=False)
    reader.date("releaseDate", needed=False)
    logo = reader.get("logo", str, needed=False)
    if logo and not (logo.endswith((".svg", ".svgz", ".png")) and (file.parent / logo).is_file()):
        reader.refuse("logo", f"is no picture here: {logo}")
    reader.each_of("platforms", PLATFORMS)
    reader.each_of("categories", CATEGORIES)
    reader.one_of("developmentStatus", STATES)
    reader.one_of("softwareType", KINDS)
    reader.each_of("intendedAudience/scope", SCOPES, needed=False)
    check_description(reader)
    # The whole program has one licence. An expression of several is for whoever adds a second one.
    reader.one_of("legal/license", {"EUPL-1.2"})
    if "repoOwner" in (reader.get("legal", dict) or {}):
        reader.refuse("legal/repoOwner", "is going to be removed from the standard")
    reader.one_of("maintenance/type", MAINTENANCE)
    reader.each_has_a_name("maintenance/contacts", needed=reader.get("maintenance/type", str, needed=False) != "none")
    reader.get("localisation/localisationReady", bool)
    for language in reader.get("localisation/availableLanguages", list) or []:
        if not LANGUAGE.fullmatch(str(language)):
            reader.refuse("localisation/availableLanguages", f"may not hold {language!r}")
    for kind in ("open", "proprietary", "hardware"):
        reader.each_has_a_name(f"dependsOn/{kind}", needed=False)
    return sorted(set(reader.problems))


def main():
    file = pathlib.Path(sys.argv[1])
    found = problems_of(file)
    print(*(f"{file}: {problem}" for problem in found), sep="\n", end="\n" if found else "")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())

"""Cuts KERN's typeface, Fira Sans, down to the Latin script: 22 KB a cut instead of 130.

The result may not be called Fira, because it was changed (Open Font License 1.1, section 3).
Needs fonttools and brotli; run in ui/ after an update of @kern-ux/native.
"""

from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font

SOURCE = Path("node_modules/@kern-ux/native/dist/fonts/fira-sans")
TARGET = Path("src/fonts")
FAMILY = "Herold Sans"
CHARACTERS = [
    *range(0x20, 0x7F), *range(0xA0, 0x180), 0x18F, 0x192, *range(0x1CD, 0x1DD), *range(0x218, 0x21C), 0x259, 0x2C6,
    0x2DA, 0x2DC, 0x1E9E, *range(0x2010, 0x2016), *range(0x2018, 0x201F), *range(0x2020, 0x2023), 0x2026, 0x202F,
    0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x2044, 0x20AC, 0x2116, 0x2122, *range(0x2190, 0x2194), 0x2212, 0x2264, 0x2265,
]

for cut in ("Regular", "Italic", "Medium", "SemiBold"):
    options = Options()
    options.flavor = "woff2"
    options.layout_features = ["kern", "liga", "tnum", "lnum", "locl", "mark", "mkmk", "ccmp", "calt"]
    font = load_font(SOURCE / f"FiraSans-{cut}.woff2", options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 16):
            record.string = FAMILY
        elif record.nameID in (3, 4):
            record.string = f"{FAMILY} {cut}"
        elif record.nameID == 6:
            record.string = f"HeroldSans-{cut}"
    save_font(font, TARGET / f"HeroldSans-{cut}.woff2", options)

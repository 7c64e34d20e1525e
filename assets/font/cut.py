#!/usr/bin/python3
# Cuts the subsets of Noto Sans CJK SC that are embedded: the characters of
# chars.txt, which data and formulas may have, and those of what the drawing says
# in each language of ../messages that this font can write. Hinting, layout
# features and names other than the licence go. The middle dot, as wide as a
# Chinese character there, is replaced by the Latin one of the same font.
# Needs fonttools, and the fonts of Debian's fonts-noto-cjk, which may be unpacked
# in another folder (dpkg-deb -x):
#
#	cd assets/font && ./cut.py [/usr/share/fonts/opentype/noto]
import glob, json, sys
from fontTools import subset, ttLib

folder = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/fonts/opentype/noto"
with open("chars.txt", encoding="utf-8") as f:
    chars = {ord(c) for c in f.read().strip("\n")}
for path in glob.glob("../messages/*.arb"):
    with open(path, encoding="utf-8") as f:
        chars |= {ord(c) for key, text in json.load(f).items() if key.startswith("canvas.") for c in text}

options = subset.Options(layout_features=[], hinting=False, desubroutinize=True, name_IDs=[0, 1, 2, 13, 14])
for weight in "Regular", "Bold":
    font = ttLib.TTFont(f"{folder}/NotoSansCJK-{weight}.ttc", fontNumber=2)
    for table in font["cmap"].tables:
        if hasattr(table, "cmap") and 0xB7 in table.cmap:
            table.cmap[0xB7] = "cid00117"
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=chars)
    cutter.subset(font)
    font.save(f"NotoSansCJKsc-{weight}.otf")

#!/usr/bin/python3
# Cuts the subsets of Noto Sans CJK SC that are embedded: the characters of
# chars.txt, without hinting, layout features and names other than the licence.
# The middle dot, as wide as a Chinese character there, is replaced by the Latin
# one of the same font.
# Needs Debian's fonts-noto-cjk and fonttools:
#
#	cd assets/font && ./cut.py
from fontTools import subset, ttLib

with open("chars.txt", encoding="utf-8") as f:
    chars = {ord(c) for c in f.read().strip("\n")}

options = subset.Options(layout_features=[], hinting=False, desubroutinize=True, name_IDs=[0, 1, 2, 13, 14])
for weight in "Regular", "Bold":
    font = ttLib.TTFont(f"/usr/share/fonts/opentype/noto/NotoSansCJK-{weight}.ttc", fontNumber=2)
    for table in font["cmap"].tables:
        if hasattr(table, "cmap") and 0xB7 in table.cmap:
            table.cmap[0xB7] = "cid00117"
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=chars)
    cutter.subset(font)
    font.save(f"NotoSansCJKsc-{weight}.otf")

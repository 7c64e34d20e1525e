#!/usr/bin/python3
# Cuts the subsets of Noto Sans CJK SC that are embedded: the characters of
# chars.txt, which data and formulas may have, and those of what the drawing says
# in each language of ../messages that this font can write. Those of ../typeface
# have what a window says too, which is any message, the 3,755 common characters of
# GB 2312 and the letters of names in the Latin, Greek and Cyrillic alphabets. Hinting, layout
# features and names other than the licence go. The middle dot and the quotes, as
# wide as a Chinese character there, are replaced by the Latin ones of the same font.
# Needs fonttools, and the fonts of Debian's fonts-noto-cjk, which may be unpacked
# in another folder (dpkg-deb -x):
#
#	cd assets/font && ./cut.py [/usr/share/fonts/opentype/noto]
import glob, json, sys
from fontTools import subset, ttLib

folder = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/fonts/opentype/noto"
with open("chars.txt", encoding="utf-8") as f:
    drawing = {ord(c) for c in f.read().strip("\n")}
window = set()
for path in glob.glob("../messages/*.arb"):
    with open(path, encoding="utf-8") as f:
        for key, text in json.load(f).items():
            if key.startswith("canvas."):
                drawing |= {ord(c) for c in text}
            if isinstance(text, str):
                window |= {ord(c) for c in text}
alphabets = set(range(0x20, 0x7F)) | set(range(0xA0, 0x180)) | set(range(0x386, 0x3CF)) | set(range(0x400, 0x460)) | set(range(0x2080, 0x209D)) | {0x25BC}

options = subset.Options(layout_features=[], hinting=False, desubroutinize=True, name_IDs=[0, 1, 2, 13, 14])
common = {ord(bytes((row, cell)).decode("gb2312", "replace")[0]) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF)} - {0xFFFD}
quotes = 0x2018, 0x2019, 0x201C, 0x201D


def narrow(font, glyph):
    """The glyph that is as wide as a Latin one, by the font's own feature for that."""
    gsub = font["GSUB"].table
    for record in gsub.FeatureList.FeatureRecord:
        if record.FeatureTag == "pwid":
            for i in record.Feature.LookupListIndex:
                for table in gsub.LookupList.Lookup[i].SubTable:
                    table = getattr(table, "ExtSubTable", table)
                    if glyph in getattr(table, "mapping", {}):
                        return table.mapping[glyph]
    return glyph


for folder_of, chars in (".", drawing), ("../typeface", drawing | window | alphabets | common):
    for weight in "Regular", "Bold":
        font = ttLib.TTFont(f"{folder}/NotoSansCJK-{weight}.ttc", fontNumber=2)
        for table in font["cmap"].tables:
            if hasattr(table, "cmap") and 0xB7 in table.cmap:
                table.cmap[0xB7] = "cid00117"
            for c in quotes:
                if hasattr(table, "cmap") and c in table.cmap:
                    table.cmap[c] = narrow(font, table.cmap[c])
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=chars)
        cutter.subset(font)
        font.save(f"{folder_of}/NotoSansCJKsc-{weight}.otf")

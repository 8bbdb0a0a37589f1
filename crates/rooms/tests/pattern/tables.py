"""Writes src/pattern/tables.rs: what Python's str methods say about characters. Run it with Python 3.11."""

import _sre
import sys
import unicodedata


def ranges(test):
    found = []
    for code in range(sys.maxunicode + 1):
        if test(chr(code)):
            if found and found[-1][1] == code - 1:
                found[-1][1] = code
            else:
                found.append([code, code])
    return found


def lines(items):
    line = "   "
    for item in items:
        if len(line) + len(item) > 118:
            yield line
            line = "   "
        line += " " + item
    yield line


def table(name, doc, found):
    print(f"/// {doc}")
    print(f"pub(super) const {name}: &[(u32, u32)] = &[")
    print("\n".join(lines(f"({low:#x}, {high:#x})," for low, high in found)))
    print("];\n")


families = {}
for code in range(sys.maxunicode + 1):
    if not 0xD800 <= code < 0xE000:
        lower = _sre.unicode_tolower(code)
        families.setdefault(chr(lower).upper(), set()).add(lower)
families = sorted(sorted(family) for family in families.values() if len(family) > 1)

print(f"//! What Python (Unicode {unicodedata.unidata_version}) says about characters; written by `tests/pattern/tables.py`.\n")

table("WORD", "What `\\w` holds: `str.isalnum()` or `_`.", ranges(lambda c: c.isalnum() or c == "_"))
table("DIGIT", "What `\\d` holds: `str.isdecimal()`.", ranges(str.isdecimal))
table("SPACE", "What `\\s` holds: `str.isspace()`.", ranges(str.isspace))
print("/// Small letters that are one letter when case is ignored, since their capitals are the same.")
print("pub(super) const FAMILIES: &[&[u32]] = &[")
print("\n".join(lines("&[" + ", ".join(f"{code:#x}" for code in family) + "]," for family in families)))
print("];")

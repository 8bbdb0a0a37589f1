"""Answers what Python's `re` makes of pattern and text pairs, one JSON object a line, for `tests/pattern.rs`."""

import json
import re
import signal
import sys
import unicodedata
import warnings

SECONDS = 0.5


class Slow(Exception):
    pass


def too_slow(signum, frame):
    raise Slow


def spans(match):
    return [match.span(group) if match.start(group) >= 0 else None for group in range(match.re.groups + 1)]


def answer(pattern, text):
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, ValueError) as error:
        return {"refused": str(error)}
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        match = compiled.search(text)
        signal.setitimer(signal.ITIMER_REAL, 0)
    except (Slow, SystemError) as error:
        # The second: “The span of capturing group is wrong, please report a bug for the re module.”
        return {"silent": repr(error)}
    return {"spans": match and spans(match)}


def characters(wanted):
    return [code for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000 and wanted(chr(code))]


def tables():
    """What the alphabets hold, and for each letter with cases the letters that it matches."""
    everything = "".join(map(chr, characters(lambda c: True)))
    held = {name: [ord(c) for c in re.findall(name, everything)] for name in (r"\w", r"\d", r"\s")}
    letters = "".join(map(chr, characters(lambda c: c.lower() != c or c.upper() != c)))
    same = [[ord(c), [ord(other) for other in re.findall(re.escape(c), letters, re.IGNORECASE)]] for c in letters]
    return {"held": held, "same": same}


warnings.simplefilter("ignore")
signal.signal(signal.SIGALRM, too_slow)
for line in sys.stdin:
    question = json.loads(line)
    if question == "about":
        result = {"version": sys.version_info[:2], "unicode": unicodedata.unidata_version}
    elif question == "tables":
        result = tables()
    else:
        result = answer(*question)
    print(json.dumps(result))

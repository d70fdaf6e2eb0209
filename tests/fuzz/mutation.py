"""Change files a little: their bytes, what their JSON or YAML says, or the parts of a workbook."""

import copy
import gzip
import io
import json
import zipfile
from random import Random
from typing import Any, Final

import yaml

DEEP: Final = json.loads("[" * 300 + "]" * 300)
ODD: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 1.5, 10**30, -(10**18), float("nan"), float("inf"), "", " ", "x",
    "1e999", "9" * 5000, "a" * 400, "\ud800", "half \ude00", "a\x00b", "\x85", "２０２６", "=1+1",
    [], {}, [[]], [None], [1, "x"], {"a": 1}, {"id": None}, [{}], DEEP, "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00",
    "2026-06-01T00:00:00", "2026-06-31", "24:00", 1780272000, 1780272000000, 20260601, -62135596800,
    "1780272000", "+09:00", "Asia", "Asia/Tokyo", "日本",
)  # fmt: skip
PIECES: Final = (
    b"\x00", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"'", b",", b";", b"\t", b"\n", b"\r",
    b"\r\n", b"{", b"}", b"[", b"]", b":", b"\\ud800", b"\\u0000", b"<", b">", b"&#0;", b"=?",
    b"?=", b"\x1b$B", b"\x82", b"\xe3\x81", b"From ", b"-1", b"99999999999999999999", b"0", b"%",
)  # fmt: skip
Place = tuple[Any, Any]  # a list or a record, and where in it


def places(value: Any) -> list[Place]:
    """List every place in a document, outer ones first."""
    found: list[Place] = []
    level = [value]
    while level:
        held = level.pop()
        if isinstance(held, dict):
            inside = list(held.items())
        elif isinstance(held, list):
            inside = list(enumerate(held))
        else:
            continue
        found += ((held, where) for where, _ in inside)
        level += (each for _, each in inside)
        if len(found) > 20_000:
            break
    return found


def changed(value: Any, random: Random) -> Any:
    """Change a document in one place or a few."""
    value = [copy.deepcopy(value)]
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        there = places(value)
        held, where = random.choice(there)
        other, elsewhere = random.choice(there)
        match random.randrange(8):
            case 0 if len(there) > 1 and held is not value:
                del held[where]
            case 1 if isinstance(held, dict):
                held[str(random.choice(ODD))[:500]] = held.pop(where)
            case 2:
                held[where] = copy.deepcopy(other[elsewhere])
            case 3:
                held[where] = [held[where]]
            case 4 if isinstance(held[where], list) and held[where]:
                held[where] = held[where][0]
            case 5 if isinstance(held, list):
                held.append(copy.deepcopy(held[where]))
            case _:
                held[where] = copy.deepcopy(random.choice(ODD))
    return value[0]


def bytes_changed(content: bytes, random: Random) -> bytes:
    """Change bytes in one place or a few."""
    found = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 4))):
        at = random.randrange(len(found) + 1)
        until = min(len(found), at + random.choice((1, 1, 2, 8, 64)))
        match random.randrange(6):
            case 0:
                found[at:at] = random.choice(PIECES)
            case 1:
                found[at:until] = random.choice(PIECES)
            case 2:
                del found[at:until]
            case 3:
                found[at:at] = found[at:until] * random.choice((1, 3))
            case 4 if at < len(found):
                found[at] ^= 1 << random.randrange(8)
            case _ if random.random() < 0.1:
                del found[at:]
    return bytes(found)


def json_changed(content: bytes, random: Random) -> bytes:
    """Change what JSON says, or now and then its bytes, also once packed."""
    chance = random.random()
    if chance < 0.12:
        return bytes_changed(content, random)
    value = changed(json.loads(content), random)
    if isinstance(value, list) and chance < 0.6:
        text = "".join(f"{json.dumps(each)}\n" for each in value)
    else:
        text = json.dumps(value, indent=random.choice((None, 1)), ensure_ascii=True)
    if chance > 0.97:
        packed = gzip.compress(text.encode(), mtime=0)
        return packed if chance > 0.985 else bytes_changed(packed, random)
    return text.encode()


def yaml_changed(content: bytes, random: Random) -> bytes:
    """Change what YAML says, or its bytes."""
    if random.random() < 0.3:
        return bytes_changed(content, random)
    value = changed(yaml.safe_load(content), random)
    try:
        return yaml.safe_dump(value, allow_unicode=True, sort_keys=False).encode("utf-8", "replace")
    except (yaml.YAMLError, RecursionError):
        return bytes_changed(content, random)


def zip_changed(content: bytes, random: Random) -> bytes:
    """Change a part of a workbook, and pack it whole again; now and then the package itself."""
    if random.random() < 0.1:
        return bytes_changed(content, random)
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    name = random.choice(list(parts))
    if random.random() < 0.05:
        del parts[name]
    else:
        parts[name] = bytes_changed(parts[name], random)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for part, inside in parts.items():
            new.writestr(zipfile.ZipInfo(part), inside)
    return packed.getvalue()

"""Copies of pictures for everybody: what they show, and nothing of what stands beside it in the
file, as where, when and by which device it was taken, and previews of what was cut away.

Compressed pixels are copied as they are. Of all else only what decides how they are shown is
copied, so what nobody thought of is left out as well.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Final

_MARKER: Final = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])", re.DOTALL)
"""What ends a scan: neither a stuffed byte nor a restart. Bytes that fill up before it are passed
over one by one: repeated in the pattern, a megabyte of them would be searched for days."""
_SCAN: Final = 0xDA
_END: Final = 0xD9
_JPEG_SHOWS: Final = frozenset({*range(0xC0, 0xD0), _SCAN, 0xDB, 0xDC, 0xDD})
"""Frames, tables and scans."""
_PNG_SHOWS: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS acTL fcTL fdAT bKGD cHRM cICP cLLI gAMA iCCP mDCV pHYs sBIT sRGB"
    b"".split()
)
_WEBP_SHOWS: Final = frozenset({b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ICCP"})
_HAS_XMP: Final = 0x04
_ORIENTATION: Final = 0x0112


def copy_of(content: bytes, media_type: str) -> bytes:
    """The same picture, without all that does not decide how it is shown."""
    match media_type:
        case "image/jpeg":
            return b"\xff\xd8" + b"".join(_jpeg(content)) + bytes((0xFF, _END))
        case "image/png":
            return content[:8] + b"".join(_png(content))
        case _:
            chunks = b"WEBP" + b"".join(_webp(content[12:]))
            return b"RIFF" + struct.pack("<I", len(chunks)) + chunks


def _jpeg(content: bytes) -> Iterator[bytes]:
    """Segments and scans up to the end; a telephone's film or second picture comes after it."""
    at, kind = 2, None
    while (marker := _MARKER.search(content, at)) is not None:
        if kind == _SCAN:
            yield content[at : marker.start()]
        kind, start = marker[1][0], marker.end()
        if kind == _END:
            return
        at = start + int.from_bytes(content[start : start + 2])
        shown = _shown(kind, content[start + 2 : at])
        if shown is not None:
            yield struct.pack(">BBH", 0xFF, kind, len(shown) + 2) + shown


def _shown(kind: int, segment: bytes) -> bytes | None:
    match kind:
        case 0xE0 if segment.startswith(b"JFIF\0"):
            # The last two numbers are the size of a preview that would follow.
            return segment[:12] + b"\0\0"
        case 0xE1 if segment.startswith(b"Exif\0\0"):
            return b"Exif\0\0" + _turned_alike(segment[6:])
        case 0xE2 if segment.startswith(b"ICC_PROFILE\0"):
            return segment
        case 0xEE if segment.startswith(b"Adobe"):
            return segment[:12]
    return segment if kind in _JPEG_SHOWS else None


def _png(content: bytes) -> Iterator[bytes]:
    """Chunks up to the end."""
    at, kind = 8, b""
    while kind != b"IEND" and at + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        chunk = content[at : at + 12 + length]
        at += len(chunk)
        if kind == b"eXIf":
            exif = _turned_alike(chunk[8:-4])
            chunk = struct.pack(">I4s", len(exif), kind) + exif
            yield chunk + struct.pack(">I", zlib.crc32(chunk[4:]))
        elif kind in _PNG_SHOWS:
            yield chunk


def _webp(riff: bytes, *, framed: bool = False) -> Iterator[bytes]:
    """Chunks; a frame of a moving picture is made of chunks itself, though not of frames."""
    at = 0
    while at + 8 <= len(riff):
        kind, length = struct.unpack_from("<4sI", riff, at)
        data = riff[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
        match kind:
            case b"VP8X" if data:
                data = bytes((data[0] & ~_HAS_XMP,)) + data[1:]
            case b"ANMF" if not framed:
                data = data[:16] + b"".join(_webp(data[16:], framed=True))
            case b"EXIF":
                data = _turned_alike(data.removeprefix(b"Exif\0\0"))
            case _ if kind not in _WEBP_SHOWS:
                continue
        yield struct.pack("<4sI", kind, len(data)) + data + bytes(len(data) % 2)


def _turned_alike(exif: bytes) -> bytes:
    """An Exif that says which side is up, as that one does, and nothing else."""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, _orientation(exif), 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)


def _orientation(exif: bytes) -> int:
    """1 to 8 (TIFF 6.0, tag 274); 1 where none can be read."""
    order = "<" if exif.startswith(b"II") else ">"
    try:
        (at,) = struct.unpack_from(f"{order}I", exif, 4)
        (entries,) = struct.unpack_from(f"{order}H", exif, at)
        for place in range(entries):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", exif, at + 2 + 12 * place)
            if tag == _ORIENTATION:
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1

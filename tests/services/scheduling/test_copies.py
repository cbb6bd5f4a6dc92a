"""Copies of pictures show the same and tell nothing."""

import io
import struct
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from services.scheduling.domain.copies import copy_of
from services.scheduling.domain.images import inspect
from tests.services.scheduling import pictures

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def saved(kind: str, mode: str = "RGB", **options: Any) -> bytes:
    """A picture with nothing beside it."""
    out = io.BytesIO()
    Image.effect_noise((97, 61), 80).convert(mode).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("JPEG", "RGB", {}),
        ("JPEG", "RGB", {"progressive": True}),
        ("JPEG", "L", {"restart_marker_rows": 1}),
        ("JPEG", "CMYK", {}),
        ("PNG", "RGBA", {}),
        ("PNG", "P", {}),
        ("WEBP", "RGB", {}),
        ("WEBP", "RGBA", {"lossless": True}),
    ],
)
def test_what_tells_nothing_is_copied_whole(kind: str, mode: str, options: Any) -> None:
    """Byte for byte, however its pixels are packed."""
    content = saved(kind, mode, **options)

    assert content == copy_of(content, TYPES[kind])


@pytest.mark.parametrize("kind", pictures.KINDS)
def test_colours_stay(kind: str) -> None:
    """The profile says which colours are meant: a copy without it would look another way."""
    with Image.open(io.BytesIO(copy_of(saved(kind, icc_profile=b"p" * 200), TYPES[kind]))) as copy:
        assert copy.info["icc_profile"] == b"p" * 200


@pytest.mark.parametrize("kind", pictures.KINDS)
@pytest.mark.parametrize("order", [b"MM\0*", b"II*\0"])
@pytest.mark.parametrize("orientation", range(10))
def test_the_side_that_is_up_stays_up(kind: str, order: bytes, orientation: int) -> None:
    """Each of the eight ways to hold a camera, as either kind of processor writes it; what is
    none of them means upright."""
    end = ">" if order.startswith(b"M") else "<"
    entries = struct.pack(f"{end}HHIHH", 0x010E, 2, 4, 0, 0)
    entries += struct.pack(f"{end}HHIHH", ExifTags.Base.Orientation, 3, 1, orientation, 0)
    exif = order + struct.pack(f"{end}IH", 8, 2) + entries + bytes(4)

    copy = copy_of(saved(kind, exif=b"Exif\0\0" + exif), TYPES[kind])

    assert pictures.seen(copy)[0] == (orientation if 1 <= orientation <= 8 else 1)
    assert pictures.words_in(copy) == []


def test_previews_are_left_out() -> None:
    """The small picture in a JFIF head, and the second one of a telephone, may show what was
    cut away."""
    plain = saved("JPEG")
    preview = b"\x02\x01cutout"
    head = b"\xff\xe0" + struct.pack(">H", 16 + 6) + plain[6:18] + preview
    out = io.BytesIO()
    picture = Image.open(io.BytesIO(plain))
    picture.save(out, "MPO", save_all=True, append_images=[picture.rotate(90)])

    assert copy_of(plain[:2] + head + plain[20:], "image/jpeg") == plain
    with Image.open(io.BytesIO(copy_of(out.getvalue(), "image/jpeg"))) as copy:
        assert (copy.format, copy.size) == ("JPEG", picture.size)
        assert len(copy_of(out.getvalue(), "image/jpeg")) < len(out.getvalue()) * 2 / 3


def test_pictures_that_move_keep_moving() -> None:
    """All frames stay; what stands between the parts of a frame does not."""
    frames = [Image.effect_noise((32, 32), shade).convert("RGB") for shade in (20, 60, 100)]
    for kind in ("PNG", "WEBP"):
        out = io.BytesIO()
        frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=40)
        with Image.open(io.BytesIO(copy_of(out.getvalue(), TYPES[kind]))) as copy:
            assert getattr(copy, "n_frames", 1) == 3

    between = out.getvalue()
    at = between.index(b"ANMF")
    length = int.from_bytes(between[at + 4 : at + 8], "little")
    noted = struct.pack("<4sI", b"NOTE", 6) + b"GPSLat"
    frame = between[at + 8 : at + 8 + length] + noted
    with_note = between[:at] + struct.pack("<4sI", b"ANMF", len(frame)) + frame
    with_note += between[at + 8 + length :]
    assert copy_of(with_note, "image/webp") == copy_of(between, "image/webp")


def test_words_between_scans_are_left_out() -> None:
    """A progressive JPEG has many scans, and a comment may stand before any of them."""
    plain = saved("JPEG", progressive=True)
    comment = b"\xff\xfe" + struct.pack(">H", 2 + 6) + b"GPSLat"
    second = plain.index(b"\xff\xda", plain.index(b"\xff\xda") + 2)

    assert copy_of(plain[:second] + comment + plain[second:], "image/jpeg") == plain


def test_a_long_run_of_filling_is_passed_over_at_once() -> None:
    """A megabyte of 0xFF where pixels should be is accepted by every reader of heads: whoever asks
    for its copy must not hold the service up."""
    plain = saved("JPEG")
    content = plain[:-2] + b"\xff" * 1_000_000 + b"\0" + plain[-2:]
    inspect("", content, "image/jpeg")

    started = time.process_time()
    assert content == copy_of(content, "image/jpeg")
    assert time.process_time() - started < 5


def test_chunks_that_no_reader_looks_at_do_not_stop_a_copy() -> None:
    """Behind the end of a WebP anything may stand: frames in frames without end, an empty head."""
    plain, frames = saved("WEBP"), b""
    for _ in range(2_000):
        frames = struct.pack("<4sI", b"ANMF", 16 + len(frames)) + bytes(16) + frames
    content = plain + frames + struct.pack("<4sI", b"VP8X", 0)
    inspect("", content, "image/webp")

    copy = copy_of(content, "image/webp")

    assert copy_of(plain, "image/webp")[12:] == copy[12 : len(plain)]
    assert len(plain) + 8 + 16 == len(copy)


@pytest.mark.parametrize("kind", pictures.KINDS)
@given(data=st.data())
def test_a_damaged_file_still_has_its_copy(kind: str, data: st.DataObject) -> None:
    """What was accepted once is shown, whatever stands in it; a copy of the copy is the copy."""
    whole = DAMAGED[kind]
    at = data.draw(st.integers(12, len(whole)))
    gone = data.draw(st.integers(0, 60))
    content = whole[:at] + data.draw(st.binary(max_size=12)) + whole[at + gone :]

    copy = copy_of(content, TYPES[kind])
    assert copy_of(copy, TYPES[kind]) == copy


DAMAGED = {kind: pictures.telling(kind) for kind in pictures.KINDS}

"""Pictures: photos and scans that prove something, as far as we may accept them."""

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image

from libs.common.errors import Fault, Invalid
from libs.common.sentences import NOT_AN_IMAGE, TOO_MANY_PIXELS
from services.scheduling.domain.sentences import OF_ANOTHER_TYPE

# The library only warns at its own limit; ours is lower, and is a refusal.
Image.MAX_IMAGE_PIXELS = None

START_OF_SCAN: Final = b"\xff\xda"
END_OF_IMAGE: Final = b"\xff\xd9"
MOST_PIXELS: Final = 50_000_000
FORMATS: Final = ("JPEG", "PNG", "WEBP")
MEDIA_TYPES: Final = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
}
"""The formats we take, by the name of their decoder; MPO is a telephone's JPEG with previews."""


class NotAnImage(Invalid):
    """The content is not a whole picture of the type it is said to be; send it again."""

    zh = "内容不是完整的图片，或与所标类型不符，请重新上传。"


class TooManyPixels(Invalid):
    """A picture has at most 50 million pixels; make it smaller."""

    zh = "图片不得超过五千万像素，请缩小后再上传。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is known of a picture beside its bytes."""

    sha256: str
    media_type: str
    size: int
    width: int
    height: int


def inspect(sha256: str, content: bytes, media_type: str) -> Picture:
    """The picture that these bytes are; takes a while.

    Dimensions are read from the header, before anything is unpacked.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            width, height, kind = *image.size, MEDIA_TYPES[image.format or ""]
            if width * height > MOST_PIXELS:
                raise TooManyPixels(Fault("", TOO_MANY_PIXELS, most=MOST_PIXELS))
            image.verify()
    except (OSError, SyntaxError, ValueError, EOFError, KeyError):
        raise NotAnImage(Fault("", NOT_AN_IMAGE)) from None
    if kind == "image/jpeg" and not ends(content):
        raise NotAnImage(Fault("", NOT_AN_IMAGE))
    if kind != media_type:
        raise NotAnImage(Fault("", OF_ANOTHER_TYPE, kind=kind))
    return Picture(sha256=sha256, media_type=kind, size=len(content), width=width, height=height)


def ends(jpeg: bytes) -> bool:
    """Whether the picture itself comes to its end; a preview in its head ends before it begins."""
    at = 2
    while jpeg[at : at + 2] != START_OF_SCAN:
        length = int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if jpeg[at : at + 1] != b"\xff" or length < 2:
            return False
        at += 2 + length
    return jpeg.find(END_OF_IMAGE, at) > 0

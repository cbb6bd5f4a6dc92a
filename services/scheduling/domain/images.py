"""Pictures: photos and scans that prove something, as far as we may accept them."""

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image

from libs.common.errors import Fault, Invalid

# The library only warns at its own limit; ours is lower, and is a refusal.
Image.MAX_IMAGE_PIXELS = None

MOST_PIXELS: Final = 50_000_000
MEDIA_TYPES: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
"""The formats we take, by the name of their decoder."""


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
        with Image.open(io.BytesIO(content), formats=tuple(MEDIA_TYPES)) as image:
            width, height, kind = *image.size, MEDIA_TYPES[image.format or ""]
            if width * height > MOST_PIXELS:
                raise TooManyPixels(Fault("", "too-many-pixels", f"{MOST_PIXELS} at most"))
            image.verify()
    except (OSError, SyntaxError, ValueError, EOFError, KeyError):
        raise NotAnImage(Fault("", "not-an-image", "damaged or of another kind")) from None
    if kind != media_type:
        raise NotAnImage(Fault("", "of-another-type", kind))
    return Picture(sha256=sha256, media_type=kind, size=len(content), width=width, height=height)

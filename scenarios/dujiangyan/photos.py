"""Photos and scanned sheets: tiny, real and each different, drawn from what they show."""

import hashlib
import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw

SIZE: Final = (48, 32)
JPEG: Final = "image/jpeg"
PNG: Final = "image/png"


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file as it is uploaded."""

    raw: bytes
    media_type: str

    @property
    def sha256(self) -> str:
        """The digest under which it is kept."""
        return hashlib.sha256(self.raw).hexdigest()


def photo(what: str) -> Picture:
    """A photo of that: bands in colours of their own."""
    return Picture(_file(_bands(what), "JPEG"), JPEG)


def sheet(what: str) -> Picture:
    """A scanned sign-in sheet: signatures on ruled paper."""
    digest = hashlib.sha256(what.encode()).digest()
    image = Image.new("L", SIZE, 250)
    draw = ImageDraw.Draw(image)
    for line, byte in enumerate(digest[:6]):
        height = 4 + line * 5
        draw.line([(4, height), (44, height)], fill=200)
        draw.line([(6, height - 1), (8 + byte // 8, height - byte % 4)], fill=byte // 3)
    for place, byte in enumerate(digest[6:30]):
        image.putpixel((20 + place, 31), byte)
    return Picture(_file(image, "PNG"), PNG)


def _bands(what: str) -> Image.Image:
    digest = hashlib.sha256(what.encode()).digest()
    image = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(image)
    for band in range(8):
        red, green, blue = digest[3 * band : 3 * band + 3]
        draw.rectangle([band * 6, 0, band * 6 + 5, SIZE[1]], fill=(red, green, blue))
    return image


def _file(image: Image.Image, kind: str) -> bytes:
    target = io.BytesIO()
    image.save(target, kind)
    return target.getvalue()

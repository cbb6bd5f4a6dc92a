"""Pictures that tell more than they show: where, when and by which telephone they were taken."""

import io
from typing import Any, Final

from PIL import ExifTags, Image, PngImagePlugin

KINDS: Final = ("JPEG", "PNG", "WEBP")
TURNED: Final = 6
WORDS: Final = (
    b"GPSLatitude",
    b"telephone-of-somebody",
    b"2024:11:05 09:00:00",
    b"said beside the picture",
    b"behind the end",
)
"""What must not be found in a copy, beside any position and any other tag of an Exif."""


def telling(kind: str, **options: Any) -> bytes:
    """A picture lying on its side, with a position, a device, a time, XMP, a comment, and more."""
    said = "GPSLatitude telephone-of-somebody said beside the picture"
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = TURNED
    exif[ExifTags.Base.Model] = "telephone-of-somebody"
    exif[ExifTags.Base.DateTime] = "2024:11:05 09:00:00"
    exif[ExifTags.IFD.GPSInfo] = {1: "N", 2: (30.0, 59.0, 17.0), 3: "E", 4: (103.0, 37.0, 1.0)}
    about: dict[str, Any] = {"exif": exif}
    match kind:
        case "JPEG":
            about |= {"xmp": said.encode(), "comment": said, "progressive": True}
        case "PNG":
            texts = PngImagePlugin.PngInfo()
            texts.add_text("Comment", said)
            texts.add_text("Packed", said * 9, zip=True)
            texts.add_itxt("XML:com.adobe.xmp", said)
            about |= {"pnginfo": texts}
        case "WEBP":
            about |= {"xmp": said.encode()}
    out = io.BytesIO()
    Image.effect_noise((48, 32), 80).convert("RGB").save(out, kind, **(about | options))
    return out.getvalue() + b"behind the end"


def words_in(picture: bytes) -> list[str]:
    """What it tells that nobody sees: words, tags of its Exif but which side is up, texts."""
    found = [repr(word) for word in WORDS if word in picture]
    with Image.open(io.BytesIO(picture)) as image:
        image.load()
        exif = image.getexif()
        found += [ExifTags.TAGS[tag] for tag in exif if tag != ExifTags.Base.Orientation]
        found += ["position"] if exif.get_ifd(ExifTags.IFD.GPSInfo) else []
        found += [key for key in image.info if key in ("comment", "xmp", "Comment", "Packed")]
    return found


def seen(picture: bytes) -> tuple[int, tuple[int, int], bytes]:
    """Which side is up, and every pixel."""
    with Image.open(io.BytesIO(picture)) as image:
        return image.getexif().get(ExifTags.Base.Orientation, 1), image.size, image.tobytes()

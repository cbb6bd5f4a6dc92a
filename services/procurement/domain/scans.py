"""Scans of sealed paper: what is kept as evidence must really be what it says."""

import io
from typing import Final

from PIL import Image

from libs.common.errors import Fault, Invalid
from libs.common.sentences import NOT_AN_IMAGE, TOO_MANY_PIXELS
from services.procurement.domain.sentences import NOT_A_PDF

SCAN_TYPES: Final = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG"}
"""Media types that are taken, with what Pillow calls the pictures among them."""
START_OF_SCAN: Final = b"\xff\xda"
END_OF_IMAGE: Final = b"\xff\xd9"
MOST_PIXELS: Final = 100_000_000


class ScanUnreadable(Invalid):
    """This is not a whole PDF, JPEG or PNG of the type it was sent as; scan it again."""

    zh = "文件不是所声明类型的完整 PDF、JPEG 或 PNG，请重新扫描。"


def check_scan(content: bytes, media_type: str) -> None:
    """Refuse what is of another kind, damaged, or would unpack into too much; takes a while."""
    if media_type == "application/pdf":
        # Readers look for the end in the last kilobyte, too.
        if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-1024:]:
            raise ScanUnreadable(Fault("", NOT_A_PDF))
        return
    try:
        with Image.open(io.BytesIO(content), formats=(SCAN_TYPES[media_type],)) as image:
            if image.size[0] * image.size[1] > MOST_PIXELS:
                raise ScanUnreadable(Fault("", TOO_MANY_PIXELS, most=MOST_PIXELS))
            image.verify()
        if media_type == "image/jpeg" and not ends(content):
            raise ScanUnreadable(Fault("", NOT_AN_IMAGE))
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError):
        raise ScanUnreadable(Fault("", NOT_AN_IMAGE)) from None


def ends(jpeg: bytes) -> bool:
    """Whether the picture itself comes to its end; a preview in its head ends before it begins."""
    at = 2
    while jpeg[at : at + 2] != START_OF_SCAN:
        length = int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if jpeg[at : at + 1] != b"\xff" or length < 2:
            return False
        at += 2 + length
    return jpeg.find(END_OF_IMAGE, at) > 0

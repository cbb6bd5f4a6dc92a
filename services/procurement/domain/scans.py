"""Scans of sealed paper: what is kept as evidence must really be what it says."""

import io
from typing import Final

from PIL import Image

from libs.common.errors import Fault, Invalid

SCAN_TYPES: Final = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG"}
"""Media types that are taken, with what Pillow calls the pictures among them."""
MOST_PIXELS: Final = 100_000_000


class ScanUnreadable(Invalid):
    """This is not a whole PDF, JPEG or PNG of the type it was sent as; scan it again."""

    zh = "文件不是所声明类型的完整 PDF、JPEG 或 PNG，请重新扫描。"


def check_scan(content: bytes, media_type: str) -> None:
    """Refuse what is of another kind, damaged, or would unpack into too much; takes a while."""
    if media_type == "application/pdf":
        if not content.startswith(b"%PDF-"):
            raise ScanUnreadable(Fault("", "not-a-pdf", "a PDF begins with %PDF-"))
        return
    try:
        with Image.open(io.BytesIO(content), formats=(SCAN_TYPES[media_type],)) as image:
            if image.size[0] * image.size[1] > MOST_PIXELS:
                raise ScanUnreadable(Fault("", "too-many-pixels", f"{MOST_PIXELS} at most"))
            image.verify()
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError):
        raise ScanUnreadable(Fault("", "not-an-image", media_type)) from None

"""A broker behind TLS: the address names the authority to trust, and nobody else is believed."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiormq.exceptions import AMQPConnectionError
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from libs.common.envelope import MEDIA_TYPE
from libs.common.ids import new_id
from libs.common.publisher import Letter, Publisher
from libs.common.secret import Secret
from libs.embedded.rabbitmq import Broker

CHUNK = 65_536


async def test_the_address_names_the_authority(broker: Broker, tmp_path: Path) -> None:
    """With `?cafile=` an amqps address reaches a broker whose certificate that authority signed."""
    letter = Letter(event_id=new_id(), type="echo.thing.made.v1", body=MEDIA_TYPE.encode())

    async with _tls_before(broker.port, tmp_path) as port:
        publisher = Publisher(Secret(_secured(broker, port, f"?cafile={tmp_path}/ca.pem")))
        outcomes = await publisher.publish([letter])
        await publisher.close()

    assert {letter.event_id: None} == outcomes


async def test_an_unknown_authority_is_refused(broker: Broker, tmp_path: Path) -> None:
    """Without it the same broker is not believed."""
    async with _tls_before(broker.port, tmp_path) as port:
        with pytest.raises(AMQPConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
            await Publisher(Secret(_secured(broker, port, ""))).publish([])


def _secured(broker: Broker, port: int, query: str) -> str:
    parts = urlsplit(broker.url())
    user = parts.netloc.rpartition("@")[0]
    return f"amqps://{user}@127.0.0.1:{port}{parts.path}{query}"


@asynccontextmanager
async def _tls_before(port: int, folder: Path) -> AsyncIterator[int]:
    """A port that speaks TLS and passes on what it hears to a plain one."""
    _make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward_reader, onward_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pump(reader, onward_writer), _pump(onward_reader, writer))

    server = await asyncio.start_server(carry, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.close()


def _make_certificate(folder: Path) -> None:
    """One that signs itself, for the loopback address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker of a test")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(hours=1))
        .not_valid_after(datetime.now(UTC) + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )

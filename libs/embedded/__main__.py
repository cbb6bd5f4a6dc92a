"""`python -m libs.embedded run | up | servers`: the whole platform on this machine."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

import aio_pika

from libs.embedded.children import Failed
from libs.embedded.definitions import EXCHANGE, scenario_queue
from libs.embedded.home import CHECKOUT, Home, Unusable, check_port, opened
from libs.embedded.platform import end_leftovers, platform, prepare, service_names
from libs.embedded.servers import Servers, serve_until_closed, servers

SCENARIO: Final = "dujiangyan"
INTERRUPTED: Final = 130


def main() -> int:
    """Run the command and give its exit status; a failure is told in a sentence."""
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    logging.getLogger("aiormq").setLevel(logging.CRITICAL)
    try:
        return asyncio.run(_until_signal(options))
    except (Failed, Unusable) as problem:
        print(problem, file=sys.stderr)
        return 1
    except asyncio.CancelledError:
        return INTERRUPTED


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m libs.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (("run", "play the scenario on it"), ("up", "without the scenario")):
        command = commands.add_parser(name, help=text)
        command.add_argument("--stay", action=argparse.BooleanOptionalAction, default=True)
        command.add_argument("--processes", action="store_true", help="each service apart")
        command.add_argument("--port", type=int, default=8080, help="of 127.0.0.1")
    command = commands.add_parser("servers", help="PostgreSQL and RabbitMQ alone, for tests")
    command.add_argument("folder", type=Path)
    command.add_argument("services", nargs="+")
    return parser.parse_args()


async def _until_signal(options: argparse.Namespace) -> int:
    """The first Ctrl-C or SIGTERM ends the run in order; later ones do not disturb that."""
    loop = asyncio.get_running_loop()
    work = asyncio.create_task(_work(options))
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, _cancel_once, work)
    return await work


def _cancel_once(work: asyncio.Task[int]) -> None:
    if not work.cancelling():
        print("Stopping …", file=sys.stderr, flush=True)
        work.cancel()


async def _work(options: argparse.Namespace) -> int:
    if options.command == "servers":
        await serve_until_closed(options.folder, options.services)
        return 0
    return await _run(options)


async def _run(options: argparse.Namespace) -> int:
    status = 0
    url = f"http://127.0.0.1:{options.port}"
    with opened() as home:
        await end_leftovers(home)
        check_port(options.port)
        async with servers(home.folder, service_names()) as addresses:
            await prepare(home, addresses)
            await declare_scenario_queue(addresses.amqp_admin_url)
            async with platform(home, addresses, processes=options.processes, port=options.port):
                print(f"Sanshe is ready: {url} (logs: {home.log})", flush=True)
                if options.command == "run":
                    status = await _play(home, addresses, url)
                if options.stay:
                    await _stay(url)
    return status


async def declare_scenario_queue(amqp_url: str) -> None:
    """The queue in which the scenario, an ordinary client, hears every event."""
    listener = scenario_queue()
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange(EXCHANGE)
        queue = await channel.declare_queue(
            listener.name, durable=True, arguments=dict(listener.arguments)
        )
        await queue.bind(exchange, "#")


async def _play(home: Home, addresses: Servers, url: str) -> int:
    """Run the scenario in this terminal; gives its exit status."""
    environment = os.environ | {
        "SANSHE_URL": url,
        "SANSHE_AMQP_URL": addresses.amqp_scenario_url,
        "SANSHE_HOME": str(home.folder),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"scenarios.{SCENARIO}",
        env=environment,
        cwd=CHECKOUT,
        # Ctrl-C comes to us alone, and ends all in order.
        start_new_session=True,
    )
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def _stay(url: str) -> None:
    print(f"The platform stays until Ctrl-C. Look at it: {url}/\nIts API pages:", flush=True)
    for name in service_names():
        print(f"  {url}/{name}/docs", flush=True)
    with suppress(asyncio.CancelledError):
        await asyncio.Event().wait()


if __name__ == "__main__":
    sys.exit(main())

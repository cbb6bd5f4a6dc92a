"""Programs from Debian's or Ubuntu's own packages, unpacked into a cache without root's help."""

import logging
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from libs.embedded.home import held

log = logging.getLogger(__name__)

NEEDED: Final = ("apt-get", "apt-cache", "dpkg-deb")
WANTED: Final = re.compile(r"^(erlang-[a-z0-9-]+|rabbitmq-server)$", re.MULTILINE)
ONLY_DEPENDS: Final = [
    f"--no-{kind}"
    for kind in ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
]
MINUTES: Final = 600


class Unavailable(RuntimeError):
    """This machine's package sources cannot provide what is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What to fetch, and what to put right in it for the place where it will be."""

    name: str
    about: str
    choose: Callable[["Apt"], list[str]]
    correct: Callable[[Path, Path], None]


def unpacked(cache: Path, recipe: Recipe) -> Path:
    """The folder that holds the packages of a recipe as a root would; downloads them once."""
    if missing := [name for name in NEEDED if shutil.which(name) is None]:
        raise Unavailable(f"{', '.join(missing)}: not found")
    try:
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        (cache / "lock").touch()
    except OSError as problem:
        raise Unavailable(
            f"{cache} cannot be written ({problem.strerror}): name another with SANSHE_CACHE"
        ) from None
    target = cache / f"{recipe.name}-{_release()}-{platform.machine()}"
    with held(cache / "lock", wait=True):
        if not target.exists():
            log.info("fetching %s with apt, once: %s", recipe.about, target)
            _provide(cache, target, recipe)
    return target


def _provide(cache: Path, target: Path, recipe: Recipe) -> None:
    work = cache / "unpacking"
    shutil.rmtree(work, ignore_errors=True)
    apt = Apt(work)
    apt.download(recipe.choose(apt))
    root = work / "root"
    for package in sorted(apt.downloads.glob("*.deb")):
        _run(["dpkg-deb", "--extract", str(package), str(root)], work)
    recipe.correct(root, target)
    root.rename(target)
    shutil.rmtree(work, ignore_errors=True)


class Apt:
    """apt with lists and caches of its own: it needs no root and leaves the system's alone."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.downloads = work / "downloads"
        for folder in (self.downloads, work / "lists" / "partial", work / "archives" / "partial"):
            folder.mkdir(parents=True)
        # Root's apt becomes the user _apt, which a folder below a closed home shuts out.
        self._options = [
            part
            for setting in (
                f"Dir::State::Lists={work / 'lists'}",
                f"Dir::Cache={work}",
                "APT::Sandbox::User=root",
                "Acquire::Languages=none",
                "Acquire::Retries=2",
            )
            for part in ("-o", setting)
        ]

        # One unreachable source of several makes apt-get fail; what matters is what it found.
        self.fetched = self._apt("apt-get", "update", check=False)

    def look_in(self, suite: str) -> None:
        """Look among the packages of another release, on the mirror that this one comes from."""
        known = self._apt("apt-get", "indextargets", "--format", "$(REPO_URI)", "Origin: Debian")
        if not known.strip():
            raise Unavailable("this is no Debian with a mirror")
        sources = self.work / "sources.list"
        sources.write_text(f"deb {known.split()[0]} {suite} main\n", encoding="utf-8")
        for setting in (f"Dir::Etc::SourceList={sources}", "Dir::Etc::SourceParts=-"):
            self._options += ["-o", setting]
        self.fetched = self._apt("apt-get", "update", check=False)

    def version_of(self, package: str) -> tuple[int, int]:
        """The first two numbers of the version that is to be had; zeros if there is none."""
        found = re.search(
            r"Candidate: (?:\d+:)?(\d+)\.(\d+)", self._apt("apt-cache", "policy", package)
        )
        return (int(found[1]), int(found[2])) if found else (0, 0)

    def needed_for(self, package: str) -> str:
        """Every package that it depends on, one a line, whether it is installed or not."""
        return self._apt("apt-cache", "depends", "--recurse", *ONLY_DEPENDS, package)

    def missing_for(self, *packages: str) -> list[str]:
        """What installing them would bring to this machine."""
        plan = self._apt("apt-get", "install", "--simulate", "--no-install-recommends", *packages)
        return re.findall(r"^Inst (\S+)", plan, re.MULTILINE)

    def download(self, packages: list[str]) -> None:
        """Download the packages; apt checks them against the signed lists."""
        self._apt("apt-get", "download", *packages)

    def _apt(self, program: str, *arguments: str, check: bool = True) -> str:
        argv = [program, "--quiet", *self._options, *arguments]
        return _run(argv, self.downloads, check=check)


def _run(argv: list[str], folder: Path, *, check: bool = True) -> str:
    environment = os.environ | {"LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        argv,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=MINUTES,
        check=False,
    )
    if check and done.returncode:
        log.error("%s", done.stdout)
        raise Unavailable(f"{argv[0]} ended with {done.returncode}: {_last_line(done.stdout)}")
    return done.stdout


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no word from apt"])[-1]


def _choose_rabbitmq(apt: Apt) -> list[str]:
    """The server and the Erlang packages that it needs."""
    names = sorted(set(WANTED.findall(apt.needed_for("rabbitmq-server"))))
    if "rabbitmq-server" not in names or "erlang-base" not in names:
        raise Unavailable(f"apt knows no rabbitmq-server with Erlang: {_last_line(apt.fetched)}")
    return names


def _correct_erlang(root: Path, target: Path) -> None:
    """Debian's start script knows one place for Erlang, /usr/lib/erlang: name the true one."""
    script = root / "usr" / "lib" / "erlang" / "bin" / "erl"
    text = script.read_text(encoding="utf-8")
    place = f'ROOTDIR="{target}/usr/lib/erlang"'
    script.write_text(re.sub(r"ROOTDIR=/usr/lib/erlang\b", place, text), encoding="utf-8")


def _release() -> str:
    try:
        system = platform.freedesktop_os_release()
    except OSError:
        return "unknown"
    return f"{system.get('ID', 'unknown')}-{system.get('VERSION_ID', 'unknown')}"


RABBITMQ: Final = Recipe(
    name="rabbitmq",
    about="RabbitMQ and Erlang, about 35 MB,",
    choose=_choose_rabbitmq,
    correct=_correct_erlang,
)

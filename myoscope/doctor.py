"""`myoscope doctor`: what this machine lacks, and what to do."""

import socket
import sys
import time
from collections.abc import Iterator
from importlib import import_module, metadata
from pathlib import Path

import msgspec

from contracts.clock import monotonic_s
from contracts.refusal import Refusal
from contracts.settings import Settings

PACKAGES = ("contracts", "acquisition", "processing", "inference", "dashboard", "simulators", "myoscope")
CLOCKS_AGREE_S = 0.001


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    good: bool
    what: str
    found: str
    do: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Everything that is looked at, in order."""
    return [*_python(), *_shadowing(), *_liblsl(), *_ports(settings), *_model(settings), *_kernels()]


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(
        sys.version_info >= (3, 11),
        "Python",
        version,
        "" if sys.version_info >= (3, 11) else "Use 3.11 or newer.",
    )


def _shadowing() -> Iterator[Finding]:
    """Our packages have plain names: each must come from this tree and from no other distribution."""
    home = Path(__file__).resolve().parent.parent
    owners = metadata.packages_distributions()
    for name in PACKAGES:
        module = import_module(name)
        place = Path(str(module.__file__)).resolve().parent.parent
        others = sorted(set(owners.get(name, [])) - {"myoscope"})
        if place != home or others:
            found = f"{name} from {place}" + (f", also in {', '.join(others)}" if others else "")
            yield Finding(False, "package names", found, "Use an environment of its own for Myoscope.")
            return
    yield Finding(True, "package names", f"all {len(PACKAGES)} from {home}")


def _liblsl() -> Iterator[Finding]:
    try:
        import pylsl
    except (ImportError, RuntimeError, OSError) as error:
        yield Finding(
            False,
            "liblsl",
            str(error).splitlines()[0],
            "The wheel needs glibc 2.35 or newer; else set PYLSL_LIB to another liblsl (mne-lsl has one).",
        )
        return
    yield Finding(True, "liblsl", f"{pylsl.library_version() / 100:.2f}, pylsl {metadata.version('pylsl')}")
    difference = min(abs(pylsl.local_clock() - monotonic_s()) for _ in range(5))
    yield Finding(
        True,
        "clocks",
        f"liblsl and this program {difference * 1e6:.0f} us apart"
        if difference < CLOCKS_AGREE_S
        else "liblsl's clock is its own; ages travel as differences",
    )


def _ports(settings: Settings) -> Iterator[Finding]:
    wire, page = settings.wire, settings.page
    for key, host, port in (
        ("wire.port", wire.host, wire.port),
        ("wire.control_port", wire.host, wire.control_port),
        ("page.port", page.host, page.port),
    ):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                yield Finding(
                    False,
                    f"port {port}",
                    str(error.strerror),
                    f"A run of Myoscope holds it, or choose another: --set {key}=NUMBER.",
                )
            else:
                away = (
                    ""
                    if host.startswith("127.")
                    else f" on {host}: reachable from other machines, unprotected"
                )
                yield Finding(True, f"port {port}", f"free ({key}){away}")


def _model(settings: Settings) -> Iterator[Finding]:
    from inference.runtime.model import load_model, shipped_hashes, shipped_models

    try:
        model = load_model(settings.model)
    except Refusal as refusal:
        yield Finding(False, "model", refusal.found, refusal.do)
        return
    if model is None:
        yield Finding(True, "model", "none (model.path)")
        return
    card = model.card
    shipped = model.path in shipped_models().values()
    written = shipped_hashes().get(model.path.name) if shipped else model.sha256
    if written != model.sha256:
        found = f"SHA-256 {model.sha256[:16]}... of {model.path.name}, not {written}"
        yield Finding(
            False, "model", found, "Install Myoscope again: this is not the model that was shipped."
        )
        return
    yield Finding(
        True, "model", f"{card.name} {card.version}, SHA-256 {model.sha256[:16]}..., {card.algorithm}"
    )


def _kernels() -> Iterator[Finding]:
    """Compile, or load, every kernel, and say which it was."""
    from contracts.records import Channel, StreamDescription
    from inference.runtime.pipeline import Pipeline
    from processing.kernels.amplitude import amplitude

    began = time.perf_counter()
    stream = StreamDescription("doctor", 2000.0, (Channel("EMG", "uV"),))
    settings = msgspec.convert({"model": {"path": "none"}}, Settings)
    Pipeline(settings, stream, None, monotonic_s).warm_up()
    took = time.perf_counter() - began
    folder = Path(str(amplitude.stats.cache_path))
    cached = len(list(folder.glob("*.nbc"))) if folder.is_dir() else 0
    yield Finding(
        cached > 0,
        "kernel cache",
        f"{cached} compiled kernels kept in {folder}; ready in {took:.1f} s",
        "" if cached else f"Make {folder} writable, or every start compiles anew.",
    )

"""`myoscope replay`: a recording, or the synthetic source, as an LSL outlet like a device's."""

import logging
import threading
from contextlib import ExitStack
from typing import cast

from rich.console import Console

from acquisition.live.network import configure_lsl
from contracts.refusal import Refusal
from contracts.settings import LslScope
from simulators.fault_settings import FaultSettings
from simulators.keyboard import Keyboard
from simulators.motor_units import Electrode
from simulators.replay import Player, ReplaySettings, faulty_replay_outlet, replay_outlet
from simulators.source import SampleSource
from simulators.synthetic import SyntheticEmg

log = logging.getLogger("myoscope.replay")
console = Console()

PATTERNS = ("healthy", "myopathic", "neurogenic")
ELECTRODES = {"needle": (23_437.5, 1), "surface": (2_000.0, 8), "armband": (200.0, 8)}
"""Usual rate in Hz and number of channels of the synthetic source."""

KEYS = "space: pause · left, right: 5 s back or on · q: end"


def run_replay(
    source: SampleSource,
    settings: ReplaySettings,
    scope: LslScope,
    stop: threading.Event,
    *,
    source_id: str | None,
    keys: bool,
    faults: FaultSettings | None = None,
) -> None:
    """Play a source until its end or `stop`, through faults where there are some."""
    configure_lsl(scope)
    with ExitStack() as open_parts:
        faulty = None if faults is None else faulty_replay_outlet(source, settings, faults, source_id)
        outlet = open_parts.enter_context(faulty or replay_outlet(source, settings, source_id))
        player = Player(source, outlet, settings)
        about = source.description
        speed = (
            ""
            if settings.speed == 1
            else f" at {settings.speed:g} times the speed, latency is not measurable"
        )
        console.print(
            f"[green]playing[/green] {about.name}: {len(about.emg)} channel(s) at {about.rate_hz:g} Hz{speed}",
            highlight=False,
        )
        with ExitStack() as held:
            if keys and held.enter_context(Keyboard(player, stop)).listening:
                console.print(KEYS, style="dim")
            outcome = player.run(stop)
        log.info("%s at %.1f s", outcome, player.position_s)
    if faulty is not None:
        told = ", ".join(f"{kind} {n}" for kind, n in faulty.counts.items()) or "none"
        console.print(f"faults on the way: {told}", highlight=False)


def synthetic_source(
    pattern: str, electrode: str, channels: int | None, rate_hz: float | None
) -> SyntheticEmg:
    """The synthetic source for words from the command line. Raises Refusal for a word that is not known."""
    if pattern not in PATTERNS:
        raise Refusal(
            found=f"pattern {pattern!r}", wanted=f"one of {', '.join(PATTERNS)}", do="Correct --synthetic."
        )
    if electrode not in ELECTRODES:
        raise Refusal(
            found=f"electrode {electrode!r}",
            wanted=f"one of {', '.join(ELECTRODES)}",
            do="Correct --electrode.",
        )
    usual_hz, usual_channels = ELECTRODES[electrode]
    return SyntheticEmg(
        rate_hz=rate_hz or usual_hz,
        channels=channels or usual_channels,
        pattern=pattern,
        electrode=cast("Electrode", electrode),
    )

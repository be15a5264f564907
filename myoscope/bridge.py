"""`myoscope bridge`: calibrate a sound input, and send it as an LSL stream."""

import threading
from pathlib import Path
from typing import cast, get_args

from rich.console import Console

from acquisition.live.network import configure_lsl
from contracts.refusal import Refusal
from contracts.settings import LslScope
from simulators.bridge import Bridge, bridge_outlet
from simulators.calibration import (
    Excitation,
    Shape,
    calibrate,
    load_calibration,
    measure_band,
    save_calibration,
)
from simulators.sound_input import CardInput, FileInput, SoundInput

console = Console()


def open_input(file: Path | None, device: str | None, rate_hz: float, channels: int) -> SoundInput:
    """A WAV file in place of the card, or the card."""
    return FileInput(file) if file is not None else CardInput(device, rate_hz, channels)


def calibrate_input(sound: SoundInput, known_uv_pp: float, shape: str, band: str | None, path: Path) -> str:
    """Measure with the known signal that is played in now, keep the result, and say what it is."""
    if shape not in get_args(Shape):
        raise Refusal(
            found=f"shape {shape!r}", wanted=f"one of {', '.join(get_args(Shape))}", do="Correct --shape."
        )
    if band is not None and band not in get_args(Excitation):
        wanted = ", ".join(get_args(Excitation))
        raise Refusal(found=f"excitation {band!r}", wanted=f"one of {wanted}", do="Correct --band.")
    band_hz = measure_band(sound, cast("Excitation", band)) if band is not None else None
    if band_hz is not None:
        console.print(f"band {band_hz[0]:.1f} to {band_hz[1]:.0f} Hz", highlight=False)
        console.input("Now play the calibration signal in, and press Enter.")
    measured = calibrate(sound, known_uv_pp, cast("Shape", shape), band_hz=band_hz)
    save_calibration(measured, path)
    return f"{path}: calibrated with a {shape} of {known_uv_pp:g} uV peak to peak"


def run_bridge(
    sound: SoundInput,
    calibration: Path | None,
    scope: LslScope,
    stop: threading.Event,
    *,
    name: str,
    source_id: str | None,
) -> None:
    """Send the input until it ends or `stop`."""
    held = load_calibration(calibration) if calibration is not None else None
    configure_lsl(scope)
    with bridge_outlet(sound, held, name=name, source_id=source_id) as outlet:
        unit = "microvolt" if held is not None else "counts (not calibrated: microvolt measures are refused)"
        console.print(
            f"[green]sending[/green] {name}: {sound.n_channels} channel(s), {unit}", highlight=False
        )
        Bridge(sound, held, outlet).run(stop)

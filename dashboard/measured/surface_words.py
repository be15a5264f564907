"""Surface EMG, in words."""

from collections.abc import Sequence

from contracts.measured import SurfaceMeasures
from dashboard.measured.picture import SurfaceChannelShown, SurfaceShown
from dashboard.words import measure

MOST_CHANNELS = 8


def surface_shown(
    held: Sequence[SurfaceMeasures], labels: Sequence[str], channel: int
) -> SurfaceShown | None:
    """The channels round the chosen one, each with its last minute; None before the first second."""
    if not held:
        return None
    newest = held[-1]
    n = len(newest.envelope_uv)
    first = min(channel, n - 1) // MOST_CHANNELS * MOST_CHANNELS
    shown = range(first, min(n, first + MOST_CHANNELS))
    return SurfaceShown(
        channels=tuple(_channel(held, i, labels[i] if i < len(labels) else str(i + 1)) for i in shown),
        more=n - len(shown),
        cocontraction=tuple(
            f"{_named(a, labels)} with {_named(b, labels)} {index:.2f}"
            for a, b, index in newest.cocontraction
        ),
    )


def _channel(held: Sequence[SurfaceMeasures], i: int, label: str) -> SurfaceChannelShown:
    newest = held[-1]
    median, fatigue = newest.median_frequency_hz[i], newest.fatigue_hz_per_s[i]
    return SurfaceChannelShown(
        label=label,
        active=newest.active[i],
        envelope=f"{measure(newest.envelope_uv[i])} µV",
        median=f"{median:.0f} Hz" if median is not None else "–",
        fatigue=f"{fatigue:+.2f} Hz/s".replace("-", "\u2212") if fatigue is not None else "–",
        envelopes=tuple(round(m.envelope_uv[i], 2) for m in held),
        actives=tuple(m.active[i] for m in held),
    )


def _named(channel: int, labels: Sequence[str]) -> str:
    return labels[channel] if channel < len(labels) else str(channel + 1)

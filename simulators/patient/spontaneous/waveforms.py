"""What a needle hears of one spontaneous discharge: potentials of single fibres, chains, end-plates and units.

All are `(TICKS, n)` microvolt, rows as in `Source.rest`. Fibres come from the model of `potentials.single_fibre`.
Two do not, because no propagating wave makes them: end-plate noise (miniature end-plate potentials do not
propagate), and positive sharp waves. A modelled fibre that ends at the needle does give a positive, then a
negative wave, but with a membrane that repolarises as usual the latter is over in 3 to 4 ms and half as high
as the first; it takes 10 to 30 ms and is lower in life, where the fibre is damaged.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.patient.bank import TICKS
from simulators.patient.electrode import Needle
from simulators.patient.potentials import single_fibre
from simulators.patient.tissue import DENERVATED, Tissue

F32 = NDArray[np.float32]
Rng = np.random.Generator

NEAR_MM = 0.9
"""Denervated fibres farther away than this are not looked at."""

HEARD_UV = 20.0
"""A fibre whose potential is smaller is not counted among those that discharge near the needle."""


@dataclass(frozen=True, slots=True)
class Ear:
    """A needle, the rate of its recorder, and the length of the fibres around it."""

    needle: Needle
    rate_hz: float
    left_mm: float
    right_mm: float

    @classmethod
    def of(cls, tissue: Tissue, needle: Needle, rate_hz: float) -> "Ear":
        """Fibres end where those of the tissue do, but never before they have passed the needle."""
        fibres = tissue.fibres
        left, right = (
            (float(np.median(fibres.left_mm)), float(np.median(fibres.right_mm)))
            if len(fibres)
            else (-50.0, 50.0)
        )
        return cls(needle, rate_hz, min(left, needle.z_mm - 10.0), max(right, needle.z_mm + 10.0))

    def fibre(self, away_mm: float, diameter_um: float, begins_mm: float, delay_ms: float = 0.0) -> F32:
        """The potential of a fibre `away_mm` aside of the recording surface, begun `begins_mm` along it."""
        across = self.needle.angle_rad + np.pi / 2
        return single_fibre(
            self.needle,
            self.rate_hz,
            x_mm=self.needle.x_mm + away_mm * float(np.cos(across)),
            y_mm=self.needle.y_mm + away_mm * float(np.sin(across)),
            diameter_um=diameter_um,
            end_plate_mm=self.needle.z_mm + begins_mm,
            left_mm=self.left_mm,
            right_mm=self.right_mm,
            delay_ms=delay_ms,
        )

    def fibre_of(self, amplitude_uv: float, diameter_um: float, begins_mm: float) -> F32:
        """A fibre as far away as gives this amplitude; the nearest that a needle leaves whole, if none does."""
        near, far = self.needle.electrode.dead_zone_mm, 3.0
        for _ in range(6):
            middle = np.sqrt(near * far)
            louder = _swing(self.fibre(middle, diameter_um, begins_mm)) > amplitude_uv
            near, far = (middle, far) if louder else (near, middle)
        return self.fibre(near, diameter_um, begins_mm)


def fibrillation(ear: Ear, amplitude_uv: float | None, rng: Rng) -> F32:
    """A thin fibre that fires by itself some way from the needle: positive, negative, positive."""
    wanted_uv = _drawn(20.0, 200.0, rng) if amplitude_uv is None else amplitude_uv
    away_mm = rng.uniform(5.0, 20.0) * rng.choice([-1.0, 1.0])
    return _scaled(ear.fibre_of(wanted_uv, rng.uniform(20.0, 40.0), away_mm), amplitude_uv)


def denervated(tissue: Tissue, ear: Ear, count: int, rng: Rng) -> list[F32]:
    """Potentials of up to `count` fibres of the tissue that have no axon and that this needle hears."""
    fibres = tissue.fibres
    within = ear.needle.distance_mm(fibres.x_mm, fibres.y_mm) < NEAR_MM
    alone = np.flatnonzero(within & (fibres.unit == DENERVATED) & ear.needle.hears(fibres.x_mm, fibres.y_mm))
    found: list[F32] = []
    for fibre in rng.permutation(alone)[: 4 * count]:
        potential = single_fibre(
            ear.needle,
            ear.rate_hz,
            x_mm=float(fibres.x_mm[fibre]),
            y_mm=float(fibres.y_mm[fibre]),
            diameter_um=float(fibres.diameter_um[fibre]),
            end_plate_mm=float(fibres.end_plate_mm[fibre]),
            left_mm=float(fibres.left_mm[fibre]),
            right_mm=float(fibres.right_mm[fibre]),
        )
        if len(found) < count and _swing(potential) >= HEARD_UV:
            found.append(potential)
    return found


def positive_sharp_wave(ear: Ear, amplitude_uv: float | None, rng: Rng) -> F32:
    """p(t) = a(t / t1) - 0.25 a(t / t2), a(u) = u exp(1 - u): sharply positive, then 10 to 30 ms low and negative."""
    wanted_uv = _drawn(30.0, 400.0, rng) if amplitude_uv is None else amplitude_uv
    rise_ms, fall_ms = rng.uniform(0.4, 0.8), rng.uniform(3.0, 7.0)
    time_ms = _times_ms(8 * fall_ms, ear.rate_hz)
    return _scaled(
        (_alpha(time_ms / rise_ms) - 0.25 * _alpha(time_ms / fall_ms)).astype(np.float32), wanted_uv
    )


def miniature(ear: Ear, amplitude_uv: float | None, rng: Rng) -> F32:
    """A miniature end-plate potential: negative, monophasic, 1 to 2 ms."""
    wanted_uv = _drawn(10.0, 40.0, rng) if amplitude_uv is None else amplitude_uv
    rise_ms = rng.uniform(0.25, 0.45)
    return _scaled((-_alpha(_times_ms(10 * rise_ms, ear.rate_hz) / rise_ms)).astype(np.float32), wanted_uv)


def end_plate_spike(ear: Ear, amplitude_uv: float | None, rng: Rng) -> F32:
    """A fibre that begins right at the needle: at once negative."""
    wanted_uv = rng.uniform(100.0, 300.0) if amplitude_uv is None else amplitude_uv
    return _scaled(ear.fibre_of(wanted_uv, rng.uniform(35.0, 50.0), rng.uniform(-0.1, 0.1)), wanted_uv)


def chain(ear: Ear, amplitude_uv: float | None, rng: Rng) -> F32:
    """3 to 12 fibres, each set off by the one before: the same complex every time."""
    delays_ms = np.cumsum(rng.uniform(0.3, 2.5, size=rng.integers(3, 13)))
    fibres = [
        ear.fibre(rng.uniform(0.31, 0.9), rng.uniform(25.0, 55.0), rng.uniform(6.0, 9.0), float(delay_ms))
        for delay_ms in delays_ms
    ]
    return _scaled(summed([(0, fibre) for fibre in fibres]), amplitude_uv)


def myotonic(ear: Ear, amplitude_uv: float | None, rng: Rng) -> F32:
    """As a fibrillation potential or, in one of three, as a positive sharp wave; at its largest."""
    wanted_uv = _drawn(80.0, 600.0, rng) if amplitude_uv is None else amplitude_uv
    if rng.random() < 1 / 3:
        return positive_sharp_wave(ear, wanted_uv, rng)
    return _scaled(ear.fibre_of(wanted_uv, rng.uniform(40.0, 60.0), rng.uniform(5.0, 15.0)), wanted_uv)


def injured(ear: Ear, amplitude_uv: float | None, rng: Rng) -> F32:
    """Any fibre that the needle has touched: spikes begun near it, some initially negative, some sharp waves."""
    wanted_uv = _drawn(60.0, 900.0, rng) if amplitude_uv is None else amplitude_uv
    if rng.random() < 0.2:
        return positive_sharp_wave(ear, wanted_uv, rng)
    return _scaled(ear.fibre_of(wanted_uv, rng.uniform(30.0, 60.0), rng.exponential(2.0)), wanted_uv)


def summed(parts: list[tuple[int, F32]]) -> F32:
    """The sum of potentials, each begun so many samples after the discharge."""
    total = np.zeros((TICKS, max((start + part.shape[1] for start, part in parts), default=0)), np.float32)
    for start, part in parts:
        total[:, start : start + part.shape[1]] += part
    return total


def _swing(potential: F32) -> float:
    """Peak to peak; 0 of a fibre so thin that nothing of it is heard."""
    return float(np.ptp(potential[0])) if potential.size else 0.0


def _scaled(potential: F32, amplitude_uv: float | None) -> F32:
    """The potential at this amplitude, where one is wanted."""
    return potential if amplitude_uv is None else potential * np.float32(amplitude_uv / np.ptp(potential))


def _drawn(low: float, high: float, rng: Rng) -> float:
    """Even in the logarithm."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _times_ms(length_ms: float, rate_hz: float) -> NDArray[np.float64]:
    """Times of the samples of a potential after a discharge at each tick, `(TICKS, n)`."""
    n = int(length_ms * 1e-3 * rate_hz) + 2
    return (np.arange(n)[None, :] - np.arange(TICKS)[:, None] / TICKS) * 1e3 / rate_hz


def _alpha(u: NDArray[np.float64]) -> NDArray[np.float64]:
    """u exp(1 - u): 1 at u = 1, 0 before 0."""
    return np.where(u > 0, u * np.exp(1 - np.maximum(u, 0.0)), 0.0)

"""A device's own sample counter: from its values to steps, whatever its width."""

import numpy as np
from numpy.typing import NDArray

_WIDTHS = tuple(2**bits for bits in (7, 8, 10, 12, 14, 15, 16, 20, 24, 31, 32))
"""Moduli of counters in the wild, tried where samples were lost just at the first wrap."""
_SMALLEST = 15
"""A counter falls to 0 from here at least: below, a repeated sample is likelier than a wrap."""
_PROBATION = 32


class SampleCounter:
    """Turns counter values into steps in samples; keeps what it learned of the counter's modulus.

    A counter is believed while most of its steps are 1: the first 32 decide. One that counts packets, or
    stands still, is given up (`trusted` turns False) and the stamps are used as if it were not there.

    The modulus is learned at the first wrap: a fall to 0 or 1 while the stamps run on gives it exactly;
    if samples were lost at that very moment, the usual widths are tried against the stamps. After that,
    a step is taken as the shortest way round, unless the stamps say that whole turns were lost.
    """

    def __init__(self, *, late_limit: int, largest: int | None = None) -> None:
        self._late_limit = late_limit
        self._largest = largest
        self._modulus: int | None = None
        self._seen = self._ones = 0
        self._given_up = False

    @property
    def trusted(self) -> bool:
        """False once the channel has proved not to count samples."""
        return not self._given_up and (self._seen == 0 or 2 * self._ones > self._seen)

    def settled(self, values: NDArray[np.int64]) -> bool:
        """Whether nothing is left to judge: the counter is past its probation, or given up.

        Past `largest` the number format no longer holds every integer (2**24 for float32): given up.
        """
        if self._largest is not None and int(np.maximum.reduce(np.abs(values))) >= self._largest:
            self._given_up = True
        return self._given_up or self._seen >= _PROBATION

    def judge(self, steps: NDArray[np.int64]) -> bool:
        """Whether the counter may be believed, these plain differences of its values included."""
        self._seen += steps.shape[0]
        self._ones += int(np.count_nonzero(steps == 1))
        self._given_up = self._seen >= _PROBATION and 2 * self._ones <= self._seen
        return self.trusted

    def step(self, before: int, now: int, expected: float, tolerance: float) -> int | None:
        """Samples from `before` to `now`: 1 when none is missing, below 1 for one that was here already.

        `expected` is the same number by the stamps, good to `tolerance`. None where the counter began anew:
        it fell by more than `late_limit`, and no wrap explains it.
        """
        difference = now - before
        if self._modulus is None and difference < 0:
            self._modulus = _modulus(before, now, expected, tolerance)
        if self._modulus is not None:
            return _shortest(difference, self._modulus, expected, tolerance)
        return None if difference < -self._late_limit else difference

    def step_across(self, before: int, now: int, expected: float, tolerance: float) -> int | None:
        """Samples across a reconnection, if the counter kept counting; None if the stamps do not confirm it.

        A counter that began anew agrees with the stamps by chance in 2 of 100 cases at most: one whose
        modulus is not a hundred times the tolerance proves nothing here.
        """
        if self._modulus is not None and self._modulus < 100 * tolerance:
            return None
        step = now - before
        if self._modulus is not None:
            step = _shortest(step, self._modulus, expected, tolerance)
        return step if step >= 1 and abs(step - expected) <= tolerance else None


def _modulus(before: int, now: int, expected: float, tolerance: float) -> int | None:
    if now in (0, 1) and before >= _SMALLEST and abs(expected - 1.0) <= tolerance:
        return before + 1 - now
    for modulus in _WIDTHS:
        more_than_half = modulus > before and before - now > modulus // 2
        if more_than_half and abs((now - before) % modulus - expected) <= tolerance:
            return modulus
    return None


def _shortest(difference: int, modulus: int, expected: float, tolerance: float) -> int:
    step = (difference + modulus // 2) % modulus - modulus // 2
    if abs(expected - step) > max(modulus / 2, tolerance):
        step += modulus * round((expected - step) / modulus)
    return step

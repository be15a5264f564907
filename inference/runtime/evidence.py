"""Evidence over time: from single windows to a decision, or to "cannot tell".

The smoothed posterior is the normalised geometric mean of the windows' probabilities with exponential
forgetting: a running mean of log probabilities. It is deliberately not their product. Windows overlap and
share a needle position; multiplying them would make the same second of signal ever more certain.
"""

import math

import numpy as np
from numpy.typing import NDArray

from contracts.settings import ModelSettings
from contracts.wire import Decision, DecisionReason, Pattern

FLOOR = 1e-4
"""Least probability that one window may give: a single window must not veto a class for good."""


class Evidence:
    """The evidence for one reading (a channel, or all channels of a multichannel model)."""

    def __init__(
        self, settings: ModelSettings, classes: tuple[str, ...], patterns: tuple[Pattern, ...], hop_s: float
    ) -> None:
        self._settings = settings
        self._patterns = patterns
        self._rate = 1.0 - math.exp(-hop_s / settings.evidence_tau_s)
        self._hop_s = hop_s
        self._n_classes = len(classes)
        self.membership = np.array([[float(c in p.classes) for c in classes] for p in patterns])
        """`(patterns, classes)` of zeros and ones."""
        self.reset()

    def reset(self) -> None:
        """Forget everything: the needle has moved, or the signal is another one."""
        self._mean_log = np.zeros(self._n_classes)
        self._weight = 0.0
        self._accepted = 0.0
        self._seen = 0.0
        self._accepted_s = 0.0
        self._held: str | None = None
        self._held_s = math.inf

    @property
    def posterior(self) -> NDArray[np.float64]:
        """Smoothed probabilities `(classes,)`; uniform before the first accepted window."""
        if self._weight == 0.0:
            return np.full(self._n_classes, 1.0 / self._n_classes)
        log = self._mean_log / self._weight
        shifted = np.exp(log - log.max())
        return shifted / shifted.sum()

    def step(self, probabilities: NDArray[np.float32] | None) -> tuple[NDArray[np.float64], Decision]:
        """The posterior and the decision after one more window; None for a window that was not accepted."""
        r = self._rate
        self._seen += r * (1.0 - self._seen)
        self._accepted += r * (float(probabilities is not None) - self._accepted)
        self._held_s += self._hop_s
        if probabilities is not None:
            clipped = np.maximum(probabilities.astype(np.float64), FLOOR)
            self._mean_log += r * (np.log(clipped / clipped.sum()) - self._mean_log)
            self._weight += r * (1.0 - self._weight)
            self._accepted_s += self._hop_s
        posterior = self.posterior
        return posterior, self._decide(posterior)

    def _decide(self, posterior: NDArray[np.float64]) -> Decision:
        by_pattern = self.membership @ posterior
        best = int(np.argmax(by_pattern))
        label, reason = self._candidate(self._patterns[best].name, float(by_pattern[best]))
        if label != self._held:
            if self._held is not None and self._held_s < self._settings.hold_s:
                label, reason = self._held, "holding"
            else:
                self._held, self._held_s = label, 0.0
        if label is None:
            return Decision(None, float(by_pattern[best]), reason)
        shown = next(i for i, p in enumerate(self._patterns) if p.name == label)
        pattern = self._patterns[shown]
        undecidable = () if pattern.decidable else pattern.classes
        return Decision(label, float(by_pattern[shown]), reason, undecidable)

    def _candidate(self, name: str, confidence: float) -> tuple[str | None, DecisionReason]:
        if self._accepted < self._settings.minimum_accepted * self._seen:
            return None, "rejected windows"
        if self._accepted_s < self._settings.minimum_s - 1e-9:
            return None, "settling"
        if confidence < self._settings.minimum_confidence:
            return None, "uncertain"
        return name, "clear"

"""The phase that measures go by: what the signal says, or the examiner."""

from contracts.measured import PhaseChanged, PhaseKind

EFFORTS: frozenset[PhaseKind] = frozenset(("minimal", "moderate", "maximal"))


class CurrentPhase:
    """Holds both words; the examiner's stands above the signal's until it is taken back.

    Where one small unit fires and all else is silent, the signal between its potentials is that of rest. So what the
    signal calls rest is watched as rest, and while a unit discharges in it as under the will, it counts as minimal
    effort.
    """

    def __init__(self, channel: int) -> None:
        self._channel = channel
        self._asked: PhaseKind | None = None
        self._found: PhaseKind = "unknown"
        self._strained = False
        self._told: tuple[object, ...] = ()
        self._last: PhaseChanged | None = None

    @property
    def phase(self) -> PhaseKind:
        """What holds."""
        return self._asked or self._automatic

    @property
    def watched(self) -> bool:
        """Whether what discharges is to be watched as at rest."""
        return (self._asked or self._found) == "rest"

    @property
    def _automatic(self) -> PhaseKind:
        return "minimal" if self._strained and self._found == "rest" else self._found

    @property
    def asked(self) -> PhaseKind | None:
        """The examiner's word that stands; None without one."""
        return self._asked

    def ask(self, phase: PhaseKind | None) -> None:
        """The examiner's word; None takes it back."""
        self._asked = phase

    def find(self, phase: PhaseKind) -> None:
        """The signal's word."""
        self._found = phase

    def strain(self, strained: bool) -> None:
        """Whether who watches what is called rest hears units under the will."""
        self._strained = strained

    def news(self, at_index: int, site: int, insertional_s: float | None) -> list[PhaseChanged]:
        """What there is to tell, if it was not told before."""
        now = (self.phase, self._asked is None, self._automatic, site)
        if now == self._told and insertional_s is None:
            return []
        self._told = now
        if self._last is not None:
            at_index = max(at_index, self._last.at_index)
        origin = "automatic" if self._asked is None else "operator"
        self._last = PhaseChanged(
            self._channel, at_index, self.phase, origin, self._automatic, site, insertional_s
        )
        return [self._last]

    @property
    def last(self) -> PhaseChanged | None:
        """What was told last."""
        return self._last

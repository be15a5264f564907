"""Grades of spontaneous activity over the sites of a muscle."""

from contracts.measured import DischargeKind, Grade
from processing.spontaneous.settings import GradeSettings

GRADED: tuple[DischargeKind, ...] = ("fibrillation potentials", "positive sharp waves")
PRESENT: tuple[DischargeKind, ...] = (
    "fasciculation potentials",
    "complex repetitive discharge",
    "myotonic discharge",
    "myokymic discharge",
    "neuromyotonic discharge",
)
"""Of these one train is enough: grade 1 where there is any, 0 where there is none."""


class Grader:
    """What was found at each site of one muscle, and for how long each was watched."""

    def __init__(self, rate_hz: float, settings: GradeSettings) -> None:
        self._rate_hz = rate_hz
        self._settings = settings
        self._samples: dict[int, int] = {}
        self._trains: dict[int, dict[int, DischargeKind]] = {}
        """Persistent trains of each site by number: the newest name holds."""

    def visit(self, site: int) -> None:
        """The needle rests at a site."""
        self._samples.setdefault(site, 0)
        self._trains.setdefault(site, {})

    def watched(self, site: int, samples: int) -> None:
        """So many samples more."""
        self._samples[site] += samples

    def watched_s(self, site: int) -> float:
        """Rest that was watched at a site."""
        return self._samples.get(site, 0) / self._rate_hz

    def saw(self, site: int, train: int, kind: DischargeKind, span_s: float) -> None:
        """A train of a site has this name now, and has lasted so long."""
        at_site = self._trains[site]
        if span_s >= self._settings.persistent_s or kind in PRESENT:
            at_site[train] = kind
        else:
            at_site.pop(train, None)

    def grades(self) -> tuple[Grade, ...]:
        """One per kind that is graded."""
        s = self._settings
        watched = [n / self._rate_hz for n in self._samples.values()]
        sites = sum(seconds >= s.site_s for seconds in watched)
        grades: list[Grade] = []
        for kind in GRADED + PRESENT:
            trains = [sum(k == kind for k in at.values()) for at in self._trains.values()]
            with_it = sum(n > 0 for n in trains)
            grade = self._grade(with_it, sum(trains), sites) if kind in GRADED else int(with_it > 0)
            enough = sites >= s.enough_sites if kind in GRADED else sum(watched) >= s.enough_s
            grades.append(Grade(kind, grade, with_it, sites, sum(watched), enough))
        return tuple(grades)

    def _grade(self, with_it: int, trains: int, sites: int) -> int:
        """0 to 3, of fibrillation potentials or positive sharp waves."""
        s = self._settings
        mean = trains / max(1, with_it)
        if with_it >= max(s.moderate_sites, sites) and mean >= s.many_trains:
            return 3
        if with_it >= s.moderate_sites and mean >= s.moderate_trains:
            return 2
        return 1 if with_it >= s.single_sites else 0

"""All that was measured of the muscle under the needle."""

from collections import deque
from collections.abc import Sequence

from contracts.measured import Epoch, Grade, MuscleSummary, Recruitment, Unit
from contracts.records import Subject
from processing.epochs.cloud import Cloud, cloud_of, summarise
from processing.examination.settings import ExaminationSettings
from processing.muscle_table import muscle_rows
from processing.muscles import find_muscle
from processing.norms.lookup import Norms


class MuscleRecord:
    """Units, epochs and insertions of one muscle, over its needle positions. Bounded: the oldest leave."""

    def __init__(self, channel: int, norms: Norms, settings: ExaminationSettings) -> None:
        self._channel = channel
        self._norms = norms
        self._settings = settings
        self.begin(Subject())

    def begin(self, subject: Subject) -> None:
        """Forget all: another muscle."""
        self.subject = subject
        self._units: dict[int, Unit] = {}
        self._epochs: deque[Epoch] = deque(maxlen=self._settings.most_epochs)
        self._insertional_s: float | None = None
        self.cloud = _normal_area(subject)
        self._outline = _outline(self.cloud)

    def take_unit(self, unit: Unit) -> None:
        """The newest message of a unit holds."""
        if unit.fate in ("merged", "part of another unit"):
            self._units.pop(unit.unit, None)
            return
        self._units[unit.unit] = unit
        if len(self._units) > self._settings.most_units:
            del self._units[next(iter(self._units))]

    def take_epoch(self, epoch: Epoch) -> None:
        """One more epoch."""
        self._epochs.append(epoch)

    def take_insertion(self, insertional_s: float) -> None:
        """How long activity outlasted a movement of the needle; the longest counts."""
        self._insertional_s = max(insertional_s, self._insertional_s or 0.0)

    def summary(self, sites: int, recruitment: Recruitment, grades: Sequence[Grade]) -> MuscleSummary:
        """What is known now."""
        subject = self.subject
        muscle = find_muscle(subject.muscle)
        units = list(self._units.values())
        accepted = sum(unit.accepted for unit in units)
        table = muscle_rows(
            units, tuple(self._epochs), subject.muscle, subject.age, self._norms, self._settings.muap
        )
        pattern = summarise(self._epochs, self.cloud, self._settings.cloud)
        return MuscleSummary(
            channel=self._channel,
            muscle=subject.muscle,
            side=subject.side,
            age=subject.age,
            group=muscle.group if muscle else None,
            region=muscle.region if muscle else None,
            sites=sites,
            units_accepted=accepted,
            units_rejected=len(units) - accepted,
            rows=table.rows,
            recruitment=recruitment,
            epochs=pattern.epochs,
            epochs_outside=pattern.outside,
            epochs_above=pattern.above,
            epochs_below=pattern.below,
            cloud=self._outline,
            cloud_source=self.cloud.source if self.cloud is not None else "",
            spontaneous=tuple(grades),
            insertional_s=self._insertional_s,
            norms=table.norms,
            reason=table.reason,
        )


def _normal_area(subject: Subject) -> Cloud | None:
    """That of the muscle, under whichever of its names it is filed."""
    muscle = find_muscle(subject.muscle)
    names = (muscle.name, *muscle.aliases) if muscle is not None else ()
    return next((cloud for name in names if (cloud := cloud_of(name)) is not None), None)


def _outline(cloud: Cloud | None) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in cloud.outline()) if cloud is not None else ()

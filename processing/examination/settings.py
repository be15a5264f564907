"""The constants of everything that is measured, as one tree under `[examination]` of the settings."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from contracts.settings import Positive
from contracts.toml_door import as_struct
from processing.epochs.settings import CloudSettings, EpochSettings
from processing.motor_units.firing import FiringSettings
from processing.motor_units.settings import MuapSettings
from processing.motor_units.tracking_settings import TrackingSettings
from processing.phases.settings import PhaseSettings
from processing.recruitment.settings import RecruitmentSettings
from processing.spontaneous.settings import RestSettings
from processing.surface.settings import SurfaceSettings

Count = Annotated[int, Meta(ge=1)]


class AtRestSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a unit is a fibre that was heard at rest.

    Of virtual people, seeds 1 to 8, 6 of 12 accepted trains that were fibres' correlated by 0.97 and more with one that
    was named as a fibre's, of 0.96 to 1.05 of their size; of 424 accepted motor units none by 0.9 with any of 0.7 to
    1.4 of theirs.
    """

    half_ms: Positive = 6.0
    """To either side of the largest peak, potentials are compared, ..."""
    lag_ms: Positive = 2.0
    """... and so far against each other."""
    correlation: Annotated[float, Meta(gt=0, le=1)] = 0.95
    """More than this, ..."""
    ratio: Annotated[float, Meta(ge=1)] = 1.25
    """... and of amplitudes at most this."""
    most: Count = 50
    """Of trains at one needle position: the newest. A fibre is another train at each rest."""


class ExaminationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is measured, on which channels, and by which constants."""

    electrode: Literal["auto", "needle", "surface"] = "auto"
    """auto: a needle at 10 kHz or more."""
    channels: tuple[str, ...] = ()
    """Labels of the needle channels that are examined; empty for the first."""
    step_s: Positive = 0.01
    """The signal is taken in steps of this length."""
    report_s: Positive = 1.0
    """How often units and the muscle's summary are told, where they changed."""
    look_back_s: Positive = 3.0
    """Signal that is held for a phase that is known late; at least twice as long as that takes."""
    site_by_insertion: bool = True
    """A new needle position begins with an insertion that is found in the signal; else only when told."""
    most_units: Count = 400
    """Of a muscle; the oldest leave."""
    most_epochs: Count = 600
    phases: PhaseSettings = PhaseSettings()
    tracking: TrackingSettings = TrackingSettings()
    muap: MuapSettings = MuapSettings()
    firing: FiringSettings = FiringSettings()
    rest: RestSettings = RestSettings()
    at_rest: AtRestSettings = AtRestSettings()
    epochs: EpochSettings = EpochSettings()
    cloud: CloudSettings = CloudSettings()
    recruitment: RecruitmentSettings = RecruitmentSettings()
    surface: SurfaceSettings = SurfaceSettings()


def examination_settings(tree: dict[str, Any]) -> ExaminationSettings:
    """The settings under `[examination]`; raises Refusal naming the key, the value and what is allowed."""
    return as_struct(
        tree, ExaminationSettings, "[examination]", "Correct it; `myoscope settings` shows every key."
    )

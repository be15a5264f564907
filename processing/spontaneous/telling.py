"""A train as it travels."""

import numpy as np
from numpy.typing import NDArray

from contracts.measured import RestTrain
from processing.spontaneous.naming import Named
from processing.spontaneous.trains import Train


def as_record(
    train: Train,
    named: Named,
    site: int,
    watched_s: float,
    rate_hz: float,
    mean: NDArray[np.float32],
    ended: bool,
) -> RestTrain:
    """What is told of a train that has a name; its mean potential is `mean`, f32 `(n,)`."""
    pattern, potential = train.pattern, train.potential
    assert pattern is not None
    assert potential is not None
    counted = named.kind != "end-plate noise"
    return RestTrain(
        channel=0,
        train=train.number,
        site=site,
        kind=named.kind,
        first_index=train.first_index,
        stop_index=train.last_index + 1,
        discharges=train.total if counted else None,
        rate_hz=pattern.run_hz,
        interval_cv=pattern.cv,
        irregularity=pattern.irregularity if counted else None,
        amplitude_uv=potential.amplitude_uv,
        duration_ms=potential.duration_ms,
        phases=potential.phases,
        watched_s=watched_s,
        ended=ended,
        reason=named.reason,
        snippet_rate_hz=rate_hz,
        snippet=mean.astype("<f4").tobytes(),
    )

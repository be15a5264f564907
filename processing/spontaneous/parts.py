"""Whether a train is only a part of a larger potential."""

import numpy as np

from processing.kernels.rest_lock import locked_share
from processing.spontaneous.trains import Train

_FEWEST = 4
_WITHIN_MS = 30.0
_JITTER_MS = 0.4
_SHARE = 0.7
_NEWEST = 60


def part_of_another(train: Train, trains: dict[int, Train], rate_hz: float) -> bool:
    """Whether most discharges come at one interval before or after those of a train that is as frequent and larger."""
    own = [index for index, _ in train.discharges[-_NEWEST:]]
    if len(own) < _FEWEST:
        return False
    size = train.discharges[-1][1]
    mine = np.array(own, np.int64)
    within, jitter = round(_WITHIN_MS * rate_hz / 1000.0), _JITTER_MS * rate_hz / 1000.0
    for other in trains.values():
        if other is train or len(other.discharges) < _FEWEST or other.last_index + within < own[0]:
            continue
        larger = (other.discharges[-1][1], -other.row) > (size, -train.row)
        if not larger:
            continue
        theirs = np.array([index for index, _ in other.discharges], np.int64)
        if locked_share(mine, theirs, within, jitter) >= _SHARE:
            return True
    return False

"""However the signal is cut and however late its phases are told, the epochs are the same."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.measured import Epoch, PhaseKind
from processing.epochs.meter import EpochMeter
from tests.strategies import chunkings

RATE_HZ = 500.0
SIGNAL = (300.0 * np.random.default_rng(1).standard_normal(3_000)).astype(np.float32)
HOP = 50
NAMES: list[PhaseKind] = ["minimal", "rest", "moderate", "maximal"]


def played(cuts: list[slice], names: list[PhaseKind], behind: int) -> list[Epoch]:
    """Each hop's phase told so many samples late; a phase lasts 15 hops."""
    meter = EpochMeter(RATE_HZ)
    epochs: list[Epoch] = []
    told = 0
    for cut in cuts:
        meter.feed(SIGNAL[cut], cut.start)
        while told + HOP + behind <= cut.stop:
            epochs += meter.phase(names[told // (15 * HOP)], told, told + HOP)
            told += HOP
    while told + HOP <= SIGNAL.size:
        epochs += meter.phase(names[told // (15 * HOP)], told, told + HOP)
        told += HOP
    return epochs


@settings(deadline=None, max_examples=30)
@given(cuts=chunkings(SIGNAL.size), behind=st.integers(0, 1_000))
def test_cutting_and_lateness_change_no_epoch(cuts: list[slice], behind: int) -> None:
    whole = played([slice(0, SIGNAL.size)], NAMES, 0)
    assert len(whole) == 3
    assert played(cuts, NAMES, behind) == whole

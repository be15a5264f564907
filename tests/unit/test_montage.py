"""Channel choice and derivations: from recorded channels to the analysed ones."""

import numpy as np
import pytest

from acquisition.live.door import open_door
from acquisition.live.metadata import NativeChannel, NativeStream
from contracts.refusal import Refusal
from contracts.settings import ChannelSettings, Derivation, StreamSettings

BLOCK = np.array([[1.0, 10.0, 100.0, 1000.0], [2.0, 20.0, 200.0, 2000.0]], dtype=np.float32)


def array_of_four(units: tuple[str, ...] = ("uV",) * 4) -> NativeStream:
    return NativeStream(
        name="Grid",
        type="EMG",
        source_id="grid",
        rate_hz=2000.0,
        sample_format="float32",
        channels=tuple(NativeChannel(label, unit, "EMG") for label, unit in zip("ABCD", units, strict=True)),
    )


def analysed(settings: StreamSettings) -> tuple[list[str], list[list[float]]]:
    door = open_door(array_of_four(), settings)
    samples, _ = door.converter.convert(BLOCK)
    assert samples.flags.c_contiguous
    return [channel.label for channel in door.description.emg], samples.tolist()


def test_as_recorded_keeps_all_or_the_selected_in_the_order_of_the_selection() -> None:
    assert analysed(StreamSettings()) == (list("ABCD"), BLOCK.tolist())
    assert analysed(StreamSettings(select=("D", "A"))) == (["D", "A"], [[1000.0, 1.0], [2000.0, 2.0]])


def test_bipolar_is_each_minus_the_next() -> None:
    labels, samples = analysed(StreamSettings(montage="bipolar"))
    assert labels == ["A-B", "B-C", "C-D"]
    assert samples == [[-9.0, -90.0, -900.0], [-18.0, -180.0, -1800.0]]


def test_laplacian_is_each_inner_one_minus_the_mean_of_its_neighbours() -> None:
    labels, samples = analysed(StreamSettings(montage="laplacian", select=("A", "B", "C")))
    assert labels == ["B-(A+C)/2"]
    assert samples == [[-40.5], [-81.0]]


def test_explicit_derivations_are_weighted_sums() -> None:
    derivations = (Derivation("mean", {"A": 0.5, "D": 0.5}), Derivation("B again", {"B": 1.0, "C": 0.0}))
    labels, samples = analysed(StreamSettings(derivations=derivations))
    assert labels == ["mean", "B again"]
    assert samples == [[500.5, 10.0], [1001.0, 20.0]]


def test_gain_and_polarity_act_before_the_montage() -> None:
    settings = StreamSettings(
        montage="bipolar",
        select=("A", "B"),
        channels={"A": ChannelSettings(gain=0.5), "B": ChannelSettings(invert=True)},
    )
    assert analysed(settings)[1] == [[12.0], [24.0]]


def test_nan_and_infinity_stay_in_the_signals_that_use_their_channel() -> None:
    door = open_door(array_of_four(), StreamSettings(montage="bipolar"))
    block = BLOCK.copy()
    block[0, 0], block[1, 3] = np.nan, np.inf
    samples, _ = door.converter.convert(block)
    assert np.isnan(samples[0, 0])
    assert samples[1, 2] == -np.inf
    assert np.isfinite(samples[0, 1:]).all()
    assert np.isfinite(samples[1, :2]).all()


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64, np.float32, np.float64])
def test_every_number_format_converts_without_loss(dtype: type) -> None:
    door = open_door(array_of_four(), StreamSettings())
    block = np.array([[-128, 127, 0, 1]], dtype=dtype)
    samples, _ = door.converter.convert(block)
    assert samples.tolist() == [[-128.0, 127.0, 0.0, 1.0]]


def test_a_24_bit_converter_keeps_its_last_bit_in_a_difference() -> None:
    door = open_door(array_of_four(), StreamSettings(montage="bipolar", select=("A", "B")))
    samples, _ = door.converter.convert(np.array([[2**30 + 1, 2**30, 0, 0]], dtype=np.int32))
    assert samples.tolist() == [[1.0]]


def test_a_value_beyond_float32_becomes_infinite_without_a_warning() -> None:
    door = open_door(array_of_four(), StreamSettings(select=("A",)))
    samples, _ = door.converter.convert(np.array([[1e300, 0, 0, 0]]))
    assert samples.tolist() == [[np.inf]]


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        (StreamSettings(montage="bipolar", select=("A",)), "1 EMG channel"),
        (StreamSettings(montage="laplacian", select=("A", "B")), "2 EMG channel"),
        (StreamSettings(select=("A", "A")), "twice"),
        (StreamSettings(derivations=(Derivation("x", {"E": 1.0}),)), "'E'"),
        (StreamSettings(derivations=(Derivation("x", {"A": 1.0}),) * 2), "twice"),
        (StreamSettings(derivations=(Derivation("x", {}),)), "no channel"),
        (StreamSettings(derivations=(Derivation("x", {"A": 1.0}),), select=("A",)), "beside"),
    ],
)
def test_refusals(settings: StreamSettings, found: str) -> None:
    with pytest.raises(Refusal) as refused:
        open_door(array_of_four(), settings)
    assert found in refused.value.found


def test_a_sum_over_microvolt_and_counts_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        open_door(array_of_four(("uV", "counts", "uV", "uV")), StreamSettings(montage="bipolar"))
    assert "A in uV, B in counts" in refused.value.found

"""Whether a model and a stream fit each other; refused with both values where they do not."""

from contracts.records import StreamDescription
from contracts.refusal import Refusal
from contracts.settings import FilterSettings, Settings, WindowSettings
from inference.runtime.card import ModelCard


class Analysis:
    """What the pipeline will do with a stream, in samples: settled once, before the first sample.

    `rate_hz` is the analysis rate; `window` and `hop` count samples at that rate. Without a model they come
    from settings at the stream's own rate; with one, from its card.
    """

    def __init__(
        self, rate_hz: float, window: int, hop: int, filters: FilterSettings, features: tuple[str, ...]
    ):
        self.rate_hz = rate_hz
        self.window = window
        self.hop = hop
        self.filters = filters
        self.features = features


def analysis_without_model(settings: Settings, stream: StreamDescription) -> Analysis:
    """The analysis that settings ask for, at the stream's own rate."""
    seconds = settings.window or WindowSettings()
    window = round(seconds.length_s * stream.rate_hz)
    hop = round(seconds.hop_s * stream.rate_hz)
    if hop < 1 or window < 8 or hop > window:
        raise Refusal(
            found=f"a window of {seconds.length_s} s every {seconds.hop_s} s at {stream.rate_hz:g} Hz "
            f"({window} samples every {hop})",
            wanted="at least 8 samples in a window, and a hop of 1 sample to one window",
            do="Change window.length_s or window.hop_s.",
        )
    return Analysis(stream.rate_hz, window, hop, settings.filters or FilterSettings(), settings.features)


def analysis_for_model(settings: Settings, stream: StreamDescription, card: ModelCard) -> Analysis:
    """The analysis that the model was fitted on, if the stream and the settings allow it.

    Raises Refusal, naming the two values, for another unit, too low a rate, too few channels, or settings
    that ask for another band or window than the model's.
    """
    n_emg = len(stream.emg)
    _same(
        "unit",
        stream.emg_unit,
        card.unit,
        "Choose a model for that unit, or state the stream's unit in settings.",
    )
    if stream.rate_hz < card.rate_hz:
        raise Refusal(
            found=f"a stream of {stream.rate_hz:g} Hz",
            wanted=f"at least {card.rate_hz:g} Hz, the analysis rate of model {card.name}",
            do="Choose another model (model.path), or none (model.path=none) to measure without one.",
        )
    if card.channels is not None:
        _same("number of EMG channels", n_emg, card.channels, "Choose the channels with stream.select.")
    if settings.filters is not None:
        _same("band", settings.filters, card.filters, "Leave out [filters] to use the model's band.")
    if settings.window is not None:
        asked = (round(settings.window.length_s * card.rate_hz), round(settings.window.hop_s * card.rate_hz))
        _same("window and hop", asked, (card.window, card.hop), "Leave out [window] to use the model's.")
    return Analysis(card.rate_hz, card.window, card.hop, card.filters, card.features)


def check_layout(card: ModelCard, layout: tuple[str, ...]) -> None:
    """Raise Refusal unless this version's columns are those that the model was fitted on."""
    if card.input == "features" and layout != card.layout:
        differing = [(a, b) for a, b in zip(layout, card.layout, strict=False) if a != b]
        here, there = differing[0] if differing else (f"{len(layout)} columns", f"{len(card.layout)} columns")
        raise Refusal(
            found=f"feature layout with {here}",
            wanted=f"{there}, as model {card.name} {card.version} was fitted on",
            do="Use a model of this version, or train it again.",
        )


def _same(what: str, found: object, wanted: object, do: str) -> None:
    if found != wanted:
        raise Refusal(found=f"{what} {found}", wanted=f"{what} {wanted}, the model's", do=do)

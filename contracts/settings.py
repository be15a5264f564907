"""The settings: one frozen tree from TOML, checked at the door, passed down by part.

A part is given to the code that needs it, never the whole tree. Unknown keys and impossible values are
refused with the key, the value and what is allowed. Seconds and hertz stay as given here; they are rounded
to samples once, where the rate is known, and the rounded values are published in StreamStart.
"""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from contracts.records import Role, Subject
from contracts.refusal import Refusal
from contracts.toml_door import as_struct, read_toml

Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Fraction = Annotated[float, Meta(ge=0, le=1)]
Port = Annotated[int, Meta(ge=1, le=65535)]


class LslScope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far to look for streams."""

    scope: Literal["machine", "link", "site"] = "machine"
    """machine: this computer only. link: the local network. site: as far as the router lets multicast."""
    known_peers: tuple[str, ...] = ()
    """Addresses to ask directly, where multicast does not pass."""
    session: str = "default"


class ChannelSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Overrides for one channel of the stream, by its label."""

    role: Role | None = None
    unit: str | None = None
    """Overrides the stream's word: V, mV, uV, nV, counts ..."""
    uv_per_unit: Positive | None = None
    """Microvolt per native unit: for units that we do not know, and for counts of a known converter."""
    gain: Positive = 1.0
    """Divides: the amplifier's gain, where the stream gives the amplified voltage."""
    invert: bool = False


class Derivation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One analysed channel as a weighted sum of EMG channels, by label."""

    label: str
    weights: dict[str, float]


class StreamSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which LSL stream, and what comes through the door."""

    name: str | None = None
    type: str | None = "EMG"
    source_id: str | None = None
    predicate: str | None = None
    """An XPath 1.0 predicate on the stream's description, used instead of the three above."""
    marker_stream: str | None = None
    """Name of a marker stream to read beside the signal; `*` for all markers in scope."""
    resolve_timeout_s: Positive = 10.0
    select: tuple[str, ...] = ()
    """Labels of the EMG channels to analyse; empty for all."""
    montage: Literal["as recorded", "bipolar", "laplacian"] = "as recorded"
    """bipolar: each channel minus the next. laplacian: each inner channel minus the mean of its two
    neighbours (linear array)."""
    derivations: tuple[Derivation, ...] = ()
    """Explicit derivations; used instead of `montage`."""
    channels: dict[str, ChannelSettings] = {}
    assumed_unit: str = "uV"
    """For EMG channels whose unit the stream does not state; a note says so."""
    dejitter: bool = True
    """Smooth the stamps (liblsl's proc_dejitter). Raw stamps are kept beside them."""
    buffer_s: Positive = 30.0
    """What liblsl may hold for us before it drops its oldest."""
    stall_s: Positive = 0.5
    """Silence after which the stream is called stalled."""
    lost_s: Positive = 5.0
    """Silence after which the outlet is looked for again and, if gone, called lost."""


class FilterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The analysis band. Causal; never the display's filters."""

    highpass_hz: NotNegative = 20.0
    """0 for none."""
    lowpass_hz: NotNegative = 10_000.0
    """0 for none; where the rate does not allow it, 0.45 of the rate, and a note says so."""
    order: Annotated[int, Meta(ge=1, le=8)] = 2
    notch: Literal["off", "50 Hz", "60 Hz", "auto"] = "off"
    """Off by default: a notch rings on spikes and cuts the low frequencies of motor unit potentials."""
    notch_harmonics: Annotated[int, Meta(ge=1, le=20)] = 3
    """How many multiples of the mains, the first included."""
    notch_q: Positive = 30.0


class WindowSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sliding window."""

    length_s: Positive = 0.25
    hop_s: Positive = 0.05


class QualitySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits of the quality gate. It marks windows; it never hides them."""

    full_scale_uv: Positive | None = None
    """The recorder's full scale, where known; otherwise plateaus at the extremes give it away."""
    clipped_fraction: Fraction = 0.001
    """Of the window's samples at full scale."""
    flat_s: Positive = 0.02
    """A stretch without any change that is longer than this is flat."""
    mains_fraction: Fraction = 0.3
    """Of the window's power, at 50 or 60 Hz and their harmonics."""
    low_frequency_fraction: Fraction = 0.5
    """Of the window's power, below 10 Hz: needle movement or a loose electrode."""
    noise_uv: Positive = 15.0
    """RMS in the analysis band below which a window without spikes is noise only."""
    spike_ratio: Positive = 5.0
    """Peak over median absolute deviation (as a standard deviation) from which a window has spikes."""
    off_uv: Positive = 1_000.0
    """Mains amplitude, or drift within a window, from which the electrode is called off."""


class ModelSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which model, and what is made of its output over time."""

    path: str = "patterns"
    """A file, the name of a shipped model, or `none`."""
    sha256: str | None = None
    """Refuse any other file."""
    evidence_tau_s: Positive = 4.0
    """Time constant of the smoothed log odds."""
    minimum_s: NotNegative = 3.0
    """Accepted signal before anything but "cannot tell" is said."""
    minimum_confidence: Fraction = 0.6
    hold_s: NotNegative = 2.0
    """A decision stands at least this long."""
    minimum_accepted: Fraction = 0.5
    """Of the windows within one time constant; below it the answer is "cannot tell"."""


class NormSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which norms a muscle is held against. Muscle and age come from `subject`."""

    path: str = ""
    """A laboratory's own table, as `myoscope norms build` writes it; it goes before the shipped ones."""
    use_unverified: bool = False
    """Z-scores also from norms without a source that was read; they are marked wherever they are shown."""
    surrogates: bool = False
    """For a muscle without norms, those of another muscle of its functional group, marked."""
    minimum_units: Annotated[int, Meta(ge=2)] = 5
    """Units below which there is no z-score."""
    outliers: Annotated[int, Meta(ge=0)] = 2
    """Single potentials beyond a limit, of `outliers_of`, that healthy muscles have; more are too many."""
    outliers_of: Annotated[int, Meta(ge=1)] = 20


class WireSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where results are published. Loopback unless told otherwise."""

    host: str = "127.0.0.1"
    port: Port = 5570
    control_port: Port = 5571
    lsl_results: bool = True
    """Publish the probabilities as an LSL stream too, so that any LSL recorder keeps them."""


class PatientSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a virtual patient that plays live is told what to do."""

    host: str = "127.0.0.1"
    control_port: Port = 5572


class PageSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The live page."""

    host: str = "127.0.0.1"
    port: Port = 8050
    theme: Literal["dark", "light", "auto"] = "auto"
    four_classes: bool = False
    """Show neuropathy against motor neuron disease. Off: one muscle cannot tell them apart."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole tree."""

    lsl: LslScope = LslScope()
    stream: StreamSettings = StreamSettings()
    filters: FilterSettings | None = None
    """None: the model's band, or the default band without a model. Given: must be the model's."""
    window: WindowSettings | None = None
    """None: the model's window, or the default without a model. Given: must be the model's."""
    features: tuple[str, ...] = ()
    """Names from the registry, for a run without a model; empty for all."""
    quality: QualitySettings = QualitySettings()
    model: ModelSettings = ModelSettings()
    subject: Subject = Subject()
    norms: NormSettings = NormSettings()
    examination: dict[str, Any] = {}
    """What is measured and by which constants: keys of processing.examination.settings, checked where they are
    used; contracts know nothing of the measures."""
    wire: WireSettings = WireSettings()
    patient: PatientSettings = PatientSettings()
    page: PageSettings = PageSettings()


def load_settings(
    path: Path | None = None, overrides: Sequence[str] = (), base: dict[str, Any] | None = None
) -> Settings:
    """The settings in a TOML file, over those of `base` (a preset), under `overrides`.

    An override is `part.key=value`, the value in TOML (a bare word is taken as a string). Raises Refusal
    naming the key, the value and what is allowed.
    """
    tree: dict[str, Any] = dict(base or {})
    if path is not None:
        tree = _merged(tree, read_toml(path, "settings", ", or leave --settings out"))
    for override in overrides:
        tree = _merged(tree, _parse_override(override))
    return as_struct(
        tree,
        Settings,
        str(path) if path else "the settings",
        "Correct it; `myoscope settings` shows every key.",
    )


def _parse_override(override: str) -> dict[str, Any]:
    key, equals, value = override.partition("=")
    names = [name.strip() for name in key.split(".")]
    if not equals or not all(names):
        raise Refusal(
            found=f"the override {override!r}", wanted="part.key=value", do="For example window.hop_s=0.1"
        )
    try:
        tree: Any = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        tree = value.strip()
    for name in reversed(names):
        tree = {name: tree}
    return tree


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        held = merged.get(key)
        merged[key] = _merged(held, value) if isinstance(value, dict) and isinstance(held, dict) else value
    return merged

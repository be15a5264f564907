"""Writers of small recordings in every format, with values that tell where a sample came from."""

import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyedflib
from numpy.typing import NDArray
from pyarrow import parquet


@contextmanager
def _pandas_may_deprecate() -> Generator[None]:
    """wfdb 4.3.1 calls pandas in a way that pandas 3 announces the end of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


with _pandas_may_deprecate():
    import wfdb


def ramp(n_samples: int, n_channels: int = 1) -> NDArray[np.float64]:
    """Sample i of channel c is `i % 1000 + 1000 * c`: every position can be told from its value."""
    return (np.arange(n_samples)[:, None] % 1000) + 1000.0 * np.arange(n_channels)[None, :]


def write_wfdb(
    folder: Path,
    name: str = "rec",
    *,
    values: NDArray[np.float64] | None = None,
    rate_hz: float = 1000,
    units: Sequence[str] = ("uV",),
    labels: Sequence[str] = ("EMG",),
    comments: Sequence[str] = (),
) -> Path:
    """A `.hea` with its `.dat`; returns the header's path. Gain 10 per unit."""
    values = ramp(500, len(units)) if values is None else values
    with _pandas_may_deprecate():
        wfdb.wrsamp(
            name,
            fs=rate_hz,
            units=list(units),
            sig_name=list(labels),
            p_signal=values,
            fmt=["16"] * len(units),
            adc_gain=[10.0] * len(units),
            baseline=[0] * len(units),
            comments=list(comments),
            write_dir=str(folder),
        )
    return folder / f"{name}.hea"


def write_wfdb_annotations(header: Path, events: Sequence[tuple[int, str, str]]) -> None:
    """An `.atr` file beside a header: sample, symbol and note of each event."""
    with _pandas_may_deprecate():
        wfdb.wrann(
            header.stem,
            "atr",
            np.array([at for at, _, _ in events]),
            symbol=[symbol for _, symbol, _ in events],
            aux_note=[note for _, _, note in events],
            write_dir=str(header.parent),
        )


def write_edf(
    path: Path,
    rates_hz: Sequence[int] = (1000,),
    *,
    seconds: int = 3,
    labels: Sequence[str] | None = None,
    units: Sequence[str] | None = None,
    annotations: Sequence[tuple[float, float, str]] = (),
) -> Path:
    """An EDF+ or BDF+ file, by the suffix; channel c holds `ramp`, in its unit."""
    bdf = path.suffix == ".bdf"
    top = 2**23 - 1 if bdf else 2**15 - 1
    writer = pyedflib.EdfWriter(
        str(path), len(rates_hz), file_type=pyedflib.FILETYPE_BDFPLUS if bdf else pyedflib.FILETYPE_EDFPLUS
    )
    labels = labels or [f"EMG{i + 1}" for i in range(len(rates_hz))]
    units = units or ["uV"] * len(rates_hz)
    writer.setSignalHeaders(
        [
            {
                "label": label,
                "dimension": unit,
                "sample_frequency": rate,
                "physical_min": -32768.0,
                "physical_max": 32767.0,
                "digital_min": -top - 1,
                "digital_max": top,
                "transducer": "",
                "prefilter": "",
            }
            for label, unit, rate in zip(labels, units, rates_hz, strict=True)
        ]
    )
    writer.setPatientName("Somebody")
    writer.setSex(0)
    writer.setBirthdate("15.06.1970")
    writer.setStartdatetime(datetime(2020, 6, 1, 10))
    writer.writeSamples(
        [np.ascontiguousarray(ramp(r * seconds, i + 1)[:, i]) for i, r in enumerate(rates_hz)]
    )
    for onset_s, duration_s, text in annotations:
        writer.writeAnnotation(onset_s, duration_s, text)
    writer.close()
    return path


def write_parquet(
    path: Path,
    columns: dict[str, object],
    *,
    metadata: dict[str, str] | None = None,
    field_units: dict[str, str] | None = None,
    rows_per_group: int = 100,
) -> Path:
    """A Parquet file with several row groups."""
    table = pa.table(columns)
    fields = [
        f.with_metadata({"unit": (field_units or {})[f.name]}) if f.name in (field_units or {}) else f
        for f in table.schema
    ]
    table = table.cast(pa.schema(fields, metadata=metadata or {}))
    parquet.write_table(table, path, row_group_size=rows_per_group)
    return path


def write_csv(path: Path, names: Sequence[str], values: NDArray[np.float64], separator: str = ",") -> Path:
    """A line of names and a line for each sample."""
    rows = [separator.join(names), *(separator.join(f"{v:.9g}" for v in row) for row in values)]
    path.write_text("\n".join(rows) + "\n")
    return path

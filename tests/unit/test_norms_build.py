"""`myoscope norms build`: who is counted, what is refused, and that an interrupted build goes on where it was."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from contracts.measured import PhaseKind, Unit
from contracts.refusal import Refusal
from contracts.settings import Settings, load_settings
from myoscope.norms_build import BuildRequest, run_build
from myoscope.norms_people import Recorded
from processing.norms.own import OwnNormSettings
from processing.norms.tables import Technique, read_table
from tests.doubles_muscle import unit, unit_measures
from tests.doubles_recordings import write_parquet
from tests.doubles_units import muscle as needle_signal

SETTINGS = Settings()
SILENCE = np.zeros(2_000)


class Measuring:
    """Stands for the examination: six units a recording, longer in whoever is older; may be interrupted."""

    def __init__(self, interrupted_at: int | None = None) -> None:
        self.done: list[str] = []
        self._interrupted_at = interrupted_at

    def __call__(
        self, each: Recorded, settings: Settings, phase: PhaseKind | None, progress: Callable[[float], None]
    ) -> tuple[Unit, ...]:
        if len(self.done) == self._interrupted_at:
            raise KeyboardInterrupt
        self.done.append(each.path.name)
        progress(each.seconds)
        durations = 8.0 + (each.age or 30) / 20.0 + np.arange(6) / 10.0
        return tuple(unit(n + 1, unit_measures(duration_ms=float(d))) for n, d in enumerate(durations))


def record(
    folder: Path,
    name: str,
    person: str,
    age: int | None,
    kind: str = "healthy",
    muscle: str = "Biceps",
    signal: NDArray[np.floating] = SILENCE,
) -> None:
    folder.mkdir(exist_ok=True, parents=True)
    metadata = {"rate_hz": "20000", "unit": "uV", "muscle": muscle, "person": person, "class": kind}
    if age is not None:
        metadata["age"] = str(age)
    write_parquet(folder / f"{name}.parquet", {"EMG": signal}, metadata=metadata, rows_per_group=50_000)


def people(folder: Path, n: int = 4) -> Path:
    for k in range(n):
        record(folder, f"{k}a", f"p{k}", 20 + 10 * k)
        record(folder, f"{k}b", f"p{k}", 20 + 10 * k)
    return folder


def request(
    folder: Path,
    *,
    ages: tuple[int, int] | None = None,
    people_file: Path | None = None,
    overwrite: bool = False,
    muscle: str = "biceps",
    out: str = "lab.toml",
) -> BuildRequest:
    return BuildRequest(
        files=(folder,),
        out=folder.parent / out,
        muscle=muscle,
        name="Lab",
        source="four people",
        technique=Technique("concentric needle", 10.0, 10_000.0),
        ages=ages,
        people_file=people_file,
        overwrite=overwrite,
        own=OwnNormSettings(people=3, advised=4, units=10),
    )


def test_a_table_is_made_of_people_not_of_recordings(tmp_path: Path) -> None:
    table = run_build(request(people(tmp_path / "r")), SETTINGS, Measuring())
    assert read_table(tmp_path / "lab.toml") == table
    (row,) = table.rows
    assert (row.muscle, row.ages, row.people, row.potentials) == ("biceps brachii", (20, 50), 4, 48)
    assert row.values["duration_ms"].mean == pytest.approx(8.0 + 35 / 20 + 0.25)
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["lab.toml"]


def test_an_interrupted_build_goes_on_where_it_was(tmp_path: Path) -> None:
    folder = people(tmp_path / "r")
    with pytest.raises(KeyboardInterrupt):
        run_build(request(folder), SETTINGS, Measuring(interrupted_at=5))
    assert not (tmp_path / "lab.toml").exists()
    rest = Measuring()
    table = run_build(request(folder), SETTINGS, rest)
    assert len(rest.done) == 3
    whole = run_build(request(folder, out="again.toml"), SETTINGS, Measuring())
    assert table == whole


def test_what_was_measured_otherwise_is_measured_anew(tmp_path: Path) -> None:
    folder = people(tmp_path / "r")
    with pytest.raises(KeyboardInterrupt):
        run_build(request(folder), SETTINGS, Measuring(interrupted_at=5))
    again = Measuring()
    run_build(request(folder), load_settings(overrides=["examination.muap.turn_uv=50.0"]), again)
    assert len(again.done) == 8


def test_the_ill_and_other_muscles_are_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = people(tmp_path / "r")
    record(folder, "ill", "p8", 40, kind="myopathy")
    record(folder, "leg", "p9", 40, muscle="TA")
    measuring = Measuring()
    assert run_build(request(folder), SETTINGS, measuring).rows[0].people == 4
    assert len(measuring.done) == 8
    said = capsys.readouterr().out
    assert "not of a healthy person" in said
    assert "of tibialis anterior" in said


def test_a_band_of_ages_leaves_out_the_others(tmp_path: Path) -> None:
    (row,) = run_build(request(people(tmp_path / "r"), ages=(20, 40)), SETTINGS, Measuring()).rows
    assert (row.ages, row.people) == ((20, 40), 3)


def test_people_are_told_by_a_table_or_by_folders(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    folder.mkdir()
    for k in range(3):
        record(folder / f"person{k}", "a", "", None)
        record(folder / f"person{k}", "b", "", None)
    assert run_build(request(folder, ages=(20, 60)), SETTINGS, Measuring()).rows[0].people == 3
    listed = tmp_path / "people.csv"
    lines = [f"r/person{k}/{name}.parquet,x{k},{30 + k}" for k in range(3) for name in "ab"]
    listed.write_text("\n".join(["path,person,age", *lines]), "utf-8")
    (row,) = run_build(request(folder, people_file=listed, overwrite=True), SETTINGS, Measuring()).rows
    assert (row.people, row.ages) == (3, (30, 32))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"muscle": "knee"}, "'knee'"),
        ({"out": "lab.csv"}, r"\.toml"),
        ({"ages": (20, 30)}, "2 healthy people"),
    ],
)
def test_what_cannot_come_to_a_table_is_refused_at_once(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    measuring = Measuring()
    with pytest.raises(Refusal, match=said):
        run_build(request(people(tmp_path / "r"), **change), SETTINGS, measuring)  # pyright: ignore[reportArgumentType]
    assert measuring.done == []


def test_a_table_that_is_there_is_kept(tmp_path: Path) -> None:
    folder = people(tmp_path / "r")
    run_build(request(folder), SETTINGS, Measuring())
    with pytest.raises(Refusal, match="there already"):
        run_build(request(folder), SETTINGS, Measuring())


def test_nobody_without_a_name_or_an_age_is_counted(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    for k in range(4):
        record(folder, f"{k}", f"p{k}", None)
    with pytest.raises(Refusal, match="no age for p0"):
        run_build(request(folder), SETTINGS, Measuring())
    record(folder, "nameless", "", 30)
    with pytest.raises(Refusal, match="no person for"):
        run_build(request(folder), SETTINGS, Measuring())


@pytest.mark.slow
def test_units_are_those_of_the_examination(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    for k in range(3):
        signal, _, _ = needle_signal(20_000.0, 8.0, 3, 5.0, seed=k)
        record(folder, f"{k}", f"p{k}", 30 + k, signal=signal * (1.0 + 0.1 * k))
    asked = replace(request(folder), phase="minimal", own=OwnNormSettings(people=3, advised=4, units=3))
    (row,) = run_build(asked, SETTINGS).rows
    assert (row.people, row.potentials) == (3, 9)
    assert row.values["rate_hz"].mean == pytest.approx(9.3, rel=0.1)
    assert "amplitude_uv" not in row.values, "their rise is too slow"

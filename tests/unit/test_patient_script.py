"""Scripts: what is refused, with key, value and what is allowed, and the stays that a script means."""

from itertools import pairwise
from pathlib import Path

import pytest

from contracts.refusal import Refusal
from simulators.patient.protocol import stays
from simulators.patient.script import MuscleScript, Phase, Script, load_script

GOOD = """
seed = 7
pause_s = 1.5
recorder = "n2001"

[patient]
age = 61
disorders = [{ kind = "neuropathy", severity = 0.7, stage = "subacute" }]

[[muscles]]
muscle = "tibialis anterior"
side = "left"
sites = 2
phases = [{ kind = "rest", duration_s = 2 }, { kind = "minimal", duration_s = 3, effort = 0.08 }]
last_phases = [{ kind = "ramp", duration_s = 4 }]

[[muscles]]
muscle = "biceps"
sites = 1
spontaneous = [{ kind = "fibrillation potential", count = 3, rate_hz = 5 }]
"""


def read(tmp_path: Path, text: str) -> Script:
    path = tmp_path / "patient.toml"
    path.write_text(text, encoding="utf-8")
    return load_script(path)


def test_a_script_says_what_it_says(tmp_path: Path) -> None:
    script = read(tmp_path, GOOD)
    assert script.patient.condition == "neuropathy"
    assert [each.muscle for each in script.muscles] == ["tibialis anterior", "biceps"]
    assert script.muscles[0].phases[1].efforts == (0.08, 0.08)
    assert script.muscles[0].last_phases[0].efforts == (0.0, 1.0)


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ('"biceps"', '"bicepts"', ("bicepts", "deltoid")),
        ("severity = 0.7", "severity = -0.1", ("patient.disorders[0].severity", "-0.1", ">= 0")),
        ("severity = 0.7", "severity = 1.2", ("severity", "1.2", "<= 1")),
        ("seed = 7", "seed = 7\nrate_hz = 1500", ("rate_hz", "1500", ">= 2000")),
        ("seed = 7", "seed = 7\nsede = 8", ("'sede'", "seed")),
        ('side = "left"', 'side = "middle"', ("muscles[0].side", "'middle'", "'left' or 'right'")),
        ('kind = "neuropathy"', 'kind = "flu"', ("disorders[0].kind", "'flu'", "'myopathy'")),
        ("rate_hz = 5 }]", "rate_hz = 50 }]", ("spontaneous[0]", "0.5 to 30")),
        ("rate_hz = 5 }]", "complex = true }]", ("spontaneous[0]", "only fasciculation")),
        (
            'kind = "fibrillation potential", count = 3, rate_hz = 5',
            'kind = "cramp discharge", amplitude_uv = 100',
            ("spontaneous[0]", "amplitude_uv", "that of its unit"),
        ),
        (
            "[patient]",
            '[[faults.scheduled]]\nkind = "stall"\nat_s = 1\nseconds = -2\n[patient]',
            ("faults.scheduled[0]", "only a clock jump"),
        ),
        ("duration_s = 2", "duration_s = 0", ("muscles[0].phases[0].duration_s", "0", "> 0")),
        ("duration_s = 2", "length_s = 2", ("length_s", "duration_s")),
        ("age = 61", "age = 12", ("patient.age", "12", ">= 20")),
        ('"n2001"', '"oscilloscope"', ("oscilloscope", "bedside")),
        ("count = 3", "count = 0", ("muscles[1].spontaneous[0].count", "0", ">= 1")),
        ("fibrillation potential", "fib", ("spontaneous[0].kind", "'fib'", "'positive sharp wave'")),
        ("[patient]", "[patient", ("patient.toml", "TOML")),
    ],
)
def test_a_bad_script_is_refused_with_key_value_and_what_is_allowed(
    tmp_path: Path, wrong: str, right: str, told: tuple[str, ...]
) -> None:
    assert wrong in GOOD
    with pytest.raises(Refusal) as refused:
        read(tmp_path, GOOD.replace(wrong, right))
    for word in told:
        assert word in str(refused.value)


def test_a_script_without_a_muscle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no muscle"):
        read(tmp_path, "muscles = []")


def test_an_artefact_after_the_end_is_refused_and_one_before_it_is_not(tmp_path: Path) -> None:
    length_s = stays(read(tmp_path, GOOD), 10_000.0)[-1].stop / 10_000.0
    artefact = '\n[[artefacts]]\nkind = "ecg"\nat_s = {}\n'
    assert read(tmp_path, GOOD + artefact.format(length_s - 0.1)).duration_s == pytest.approx(length_s)
    with pytest.raises(Refusal, match=rf"artefacts\[0\]\.at_s = {length_s:g} .*less than {length_s:g}"):
        read(tmp_path, GOOD + artefact.format(length_s))


def test_stays_follow_each_other_without_holes(tmp_path: Path) -> None:
    planned = stays(read(tmp_path, GOOD), 10_000.0)
    assert planned[0].first == 0
    assert all(before.stop == after.first for before, after in pairwise(planned))
    assert [(stay.muscle.muscle if stay.muscle else None, stay.site) for stay in planned] == [
        ("tibialis anterior", 1),
        ("tibialis anterior", 2),
        (None, 0),
        ("biceps", 1),
    ]
    assert planned[2].stop - planned[2].first == 15_000
    assert [phase.kind for phase in planned[1].phases] == ["rest", "minimal", "ramp"]
    for stay in planned:
        edges = [stay.first, *(phase.stop for phase in stay.phases)]
        assert not stay.phases or edges[-1] == stay.stop
        assert [phase.first for phase in stay.phases] == edges[: len(stay.phases)]


def test_the_last_phases_come_at_the_last_site_only() -> None:
    about = MuscleScript(
        "biceps", sites=3, phases=(Phase("rest", 1.0),), last_phases=(Phase("maximal", 1.0),)
    )
    kinds = [[phase.kind for phase in stay.phases] for stay in stays(Script(muscles=(about,)), 1_000.0)]
    assert kinds == [["rest"], ["rest"], ["rest", "maximal"]]

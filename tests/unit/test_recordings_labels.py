"""Labels from names and headers."""

import pytest

from acquisition.recordings.labels import asc_labels, class_of_diagnosis, wfdb_labels
from acquisition.recordings.recording import Labels


@pytest.mark.parametrize(
    "name",
    ["EMG _225 _13_ RB_Hea.asc", "EMG_225_13_RB_Hea.asc.xz", "emg 225 _13 _RB _hea", "EMG _225 _13_RB_Hea"],
)
def test_the_needle_set_is_known_however_its_blanks_fall(name: str) -> None:
    assert asc_labels(name) == Labels(
        dataset="neuromuscular_asc",
        person="neuromuscular_asc/Hea/13",
        class_name="healthy",
        muscle="Biceps brachii",
        side="right",
    )


def test_the_person_counts_within_a_class() -> None:
    people = {asc_labels(f"EMG _1 _05_ LD_{c}.asc").person for c in ("Hea", "Myo", "Neu")}  # pyright: ignore[reportOptionalMemberAccess]
    assert people == {f"neuromuscular_asc/{c}/05" for c in ("Hea", "Myo", "Neu")}


@pytest.mark.parametrize(
    "name", ["EMG.asc", "N2001A01BB12.asc", "EMG _225 _13_ RX_Hea.asc", "notes EMG _1 _2_ RB_Hea"]
)
def test_other_names_are_not_of_the_needle_set(name: str) -> None:
    assert asc_labels(name) is None


def test_n2001_keeps_the_circumstances_and_leaves_names_addresses_and_paths() -> None:
    labels = wfdb_labels(
        "N2001M02BB61",
        [
            "gender: F",
            "age: 41",
            "diagnosis: Polymyositis",
            "muscle: Biceps brachii (long head)",
            "side: Left",
            "level: low",
            "contributor: Somebody, Somewhere",
            r"identifier: C:\Documents\34467\4",
            "contact: somebody@example.org",
        ],
    )
    assert labels == Labels(
        dataset="n2001",
        person="n2001/M02",
        class_name="myopathy",
        muscle="Biceps brachii (long head)",
        side="left",
        age=41,
        sex="female",
        effort="low",
        site="61",
    )


def test_physionet_writes_its_fields_in_brackets_on_one_line() -> None:
    labels = wfdb_labels(
        "emg_healthy",
        ["<age>: 44 <sex>: M <diagnoses> no history", "EMG from needle placed in tibialis anterior muscle"],
    )
    assert labels == Labels(
        dataset="emgdb",
        person="emgdb/healthy",
        class_name="healthy",
        muscle="Tibialis anterior",
        age=44,
        sex="male",
    )


@pytest.mark.parametrize(
    ("diagnosis", "class_name"),
    [
        ("ALS", "motor neuron disease"),
        ("Mainly bulbar ALS", "motor neuron disease"),
        ("healthy control", "healthy"),
        ("Polymyositis", "myopathy"),
        ("diabetic polyneuropathy", "neuropathy"),
        ("suspected ALS", None),
        ("no myopathy", None),
        ("myopathy or neuropathy", None),
        ("myopathy?", None),
        ("falsely", None),
        ("", None),
    ],
)
def test_a_diagnosis_in_doubt_gives_no_label(diagnosis: str, class_name: str | None) -> None:
    assert class_of_diagnosis(diagnosis) == class_name


def test_another_record_has_no_person() -> None:
    labels = wfdb_labels("mine", ["age: 30", "sex: female", "patient: Somebody"])
    assert labels == Labels(age=30, sex="female")

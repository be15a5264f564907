"""Commands on the control socket, and their answers: one msgpack frame each way."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contracts.records import Subject
from contracts.refusal import Refusal

PatientCondition = Literal["healthy", "myopathy", "neuropathy", "motor neuron disease"]
PatientEffort = Literal["protocol", "rest", "minimal", "moderate", "maximal"]
"""protocol: insertion, rest, minimal and moderate effort, one needle position after the other."""


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    """Are you there?"""


class Describe(msgspec.Struct, frozen=True, tag="describe"):
    """Send StreamStart now."""


class ResetEvidence(msgspec.Struct, frozen=True, tag="reset_evidence"):
    """Forget the evidence so far: the needle has moved."""


class SetSubject(msgspec.Struct, frozen=True, tag="set_subject"):
    """Another muscle, side or age. Resets the evidence."""

    subject: Subject


class SetPhase(msgspec.Struct, frozen=True, tag="set_phase"):
    """The examiner's word on what the patient does, from now on; above what is found in the signal."""

    phase: Literal["insertion", "rest", "minimal", "moderate", "maximal", "artefact"] | None = None
    """None gives it back to the signal."""


class NextSite(msgspec.Struct, frozen=True, tag="next_site"):
    """The needle is at another position of the same muscle: units and rest are counted anew."""


class Mark(msgspec.Struct, frozen=True, tag="mark"):
    """Publish a marker, stamped with the moment at which the command is obeyed."""

    text: str


class Stop(msgspec.Struct, frozen=True, tag="stop_run"):
    """End the run."""


class PatientState(msgspec.Struct, frozen=True):
    """What a virtual patient that plays live is doing. Patterns are those of the simulator, with known truth."""

    condition: PatientCondition = "healthy"
    severity: Annotated[float, Meta(ge=0, le=1)] = 0.5
    stage: Literal["acute", "subacute", "chronic"] = "chronic"
    age: Annotated[int, Meta(ge=20, le=80)] = 45
    muscle: str = "biceps"
    side: Literal["left", "right"] = "right"
    effort: PatientEffort = "protocol"
    site: int = 1
    """Needle position, counted from the start of the run."""
    phase: str = ""
    """What the patient does at this moment."""
    muscles: tuple[str, ...] = ()
    """Names that `muscle` may have."""


class SetPatient(msgspec.Struct, frozen=True, tag="set_patient"):
    """Change a virtual patient that plays live. What is None stays as it is."""

    condition: PatientCondition | None = None
    severity: Annotated[float, Meta(ge=0, le=1)] | None = None
    stage: Literal["acute", "subacute", "chronic"] | None = None
    age: Annotated[int, Meta(ge=20, le=80)] | None = None
    muscle: str | None = None
    side: Literal["left", "right"] | None = None
    effort: PatientEffort | None = None
    move_needle: bool = False
    """To another position in the same muscle."""
    another_person: bool = False
    """Draw another person with the same condition."""


class DescribePatient(msgspec.Struct, frozen=True, tag="describe_patient"):
    """Answer with the state of the virtual patient."""


Command = (
    Ping
    | Describe
    | ResetEvidence
    | SetSubject
    | SetPhase
    | NextSite
    | Mark
    | Stop
    | SetPatient
    | DescribePatient
)


class Reply(msgspec.Struct, frozen=True):
    """The answer to every command: done, or refused with a reason."""

    done: bool
    reason: str = ""
    run_id: str = ""
    patient: PatientState | None = None
    """From a virtual patient only."""


_encoder = msgspec.msgpack.Encoder()
_commands = msgspec.msgpack.Decoder(Command)
_replies = msgspec.msgpack.Decoder(Reply)


def encode_command(command: Command) -> bytes:
    """The one frame of a command."""
    return _encoder.encode(command)


def decode_command(frame: bytes) -> Command:
    """The command in a frame; raises Refusal for anything else."""
    try:
        return _commands.decode(frame)
    except msgspec.MsgspecError as error:
        raise Refusal(
            found=f"a command that does not decode ({error})",
            wanted="one of ping, describe, reset_evidence, set_subject, set_phase, next_site, mark, stop_run, "
            "set_patient, describe_patient",
            do="See docs/wire.md.",
        ) from error


def encode_reply(reply: Reply) -> bytes:
    """The one frame of a reply."""
    return _encoder.encode(reply)


def decode_reply(frame: bytes) -> Reply:
    """The reply in a frame."""
    return _replies.decode(frame)

"""A virtual patient behind the signal: told what to be, with the run told what follows from it."""

from collections.abc import Callable

import msgspec

from contracts import commands
from contracts.records import Subject
from contracts.refusal import Refusal
from contracts.wire import StreamStart

VIRTUAL_PATIENT = "virtual patient"
"""What such a stream gives as its device."""

SPOKEN = ("scene changed: ", "muscle ", "site ", "phase ", "needle out", "seam ", "end of recording")
"""How markers begin that give nothing away: where the needle is and what the person is asked to do."""

Ask = Callable[[commands.Command], commands.Reply]

_changes = msgspec.json.Decoder(commands.SetPatient)


def is_virtual(start: StreamStart) -> bool:
    """True when the signal comes from a virtual patient, so that the truth behind it is known."""
    return start.device == VIRTUAL_PATIENT


def is_truth(start: StreamStart | None, text: str, origin: str) -> bool:
    """True for a marker that tells what really happened, a discharge by its source: not for a student's eyes."""
    simulated = start is not None and is_virtual(start)
    return simulated and origin != "control" and not text.startswith(SPOKEN)


def decode_change(body: bytes) -> commands.SetPatient:
    """The change in the body of a request, JSON with the fields of SetPatient. Raises Refusal for anything else."""
    try:
        return _changes.decode(body)
    except msgspec.MsgspecError as error:
        raise Refusal(
            found=f"a change of the patient that does not decode ({error})",
            wanted="the fields of set_patient",
            do="See docs/wire.md.",
        ) from error


def change_patient(patient: Ask, run: Ask, change: commands.SetPatient) -> commands.Reply:
    """What the patient answers to `change`, with its state. The run then follows.

    Another muscle, side or age becomes the run's subject; whatever else changes the signal but effort makes its
    evidence begin anew, which was of somebody else or of another place. A run that does not follow is named in
    the reason of a reply that is done all the same.
    """
    reply = patient(change)
    follow = _follow(change, reply.patient)
    if not reply.done or follow is None:
        return reply
    followed = run(follow)
    if followed.done:
        return reply
    reason = f"The patient has changed, but the run did not follow: {followed.reason}"
    return msgspec.structs.replace(reply, reason=reason)


def _follow(change: commands.SetPatient, state: commands.PatientState | None) -> commands.Command | None:
    """The command that keeps the run in step with a changed patient; None where nothing is to be done."""
    described = (change.muscle, change.side, change.age) != (None, None, None)
    if described and state is not None:
        return commands.SetSubject(Subject(state.muscle, state.side, state.age))
    if msgspec.structs.replace(change, effort=None) == commands.SetPatient():
        return None
    return commands.ResetEvidence()

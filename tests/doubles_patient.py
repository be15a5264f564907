"""A virtual patient without a signal: it answers, and keeps what it was told."""

import threading
from types import TracebackType

import msgspec
import zmq

from contracts import commands

MUSCLES = (
    "biceps",
    "deltoid",
    "first dorsal interosseous",
    "vastus lateralis",
    "tibialis anterior",
    "tongue",
)
FIELDS = ("condition", "severity", "stage", "age", "muscle", "side", "effort")


class FakePatient:
    """Obeys every change, unless `refuse` gives a reason why not."""

    def __init__(self) -> None:
        self.changes: list[commands.SetPatient] = []
        self.begin()

    def begin(self) -> None:
        """Be healthy, of middle age, and remember nothing."""
        self.state = commands.PatientState(phase="minimal", muscles=MUSCLES)
        self.changes.clear()
        self.n_described = 0
        self.refuse = ""

    def answer(self, command: commands.Command) -> commands.Reply:
        """The reply to one command, after obeying it."""
        if isinstance(command, commands.DescribePatient):
            self.n_described += 1
        if isinstance(command, commands.SetPatient):
            self.changes.append(command)
            if self.refuse:
                return commands.Reply(False, self.refuse)
            given = {name: value for name in FIELDS if (value := getattr(command, name)) is not None}
            site = self.state.site + command.move_needle
            self.state = msgspec.structs.replace(self.state, **given, site=site)
        return commands.Reply(True, patient=self.state)


class PatientSocket:
    """Lets a patient answer on a control socket, on a free port or the given one."""

    def __init__(self, patient: FakePatient, *, port: int = 0) -> None:
        self._patient = patient
        self._stopping = threading.Event()
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._rep = self._context.socket(zmq.REP)
        self._rep.linger = 0
        self._rep.bind(f"tcp://127.0.0.1:{port or '*'}")
        self.port = int(self._rep.getsockopt_string(zmq.LAST_ENDPOINT).rpartition(":")[2])
        self._thread = threading.Thread(target=self._obey, daemon=True)

    def __enter__(self) -> "PatientSocket":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()
        self._rep.close()
        self._context.term()

    def _obey(self) -> None:
        while not self._stopping.is_set():
            if self._rep.poll(50):
                reply = self._patient.answer(commands.decode_command(self._rep.recv()))
                self._rep.send(commands.encode_reply(reply))

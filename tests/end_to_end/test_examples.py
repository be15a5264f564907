"""What the documentation shows a reader is run as they would run it."""

import select
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from contracts import wire
from contracts.settings import WireSettings
from inference.runtime.publisher import Publisher
from tests.doubles_live import free_port
from tests.unit.test_wire import MESSAGES

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_notebook_runs_from_its_first_cell_to_its_last(tmp_path: Path) -> None:
    notebook = nbformat.read(EXAMPLES / "from_python.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [cell["outputs"] for cell in notebook.cells if cell["cell_type"] == "code"]
    assert all(outputs[1:]), "a cell that should show something shows nothing"


def test_the_python_subscriber_prints_what_is_published_and_ends_with_the_run() -> None:
    settings = WireSettings(port=free_port())
    with Publisher.bind(settings, lambda: 0.0) as publisher:
        reader = subprocess.Popen(
            [sys.executable, EXAMPLES / "subscriber.py", f"tcp://127.0.0.1:{settings.port}"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert reader.stdout is not None
        start = next(m for m in MESSAGES if isinstance(m, wire.StreamStart))
        result = next(m for m in MESSAGES if isinstance(m, wire.Result))
        line = ""
        while not line:
            publisher.send(start)
            publisher.send(result)
            line = _line_if_any(reader)
        publisher.send(wire.StreamStop("asked"))
        rest, _ = reader.communicate(timeout=20)
        assert reader.returncode == 0
    assert "to sample 5859: neurogenic" in line + rest


def _line_if_any(reader: subprocess.Popen[str]) -> str:
    assert reader.stdout is not None
    ready, _, _ = select.select([reader.stdout], [], [], 0.1)
    return reader.stdout.readline() if ready else ""

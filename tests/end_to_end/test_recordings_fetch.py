"""Fetching a public set from a server on loopback: whole, interrupted, wrong, missing, there already."""

import hashlib
import lzma
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from acquisition.recordings.fetch import PublicFile, PublicSet, fetch
from contracts.refusal import Refusal

CONTENT = bytes(i * 7 % 256 for i in range(300_000))
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Host(BaseHTTPRequestHandler):
    """Serves CONTENT: `/whole`, `/ranges` (knows Range), `/broken` (ends early); anything else is not there."""

    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "")
        self.server.asked.append((self.path, wanted))  # pyright: ignore[reportAttributeAccessIssue]
        if self.path not in ("/whole", "/ranges", "/broken"):
            self.send_error(404)
            return
        first = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.path != "/whole" else 0
        if first >= len(CONTENT):
            self.send_error(416)
            return
        self.send_response(206 if first else 200)
        self.send_header("Content-Length", str(len(CONTENT) - first))
        self.end_headers()
        body = CONTENT[first:]
        self.wfile.write(body[: len(body) // 3] if self.path == "/broken" else body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing on the terminal."""


@pytest.fixture
def host() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        server.asked = []  # pyright: ignore[reportAttributeAccessIssue]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def some_set(
    host: ThreadingHTTPServer, *names: str, sha256: str = SHA256, size: int = len(CONTENT)
) -> PublicSet:
    base = f"http://127.0.0.1:{host.server_address[1]}"
    files = tuple(PublicFile(f"data/{n}.bin", sha256, size, f"{base}/{n}") for n in names)
    return PublicSet("set", "A set", "to be cited", "https://example.org/set", "Sign in there.", files)


def run(chosen: PublicSet, folder: Path, seen: list[tuple[int, int]] | None = None) -> list[Path]:
    def progress(done: int, total: int) -> None:
        if seen is not None:
            seen.append((done, total))

    return fetch(chosen, folder, confirm=True, progress=progress, timeout_s=10)


def test_a_set_arrives_whole_with_its_progress(host: ThreadingHTTPServer, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    paths = run(some_set(host, "whole", "ranges"), tmp_path, seen)
    assert paths == [tmp_path / "set" / "data" / "whole.bin", tmp_path / "set" / "data" / "ranges.bin"]
    assert all(p.read_bytes() == CONTENT for p in paths)
    assert seen[-1] == (600_000, 600_000)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["ranges.bin", "whole.bin"]


def test_nothing_is_fetched_without_agreement(host: ThreadingHTTPServer, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"no agreement to the terms of set: to be cited"):
        fetch(some_set(host, "whole"), tmp_path, confirm=False, progress=lambda *_: None)
    assert host.asked == []  # pyright: ignore[reportAttributeAccessIssue]
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_already_is_checked_and_not_fetched_again(
    host: ThreadingHTTPServer, tmp_path: Path
) -> None:
    run(some_set(host, "whole"), tmp_path)
    host.asked.clear()  # pyright: ignore[reportAttributeAccessIssue]
    assert run(some_set(host, "whole"), tmp_path) == [tmp_path / "set" / "data" / "whole.bin"]
    assert host.asked == []  # pyright: ignore[reportAttributeAccessIssue]


def test_another_file_of_the_name_is_left_as_it_is(host: ThreadingHTTPServer, tmp_path: Path) -> None:
    mine = tmp_path / "set" / "data" / "whole.bin"
    mine.parent.mkdir(parents=True)
    mine.write_text("my own notes")
    with pytest.raises(Refusal, match="another file of that name"):
        run(some_set(host, "whole"), tmp_path)
    assert mine.read_text() == "my own notes"


def test_a_wrong_hash_is_refused_and_only_the_download_deleted(
    host: ThreadingHTTPServer, tmp_path: Path
) -> None:
    bystander = tmp_path / "set" / "data" / "other.bin"
    bystander.parent.mkdir(parents=True)
    bystander.write_text("stays")
    with pytest.raises(Refusal, match=rf"sha256 {SHA256[:12]}.*wanted sha256 000000000000"):
        run(some_set(host, "whole", sha256="0" * 64), tmp_path)
    assert [p.name for p in bystander.parent.iterdir()] == ["other.bin"]


@pytest.mark.parametrize("size", [len(CONTENT), 0])
def test_a_broken_connection_is_refused_and_the_next_try_goes_on(
    host: ThreadingHTTPServer, tmp_path: Path, size: int
) -> None:
    with pytest.raises(Refusal, match=r"100000 of 300000 bytes.*kept"):
        run(some_set(host, "broken", size=size), tmp_path)
    part = tmp_path / "set" / "data" / "broken.bin.part"
    assert part.read_bytes() == CONTENT[:100_000]
    part.rename(part.with_name("ranges.bin.part"))
    (path,) = run(some_set(host, "ranges", size=size), tmp_path)
    assert path.read_bytes() == CONTENT
    assert host.asked[-1] == ("/ranges", "bytes=100000-")  # pyright: ignore[reportAttributeAccessIssue]


def test_a_host_that_cannot_go_on_begins_anew(host: ThreadingHTTPServer, tmp_path: Path) -> None:
    part = tmp_path / "set" / "data" / "whole.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT[:1000])
    (path,) = run(some_set(host, "whole"), tmp_path)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("size", [len(CONTENT), 0])
def test_a_download_that_only_lacked_its_name_gets_it(
    host: ThreadingHTTPServer, tmp_path: Path, size: int
) -> None:
    part = tmp_path / "set" / "data" / "ranges.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT)
    (path,) = run(some_set(host, "ranges", size=size), tmp_path)
    assert path.read_bytes() == CONTENT
    assert not part.exists()


def test_a_file_that_has_gone_is_refused_with_the_answer(host: ThreadingHTTPServer, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="the answer 404 Not Found for http"):
        run(some_set(host, "gone"), tmp_path)


def test_a_host_that_does_not_answer_is_refused(host: ThreadingHTTPServer, tmp_path: Path) -> None:
    chosen = some_set(host, "whole")
    host.server_close()
    with pytest.raises(Refusal, match="no way to get http"):
        run(chosen, tmp_path)


def test_a_folder_that_cannot_be_written_is_refused(host: ThreadingHTTPServer, tmp_path: Path) -> None:
    (tmp_path / "set").write_text("a file in the way")
    with pytest.raises(Refusal, match="a folder that can be written"):
        run(some_set(host, "whole"), tmp_path)


def by_hand() -> PublicSet:
    return PublicSet(
        "set",
        "A set",
        "see the page",
        "https://example.org/set",
        "Sign in there.",
        (PublicFile("a.asc", SHA256),),
    )


def test_what_has_no_address_is_said_with_its_page(tmp_path: Path) -> None:
    with pytest.raises(
        Refusal,
        match=r"1 of 1 files of set .*a\.asc first.*Bring them from https://example\.org/set\. Sign in",
    ):
        run(by_hand(), tmp_path)
    empty = PublicSet("bare", "A set", "see the page", "https://example.org/bare", "Sign in there.")
    with pytest.raises(Refusal, match=r"Bring them from https://example\.org/bare"):
        run(empty, tmp_path)


def test_what_was_brought_by_hand_is_checked_compressed_too(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    with lzma.open(folder / "a.asc.xz", "wb") as file:
        file.write(CONTENT)
    assert run(by_hand(), tmp_path) == [folder / "a.asc.xz"]
    (folder / "a.asc").write_text("something else")
    with pytest.raises(Refusal, match="another file of that name"):
        run(by_hand(), tmp_path)


def test_the_rest_is_fetched_before_what_is_missing_is_said(
    host: ThreadingHTTPServer, tmp_path: Path
) -> None:
    chosen = some_set(host, "whole")
    mixed = PublicSet(
        "set", "A set", "t", "https://example.org", "n", (PublicFile("x.bin", SHA256), *chosen.files)
    )
    with pytest.raises(Refusal, match="1 of 2 files"):
        run(mixed, tmp_path)
    assert (tmp_path / "set" / "data" / "whole.bin").read_bytes() == CONTENT

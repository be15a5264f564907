"""`myoscope fetch`: public recordings from their own hosts, asked for and agreed to."""

from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from acquisition.recordings.fetch import catalogue, fetch, public_set
from contracts.refusal import Refusal

console = Console()


def show_sets() -> Table:
    """The sets that are known, and whether they can be fetched or are brought by hand."""
    table = Table("set", "what", "terms", title="Public recordings (nothing is fetched unasked)")
    table.add_column("page", overflow="fold", min_width=30)
    for each in catalogue():
        table.add_row(each.name, each.description, each.terms, each.page)
    return table


def run_fetch(name: str, out: Path, *, agreed: bool) -> None:
    """Show the terms, ask, and bring the set. Raises Refusal where its page must be visited instead."""
    chosen = public_set(name)
    for line in (chosen.description, f"terms: {chosen.terms}", f"page: {chosen.page}", chosen.note):
        if line:
            console.print(line, highlight=False)
    if not agreed and not typer.confirm("Fetch under these terms?"):
        raise Refusal(found="no agreement to the terms", wanted="it", do="Nothing was fetched.")
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        row = bar.add_task(name, total=None)
        paths = fetch(
            chosen,
            out,
            confirm=True,
            progress=lambda done, total: bar.update(row, completed=done, total=total or None),
        )
    console.print(f"{len(paths)} file(s), hashes checked, in {out / chosen.name}", highlight=False)

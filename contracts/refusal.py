"""The one way in which a door says no."""


class Refusal(Exception):
    """Input that cannot be used, told in one sentence: what was found, what was wanted, what to do.

    The command line prints it and ends with a non-zero code; it never shows a traceback for it.
    Every door (settings, stream description, files, model, wire, web) raises it and nothing else for
    bad input, so that everything behind the doors may trust what it is given.
    """

    def __init__(self, *, found: str, wanted: str, do: str) -> None:
        self.found = found
        self.wanted = wanted
        self.do = do
        super().__init__(f"Found {found}; wanted {wanted}. {do}")

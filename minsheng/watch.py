"""What a kernel that makes reports watches for: an IPython extension that lets no failed shell command pass.

A notebook's ``!command`` that fails says so to nobody: the cell ends well. Under this extension it raises.
"""

from __future__ import annotations

from typing import Any


class CommandFailed(RuntimeError):  # noqa: N818
    """A shell command of a notebook ended with something other than 0."""


def _refuse(command: str, code: Any) -> None:
    if code:
        raise CommandFailed(f"the shell command {command!r} ended with {code}")


def load_ipython_extension(shell: Any) -> None:
    """Make ``!command`` and ``lines = !command`` raise `CommandFailed` where the command fails.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    """
    run = shell.system

    def system(command: str) -> None:
        run(command)
        _refuse(command, shell.user_ns.get("_exit_code"))

    def getoutput(command: str, split: bool = True, depth: int = 0) -> Any:
        from IPython.utils.process import get_output_error_code
        from IPython.utils.text import LSString, SList

        out, error, code = get_output_error_code(shell.var_expand(command, depth=depth + 1))
        _refuse(command, code)
        return SList((out + error).splitlines()) if split else LSString(out + error)

    shell.system, shell.getoutput = system, getoutput

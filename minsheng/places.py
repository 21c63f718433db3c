"""Where the package's own tables, notebooks and templates are.

In a wheel they travel inside the package; in a checkout they stand beside it.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def bundled(name: str) -> Path:
    """Folder `name` (``data`` or ``notebooks``) that came with the package.

    Examples
    --------
    >>> bundled("data").joinpath("datapackage.json").exists()
    True
    """
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name

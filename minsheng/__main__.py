"""``python -m minsheng``."""

import sys

from minsheng.cli import main

sys.exit(main())

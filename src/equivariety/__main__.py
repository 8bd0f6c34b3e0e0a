"""``python -m equivariety`` is the command ``equivariety``."""

from equivariety.cli import main

if __name__ == "__main__":
    raise SystemExit(main())

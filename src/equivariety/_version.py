"""The version of the library, written in this one place."""

__version__ = "0.1.0"

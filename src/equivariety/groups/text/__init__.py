"""Groups as text and files: cycle notation, GAP, SymPy, generator files."""

"""The geometry card: what is known about a space of maps and one of its components, as data, text, LaTeX and HTML."""

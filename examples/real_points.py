"""The real points of the three varieties that the talk draws, with their dimension, degree and ED degree.

Writes three PNG files into the current directory.
"""

import equivariety as ev
from equivariety.plots import real_points, save_png

VARIETIES = {
    "nodal-curve.png": (["y^2 = x^2*(x + 1)"], {"box": 1.5}),
    "cubic-surface.png": (["x^2*y - y^3 - z^3"], {"box": 1.0}),
    "coin-model.png": (["p0*p2 = (p0 + p1)*p1", "p0 + p1 + p2 = 1"], {}),
}

for name, (equations, options) in VARIETIES.items():
    variety = ev.AlgebraicVariety(equations)
    facts = f"dimension {variety.dim}, degree {variety.degree}, ED degree {variety.ed_degree}"
    save_png(real_points(variety, **options), name, colours=128)
    print(f"{', '.join(equations)}: {facts}; wrote {name}")

"""The best autoencoder of handwritten digits that commutes with horizontal shifts, in ten lines."""

import numpy as np

import equivariety as ev

digits = ev.datasets.load_digits()
G = ev.groups.shift(digits.shape, axis=1)
E = ev.equivariant_maps(G, rank=8)
print(f"{E.num_components()} irreducible components")
best = ev.fit(E, digits.train)
print(f"best ranks {best.ranks.by_label}, loss {best.loss:.4f} per pixel")
print(f"test loss {ev.mean_squared_error(best.map, digits.test):.4f}")
M, P = np.asarray(best.map), G.matrix(0)
print(f"equivariance error {np.linalg.norm(M @ P - P @ M) / np.linalg.norm(M):.1e}")

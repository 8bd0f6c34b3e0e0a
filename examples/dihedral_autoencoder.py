"""Digits that were never turned in training: an autoencoder that commutes with the square's symmetries, and PCA."""

import numpy as np
from sklearn.decomposition import PCA

import equivariety as ev

digits = ev.datasets.load_digits()
D4 = ev.groups.dihedral(8)  # the eight rotations and reflections of 8x8 images
decomposition = ev.isotypic_decomposition(D4)
print("blocks:", ", ".join(f"{b.label} x {b.multiplicity}" for b in decomposition.blocks))
certificate = decomposition.certificate()
print(f"certificate: {certificate.commutant_dim} = {certificate.num_orbitals} orbitals, ok: {certificate.ok}\n")

images = digits.test.reshape(-1, 8, 8)
positions = [np.rot90(x, k, (1, 2)) for x in (images, images[:, :, ::-1]) for k in range(4)]
turned = np.concatenate(positions).reshape(-1, 64)

# One pass over the upright training images gives the optimum for every rank, over all components of each.
paths = {
    group: ev.fit_path(ev.equivariant_maps(group), digits.train, intercept=True)
    for group in (D4, ev.groups.trivial(64))
}
print("loss per pixel on test digits, upright and in all eight positions")
print("rank       D4            no symmetry          PCA        weights: D4   no symmetry")
for rank in (8, 16, 32, 48):
    pca = PCA(rank).fit(digits.train)
    fits = [path[rank] for path in paths.values()]
    predictors = [*(fit.predictor for fit in fits), lambda X, pca=pca: pca.inverse_transform(pca.transform(X))]
    losses = [[ev.mean_squared_error(f, X) for X in (digits.test, turned)] for f in predictors]
    cells = "   ".join(f"{upright:.4f} {everywhere:.4f}" for upright, everywhere in losses)
    print(f"{rank:4}  {cells}   {fits[0].component.num_parameters:11,}  {fits[1].component.num_parameters:12,}")

symmetric, free = (path[16] for path in paths.values())
assert ev.equivariance_error(symmetric.predictor, D4).worst < 1e-12
print("\nhow far the map without symmetry is from commuting, rank 16:")
print(ev.equivariance_error(free.map, D4))

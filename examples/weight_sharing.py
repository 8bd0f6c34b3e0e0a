"""The pictures of docs/gallery.md: who shares a weight with whom, and what the isotypic basis does to a matrix.

Writes eight PNG files into the current directory.
"""

import numpy as np

import equivariety as ev
from equivariety.parameterizations import SharedWeights
from equivariety.plots import plot_base_change, plot_shared_matrix, plot_weight_sharing, save_png


def save(figure, name, colours=128):
    save_png(figure, name, colours=colours)
    print(f"wrote {name}")


# An autoencoder invariant under (134)(25): the encoder has one weight per latent node and orbit.
G = ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5)
invariant = ev.invariant_maps(G, outputs=5, rank=2).component([2])
encoder = invariant.weight_sharing("points").encoder
print(f"encoder invariant under (1 3 4)(2 5), {encoder.num_weights} weights:\n{encoder}")
save(plot_weight_sharing(encoder, layers=("input", "latent")), "invariant-encoder.png")

# Maps of 3x3 images that commute with the rotation by 90 degrees, in the component of the talk.
rotation = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (2, 1): 0, (4, 3): 1})
isotypic, pixels = rotation.weight_sharing("isotypic"), rotation.weight_sharing("points")
print(f"\nrotation of 3x3 images, {pixels.num_parameters} weights; encoder of the pixels:\n{pixels.encoder}")
save(plot_weight_sharing(isotypic), "rotation-isotypic.png")
save(plot_weight_sharing(pixels), "rotation-pixels.png")
save(plot_shared_matrix(pixels.encoder, image_shape=(3, 3)), "rotation-images.png")

# All maps of 3x3 images that commute with turns and mirror images: one weight for each orbit of pairs of pixels.
orbitals = ev.equivariant_maps(ev.groups.dihedral(3)).hom.basis()
shared = SharedWeights(orbitals.labels, np.ones(orbitals.shape, dtype=np.int64))
print(f"\nturns and mirror images of 3x3 images, {orbitals.size} weights:\n{shared}")
save(plot_shared_matrix(shared), "dihedral-orbitals.png")

# The best autoencoder of digits that commutes with horizontal shifts, before and after the change of basis.
digits = ev.datasets.load_digits()
shifts = ev.groups.shift(digits.shape, axis=1)
best = ev.fit(ev.equivariant_maps(shifts, rank=8), digits.train)
figure = plot_base_change(
    ev.isotypic_decomposition(shifts), np.asarray(best.map), title="weights of the best shift-equivariant autoencoder"
)
save(figure, "base-change.png", colours=None)

# The same for the square's symmetries.
square = ev.groups.dihedral(8)
best = ev.fit(ev.equivariant_maps(square, rank=8), digits.train)
figure = plot_base_change(
    ev.isotypic_decomposition(square),
    np.asarray(best.map),
    title="weights of the best autoencoder under turns and mirrors",
)
save(figure, "dihedral-base-change.png", colours=None)

# The covariance of the digits, averaged over the shifts: what the fit is computed from, block by block.
centred = digits.train - digits.train.mean()
moved = [centred.reshape(-1, 8, 8)[:, :, np.roll(np.arange(8), k)].reshape(-1, 64) for k in range(8)]
covariance = sum(x.T @ x for x in moved) / (8 * len(centred))
figure = plot_base_change(
    ev.isotypic_decomposition(shifts), covariance, title="covariance of the digits, averaged over all shifts"
)
save(figure, "covariance.png", colours=None)

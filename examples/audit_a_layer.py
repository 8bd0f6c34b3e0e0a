"""How far is a given dense layer from commuting with the 90-degree rotation, and what is the nearest that does?"""

import numpy as np

import equivariety as ev

rng = np.random.default_rng(0)
E = ev.equivariant_maps(ev.groups.rotation(8), rank=12)

# A layer that was equivariant of rank 12 until somebody added noise to its weights.
component = E.component(next(E.components()).ranks)
layer = component.sample(rng) + 0.01 * rng.standard_normal((64, 64))

print("equivariant of rank 12:", E.contains(layer))
nearest = E.project(layer)
print(f"nearest such map: distance {nearest.distance:.3f}, relative {nearest.distance / np.linalg.norm(layer):.2%}")
print(f"rank vector {nearest.ranks.by_label}, the only nearest one: {nearest.is_unique}")
print("equivariant of rank 12 now:", E.contains(nearest.point))

"""The stacked transform has the coordinates of split, whatever the layout of the cycles in memory."""

from __future__ import annotations

import numpy as np
import pytest

from equivariety.groups import Permutation, PermutationGroup, cyclic, reflection, rotation, shift, trivial
from equivariety.representations import CyclicDecomposition

GROUPS = {
    "rows": shift((4, 6), axis=1),
    "columns": shift((5, 4), axis=0),
    "columns of a volume": shift((3, 4, 5), axis=1),
    "rows of a volume": shift((3, 4, 5), axis=2),
    "planes of a volume": shift((3, 4, 5), axis=0),
    "center and 4-cycles": rotation(5),
    "4-cycles": rotation(4),
    "2-cycles": reflection((3, 4), axis=1),
    "one cycle": cyclic(7),
    "fixed points": trivial(5),
    "long rows": shift((2, 300), axis=1),
    "long columns": shift((300, 2), axis=0),
    "many lengths": PermutationGroup.from_cycles("(1 2 3)(4 5 6)(7 8)(9 10 11 12)", degree=14),
    "random": PermutationGroup([np.random.default_rng(1).permutation(40)]),
    "random and long": PermutationGroup([np.random.default_rng(2).permutation(900)]),
}


@pytest.mark.parametrize("name", GROUPS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_stacked_coordinates_are_those_of_split(name, dtype, rng):
    group = GROUPS[name]
    sigma = group.generators[0] if group.generators else Permutation.identity(group.degree)
    decomposition = CyclicDecomposition(sigma)
    x = rng.standard_normal((6, group.degree)).astype(dtype)
    plan = decomposition.columns(np.dtype(dtype))
    parts = decomposition.split(x)
    seen = []
    for batch, stacked in zip(plan.batches, plan.transform(x), strict=True):
        assert stacked.dtype == dtype
        for block, coordinates in zip(batch.blocks.tolist(), stacked, strict=True):
            expected = parts[block][..., 0].transpose(2, 1, 0).reshape(batch.unit * batch.multiplicity, len(x))
            np.testing.assert_allclose(coordinates, expected, atol=2e-6 if dtype == np.float32 else 1e-13)
            seen.append(block)
    assert sorted(seen) == list(range(len(decomposition.blocks)))

"""Critical encoders and decoders: the two-layer networks with the weight sharing of a component.

In symmetry-adapted orthonormal coordinates the squared error is a sum over blocks, and block i is a network of two
layers over its field D_i, ``B_i = left_i right_i^*`` through r_i dimensions, without weights in common with the others.
So a pair is critical iff it is in every block, and the theory of ``deep.classification`` applies to each: over C as it
stands, over H to the complex adjoints.  (The gradient of the loss of the adjoints at adjoints is an adjoint, so that to
be critical among adjoints and among all complex matrices is the same: principle of symmetric criticality.)

The whole is a global minimum iff every block is.  Any other critical pair is a strict saddle, since two layers have
strict saddles only.  It is pure, critical for the loss on the component, iff every block is pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equivariety._typing import AnyArray
from equivariety.deep.classification import Kind, PointType, PointVerdict, judge, weights_tolerance
from equivariety.deep.whitened_network import WhitenedNetwork
from equivariety.deep.whitening import WhitenedData
from equivariety.errors import as_positive_number, invalid
from equivariety.linalg import algebra, check_squares
from equivariety.parameterizations import Factorization
from equivariety.parameterizations.dense_factors import factorization_of
from equivariety.training.losses import mean_squared_error
from equivariety.training.routes import block_coordinates
from equivariety.training.samples import Samples
from equivariety.varieties import Component

__all__ = ["FactorsClassification", "classify_factors"]


@dataclass(frozen=True, eq=False)
class FactorsClassification:
    """What :func:`classify_factors` finds.

    Attributes:
        kind: "pure" (critical for the loss on the component), "spurious" (critical because of the factorization),
            "not_critical", or "ambiguous" where the tolerances do not separate these.
        type: "global_minimum" or "strict_saddle"; None unless the kind is pure or spurious.
        blocks: the same for each block of positive rank, by label; there ``rank`` counts over the field of the block,
            and ``subset`` are the positions of the kept singular values, as ``CriticalMap.kept``.
        squared_errors: by label the sum of squares in every such block.
        loss: mean squared error per sample and output coordinate.

    >>> import equivariety as ev
    >>> C, X = ev.linear_maps(2, 2, rank=1).component([1]), np.array([[2.0, 0.0], [0.0, 1.0]])
    >>> found = ev.classify_factors(C, ([[0.0], [1.0]], [[0.0, 1.0]]), X)
    >>> found.blocks["(1,1)"].subset, found.squared_errors, found.loss
    ((1,), {'(1,1)': 4.0}, 1.0)
    """

    kind: Kind
    type: PointType | None
    blocks: dict[str, PointVerdict]
    squared_errors: dict[str, float]
    loss: float

    @property
    def is_critical(self) -> bool | None:
        """Whether the gradient vanishes; None where the answer is ambiguous."""
        return None if self.kind == "ambiguous" else self.kind != "not_critical"

    @property
    def reason(self) -> str:
        """Why, block by block."""
        return " ".join(f"{label}: {verdict.reason}" for label, verdict in self.blocks.items())


def classify_factors(
    component: Component,
    factors: Factorization | Sequence[object],
    X: object,
    Y: object = None,
    *,
    tolerance: float | None = None,
    sharing_tolerance: float | None = None,
) -> FactorsClassification:
    """Tell whether encoder and decoder are critical for the squared error among those with this weight sharing.

    Args:
        component: its ranks are the numbers of latent copies of the irreducibles.
        factors: a ``Factorization``, or a pair of dense arrays (decoder (m, R), encoder (R, n)) with the same latent
            coordinates.
        X: samples, shape (N, n).
        Y: targets, shape (N, m); None for an autoencoder, Y = X.
        tolerance: relative gradients up to this count as zero, from 1000 times this as not zero; None for
            ``tolerances.critical_weights_tolerance()``.  Factors in float32, or trained briefly, need about 1e-6.
        sharing_tolerance: how far arrays may be from the weight sharing, relative to their norms; None is rounding.
            The equivariant pair next to them is classified.

    Raises TypeError and ValueError for anything that does not fit: other ranks, arrays without the weight sharing, data
    that are not real, finite and of these shapes, and an autoencoder between different actions.

    >>> import equivariety as ev
    >>> C = ev.equivariant_maps(ev.groups.rotation(3), rank=3).component({(1, 1): 1, (4, 3): 1})
    >>> X, Y = np.random.default_rng(0).standard_normal((2, 30, 9))
    >>> for point in ev.critical_points(C, X, Y):
    ...     found = ev.classify_factors(C, C.factorize(point.map).moved_at_random(np.random.default_rng(1)), X, Y)
    ...     print(found.kind, found.type, [found.blocks[label].subset == k for label, k in point.kept.items()])
    ...     if point.index:
    ...         break
    pure global_minimum [True, True]
    pure strict_saddle [True, True]
    """
    if not isinstance(component, Component):
        raise invalid("component", "a Component", component, "pass space.component(ranks)", TypeError)
    hom = component.space.hom
    allowed = weights_tolerance(tolerance)
    if sharing_tolerance is not None:
        sharing_tolerance = as_positive_number("sharing_tolerance", sharing_tolerance, below=1.0)
    factorization = _factorization(component, factors, sharing_tolerance)
    if Y is None and not hom.is_endomorphic:
        required = "of maps from an action to itself for an autoencoder"
        raise invalid("component", required, f"shape {hom.shape}", "pass targets Y")
    samples = Samples.of(hom.shape, X, Y)
    chunk = samples.read(slice(None), np.dtype(np.float64))
    for name, given in (("X", chunk.x), ("Y", chunk.y)):
        if given is not None and np.isfinite(given).all():
            check_squares(name, given)
    with np.errstate(over="ignore", invalid="ignore"):
        energy = sum(float(np.vdot(a, a)) for a in (chunk.x, chunk.y) if a is not None)
    if not np.isfinite(energy):
        samples.refuse_not_finite()
    inputs = block_coordinates(hom.source, chunk.x)
    targets = inputs if chunk.y is None else block_coordinates(hom.target, chunk.y)
    blocks, errors = {}, {}
    for i, block in enumerate(hom.blocks):
        source, target = hom.source_index(i), hom.target_index(i)
        if component.ranks[i] and source is not None and target is not None:
            order = algebra(block.field).order
            left, right = (
                side.astype(np.result_type(side.dtype, np.float64)) for side in factorization.factors[block.label]
            )
            verdict, error = _classified((right.conj().T, left), inputs[source].T, targets[target].T, order, allowed)
            blocks[block.label], errors[block.label] = verdict, error
    kind = _together([verdict.kind for verdict in blocks.values()])
    is_best = all(verdict.type == "global_minimum" for verdict in blocks.values())
    found: PointType | None = None
    if kind in ("pure", "spurious"):
        found = "global_minimum" if is_best else "strict_saddle"
    loss = mean_squared_error(factorization.map, chunk.x, chunk.y)
    return FactorsClassification(kind, found, blocks, errors, loss)


def _factorization(component: Component, factors: object, tolerance: float | None) -> Factorization:
    if isinstance(factors, Factorization):
        if factors.hom != component.space.hom or factors.ranks != component.ranks:
            required = f"between the actions of the component, of ranks {component.ranks.by_label}"
            raise invalid("factors", required, factors, "use component.factorize(map)")
        return factors
    if isinstance(factors, np.ndarray | str | bytes) or not isinstance(factors, Sequence) or len(factors) != 2:
        raise invalid("factors", "a Factorization or a pair (decoder, encoder)", factors, "see factorize()", TypeError)
    return factorization_of(component.space.hom, component.ranks, factors[0], factors[1], tolerance)


def _classified(
    layers: tuple[AnyArray, AnyArray], inputs: AnyArray, targets: AnyArray, order: int, tolerance: float
) -> tuple[PointVerdict, float]:
    """The verdict about one block, and its sum of squares."""
    data = WhitenedData.of(inputs, targets)
    net = WhitenedNetwork.of(layers, data)
    gap = layers[1] @ (layers[0] @ inputs) - targets
    remedy = "a larger tolerance, or factors with more digits,"
    return judge(net, layers, tolerance, order=order, remedy=remedy), float(np.vdot(gap, gap).real) / order


def _together(kinds: Sequence[Kind]) -> Kind:
    """The kind of all blocks together; the loss on a component of rank 0 has one point, a pure one."""
    for kind in ("not_critical", "ambiguous", "spurious"):
        if kind in kinds:
            return kind
    return "pure"

"""What the theorem on critical points of convolutional networks says about an architecture and a number of samples."""

from __future__ import annotations

from dataclasses import dataclass

from equivariety.convolution import Architecture, LinearConvolutionalNetwork

__all__ = ["SampleBound", "TheoremClaim", "theorem_claim"]


@dataclass(frozen=True)
class SampleBound:
    """A number of samples that the theorem may ask for: ``1 + sum_i d_i s_i`` in one reading of d and s.

    Attributes:
        reading: what d_i and s_i are.
        samples: the bound.

    >>> theorem_claim(LinearConvolutionalNetwork((3, 2), (2, 1))).bounds[1]
    SampleBound(reading='filter sizes k_i and strides', samples=9)
    """

    reading: str
    samples: int


@dataclass(frozen=True)
class TheoremClaim:
    """The theorem, for one architecture: if all strides are larger than 1, and there are N samples or more, then for
    almost all data each critical point has end-to-end filter v = 0, or is a regular point of the map from filters to
    v, and v is a smooth interior point of the function space.

    Source: Kohn, Montufar, Shahverdi, Trager, "Function space and critical points of linear convolutional networks"
    (arXiv 2304.05752).  The talk states the bound ``N >= 1 + sum_i d_i s_i``.  With d_i the degrees, filter size - 1,
    and s_i the products of the strides before layer i it is the end-to-end filter size k, the least number of samples
    with one output whose second moments sigma are arbitrary positive definite matrices.  That is the reading used here;
    the others are listed beside it.

    Attributes:
        filter_sizes, strides: of the network.
        outputs: number of outputs, which the widths depend on.
        strides_above_one: whether all strides are larger than 1, as the theorem asks.
        scales_differ: whether no two layers of filter size > 1 act at the same scale.  That is what the proof needs: it
            is weaker, since the last stride, and layers of filter size 1, do not matter for the filters.
        bounds: readings of the number of samples; the first one is k.
        zero_filter_dims: for each layer the dimension, up to scaling, of critical points at which the filter of this
            layer alone is zero, an upper bound for almost all data; -1 for none.  Filters of which two layers are zero
            are always critical.  All of these have v = 0, and the theorem allows them.

    >>> print(theorem_claim(LinearConvolutionalNetwork((3, 2), (2, 1))))
    strides (2, 1): different scales for all layers (the last stride is 1, but does not matter for the filters)
    samples N >= 5: degrees k_i - 1 and products of the strides before (the end-to-end filter size)
    samples N >= 9: filter sizes k_i and strides
    samples N >= 6: widths d_i of the layers, 1 at the end, and strides
    the theorem claims for N >= 5, almost all data, each critical point: v = 0, or it is regular and v smooth, interior
    v = 0: where two filters are zero; where only that of layer 2 is, in 1 direction of the others at most
    """

    filter_sizes: tuple[int, ...]
    strides: tuple[int, ...]
    outputs: int
    strides_above_one: bool
    scales_differ: bool
    bounds: tuple[SampleBound, ...]
    zero_filter_dims: tuple[int, ...]

    def claims(self, samples: int) -> bool:
        """Return whether the theorem speaks about this number of samples: scales that differ, and N >= k."""
        return self.scales_differ and samples >= self.bounds[0].samples

    def __str__(self) -> str:
        return "\n".join([self._scales, *self._samples, self._conclusion, self._zero])

    @property
    def _scales(self) -> str:
        if not self.scales_differ:
            return f"strides {self.strides}: two layers act at the same scale"
        if self.strides_above_one:
            return f"strides {self.strides}: all larger than 1"
        why = "the last stride is 1, but does" if self.strides[-1] == 1 else "some strides are 1, but do"
        return f"strides {self.strides}: different scales for all layers ({why} not matter for the filters)"

    @property
    def _samples(self) -> list[str]:
        return [f"samples N >= {bound.samples}: {bound.reading}" for bound in self.bounds]

    @property
    def _conclusion(self) -> str:
        if not self.scales_differ:
            return "the theorem claims nothing: it needs strides larger than 1"
        return (
            f"the theorem claims for N >= {self.bounds[0].samples}, almost all data, each critical point: v = 0, or it "
            "is regular and v smooth, interior"
        )

    @property
    def _zero(self) -> str:
        parts = ["where two filters are zero"] if len(self.filter_sizes) > 1 else []
        for layer, dim in enumerate(self.zero_filter_dims, start=1):
            if dim == 0:
                parts.append(f"where only that of layer {layer} is, in {self._count(layer)} of the others at most")
            elif dim > 0:
                parts.append(f"where only that of layer {layer} is, in a family of dimension {dim} at most")
        return f"v = 0: {'; '.join(parts) or 'none, for almost all data'}"

    def _count(self, layer: int) -> str:
        others = [k for i, k in enumerate(self.filter_sizes, start=1) if i != layer and k > 1]
        return "1 direction" if len(others) <= 1 else "finitely many directions"


def theorem_claim(network: LinearConvolutionalNetwork, outputs: int = 1) -> TheoremClaim:
    """Return what the theorem says about a network.

    Args:
        network: of any filter sizes and strides.
        outputs: number of outputs, which the widths depend on.

    Raises ValueError for another number of outputs than an integer >= 1.

    >>> claim = theorem_claim(LinearConvolutionalNetwork((2, 2), (1, 1)))
    >>> claim.scales_differ, claim.claims(100)
    (False, False)
    """
    architecture = network.architecture
    return TheoremClaim(
        filter_sizes=architecture.filter_sizes,
        strides=architecture.strides,
        outputs=architecture.widths(outputs)[-1],
        strides_above_one=all(s > 1 for s in architecture.strides),
        scales_differ=all(len(block.layers) == 1 for block in architecture.blocks),
        bounds=_bounds(architecture, outputs),
        zero_filter_dims=_zero_filter_dims(architecture),
    )


def _bounds(architecture: Architecture, outputs: int) -> tuple[SampleBound, ...]:
    sizes, strides, widths = architecture.filter_sizes, architecture.strides, architecture.widths(outputs)
    return (
        SampleBound(
            "degrees k_i - 1 and products of the strides before (the end-to-end filter size)",
            architecture.end_to_end_size,
        ),
        SampleBound("filter sizes k_i and strides", 1 + sum(k * s for k, s in zip(sizes, strides, strict=True))),
        SampleBound(
            f"widths d_i of the layers, {widths[-1]} at the end, and strides",
            1 + sum(d * s for d, s in zip(widths[1:], strides, strict=True)),
        ),
    )


def _zero_filter_dims(architecture: Architecture) -> tuple[int, ...]:
    """If only w_i = 0, the gradient for w_i must vanish: k_i equations, independent for almost all cross moments.

    They are conditions on the other layers, which have ``sum_{j != i} (k_j - 1)`` dimensions up to scaling.
    """
    total = sum(architecture.degrees)
    return tuple(max(total - (k - 1) - k, -1) for k in architecture.filter_sizes)

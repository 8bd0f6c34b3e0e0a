"""What a decomposition can show for itself: two residuals and one identity between integers."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DecompositionCertificate"]


@dataclass(frozen=True, slots=True)
class DecompositionCertificate:
    """Evidence that a decomposition is complete and right.

    The residuals show that the commutant contains the product of the blocks; the identity of integers shows that
    it is no larger.

    Attributes:
        orthogonality: largest relative error of ``assemble(split(x)) == x`` and of the norm, on random vectors.
        equivariance: largest relative error of "split after a generator = the generator's block action after split",
            and of "block actions commute with the units of the block's algebra".
        commutant_dim: sum over blocks of ``dim D * rows * cols``.
        num_orbitals: number of orbits on pairs of points, counted without any Fourier theory.
        tolerance: residuals up to this count as rounding.

    >>> DecompositionCertificate(1e-16, 1e-16, 7, 7, 1e-10).ok
    True
    """

    orthogonality: float
    equivariance: float
    commutant_dim: int
    num_orbitals: int
    tolerance: float

    @property
    def ok(self) -> bool:
        """Whether both residuals are rounding and the integers agree."""
        return (
            self.commutant_dim == self.num_orbitals
            and self.orthogonality <= self.tolerance
            and self.equivariance <= self.tolerance
        )

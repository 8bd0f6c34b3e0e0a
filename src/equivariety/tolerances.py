"""Every numerical threshold and size budget of the library, each with its reason.

Tolerances are relative to the scale of the data at hand and to the dtype that the data came in.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "COLLAPSED_RANK_BUDGET",
    "CRITICAL_FILTERS_BUDGET",
    "DEGREE_DIGITS_BUDGET",
    "DENSE_ENTRIES_BUDGET",
    "DENSE_POINTS_BUDGET",
    "DESCENT_BYTES_BUDGET",
    "ED_DEGREE_PRODUCTS_BUDGET",
    "ELEMENTS_BUDGET",
    "END_TO_END_BUDGET",
    "EQUATION_DENOMINATOR",
    "EQUATION_ENTRIES_BUDGET",
    "EQUATION_FIELD_DEGREE",
    "EQUATION_MINORS_BUDGET",
    "EQUATION_TERMS_BUDGET",
    "EQUATION_WORDS",
    "FACTORIZATIONS_BUDGET",
    "FACTOR_PACKING_STEPS",
    "FLOW_EVALUATIONS",
    "FLOW_TIME",
    "GENERATOR_ENTRIES_BUDGET",
    "GROEBNER_SECONDS",
    "HESSIAN_WEIGHTS_BUDGET",
    "INDEPENDENCE_ENTRIES_BUDGET",
    "LATTICE_ENTRIES_BUDGET",
    "LATTICE_PAIR_ENTRIES_BUDGET",
    "MAX_COEFFICIENT_BITS",
    "MAX_DEGREE",
    "MAX_EQUATIONS",
    "MAX_FILE_BYTES",
    "MAX_MINORS",
    "MAX_POLYNOMIAL_CHARACTERS",
    "MAX_POLYNOMIAL_DEGREE",
    "MAX_TERMS",
    "MAX_TERM_PRODUCTS",
    "MAX_VARIABLES",
    "MOMENT_BYTES_BUDGET",
    "ORBITAL_ENTRIES_BUDGET",
    "ORDER_SECONDS",
    "PAIRING_ENTRIES_BUDGET",
    "PAIRING_SECONDS",
    "PATH_STEPS_BUDGET",
    "PATTERN_CELLS_BUDGET",
    "POLISHING_ITERATIONS",
    "POLISHING_STEPS",
    "POSET_STRATA_BUDGET",
    "QUICK_ORDER_ENTRIES_BUDGET",
    "RANKING_ENTRIES_BUDGET",
    "RANK_PAIRS_BUDGET",
    "REAL_ROOTS_DEGREE",
    "SEGRE_PRODUCTS_BUDGET",
    "SINGULAR_LOCUS_COMPONENTS_BUDGET",
    "SPECIAL_POINTS_MINIMUM",
    "SQUARE_RANGE",
    "SYMPY_ENTRIES_BUDGET",
    "SYMPY_POINTS_BUDGET",
    "SYMPY_QUICK_POINTS",
    "certificate_tolerance",
    "critical_gradient",
    "critical_weights_tolerance",
    "critical_weights_tolerance_bound",
    "deficiency_tolerance",
    "descent_decrease",
    "descent_gradient",
    "eigenvalue_tolerance",
    "equivariance_tolerance",
    "filter_rounding",
    "filter_tolerance",
    "flow_end",
    "flow_gradient",
    "flow_tolerance",
    "independence_tolerance",
    "inertia_tolerance",
    "leakage_tolerance",
    "moment_tolerance",
    "noise_tolerance",
    "path_correction",
    "path_end",
    "path_point",
    "point_tolerance",
    "polishing_damping",
    "polishing_end",
    "polishing_reach",
    "polishing_step",
    "product_rounding",
    "rank_tolerance",
    "same_factorization",
    "same_filter",
    "schur_tolerance",
    "separation",
    "sharing_slip",
    "simple_conditioning",
    "simple_point",
    "tie_tolerance",
    "vanishing_range",
    "whitened_tolerance",
    "whitening_rounding",
    "zero_product",
]

#: Largest degree of a group: with its cycles and characters it takes about 1 GB.
MAX_DEGREE = 10_000_000

#: Largest number of images of all generators together, of a group that is built from others: 1 GiB.
GENERATOR_ENTRIES_BUDGET = 2**27

#: Largest number of elements of a group that are listed one by one (regular and coset actions): a few seconds.
ELEMENTS_BUDGET = 400_000

#: Largest denominator of an entry of a projector that is looked for among rational numbers.
EQUATION_DENOMINATOR = 10_000

#: Largest number of coefficients of the end-to-end filter of a convolutional network: 80 MB, and seconds for products.
END_TO_END_BUDGET = 10_000_000

#: Largest number of products of long integers behind a generic ED degree: some seconds.
SEGRE_PRODUCTS_BUDGET = 4_000_000

#: Largest number of entries of a matrix that become variables of equations: some seconds.
EQUATION_ENTRIES_BUDGET = 1000

#: Largest degree of a field of algebraic numbers in which coefficients of equations are exact.
EQUATION_FIELD_DEGREE = 24

#: Largest number of minors that are written out.
EQUATION_MINORS_BUDGET = 10_000

#: Largest number of terms of all these minors before like terms are collected: some seconds.
EQUATION_TERMS_BUDGET = 500_000

#: Largest number of entries of a sparse exact matrix by which superfluous equations are found: some seconds.
INDEPENDENCE_ENTRIES_BUDGET = 10_000_000

#: Largest degree of a form whose real roots are counted by polynomials in its coefficients: about a second, and
#: thousands of terms.
REAL_ROOTS_DEGREE = 7

#: Number of random products of generators among which one that singles out a block is looked for.
EQUATION_WORDS = 60

#: Largest number of factorizations of a filter that are listed: some seconds.
FACTORIZATIONS_BUDGET = 10_000

#: Number of steps of the search for layers made of whole rational factors: well below a second.
FACTOR_PACKING_STEPS = 20_000

#: Largest number of images of all listed elements, and of pairs of points whose orbitals are labelled: 256 MiB.
ORBITAL_ENTRIES_BUDGET = 2**26

#: Largest number of images of all generators together, of commuting ones whose orbit lattices are found: some seconds.
LATTICE_ENTRIES_BUDGET = 2**26

#: Largest number of numbers, over all pairs of different orbit lattices, from which their orbitals are counted: some
#: seconds.
LATTICE_PAIR_ENTRIES_BUDGET = 2**28

#: Time in seconds that ``order()`` may take unless the caller says otherwise.
ORDER_SECONDS = 60.0

#: Most points, and largest number of images of all generators, with which SymPy finds an order in about a second.
SYMPY_QUICK_POINTS = 32
SYMPY_ENTRIES_BUDGET = 400

#: Most points that SymPy is given: beyond this its lists alone take minutes.
SYMPY_POINTS_BUDGET = 10_000

#: Largest number of images of Schreier generators that an order without a time limit may take: about 0.1 s.
QUICK_ORDER_ENTRIES_BUDGET = 2**22

#: Time in seconds that the orders of two paired groups and of the group they generate may take together, where
#: these have to be known.
PAIRING_SECONDS = 30.0

#: Largest number of strata whose inclusions are listed.
POSET_STRATA_BUDGET = 10_000

#: Largest number of irreducible components whose intersections are listed: about a second.
SINGULAR_LOCUS_COMPONENTS_BUDGET = 300

#: Largest number of images of random elements by which two paired groups are told apart: about 0.2 s.
PAIRING_ENTRIES_BUDGET = 2**22

#: Largest table by which the rank patterns of a deep network are counted: some seconds.
PATTERN_CELLS_BUDGET = 2**20

#: Most steps of a path of critical points; a hundred are usual, and thousands go to points that are not simple.
PATH_STEPS_BUDGET = 2_000

#: Largest number of complex critical points of a convolutional network that are looked for: some minutes.
CRITICAL_FILTERS_BUDGET = 5_000

#: Largest number of steps with pairs of ranks that the dimension of a fiber of a deep network may take: seconds.
RANK_PAIRS_BUDGET = 2**28

#: Largest number of steps of Newton's method towards critical weights; ten are usual, to degenerate ones a hundred.
POLISHING_STEPS = 200

#: Largest number of iterations for one step of it where the Hessian is not formed.
POLISHING_ITERATIONS = 500

#: The largest entry of samples has to be between these: squares of other numbers, and sums of them, are no good floats.
SQUARE_RANGE = (1e-140, 1e140)

#: Largest number of gradients that gradient flow may take unless the caller says otherwise: some seconds to minutes.
FLOW_EVALUATIONS = 100_000

#: How long gradient flow is followed unless the caller says otherwise.
FLOW_TIME = 1e4

#: Largest file of tensors that is read.
MAX_FILE_BYTES = 2**31

#: Largest number of entries of a dense matrix built on request (``matrix()``, ``to_dense()``): 2 GiB of float64.
DENSE_ENTRIES_BUDGET = 2**28

#: Largest number of points, one orbit of each class, on which irreducibles are found numerically: about 80 bytes for
#: each pair of points.
DENSE_POINTS_BUDGET = 3000

#: Orbits of more points than this are looked at for a structure that spares the numerical route.
SPECIAL_POINTS_MINIMUM = 200

#: Largest number of orbitals of a long transitive orbit whose irreducibles are counted without a basis: 128 MiB.
COLLAPSED_RANK_BUDGET = 256

#: Largest size of all block second moments together; beyond it the fit works on the samples instead.
MOMENT_BYTES_BUDGET = 2**30

#: Largest size of all samples in block coordinates, which gradient descent on minibatches keeps in memory.
DESCENT_BYTES_BUDGET = 2**32


#: Largest number of entries of the tables behind a ranking of components: about 2 GB.
RANKING_ENTRIES_BUDGET = 2**27

#: Longest degree, in digits, and largest number of products of long integers for an ED degree, that a description of a
#: space computes unasked: about a second.
DEGREE_DIGITS_BUDGET = 100_000
ED_DEGREE_PRODUCTS_BUDGET = 200_000

#: Time in seconds that each Groebner basis of a general variety may take unless the caller says otherwise.
GROEBNER_SECONDS = 20.0

#: Largest number of weights of a linear network whose Hessian is computed to confirm the type of a critical point: its
#: eigenvalues take about 0.1 s.
HESSIAN_WEIGHTS_BUDGET = 500

#: Largest polynomials of a general variety: what has a chance within the time above, found out before it is expanded.
MAX_POLYNOMIAL_CHARACTERS = 10_000
MAX_POLYNOMIAL_DEGREE = 60
MAX_TERMS = 5_000
MAX_TERM_PRODUCTS = 50_000
MAX_COEFFICIENT_BITS = 8_192

#: Most variables and equations of a general variety, and most minors of its Jacobian matrix that are written out.
MAX_VARIABLES = 64
MAX_EQUATIONS = 1_000
MAX_MINORS = 20_000


def _epsilon(dtype: np.dtype[Any] | type) -> float:
    kind = np.dtype(dtype)
    return float(np.finfo(kind).eps) if kind.kind in "fc" else float(np.finfo(np.float64).eps)


def rank_tolerance(dtype: np.dtype[Any] | type, size: int) -> float:
    """Singular values below this times the largest one of the whole map count as zero.

    A backward stable SVD of a matrix with ``size`` rows or columns perturbs singular values by about
    ``size * eps``; the factor 32 covers the products by which a low-rank matrix was formed.
    """
    return 32.0 * max(size, 1) * _epsilon(dtype)


def equivariance_tolerance(dtype: np.dtype[Any] | type) -> float:
    """Largest ``|M - P(M)| / |M|``, P the projector on the equivariant maps, that counts as equivariant.

    1e-10 for float64 and 5e-5 for float32: far above the rounding of a fast transform, far below any
    violation that a user would mean.
    """
    return max(1e-10, 400.0 * _epsilon(dtype))


def filter_tolerance(dtype: np.dtype[Any] | type) -> float:
    """Largest distance of a filter to the end-to-end filters of a network, relative to its norm, that is no difference.

    1e-10 for float64 and 5e-5 for float32.  Rounding makes 1e-16 to 1e-13, more the more the coefficients of the
    product of the layers cancel; the singular values by which a filter is refused lose a few digits more.
    """
    return max(1e-10, 400.0 * _epsilon(dtype))


def filter_rounding(dtype: np.dtype[Any] | type, size: int) -> float:
    """An end-to-end filter of this size, as near as this to that of given layers, relative to its norm, is theirs.

    Sums of ``size`` products, each with the rounding of three operations.  It decides only about filters near the
    boundary, where members and non-members are within the tolerance.
    """
    return 4.0 * max(size, 1) * _epsilon(dtype)


def tie_tolerance(dtype: np.dtype[Any] | type) -> float:
    """Two singular values, or two gains, closer than this times the largest one are equal up to rounding.

    It decides only whether an optimum is reported as unique, never which optimum is taken.
    """
    return 32.0 * _epsilon(dtype)


def noise_tolerance(dtype: np.dtype[Any] | type) -> float:
    """Eigenvalues of a second moment up to this times the largest one are rounding, not signal.

    Products of float32 data carry errors near 3e-8 although they are summed in float64.  The bound stays close to
    the noise, since what it cuts off would be missing from the optimum.
    """
    return max(32.0 * _epsilon(np.float64), 4.0 * _epsilon(dtype))


def deficiency_tolerance(size: int, dtype: np.dtype[Any] | type, *, squared: bool = False) -> float:
    """Singular values (of samples) below this times the largest are no direction of inputs; eigenvalues if ``squared``.

    The coordinates have been brought to equal scales, so only true dependence among them, the rounding of a symmetric
    eigenvalue problem, about ``size * eps``, and the rounding of the data, of this ``dtype``, bring values
    down to here.
    """
    data = 8.0 * _epsilon(dtype)
    return max(8.0 * max(size, 1) * _epsilon(np.float64), data**2 if squared else data)


def leakage_tolerance(*, numerical: bool = False) -> float:
    """A block's coordinate with at most this times the sum of squares of all inputs holds nothing but rounding.

    A fast transform perturbs each coordinate of a sample by a few eps times the norm of the sample; a regression must
    not take such an image of zero for a predictor.  Blocks found numerically (``numerical``) are invariant up to about
    1e-13 only.
    """
    return ((2048.0 if numerical else 32.0) * _epsilon(np.float64)) ** 2


def descent_decrease() -> float:
    """A quasi-Newton step that lowers the objective by less, relative to that of the zero map, is the last one.

    Close to the rounding of the objective, since thousands of such steps add up to the gap to the optimum.
    """
    return 512.0 * _epsilon(np.float64)


def descent_gradient() -> float:
    """Entries of the gradient up to this count as zero, the objective of the zero map and the data having size one."""
    return 1e-10


def flow_tolerance() -> float:
    """Relative error of one step of gradient flow: small enough that conserved numbers keep seven digits or more."""
    return 1e-10


def flow_gradient() -> float:
    """Gradient flow ends where the gradient has fallen to this times the largest one on the way.

    The root of the rounding unit: the loss is then within rounding of that at the critical point.
    """
    return 1e-8


def flow_end() -> float:
    """Once it is as small as that, gradient flow goes on to this, if it gets there with as many evaluations again.

    A few digits above rounding, so that the end is classified as a critical point: the largest gradient on the way may
    be large compared with the whitened data.
    """
    return 1e-13


def certificate_tolerance(dtype: np.dtype[Any] | type) -> float:
    """Largest residual with which a certificate says ``ok``: 1e-10 for float64, 1e-4 for float32."""
    return max(1e-10, 840.0 * _epsilon(dtype))


def eigenvalue_tolerance() -> float:
    """Eigenvalues of a random element of the commutant closer than this times the largest one are equal.

    Rounding separates equal ones by about 1e-13; a few thousand random ones come as close as this once in many draws,
    which a certificate notices.
    """
    return 1e-10


def schur_tolerance() -> float:
    """A random intertwiner, isotropic with components of size one, with norm up to this vanishes.

    Rounding is below 1e-9; a true one is smaller once in a million draws of a single component, and four are drawn.
    """
    return 1e-6


def point_tolerance(dtype: np.dtype[Any] | type) -> float:
    """A polynomial with at most this times the sum of the sizes of its terms vanishes at a point of this dtype.

    1e-9 for float64 and 1e-4 for float32: a point that is right up to rounding stays far below.
    """
    return max(1e-9, 800.0 * _epsilon(dtype))


def independence_tolerance() -> float:
    """A projected unit vector whose distance to the span of others is at most this is a combination of these.

    Coordinates of such vectors are small integers over the number of points, so that true distances are far larger
    and rounding is far smaller.
    """
    return 1e-6


def whitened_tolerance() -> float:
    """Eigenvalues of a second moment this close, relative to the largest, are equal or zero up to rounding.

    It decides only what is said about the data: nothing that is counted depends on it.
    """
    return 1e-9


def vanishing_range() -> tuple[float, float]:
    """A singular value that decides a rank is zero up to the first, not zero from the second, undecided in between.

    Relative to the largest one.  Filters found by iterations are right up to about 1e-10, and what should vanish is
    as small; at general filters of a few layers such values are above 1e-5.
    """
    return 1e-9, 1e-6


def product_rounding(size: int) -> float:
    """What rounding leaves, at most, of a product of matrices of this size that is zero, its factors having norm one.

    Layers are products themselves, often with the inverse of a matrix of condition about 100; hence 256.
    """
    return 256.0 * max(size, 1) * _epsilon(np.float64)


def whitening_rounding() -> float:
    """What rounding changes in whitened data of condition one, relative to them: a stable decomposition's few eps."""
    return 8.0 * _epsilon(np.float64)


def separation() -> float:
    """Numbers that decide a rank, or whether a gradient vanishes, differ by at least this factor or decide nothing."""
    return 1e3


def critical_weights_tolerance() -> float:
    """A gradient this small counts as zero, layers and whitened data having norm one.

    Gradient descent gets there where the loss is well conditioned; products of a few layers have rounding near 1e-14.
    """
    return 1e-10


def sharing_slip() -> float:
    """Factors that are less equivariant than this, relative to their norms, were not meant to be.

    It decides only what a message proposes.
    """
    return 1e-2


def critical_weights_tolerance_bound() -> float:
    """A larger tolerance is refused: 1000 times as large, where gradients are not zero, it would be of size one."""
    return 1e-3


def zero_product() -> float:
    """Products of vectors of norm one up to this are zero, by construction.

    Exact zeros have rounding, near 1e-15, and products of random vectors are rarely so small.
    """
    return 1e-9


def polishing_step() -> float:
    """Relative residual of a step of Newton's method that iterations may leave: the next step mends the rest."""
    return 1e-6


def polishing_end() -> float:
    """A gradient up to this ends Newton's method: far below rounding, data having norm one, and its square is not 0."""
    return 1e-100


def polishing_damping() -> tuple[float, float]:
    """Least and largest damping of a step of Newton's method, in units of the squared gradient.

    The least one keeps convergence quadratic.  Beyond the largest one rounding alone keeps the gradient from getting
    smaller.
    """
    return 1e-3, 1e6


def polishing_reach() -> float:
    """Weights that Newton's method moves by more than this, relative to their layer, were not near a critical point."""
    return 0.1


def path_correction() -> float:
    """Largest first Newton correction, relative to the filters, of a point that a step along a path predicts.

    Points of other paths are far outside at this size, so that paths are not confused; a tenth of it is used where they
    seem to have been.
    """
    return 3e-3


def path_point() -> float:
    """Newton steps up to this, relative to the filters, end the correction of a point of a path.

    Convergence is quadratic: the next step would be below rounding.
    """
    return 1e-8


def simple_point() -> float:
    """Newton steps up to this, relative to the filters, say that the method has converged to a simple critical point.

    Four quadratic steps reach rounding, 1e-15 times the condition; at a multiple point a step halves the distance.
    """
    return 1e-11


def simple_conditioning() -> float:
    """Hessians with a smaller ratio of singular values are singular up to rounding: their points may not be isolated.

    Rounding leaves about 1e-15 on families of critical points; generic data rarely come below 1e-8.
    """
    return 1e-12


def path_end() -> float:
    """A path whose steps, as a fraction of the whole, must be smaller than this ends at no simple critical point."""
    return 1e-9


def same_filter() -> float:
    """End-to-end tensors this close, relative to their norms, are the same critical point, or a conjugate its own.

    Rounding leaves 1e-13 where Newton's method has converged to a simple critical point.
    """
    return 1e-7


def same_factorization() -> float:
    """Unit filters of layers that differ by less, entry by entry, belong to the same factorization of a rounded filter.

    The root of the distance at which such a filter is a member: as far do its double roots split.
    """
    return 1e-5


def critical_gradient() -> float:
    """A gradient up to this, relative to the terms it is the difference of, vanishes; 1000 times larger does not.

    Weights that were trained to rounding stay below; the gap is for those of which it cannot be said.
    """
    return 1e-9


def moment_tolerance(size: int) -> float:
    """Differences up to this times the largest second moment are rounding of sums over many samples."""
    return 1e-11 * max(size, 1)


def inertia_tolerance() -> float:
    """Eigenvalues of a Hessian up to this times the largest count as zero.

    At a critical point with a relative gradient of 1e-9 they may be of this size where they should vanish.
    """
    return 1e-9

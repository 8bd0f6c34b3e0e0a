"""Whether a filter is the end-to-end filter of a network, and all real filters of its layers."""

from equivariety.convolution.membership.all_factorizations import factorizations
from equivariety.convolution.membership.decision import membership
from equivariety.convolution.membership.recovery import Recovery, recover
from equivariety.convolution.membership.verdict import FilterMembership

__all__ = ["FilterMembership", "Recovery", "factorizations", "membership", "recover"]

"""Pictures of saved results, as matplotlib figures that need no display; matplotlib is loaded when one is drawn."""

from equivariety.plots.base_change import plot_base_change
from equivariety.plots.loss_against_rank import plot_loss_against_rank
from equivariety.plots.reconstructions import plot_reconstructions
from equivariety.plots.shared_matrix import plot_shared_matrix
from equivariety.plots.spectrum import plot_spectrum
from equivariety.plots.style import save_png
from equivariety.plots.weight_sharing import plot_weight_sharing

__all__ = [
    "plot_base_change",
    "plot_loss_against_rank",
    "plot_reconstructions",
    "plot_shared_matrix",
    "plot_spectrum",
    "plot_weight_sharing",
    "save_png",
]

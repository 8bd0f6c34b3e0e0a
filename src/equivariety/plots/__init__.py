"""Pictures of saved results, as matplotlib figures that need no display; matplotlib is loaded when one is drawn."""

from equivariety.plots.loss_against_rank import plot_loss_against_rank
from equivariety.plots.reconstructions import plot_reconstructions
from equivariety.plots.spectrum import plot_spectrum
from equivariety.plots.style import save_png

__all__ = ["plot_loss_against_rank", "plot_reconstructions", "plot_spectrum", "save_png"]

"""Pictures of the talk and of results: matplotlib figures without a display; matplotlib is loaded when one is drawn."""

from equivariety.plots.base_change import plot_base_change
from equivariety.plots.commutant import plot_commutant_pattern
from equivariety.plots.cubic_filters import plot_cubic_filters
from equivariety.plots.cyclic_bases import plot_cyclic_bases
from equivariety.plots.filter_cone import plot_function_space
from equivariety.plots.hasse_diagram import plot_hasse_diagram
from equivariety.plots.loss_against_rank import plot_loss_against_rank
from equivariety.plots.loss_landscape import plot_loss_landscape
from equivariety.plots.orbits import plot_orbits
from equivariety.plots.pixel_order import plot_pixel_order
from equivariety.plots.plateaus import plot_plateaus
from equivariety.plots.quadratic_chart import plot_filter_chart
from equivariety.plots.real_points_picture import real_points
from equivariety.plots.reconstructions import plot_reconstructions
from equivariety.plots.recovery_errors import plot_factor_recovery
from equivariety.plots.repeated_columns import plot_collapse
from equivariety.plots.saving import save_figure
from equivariety.plots.scalar_layers import plot_scalar_network
from equivariety.plots.shared_matrix import plot_shared_matrix
from equivariety.plots.spectrum import plot_spectrum
from equivariety.plots.style import save_png
from equivariety.plots.weight_sharing import plot_weight_sharing

__all__ = [
    "plot_base_change",
    "plot_collapse",
    "plot_commutant_pattern",
    "plot_cubic_filters",
    "plot_cyclic_bases",
    "plot_factor_recovery",
    "plot_filter_chart",
    "plot_function_space",
    "plot_hasse_diagram",
    "plot_loss_against_rank",
    "plot_loss_landscape",
    "plot_orbits",
    "plot_pixel_order",
    "plot_plateaus",
    "plot_reconstructions",
    "plot_scalar_network",
    "plot_shared_matrix",
    "plot_spectrum",
    "plot_weight_sharing",
    "real_points",
    "save_figure",
    "save_png",
]

"""Pictures of convolutional and deep linear networks: function spaces, losses and critical points, gradient flow.

Writes eight PNG files into the current directory.
"""

import numpy as np

import equivariety as ev
from equivariety.convolution import Architecture
from equivariety.plots import (
    plot_cubic_filters,
    plot_factor_recovery,
    plot_filter_chart,
    plot_function_space,
    plot_loss_landscape,
    plot_plateaus,
    plot_scalar_network,
    save_png,
)


def save(figure, name):
    save_png(figure, name, colours=256)
    print(f"wrote {name}")


def directions(*angles):
    """Filters of size 2 of norm 1.2, at angles in degrees."""
    return [1.2 * np.array([np.cos(a), np.sin(a)]) for a in np.radians(angles)]


# Two filters of size 2 at stride 1, and data whose least squares filter (1, 0, 1) has no real roots: every critical
# point is spurious, and gradient flow ends at a global minimum on the boundary of the function space.
net = ev.LinearConvolutionalNetwork((2, 2), (1, 1))
X, Y = np.eye(3), np.array([[1.0], [0.0], [1.0]])
starts = [(35, -15), (60, -10), (10, -50), (100, 40), (140, 100)]
paths = [net.gradient_flow(directions(*pair), X, Y, rtol=1e-7, gradient_tolerance=1e-5) for pair in starts]
for point in net.critical_points(X, Y).real_points:
    print(f"stride 1: {point.kind}, index {point.index}, loss {point.loss:.4f}")
save(plot_function_space(net, X, Y, trajectories=paths), "function-space-cone.png")
save(plot_filter_chart(net, X, Y, trajectories=paths), "filter-chart.png")
save(plot_loss_landscape(net, X, Y, trajectories=paths), "landscape-stride-1.png")

# The same filters at stride 2, random data: all critical points are pure.
strided = ev.LinearConvolutionalNetwork((2, 2), (2, 1))
rng = np.random.default_rng(1)
X, Y = rng.standard_normal((8, 4)), rng.standard_normal((8, 1))
paths = [
    strided.gradient_flow(directions(*pair), X, Y, rtol=1e-7, gradient_tolerance=1e-5)
    for pair in [(60, 80), (80, -20), (220, 20), (320, 100)]
]
for point in strided.critical_points(X, Y).real_points:
    print(f"stride 2: {point.kind}, index {point.index}, loss {point.loss:.4f}")
save(plot_loss_landscape(strided, X, Y, trajectories=paths), "landscape-stride-2.png")

# Three filters of size 2: cubics with three real roots.
save(plot_cubic_filters(), "cubic-filters.png")

# Two layers of one number each: zero is a spurious saddle.
scalar = ev.LinearNetwork((1, 1, 1))
one = np.ones((1, 1))
starts = [(1.0, -1.01), (-1.2, 1.0), (0.3, -1.3), (-1.4, -1.2), (1.3, 0.2)]
paths = [scalar.gradient_flow([a * one, b * one], one, one, rtol=1e-7) for a, b in starts]
save(plot_scalar_network(one, one, trajectories=paths), "scalar-saddle.png")

# Two layers of width 3, from small weights: the loss rests at the losses of critical functions.
deep = ev.LinearNetwork((3, 3, 3))
X, Y = np.eye(3), np.diag([4.0, 2.0, 1.0])
weights = np.random.default_rng(0).standard_normal((2, 3, 3))
sizes = (1e-5, 1e-3, 1e-1)
paths = [deep.gradient_flow(list(size * weights), X, Y, rtol=1e-7) for size in sizes]
save(plot_plateaus(deep, X, Y, paths, labels=[f"start of size {size:g}" for size in sizes]), "plateaus.png")

# Filters recovered from end-to-end filters with noise of sizes 1e-12 to 1e-3.
networks = [Architecture((3, 2), (2, 1)), Architecture((3, 3), (2, 1))]
study = ev.experiments.recovery_study(np.random.default_rng(0), networks, repeats=5)
print(f"recovery: error / noise is {np.median(study.factor_error / study.noise):.2f} in the median")
save(plot_factor_recovery(study), "factor-recovery.png")

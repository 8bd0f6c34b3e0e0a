"""Pictures of the talk in docs/gallery.md: base changes, the commutant, the pixel order, invariant matrices, orbits,
and strata.

Writes ten PNG files into the current directory.
"""

import numpy as np

import equivariety as ev
from equivariety.plots import (
    plot_collapse,
    plot_commutant_pattern,
    plot_cyclic_bases,
    plot_hasse_diagram,
    plot_orbits,
    plot_pixel_order,
    save_png,
)


def save(figure, name):
    save_png(figure, name, colours=128)
    print(f"wrote {name}")


# The permutation (134)(25) of the talk and the rotation of 3x3 images, in the bases T1, T2 and Q_sigma.
talk = ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5)
save(plot_cyclic_bases(talk), "talk-bases.png")
save(plot_cyclic_bases(ev.groups.rotation(3)), "rotation-bases.png")

# All matrices that commute with the rotation, in the order of the talk.
maps = ev.equivariant_maps(ev.groups.rotation(3))
pattern = ev.parameterizations.commutant_pattern(maps.hom, order="talk")
print(f"matrices that commute with the rotation, {maps.hom.dim} weights:\n{pattern}")
save(plot_commutant_pattern(pattern), "rotation-commutant.png")

# Over the quaternions: the group of the units 1, -1, i, -i, ... acting on itself.
units = ev.PermutationGroup.from_cycles("(1 2 3 4)(5 6 7 8)", "(1 5 3 7)(2 8 4 6)", degree=8)
save(plot_commutant_pattern(ev.equivariant_maps(units).hom), "quaternion-commutant.png")

# The pixels of 4x4 images orbit by orbit: the rotation becomes a direct sum of 4-cycles.
order = ev.groups.rotation_pixel_order(4)
rotation = ev.groups.relabelled(ev.groups.rotation(4), np.argsort(order))
print(f"rotation of 4x4 images in the order of the talk: {rotation.cycle_text[0]}")
save(plot_pixel_order(4), "pixel-order.png")

# Invariant matrices of rank 1, and what is left without their repeated columns.
save(plot_collapse(talk, rank=1), "invariant-example.png")

# Orbits of the rotation on 6x6 pixels, of it and mirror images on 9x9, and of the 24 rotations of a cube.
save(plot_orbits(ev.groups.rotation(6), (6, 6), title="turns of 6×6 pixels"), "rotation-orbits.png")
save(plot_orbits(ev.groups.dihedral(9), (9, 9), title="turns and mirror images of 9×9 pixels"), "dihedral-orbits.png")
cube = ev.groups.cube_rotations(6)
save(
    plot_orbits(cube, (6, 6, 6), view="cube", title=f"24 rotations of a cube: {cube.n_orbits} orbits"),
    "cube-orbits.png",
)

# The closed strata of all maps of rank at most 3 that commute with the rotation; five are components.
save(plot_hasse_diagram(ev.equivariant_maps(ev.groups.rotation(3), rank=3)), "hasse-diagram.png")

"""The named groups: symmetries of images and volumes, classical permutation groups, sequences."""

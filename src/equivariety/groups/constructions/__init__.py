"""New groups from given ones: sums, products, wreath products, induced and coset actions."""

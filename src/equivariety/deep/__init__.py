"""Deep fully connected linear networks: fibers and gradient flow."""

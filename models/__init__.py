"""The learner: features, one shared-trunk network, training and serving."""

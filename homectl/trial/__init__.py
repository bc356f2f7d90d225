"""The composition root of experiments: models, control and simulator joined for training and evaluation."""

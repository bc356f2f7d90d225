"""A home controller that learns how a household wants its lights, heating and door lock."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: many small products, and a core left for others

"""A file per DVC stage: read inputs, call the floor below, write outputs whole, log the run."""

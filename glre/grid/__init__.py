"""params.yaml as a whole: the points of the grid, and what the settings of each come to."""

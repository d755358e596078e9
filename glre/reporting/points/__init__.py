"""What is reported: points of the grid with all that is here of them."""

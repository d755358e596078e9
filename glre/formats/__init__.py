"""Documents in every format that is read and written: of a corpus strictly, of a user leniently."""

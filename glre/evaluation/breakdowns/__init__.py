"""Results by what a document shows of the two entities, and by relation."""

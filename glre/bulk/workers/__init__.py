"""Who does the work of a job: processes here, or actors of Ray."""
